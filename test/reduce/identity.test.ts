// An instance is its name: under whatever number it comes, within an archive and across archives, in both engines.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  copyArchive,
  decodeNode,
  decodeNodeByRows,
  indomId,
  pmid,
  UNITS,
  Wasm,
} from '../../src/pcp/index.ts';
import type {
  ConsumerResult,
  ConsumerSpec,
  FirstLastResult,
  RollResult,
  TallyResult,
  WrapSumResult,
} from '../../src/reduce/index.ts';
import { haveShared, shared } from '../oracle/shared.ts';
import { documentsOf, jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const NS = 1_000_000_000n;
const T0 = 1_772_409_600;
const INDOM = indomId(60, 1);
const COUNTER = { name: 'd.read', pmid: pmid(60, 0, 1), type: 'u64', semantics: 'counter' } as const;
const TEXT = { name: 'd.state', pmid: pmid(60, 0, 2), type: 'string', semantics: 'discrete' } as const;

/** A record: what the domain is from then on (number → name), if it changes, and values by number in stored order. */
interface Step {
  readonly domain?: Readonly<Record<number, string>>;
  readonly values: readonly (readonly [number, number])[];
}

/** Records 30 s apart, going on from archive to archive. */
function write(name: string, archives: readonly (readonly Step[])[]): string[] {
  let t = T0;
  return archives.map((steps, k) => {
    const base = join(dir, `${name}-${k}`);
    const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: BigInt(t) * NS });
    for (const m of [COUNTER, TEXT]) w.metric({ ...m, indom: INDOM, units: UNITS.count });
    for (const { domain, values } of steps) {
      const ns = BigInt(t) * NS;
      if (domain)
        w.indom(
          INDOM,
          ns,
          Object.entries(domain).map(([id, text]) => ({ id: Number(id), name: text })),
        );
      const ids = values.map(([id]) => id);
      w.record(ns, [
        { ...COUNTER, ids, values: values.map(([, x]) => BigInt(x)) },
        { ...TEXT, ids, values: values.map(([, x]) => (x < 1000 ? 'small' : 'large')) },
      ]);
      t += 30;
    }
    w.close();
    return base;
  });
}

const each = { fold: 'each', rows: [{ metric: 0 }] } as const;
const first = { fold: 'first', rows: [{ metric: 0 }] } as const;
const read = { metrics: ['d.read'], mode: 'all' } as const;
const SPECS: readonly ConsumerSpec[] = [
  { ...read, mode: 'firstlast', reducers: [{ kind: 'FIRSTLAST' }] },
  {
    ...read,
    columns: 'follow',
    reducers: [
      { kind: 'ROLL', lane: each },
      { kind: 'INTEGRATE', lane: each },
      { kind: 'SUBSAMPLE', row: each },
    ],
  },
  { ...read, columns: 'follow', reducers: [{ kind: 'WRAPSUM', bits: 48 }, { kind: 'DUTY' }] },
  { ...read, labels: 0, reducers: [{ kind: 'ROLL', lane: each }] },
  { ...read, normalize: [48], mode: 'firstlast', reducers: [{ kind: 'FIRSTLAST' }] },
  { ...read, match: 'sdb', reducers: [{ kind: 'ROLL', lane: { fold: 'match', rows: [{ metric: 0 }] } }] },
  { ...read, reducers: [{ kind: 'ROLL', lane: first }] },
  { metrics: ['d.state'], mode: 'all', raw: true, reducers: [{ kind: 'TALLY', metrics: [0] }] },
];

/** Both engines, which must agree. */
function reduced(archives: readonly string[]): readonly ConsumerResult[] {
  const span = { startNs: 0n, endNs: 2n ** 62n, walltime: 3600, archives: archives.map((_, i) => i) };
  const task = { archives, wanted: ['d.read', 'd.state'], windows: [{ ...span, declare: () => SPECS }] };
  const { consumers } = decodeNode(new Wasm(), task).windows[0]!;
  expect(decodeNodeByRows(new Wasm(), task).windows[0]!.consumers).toEqual(consumers);
  return consumers;
}

const deltas = ({ instances, delta }: FirstLastResult): Record<string, number> =>
  Object.fromEntries(instances[0]!.names.map((name, i) => [name, delta[0]![i]!]));

/** sda grows by 10 a record from 10 on, sdb by 1000 from 10,000 on. */
function expectBoth(consumers: readonly ConsumerResult[], records: number): void {
  const grown = { sda: 10 * (records - 1), sdb: 1000 * (records - 1) };
  expect(deltas(consumers[0]!.reducers[0] as FirstLastResult)).toEqual(grown);
  expect(deltas(consumers[4]!.reducers[0] as FirstLastResult)).toEqual(grown);
  const means = [10 + (10 * (records - 1)) / 2, 10_000 + (1000 * (records - 1)) / 2];
  for (const c of [1, 3]) {
    expect(consumers[c]!.labels!.names).toEqual(['sda', 'sdb']);
    expect(consumers[c]!.stop).toBeNull();
    expect([...(consumers[c]!.reducers[0] as RollResult).mean].map(Math.round)).toEqual(means);
  }
  expect((consumers[2]!.reducers[0] as WrapSumResult).sums[0]).toEqual(Float64Array.of(grown.sda, grown.sdb));
  expect(Math.round((consumers[5]!.reducers[0] as RollResult).mean[0]!)).toBe(means[1]);
  expect(Math.round((consumers[6]!.reducers[0] as RollResult).mean[0]!)).toBe(means[0]);
  const tally = (consumers[7]!.reducers[0] as TallyResult).entries;
  expect(tally.map((e) => [e.name, e.strings[0], e.count])).toEqual([
    ['sda', 'small', records],
    ['sdb', 'large', records],
  ]);
}

/** Values of record i, sda under number a, sdb under b. */
const at = (i: number, a: number, b: number, swapped = false): Step['values'] => {
  const list = [[a, 10 + 10 * i] as const, [b, 10_000 + 1000 * i] as const];
  return swapped ? list.reverse() : list;
};
const steps = (from: number, n: number, a: number, b: number, swapped = false): Step[] =>
  Array.from({ length: n }, (_, i) => ({
    ...(i === 0 ? { domain: { [a]: 'sda', [b]: 'sdb' } } : {}),
    values: at(from + i, a, b, swapped),
  }));

describe('an instance', () => {
  it.each<[string, readonly (readonly Step[])[]]>([
    ['that keeps its number', [steps(0, 40, 0, 1)]],
    ['that swaps its number with another', [[...steps(0, 20, 0, 1), ...steps(20, 20, 1, 0)]]],
    ['the same, in the order of numbers', [[...steps(0, 20, 0, 1), ...steps(20, 20, 1, 0, true)]]],
    ['that moves to another number', [[...steps(0, 20, 0, 1), ...steps(20, 20, 5, 1)]]],
    ['that moves behind the other', [[...steps(0, 20, 0, 1), ...steps(20, 20, 5, 1, true)]]],
    ['that moves back and forth', [[...steps(0, 13, 0, 1), ...steps(13, 13, 1, 0), ...steps(26, 14, 0, 1)]]],
    ['that has another number in the next archive', [steps(0, 20, 0, 1), steps(20, 20, 1, 0, true)]],
    [
      'of an archive of which each numbers differently',
      [steps(0, 14, 3, 4), steps(14, 13, 0, 7, true), steps(27, 13, 4, 3)],
    ],
  ])('%s is the same one', (name, archives) => {
    expectBoth(reduced(write(name.replaceAll(' ', '-'), archives)), 40);
  });

  it('is the same one in a copy of archives that number differently', () => {
    const archives = write('copied', [steps(0, 20, 0, 1), steps(20, 20, 1, 0, true)]);
    const copy = join(dir, 'copy');
    copyArchive(archives.join(','), copy);
    expectBoth(reduced([copy]), 40);
  });

  it('is another one if its number has another name', () => {
    const renamed = steps(20, 20, 0, 1).map((s) => (s.domain ? { ...s, domain: { 0: 'sdc', 1: 'sdb' } } : s));
    for (const archives of [[[...steps(0, 20, 0, 1), ...renamed]], [steps(0, 20, 0, 1), renamed]]) {
      const consumers = reduced(write(`renamed${archives.length}`, archives));
      const ends = consumers[0]!.reducers[0] as FirstLastResult;
      expect(deltas(ends)).toEqual({ sdb: 39_000 });
      expect([ends.appeared[0]!.names, ends.vanished[0]!.names]).toEqual([['sdc'], ['sda']]);
      expect(consumers[1]!.labels).toEqual({ ids: [0, 1, 0], names: ['sda', 'sdb', 'sdc'] });
      expect(consumers[1]!.presence).toEqual({ records: 40, counts: [20, 40, 20] });
      // Without columns there is no place for it.
      expect(consumers[3]).toMatchObject({ records: 21, stop: { reason: 'shape' } });
      expect((consumers[6]!.reducers[0] as RollResult).count).toBe(20);
    }
  });

  it('without a name is its number, which is no name', () => {
    const nameless: Step = { values: [[5, 500]] };
    const named: Step = { domain: { 5: 'x', 7: '5' }, values: [[7, 900]] };
    const last: Step = { domain: { 9: 'x', 7: '7' }, values: [[5, 700]] };
    const consumers = reduced(write('nameless', [[{ ...nameless, domain: { 1: 'y', 2: 'z' } }, named, last]]));
    expect(consumers[1]!.labels).toEqual({ ids: [5, 7], names: ['5', '5'] });
    expect(consumers[1]!.presence!.counts).toEqual([2, 1]);
    expect(deltas(consumers[0]!.reducers[0] as FirstLastResult)).toEqual({ 5: 200 });
  });

  it('is distinguished from another of the same name by its number', () => {
    const twins = { 0: 'sda', 1: 'sda', 2: 'sdb' };
    const of = (i: number): Step => ({
      values: [
        [0, 10 + i],
        [1, 1000 + 2 * i],
        [2, i],
      ],
    });
    const consumers = reduced(write('twins', [[{ domain: twins, ...of(0) }, of(1)], [{ domain: twins, ...of(5) }]]));
    const { delta, instances } = consumers[0]!.reducers[0] as FirstLastResult;
    expect(instances[0]).toEqual({ ids: [0, 1, 2], names: ['sda', 'sda', 'sdb'] });
    expect([...delta[0]!]).toEqual([5, 10, 5]);
    expect(consumers[1]!.labels!.ids).toEqual([0, 1, 2]);
  });
});

describe('the archives of a node that numbers its devices differently after midnight', () => {
  const avg = (document: unknown, ...path: string[]): unknown =>
    path.reduce((part, key) => (part as Record<string, unknown>)[key], document);

  it.each(['wasm', 'ts'])('give right numbers (%s)', async (engine) => {
    if (!haveShared('midnight-ids')) return;
    const field = shared('field', 'midnight-ids');
    const args = ['summarize', '--jobs', join(field, 'jobs.ndjson'), '--archives', field, '--engine', engine];
    const { code, stdout } = await jobsum([...args, '--output', 'ndjson:-', '--again'], { cwd: tempDir() });
    expect(code).toBe(0);
    const [document] = documentsOf(stdout).values();
    expect(avg(document, 'block', 'sda', 'read', 'avg')).toBe(36_000);
    expect(avg(document, 'block', 'sdb', 'read', 'avg')).toBe(3_600_000);
    expect(avg(document, 'network', 'eth0', 'in-bytes', 'avg')).toBe(3.6e6);
    expect(avg(document, 'network', 'ib0', 'in-bytes', 'avg')).toBe(3.6e9);
    for (const [gpu, x] of [
      ['gpu0', 10],
      ['gpu1', 90],
    ] as const) {
      expect(avg(document, 'gpu', gpu, 'gpuactive', 'avg')).toBe(x);
      expect(avg(document, 'gpupower', gpu, 'power', 'mean', 'avg')).toBe(x);
    }
    expect(document).not.toHaveProperty('errors');
  });

  it('has two devices where names differ in a dot', async () => {
    if (!haveShared('dotted-devices')) return;
    const field = shared('field', 'dotted-devices');
    const args = ['summarize', '--jobs', join(field, 'j.nd'), '--archives', field, '--output', 'ndjson:-', '--again'];
    const { stdout } = await jobsum(args, { cwd: tempDir() });
    const [document] = documentsOf(stdout).values();
    expect(Object.keys(avg(document, 'network') as object).sort()).toEqual(['eth0-5', 'eth0-5-2', 'lo']);
  });
});
