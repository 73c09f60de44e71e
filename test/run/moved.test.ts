// Archives that move between the look-up and the reading: looked for again in the same run, else the job stays open.

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { SHIPPED } from '../../src/analytics/index.ts';
import { CATALOG_SCHEMA, Catalog } from '../../src/catalog/index.ts';
import { MEMORY, Store } from '../../src/databases/index.ts';
import type { Job } from '../../src/jobs/index.ts';
import { systemClock } from '../../src/kernel/index.ts';
import { judgeTry, RETRY } from '../../src/ledger/index.ts';
import { runBatch } from '../../src/run/batch.ts';
import { Pool } from '../../src/run/pool.ts';
import { wholeArchive } from '../support/growing-archive.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const pool = new Pool(1);
afterAll(() => pool.close());
const START = 1_772_409_600;
const HOUR = 3600;
let places = 0;

const job: Job = {
  ...{ jobId: '1', start: START + 60, end: START + 4 * HOUR - 60, nodes: ['n1', 'n2'], nodeCount: 2 },
  ...{ walltime: 4 * HOUR - 120, acct: { id: '1', end_time: START + 4 * HOUR - 60 } },
};

const filesOf = (root: string, base: string): string[] => {
  const at = join(root, dirname(base));
  return readdirSync(at)
    .filter((f) => f.startsWith(`${base.slice(dirname(base).length + 1)}.`))
    .map((f) => join(at, f));
};
const move = (root: string, from: string, to: string): void => {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  for (const file of filesOf(root, from)) renameSync(file, join(root, to) + file.slice(join(root, from).length));
};
const remove = (root: string, base: string): void => filesOf(root, base).forEach((file) => void rmSync(file));

/** Four hours of n1 in four archives, and of n2 in one; `between` happens when the jobs have been looked up. */
async function outcomeOf(between: (root: string) => void, every = false) {
  const root = join(dir, `tree${places++}`);
  for (let i = 0; i < 4; i++)
    wholeArchive(join(root, `n1/2026030${i}`), 'n1', START + i * HOUR, START + (i + 1) * HOUR - 30);
  wholeArchive(join(root, 'n2/a'), 'n2', START, START + 5 * HOUR);
  const store = new Store(MEMORY, [CATALOG_SCHEMA]);
  const catalog = new Catalog(store, root);
  await catalog.refresh();
  let runs = 0;
  const context = {
    catalog,
    pool: {
      run: (work: Parameters<Pool['run']>[0]) => {
        if (runs++ === 0 || every) between(root);
        return pool.run(work);
      },
    },
    ...{ workers: 1, minNodeFraction: 0.95, normalization: {}, signal: undefined, onTask: () => undefined },
    analytics: { files: [], set: SHIPPED, listsFor: () => null },
    clock: systemClock,
  };
  for await (const outcome of runBatch(context, [job])) {
    store.close();
    const { coverage, errors } = outcome.document as unknown as {
      coverage: { records: number; full: number };
      errors?: { job?: string[] };
    };
    return { ...outcome, ...coverage, errors: errors?.job ?? [] };
  }
  throw new Error('no outcome');
}

/** Of both nodes, every 30 s. */
const ALL = 2 * ((4 * HOUR - 120) / 30 + 1);

describe('archives that move while a run is at work', () => {
  it.each<[string, (root: string) => void]>([
    ['not at all', () => undefined],
    [
      'merged into one',
      (root) => {
        for (let i = 0; i < 4; i++) remove(root, `n1/2026030${i}`);
        wholeArchive(join(root, 'n1/merged'), 'n1', START, START + 5 * HOUR);
      },
    ],
    ['renamed', (root) => move(root, 'n1/20260301', 'n1/other')],
    ['into a directory below', (root) => move(root, 'n1/20260301', 'n1/202603/20260301')],
    [
      'compressed',
      (root) => {
        for (const file of filesOf(root, 'n1/20260301').filter((f) => !f.endsWith('.index'))) {
          writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
          rmSync(file);
        }
      },
    ],
  ])('are found: %s', async (_, between) => {
    const found = await outcomeOf(between);
    expect(found).toMatchObject({ records: ALL, full: 2, whole: true, unread: false, errors: [], skip: null });
  });

  it.each<[string, (root: string) => void, number]>([
    ['removed', (root) => remove(root, 'n1/20260301'), ALL - 120],
    [
      'all but a part',
      (root) => {
        for (const base of ['n1/20260301', 'n1/20260302', 'n1/20260303']) remove(root, base);
      },
      ALL - 359,
    ],
  ])('or the job stays open, however old it is: %s', async (_, between, records) => {
    const found = await outcomeOf(between);
    expect(found).toMatchObject({ records, whole: false, unread: true });
    const result = 'partial' as const;
    const old = { result, ended: START, seen: 'x', unread: found.unread };
    const now = START + 10 * RETRY.graceSeconds;
    expect(judgeTry(old, 7, now)).toEqual({ state: 'partial', nextTry: now + RETRY.longestWait });
    expect(judgeTry({ ...old, unread: false }, 7, now).state).toBe('done');
  });

  it('are not looked for without end', async () => {
    let turn = 0;
    const found = await outcomeOf((root) => {
      move(root, `n1/${turn === 0 ? '20260301' : `moved${turn}`}`, `n1/moved${++turn}`);
    }, true);
    expect(turn).toBeLessThan(12);
    expect(found).toMatchObject({ whole: false, unread: true, records: ALL - 120 });
    expect(found.errors).toEqual([expect.stringMatching(/^E_ARCHIVE_MISSING: no such archive .*n1\/moved/)]);
  });
});
