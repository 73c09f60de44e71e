// A wrong clock and the names of instances: what a logger wrote about its devices at a wrong time holds from the next record on.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  checkArchive,
  decodeNode,
  decodeNodeByRows,
  indomId,
  type NodeTask,
  openArchive,
  pmid,
  UNITS,
  type Version,
  Wasm,
} from '../../src/pcp/index.ts';
import { type ConsumerSpec, type RollResult, WindowEngine } from '../../src/reduce/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { rowsOf } from '../oracle/rows.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const NS = 1_000_000_000n;
const T0 = 1_772_409_600;
const STEP = 60;
const RECORDS = 480;
const DISKS = indomId(60, 1);
const READ = pmid(60, 0, 1);
let made = 0;

interface Shape {
  readonly version: Version;
  /** Records whose time is wrong, and the time they have (seconds from the first). */
  readonly wild: ReadonlyMap<number, number>;
  /** Records with which sda and sdb swap their numbers, besides the first. */
  readonly swaps: readonly number[];
  readonly delta?: boolean;
  readonly volumes?: number;
  readonly index?: boolean;
}

/** Eight hours of a record a minute: sda is always 10, sdb always 1000, whatever number they have. */
function archive({ version, wild, swaps, delta = false, volumes = 1, index = true }: Shape): string {
  const base = join(dir, `d${made++}`);
  const ns = (i: number): bigint => BigInt(T0 + (wild.get(i) ?? i * STEP)) * NS;
  const w = new ArchiveWriter(base, { version, host: 'n1', startNs: ns(0) });
  w.metric({ name: 'd.read', pmid: READ, type: 'u32', indom: DISKS, semantics: 'instant', units: UNITS.none });
  let names = ['sda', 'sdb'];
  for (let i = 0; i < RECORDS; i++) {
    if (i > 0 && i % Math.ceil(RECORDS / volumes) === 0) w.nextVolume();
    const members = () => names.map((name, id) => ({ id, name }));
    if (i === 0) w.indom(DISKS, ns(i), members());
    if (swaps.includes(i)) {
      names = names.toReversed();
      if (delta) w.indomDelta(DISKS, ns(i), members(), [0, 1]);
      else w.indom(DISKS, ns(i), members());
    }
    const values = names.map((name) => (name === 'sda' ? 10 : 1000));
    w.record(ns(i), [{ pmid: READ, type: 'u32', ids: [0, 1], values }]);
  }
  w.close();
  if (!index) rmSync(`${base}.index`);
  return base;
}

const SPEC: ConsumerSpec = {
  ...{ metrics: ['d.read'], mode: 'all', columns: 'follow' },
  reducers: [{ kind: 'ROLL', lane: { fold: 'each', rows: [{ metric: 0 }] } }],
};

/**
 * Means by name from one record's right time to another's, by both engines and the slow decoder, and what was wrong. `twins`: several
 * records have a time, with which of them a domain was written only the index tells, and the slow decoder does not read that.
 */
function means(base: string, from: number, to: number, twins = false) {
  const ns = (i: number): bigint => BigInt(T0 + i * STEP) * NS;
  const span = { startNs: ns(from) - NS, endNs: ns(to) + NS, walltime: 100 };
  const task: NodeTask = {
    ...{ archives: [base], wanted: ['d.read'], windows: [{ ...span, archives: [0], declare: () => [SPEC] }] },
  };
  const [a, b] = [decodeNode, decodeNodeByRows].map((decode) => decode(new Wasm(), task).windows[0]!);
  expect(b!.consumers).toEqual(a!.consumers);
  expect(b!.problems).toEqual(a!.problems);
  const slow = new WindowEngine({ ...span, consumers: [SPEC], leads: [null] });
  for (const row of rowsOf(decodeArchive(base))) slow.row(row);
  if (!twins) expect(slow.finish()).toEqual(a!.consumers);
  const { labels, reducers } = a!.consumers[0]!;
  const byName = Object.fromEntries(labels!.names.map((name, i) => [name, (reducers[0] as RollResult).mean[i]]));
  return { byName, records: a!.coverage.records, codes: a!.problems.map((p) => p.code) };
}

/** Every name is with its values, in the whole archive, in a window of its own, and in what the library gives. */
function expectNames(base: string, wild: number, twins = false): void {
  const right = { sda: 10, sdb: 1000 };
  expect(means(base, 0, RECORDS, twins)).toEqual({
    byName: right,
    records: RECORDS - wild,
    codes: ['E_ARCHIVE_CLOCK'],
  });
  expect(means(base, 150, 200, twins).byName).toEqual(right);
  expect(means(base, 20, 30, twins).byName).toEqual(right);
  const opened = openArchive(base);
  for (const record of opened.records())
    for (const set of record.sets)
      expect(Object.fromEntries(record.names(set).map((name, i) => [name, set.values[i]]))).toEqual(right);
  const { findings } = checkArchive(base);
  const damage = findings.filter((f) => f.code !== 'E_ARCHIVE_CLOCK' && f.message !== 'there is no temporal index');
  expect(damage.filter((f) => !f.message.includes('earlier than the label'))).toEqual([]);
}

const HOUR = 3600;
/** The first record whose time is wrong, how many, and what it is: between the times of others, or at one. */
const WILD: [string, number, number, (t: number) => number][] = [
  ['the first, two hours ahead', 0, 1, (t) => t + 2 * HOUR + 7],
  ['the first, at epoch 0', 0, 1, () => -T0],
  ['the first, two hours back', 0, 1, (t) => t - 2 * HOUR],
  ['three in the middle, two hours ahead', 100, 3, (t) => t + 2 * HOUR + 7],
  ['three in the middle, an hour back', 100, 3, (t) => t - HOUR + 7],
  ['one in the middle, at epoch 0', 100, 1, () => -T0],
  ['one in the middle, a day ahead', 100, 1, (t) => t + 24 * HOUR],
  ['the last, two hours ahead', RECORDS - 1, 1, (t) => t + 2 * HOUR],
  ['the last, at epoch 0', RECORDS - 1, 1, () => -T0],
];
const KINDS = [
  { version: 2 as const },
  { version: 3 as const, delta: true },
  { version: 2 as const, index: false, volumes: 3 },
  { version: 3 as const, volumes: 5 },
];

describe.each(WILD)('%s', (_, at, n, wrong) => {
  const wild = new Map(Array.from({ length: n }, (_, k) => [at + k, wrong((at + k) * STEP)]));

  it.each(KINDS)('devices swap with it, before it, behind it: $version $delta $index $volumes', (kind) => {
    const near = [at - 1, at, at + n, at + n + 2].filter((i) => i > 0 && i < RECORDS);
    for (const swaps of [...near.map((i) => [i, 300]), near]) expectNames(archive({ ...kind, wild, swaps }), n);
  });
});

describe.each([2, 3] as const)('a wrong time that is also that of another record, version %i', (version) => {
  it.each([
    ['with the wrong one', [100, 300]],
    ['with the other', [220, 300]],
    ['with both', [100, 220]],
  ])('devices swap %s', (_, swaps) => {
    expectNames(archive({ version, wild: new Map([[100, 220 * STEP]]), swaps }), 1, true);
    expectNames(archive({ version, wild: new Map([[220, 100 * STEP]]), swaps }), 1, true);
  });
});

describe.each([2, 3] as const)('the clock set back for an hour, version %i', (version) => {
  it('what devices did meanwhile is known', () => {
    const wild = new Map(Array.from({ length: 200 }, (_, k) => [280 + k, (280 + k) * STEP - HOUR]));
    const base = archive({ version, wild, swaps: [250, 285, 330] });
    expect(means(base, 0, RECORDS)).toMatchObject({ byName: { sda: 10, sdb: 1000 }, records: RECORDS - 60 });
  });
});

it('devices that are named later than they have values have the name before too', () => {
  const base = join(dir, 'late');
  const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: BigInt(T0) * NS });
  w.metric({ name: 'd.read', pmid: READ, type: 'u32', indom: DISKS, semantics: 'instant', units: UNITS.none });
  for (let i = 0; i < 20; i++) {
    if (i === 5) w.indom(DISKS, BigInt(T0 + i * STEP) * NS, [{ id: 0, name: 'sda' }]);
    w.record(BigInt(T0 + i * STEP) * NS, [{ pmid: READ, type: 'u32', ids: [0], values: [10] }]);
  }
  w.close();
  expect(means(base, 0, 20)).toEqual({ byName: { sda: 10 }, records: 20, codes: [] });
});
