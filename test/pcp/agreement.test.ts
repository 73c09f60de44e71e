// Archives of one node that describe a metric in different ways: the earlier counts, the other is reported, and only where both are read.

import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  decodeNode,
  decodeNodeByRows,
  indomId,
  type MetricSpec,
  NO_INDOM,
  type NodeResult,
  pmid,
  UNITS,
  Wasm,
} from '../../src/pcp/index.ts';
import type { RollResult } from '../../src/reduce/index.ts';
import { jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const NS = 1_000_000_000n;
const T0 = 1_772_409_600n;
let made = 0;

const CHANGING: MetricSpec = {
  ...{ name: 'x.changing', pmid: pmid(60, 1, 0), type: 'u32', indom: NO_INDOM },
  ...{ semantics: 'instant', units: UNITS.kbyte },
};
const STEADY: MetricSpec = { ...CHANGING, name: 'x.steady', pmid: pmid(60, 1, 1) };
const SAMPLES = 10;

/** A record a minute from minute `from`; every value is `value`. */
function archive(from: number, value: number, change: Partial<MetricSpec>): string {
  const base = join(dir, `a${made++}`);
  const at = (i: number): bigint => (T0 + BigInt(60 * (from + i))) * NS;
  const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: at(0) });
  const metrics = [{ ...CHANGING, ...change }, STEADY];
  for (const m of metrics) w.metric(m);
  const { indom = NO_INDOM } = change;
  if (indom !== NO_INDOM) w.indom(indom, at(0), [{ id: 0, name: 'one' }]);
  for (let i = 0; i < SAMPLES; i++) {
    const sets = metrics.map((m) => ({
      ...{ pmid: m.pmid, type: m.type },
      ...{ ids: [m.indom === NO_INDOM ? -1 : 0], values: [m.type === 'u64' ? BigInt(value) : value] },
    }));
    w.record(at(i), sets);
  }
  w.close();
  return base;
}

/** Windows over the first archive, the second, and both. */
function read(decode: typeof decodeNode, archives: readonly string[]): NodeResult {
  const names = [CHANGING.name, STEADY.name];
  const span = (list: readonly number[]) => ({
    ...{ startNs: T0 * NS, endNs: (T0 + 86_400n) * NS, walltime: 3600, archives: list },
    declare: (has: (name: string) => boolean) =>
      names.filter(has).map((name) => ({
        ...{ metrics: [name], mode: 'all' as const },
        reducers: [{ kind: 'ROLL' as const, lane: { fold: 'each' as const, rows: [{ metric: 0 }] } }],
      })),
  });
  return decode(new Wasm(), { archives, wanted: names, windows: [span([0]), span([1]), span([0, 1])] });
}

const CHANGES: readonly (readonly [string, Partial<MetricSpec>])[] = [
  ['TYPE', { type: 'u64' }],
  ['SEM', { semantics: 'counter' }],
  ['INDOM', { indom: indomId(60, 3) }],
  ['UNITS', { units: UNITS.byte }],
];

describe.each([
  ['WebAssembly', decodeNode],
  ['TypeScript', decodeNodeByRows],
])('the %s engine', (_, decode) => {
  it.each(CHANGES)('with another description (PM_ERR_LOGCHANGE%s)', (pcp, change) => {
    const archives = [archive(0, 1, {}), archive(30, 5, change)];
    const { windows } = read(decode, archives);
    const [first, second, both] = windows.map((w) =>
      w.consumers.map((c) => {
        const { mean } = c.reducers[0] as RollResult;
        return [c.records, Math.round(1e6 * mean[0]!) / 1e6];
      }),
    );
    // A job that has to do with one of them only loses nothing.
    expect(first).toEqual([
      [SAMPLES, 1],
      [SAMPLES, 1],
    ]);
    expect(second).toEqual([
      [SAMPLES, 5],
      [SAMPLES, 5],
    ]);
    expect(both).toEqual([
      [SAMPLES, 1],
      [2 * SAMPLES, 3],
    ]);
    expect(windows.map((w) => w.archives)).toEqual([1, 1, 2]);
    expect(windows.map((w) => w.problems.map((p) => p.code))).toEqual([[], [], ['E_ARCHIVE_CONFLICT']]);
    expect(windows[2]!.problems[0]).toMatchObject({ file: archives[1] });
    expect(windows[2]!.problems[0]!.message).toContain(`x.changing`);
    expect(windows[2]!.problems[0]!.message).toContain(`PM_ERR_LOGCHANGE${pcp}`);
  });

  it('with the same description reports nothing', () => {
    const { windows } = read(decode, [archive(0, 1, {}), archive(30, 5, {})]);
    expect(windows.flatMap((w) => w.problems)).toEqual([]);
    expect(windows[2]!.consumers.map((c) => c.records)).toEqual([2 * SAMPLES, 2 * SAMPLES]);
  });
});

it('a document says so', async () => {
  const change = { name: 'mem.util.free', semantics: 'counter' } as const;
  const archives = [archive(0, 1, { name: 'mem.util.free' }), archive(30, 5, change)];
  const [start, end] = [Number(T0), Number(T0) + 60 * 45];
  const job = { job_id: '7', start, end, nodes: ['n1'], archives: { n1: archives.map((a) => basename(a)) } };
  const args = ['summarize', '--jobs', '-', '--archives', dir, '--output', 'ndjson:-'];
  const ran = await jobsum(args, { cwd: dir, input: `${JSON.stringify(job)}\n` });
  const document = JSON.parse(ran.stdout) as { errors: { job: string[] }; coverage: object };
  expect(document.errors.job).toEqual([
    expect.stringMatching(/^E_ARCHIVE_CONFLICT: metric mem\.util\.free is described/),
  ]);
});
