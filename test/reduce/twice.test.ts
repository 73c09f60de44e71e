// Records that name an instance twice, as damage and odd collectors make them: all engines fold them alike, by columns too.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../fixtures/generate/random.ts';
import {
  ArchiveWriter,
  decodeNode,
  decodeNodeByRows,
  indomId,
  type MetricSpec,
  pmid,
  UNITS,
  Wasm,
} from '../../src/pcp/index.ts';
import {
  type ConsumerSpec,
  type Lane,
  type ReducerSpec,
  type RollResult,
  WindowEngine,
} from '../../src/reduce/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { rowsOf } from '../oracle/rows.ts';
import { tempDir } from '../support/temp.ts';

const START = 1_700_000_000;
const NS = 1_000_000_000n;
const INDOM = indomId(70, 3);
const dir = tempDir();
const METRICS = ['x.a', 'x.b'].map(
  (name, item): MetricSpec => ({
    ...{ name, pmid: pmid(70, 1, item), type: 'double', indom: INDOM },
    ...{ semantics: 'counter', units: UNITS.count },
  }),
);

/** What each record has: instances in their order, and values of the first metric; those of the second are ten times as much. */
type Shape = readonly (readonly [id: number, value: number])[];

function write(name: string, records: readonly Shape[]): string {
  const base = join(dir, name);
  const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: BigInt(START) * NS });
  for (const m of METRICS) w.metric(m);
  w.indom(
    INDOM,
    BigInt(START) * NS,
    Array.from({ length: 6 }, (_, id) => ({ id, name: `i${id}` })),
  );
  for (const [i, shape] of records.entries()) {
    const ids = shape.map(([id]) => id);
    const values = shape.map(([, v]) => v);
    w.record(BigInt(START + 30 * i) * NS, [
      { pmid: METRICS[0]!.pmid, type: 'double', ids, values },
      { pmid: METRICS[1]!.pmid, type: 'double', ids, values: values.map((v) => 10 * v) },
    ]);
  }
  w.close();
  return base;
}

const each = (...weights: number[]): Lane => ({
  fold: 'each',
  rows: weights.map((weight, metric) => (weight === 1 ? { metric } : { metric, weight })),
});

const REDUCERS: readonly (readonly ReducerSpec[])[] = [
  [{ kind: 'ROLL', lane: each(1) }],
  [{ kind: 'ROLL', lane: each(2) }],
  [{ kind: 'ROLL', lane: each(1, 3) }],
  [{ kind: 'ROLL', lane: each(1), skipFirst: true }],
  [{ kind: 'INTEGRATE', lane: each(1) }],
  [{ kind: 'SUBSAMPLE', row: each(1) }],
  [{ kind: 'FIRSTLAST' }],
  [{ kind: 'WRAPSUM', bits: 32 }],
  [{ kind: 'DUTY' }],
];
const SPECS = REDUCERS.flatMap((reducers): ConsumerSpec[] =>
  (['follow', 'steady'] as const).flatMap((columns) =>
    [0, 1].map((labels) => ({ metrics: ['x.a', 'x.b'], mode: 'all' as const, columns, labels, reducers })),
  ),
);

function results(base: string) {
  const span = { startNs: 0n, endNs: 2n ** 62n, walltime: 3600 };
  const task = {
    ...{ archives: [base], wanted: ['x.a', 'x.b'] },
    windows: [{ ...span, archives: [0], declare: () => SPECS }],
  };
  const engine = new WindowEngine({ ...span, consumers: SPECS });
  for (const row of rowsOf(decodeArchive(base))) engine.row(row);
  return {
    wasm: decodeNode(new Wasm(), task).windows[0]!.consumers,
    typescript: decodeNodeByRows(new Wasm(), task).windows[0]!.consumers,
    oracle: engine.finish(),
  };
}

describe('an instance twice in a record', () => {
  it('counts once in its column, with its last value', () => {
    const { wasm, typescript, oracle } = results(
      write('once', [
        [
          [0, 1],
          [1, 2],
        ],
        [
          [1, 5],
          [0, 3],
          [1, 8],
        ],
        [
          [0, 5],
          [0, 7],
        ],
        [[1, 11]],
      ]),
    );
    const roll = wasm[0]!.reducers[0] as RollResult;
    expect([...roll.counts!]).toEqual([3, 3]);
    expect([...roll.mean].map((x) => Math.round(1e6 * x) / 1e6)).toEqual([3.666667, 7]);
    expect(wasm).toEqual(oracle);
    expect(typescript).toEqual(oracle);
  });

  it('is the same in all engines, whatever comes before and behind', () => {
    for (let seed = 0; seed < 80; seed++) {
      const random = seeded(`twice${seed}`);
      const below = (n: number): number => Math.floor(random() * n);
      const value = (): number => (random() < 0.05 ? Number.NaN : below(1000));
      let last: readonly number[] = [0, 1, 2];
      const records = Array.from({ length: 4 + below(40) }, (): Shape => {
        // As often as not the same instances again, as loggers do.
        if (random() < 0.4) last = Array.from({ length: below(6) }, () => below(6));
        return last.map((id) => [id, value()] as const);
      });
      const { wasm, typescript, oracle } = results(write('random', records));
      expect(wasm, `seed ${seed}`).toEqual(oracle);
      expect(typescript, `seed ${seed}`).toEqual(oracle);
    }
  });
});
