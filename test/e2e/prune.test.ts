// jobsum prune: the oldest documents go, jobs stay done, open ones keep theirs, and the file gets smaller.

import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { pruneCommand } from '../../src/cli/commands/prune.ts';
import { Store } from '../../src/databases/index.ts';
import { StoreLeases, StoreLedger } from '../../src/ledger/index.ts';
import { SqliteSink } from '../../src/sinks/index.ts';
import type { Pruned } from '../../src/sinks/prune.ts';
import { prune } from '../../src/sinks/prune.ts';
import { jobsum } from '../support/cli.ts';
import { commandHere } from '../support/in-process.ts';
import { tempDir } from '../support/temp.ts';

const cwd = tempDir();
const DAY = 86_400;
const NOW = Math.floor(Date.now() / 1000);
const JOBS = 400;
const filling = 'x'.repeat(10_000);
let copies = 0;

/** A copy of a store of documents of a job a day, the last of which ended a day ago. */
function copied(): { path: string; store: Store } {
  const path = join(cwd, `copy${copies++}.db`);
  copyFileSync(join(cwd, 'jobsum.db'), path);
  return { path, store: new Store(path, SCHEMAS) };
}

const count = (store: Store, table: string): number =>
  Number(store.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n);

beforeAll(async () => {
  const store = new Store(join(cwd, 'jobsum.db'), SCHEMAS);
  const ledger = new StoreLedger(store, { sinks: 'sqlite', run: 'r' });
  const jobs = Array.from({ length: JOBS }, (_, i) => ({ id: String(i + 1), end: NOW - (JOBS - i) * DAY }));
  await new SqliteSink(store).write(
    jobs.map(({ id, end }) => ({
      _id: `${id}-${end}`,
      acct: { id, end_time: end },
      timeseries: { version: 4, filling },
    })) as never,
  );
  await ledger.record(
    jobs.map(({ id, end }, i) => {
      // Archives of the third could not be read: it is open whatever its age.
      const waits = i === 2 ? { result: 'partial' as const, unread: true } : { result: 'done' as const };
      return { id: `${id}-${end}`, ended: end, seconds: 1, ...waits };
    }),
  );
  // All in the one file that is copied.
  store.compact();
  store.close();
});

describe('prune', () => {
  it('removes what is older, but of open jobs, and gives the room back; the ledger stays', () => {
    const { path, store } = copied();
    const before = statSync(path).size;
    const pruned = prune(store, { endedBefore: NOW - 100.5 * DAY, dryRun: false });
    expect(pruned).toMatchObject({
      removed: JOBS - 101,
      kept: 101,
      latestEnd: NOW - 101 * DAY,
      bytesAfter: statSync(path).size,
    });
    expect(statSync(path).size).toBeLessThan(before / 2);
    expect([count(store, 'summary'), count(store, 'timeseries'), count(store, 'ledger')]).toEqual([101, 101, JOBS]);
    expect(store.prepare("SELECT id FROM summary WHERE job_id = '3'").all()).toHaveLength(1);
    store.close();
  });

  it('removes the oldest until the store is small enough, and within an age no more than those', () => {
    const { path, store } = copied();
    const half = Math.round(statSync(path).size / 2);
    const both = prune(store, { maxBytes: half, endedBefore: NOW - 350.5 * DAY, dryRun: true });
    expect(both).toMatchObject({ removed: 49, kept: JOBS - 49 });
    const pruned = prune(store, { maxBytes: half, dryRun: false });
    expect(statSync(path).size).toBeLessThanOrEqual(half);
    expect(pruned.kept).toBeGreaterThan(JOBS / 5);
    expect(store.prepare('SELECT max(end_time) AS end FROM summary').get()).toMatchObject({ end: NOW - DAY });
    store.close();
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    const { path, store } = copied();
    store.close();
    const args = ['prune', '--store', path, '--older-than', '200d', '--json'];
    const dry = JSON.parse((await jobsum([...args, '--dry-run'], { cwd })).stdout) as Pruned;
    expect(dry).toMatchObject({ dryRun: true, removed: 200, kept: 200 });
    const real = JSON.parse((await jobsum(args, { cwd })).stdout) as Pruned;
    expect(real).toMatchObject({ dryRun: false, removed: dry.removed, kept: dry.kept });
    // The file has grown by what was in its log.
    expect(Math.abs(real.bytesBefore - dry.bytesBefore)).toBeLessThan(dry.bytesBefore / 10);
    expect(Math.abs(real.bytesAfter - dry.bytesAfter)).toBeLessThan(dry.bytesBefore / 10);
    const status = await jobsum(['status', '--store', path], { cwd });
    expect(status.stdout).toMatch(/^store {2}\S+ {2}[\d.]+ MiB, 200 documents$/m);
  });

  it('asks what is to be removed, and leaves a store that a run is at work on', async () => {
    expect((await jobsum(['prune'], { cwd })).code).toBe(64);
    expect((await jobsum(['prune', '--older-than', '3 moons'], { cwd })).stderr).toContain('90d, 12w, 2y');
    const { store } = copied();
    const lease = await new StoreLeases(store).take('jobs');
    expect(() => prune(store, { endedBefore: NOW, dryRun: false })).toThrow(/a run is at work/);
    await lease.release();
    // A lease of long ago has ended.
    await new StoreLeases(store, { clock: () => NOW - 9 * DAY }).take('jobs');
    expect(prune(store, { endedBefore: NOW, dryRun: false }).kept).toBe(1);
    store.close();
  });

  it('goes by the clock that it is given', async () => {
    const { path, store } = copied();
    const earlier = () => NOW - 100 * DAY;
    expect(await commandHere(pruneCommand, ['--store', path, '--older-than', '200d'], earlier)).toMatchObject({
      code: 0,
    });
    expect(count(store, 'summary')).toBe(JOBS - 100 + 1);
    store.close();
  });
});
