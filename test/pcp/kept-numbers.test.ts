// Extracts and copies of several archives: PCP goes by the numbers of instances, so each name keeps one number, which no other name has.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ArchiveWriter, copyArchive, indomId, openArchive, pmid, UNITS } from '../../src/pcp/index.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const havePcp = havePrograms('numbers of instances as PCP reads them', 'pmlogcheck', 'pmdumplog');
const T0 = 1_772_409_600_000_000_000n;
const STEP = 10_000_000_000n;
const INDOM = indomId(120, 0);
const ENERGY = pmid(120, 0, 21);
let count = 0;

/** Three records from a step on. Values go on by name: of the letter's place in the alphabet a hundred and the step. */
function archive(from: number, numbers: Readonly<Record<string, number>>, unnamed: readonly number[] = []): string {
  const base = join(dir, `a${count++}`);
  const ns = (step: number): bigint => T0 + BigInt(step) * STEP;
  const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: ns(from) });
  const instances = Object.entries(numbers).map(([name, id]) => ({ name, id }));
  w.metric({ name: 'gpu.energy', pmid: ENERGY, type: 'u64', indom: INDOM, semantics: 'counter', units: UNITS.none });
  w.indom(INDOM, ns(from), instances);
  const labels = instances.map(({ name, id }) => ({ instance: id, labels: { card: name } }));
  w.labels(ns(from), 'instances', INDOM, labels);
  for (let i = from; i < from + 3; i++) {
    const values = instances.map(({ name }) => 100 * (name.charCodeAt(0) - 96) + i);
    const ids = [...instances.map(({ id }) => id), ...unnamed];
    w.record(ns(i), [{ pmid: ENERGY, type: 'u64', ids, values: [...values, ...unnamed.map(() => 7)] }]);
  }
  w.close();
  return base;
}

/** Names by number as all records have them, and values by name. */
function read(base: string): { names: Map<number, Set<string>>; values: Record<string, number[]> } {
  const names = new Map<number, Set<string>>();
  const values: Record<string, number[]> = {};
  for (const record of openArchive(base).records())
    for (const set of record.sets)
      for (const [i, name] of record.names(set).entries()) {
        const id = set.instances[i]!;
        names.set(id, (names.get(id) ?? new Set()).add(name));
        values[name] = [...(values[name] ?? []), set.values[i] as number];
      }
  return { names, values };
}

const a = archive(0, { a: 0, b: 1 });
const swapped = archive(3, { b: 0, a: 1, c: 2 });
// A number that another had, one that a name was given meanwhile, and a value without a name under a number that one has.
const moved = archive(6, { c: 0, d: 2, e: 5, a: 7 }, [1]);

it.each([
  ['an extract', {}],
  ['a copy', { whole: true }],
  ['some metrics', { metrics: ['gpu'] }],
])('%s has one number a name', (name, options) => {
  const target = join(dir, `to-${name.replaceAll(' ', '-')}`);
  copyArchive([a, swapped, moved].join(','), target, options);
  const { names, values } = read(target);
  for (const set of names.values()) expect(set.size).toBe(1);
  expect(names.size).toBe(6);
  expect([...names].slice(0, 3).map(([id, set]) => [id, ...set])).toEqual([
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
  ]);
  expect(values).toMatchObject({
    ...{ a: [100, 101, 102, 103, 104, 105, 106, 107, 108], b: [200, 201, 202, 203, 204, 205] },
    ...{ c: [303, 304, 305, 306, 307, 308], d: [406, 407, 408], e: [506, 507, 508] },
  });
  if (!havePcp) return;
  expect(spawnSync('pmlogcheck', [target], { encoding: 'utf8' }).stdout).toBe('');
  const labels = spawnSync('pmdumplog', ['-e', target], { encoding: 'utf8' }).stdout;
  const labelled = [...labels.matchAll(/InDom 120\.0\[(\d+)\] labels .*"card":"(\w)"/g)];
  expect(new Set(labelled.map((m) => m[2]))).toEqual(new Set(['a', 'b', 'c', 'd', 'e']));
  for (const [, id, name] of labelled) expect(names.get(Number(id))).toEqual(new Set([name]));
});

it('leaves the numbers of one archive as they are', () => {
  copyArchive(moved, join(dir, 'alone'), { whole: true });
  expect([...read(join(dir, 'alone')).names.keys()]).toEqual([0, 2, 5, 7, 1]);
});
