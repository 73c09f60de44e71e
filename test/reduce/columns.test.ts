// Columns of domains whose instances come and go by the thousand: both engines keep the same, up to the most that are distinguished.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArchiveWriter, decodeNode, pmid, UNITS, Wasm } from '../../src/pcp/index.ts';
import { type ConsumerSpec, MAX_COLUMNS, type RollResult, WindowEngine } from '../../src/reduce/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { rowsOf } from '../oracle/rows.ts';
import { tempDir } from '../support/temp.ts';

const START = 1_700_000_000;
const NS = 1_000_000_000n;
const INDOM = (70 << 22) | 3;
const dir = tempDir();

/** `records` records; of ten instances that each has, five are new. The second metric has values of every other one. */
function write(name: string, records: number): string {
  const base = join(dir, name);
  const writer = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: BigInt(START) * NS });
  const ids = [0, 1].map((item) => pmid(70, 1, item));
  ids.forEach((id, item) => {
    const names = { name: `churn.x${item}`, pmid: id, type: 'double', indom: INDOM, semantics: 'instant' } as const;
    writer.metric({ ...names, units: UNITS.count });
  });
  for (let i = 0; i < records; i++) {
    const ns = BigInt(START + 30 * (i + 1)) * NS;
    const there = Array.from({ length: 10 }, (_, k) => 5 * i + k);
    writer.indom(
      INDOM,
      ns,
      there.map((id) => ({ id, name: `process ${id}` })),
    );
    const value = (id: number): number => (id % 17 === 0 ? Number.NaN : ((id * 7919) % 1013) - i);
    writer.record(
      ns,
      ids.map((id, item) => {
        const some = there.filter((instance) => item === 0 || instance % 2 === 0);
        return { pmid: id, type: 'double' as const, ids: some, values: some.map(value) };
      }),
    );
  }
  writer.close();
  return base;
}

const roll = (metrics: readonly string[], weights: readonly number[]): ConsumerSpec => ({
  metrics,
  mode: 'all',
  columns: 'follow',
  labels: 0,
  reducers: [
    {
      kind: 'ROLL',
      lane: { fold: 'each', rows: weights.map((weight, metric) => (weight === 1 ? { metric } : { metric, weight })) },
    },
  ],
});

const SPECS = [
  roll(['churn.x0'], [1]),
  roll(['churn.x1'], [1]),
  roll(['churn.x0'], [2]),
  roll(['churn.x0', 'churn.x1'], [1, 3]),
];

describe('columns of instances that come and go', () => {
  for (const [name, records] of [
    ['hundreds', 100],
    ['more than are distinguished', MAX_COLUMNS / 5 + 20],
  ] as const) {
    it(`are the same in both engines (${name})`, () => {
      const base = write(name.replaceAll(' ', '-'), records);
      const span = { startNs: 0n, endNs: 2n ** 62n, walltime: 30 * records };
      const task = { archives: [base], wanted: ['churn.x0', 'churn.x1'] };
      const wasm = new Wasm();
      const window = { ...span, archives: [0], declare: () => SPECS };
      const engine = new WindowEngine({ ...span, consumers: SPECS });
      for (const row of rowsOf(decodeArchive(base))) engine.row(row);
      const expected = engine.finish();
      // Twice: memory that was in use before is as good as new.
      for (let turn = 0; turn < 2; turn++) {
        const { consumers } = decodeNode(wasm, { ...task, windows: [window] }).windows[0]!;
        expect(consumers).toEqual(expected);
      }
      const all = expected[0]!.reducers[0] as RollResult;
      expect(all.mean.length).toBe(Math.min(MAX_COLUMNS, 5 * records + 5));
      expect(expected[0]!.labels!.names[7]).toBe('process 7');
      expect(expected[1]!.labels!.ids.length).toBeLessThan(all.mean.length);
    });
  }
});
