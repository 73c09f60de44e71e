// When jobs are tried again and given up, the ledger in the embedded store, and leases on it between processes.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Store } from '../../src/databases/index.ts';
import {
  judgeTry,
  LEASE_SCHEMA,
  LEDGER_SCHEMA,
  type LedgerEntry,
  passedOver,
  RETRY,
  StoreLeases,
  StoreLedger,
} from '../../src/ledger/index.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
let stores = 0;
const open = (path = join(dir, `${stores++}.db`)): Store => new Store(path, [LEDGER_SCHEMA, LEASE_SCHEMA]);
const NOW = 1_800_000_000;
const entry = (id: string, result: LedgerEntry['result'], ended = Date.now() / 1000): LedgerEntry => ({
  ...{ id, result, ended, seconds: 1 },
  ...(result === 'missing' ? { error: 15 } : {}),
  ...(result === 'failed' ? { problem: { code: 'E_WORKER', message: 'died' } } : {}),
});

describe('a try', () => {
  it('without data is repeated ever more rarely, the last time when the grace period ends', () => {
    let now = NOW + 60;
    const waits: number[] = [];
    for (let attempts = 1; ; attempts++) {
      const { state, nextTry } = judgeTry({ result: 'missing', ended: NOW }, attempts, now);
      if (state === 'done') break;
      expect(state).toBe('waiting');
      expect(passedOver({ state, nextTry }, nextTry! - 1)).toBe(true);
      expect(passedOver({ state, nextTry }, nextTry!)).toBe(false);
      waits.push(nextTry! - now);
      now = nextTry!;
    }
    expect(now).toBe(NOW + RETRY.graceSeconds);
    expect(waits.slice(0, 3)).toEqual([300, 600, 1200]);
    expect(Math.max(...waits)).toBe(RETRY.longestWait);
  });

  it('of an old job without data is the last', () => {
    expect(judgeTry({ result: 'missing', ended: NOW - RETRY.graceSeconds }, 1, NOW).state).toBe('done');
  });

  it('that failed is repeated by the next run, and set aside after the fifth', () => {
    const states = [1, 2, 3, 4, 5].map((n) => judgeTry({ result: 'failed', ended: NOW }, n, NOW));
    expect(states.map((s) => s.state)).toEqual(['failed', 'failed', 'failed', 'failed', 'poison']);
    expect(states.map((s) => passedOver(s, NOW))).toEqual([false, false, false, false, true]);
  });
});

describe('ledger in the store', () => {
  it('passes over what is done for these outputs, what waits, and what is set aside', async () => {
    const store = open();
    const ledger = (run: string, sinks = 'sqlite:a') => new StoreLedger(store, { sinks, run });
    const ids = ['done', 'waits', 'bad'].map((id) => ({ id }));
    for (let n = 1; n <= 5; n++) {
      await ledger(`run ${n}`).record([entry('done', 'done'), entry('waits', 'missing'), entry('bad', 'failed')]);
      expect([...(await ledger('x').settled(ids)).keys()]).toEqual(
        n < 5 ? ['done', 'waits'] : ['done', 'waits', 'bad'],
      );
    }
    expect([...(await ledger('x').settled(ids)).values()]).toEqual(['done', 'waiting', 'poison']);
    expect((await ledger('x', 'ndjson:b').settled(ids)).size).toBe(0);
    expect(await ledger('x').list('poison', 10)).toEqual([
      expect.objectContaining({
        id: 'bad',
        attempts: 5,
        nextTry: null,
        problem: { code: 'E_WORKER', message: 'died' },
      }),
    ]);
    expect(await ledger('x').counts()).toEqual([
      { state: 'done', error: null, code: null, jobs: 1 },
      { state: 'poison', error: null, code: 'E_WORKER', jobs: 1 },
      { state: 'waiting', error: 15, code: null, jobs: 1 },
    ]);
    store.close();
  });

  it('counts a try once a run however often it is recorded, and from one again after a success', async () => {
    const store = open();
    const ledger = (run: string) => new StoreLedger(store, { sinks: 's', run });
    const attempts = async (): Promise<number> => (await ledger('x').find(['j']))[0]!.attempts;
    for (const run of ['a', 'a', 'b', 'b']) await ledger(run).record([entry('j', 'failed')]);
    expect(await attempts()).toBe(2);
    await ledger('c').record([entry('j', 'done')]);
    await ledger('d').record([entry('j', 'failed')]);
    expect(await attempts()).toBe(1);
    store.close();
  });

  it('refuses all that a holder writes whose lease was taken', async () => {
    const store = open();
    const first = await new StoreLeases(store, { seconds: 0.05 }).take('run');
    const ledger = (lease: typeof first) => new StoreLedger(store, { sinks: 's', run: 'r', lease });
    await ledger(first).record([entry('a', 'done')]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    // Expired, but nobody has taken it: still the only one.
    await ledger(first).record([entry('b', 'done')]);
    const second = await new StoreLeases(store).take('run');
    expect(second.token).toBeGreaterThan(first.token);
    await expect(ledger(first).record([entry('c', 'done')])).rejects.toMatchObject({ code: 'E_LEASE_LOST' });
    await expect(first.renew()).rejects.toMatchObject({ code: 'E_LEASE_LOST' });
    await first.release();
    await ledger(second).record([entry('d', 'done')]);
    expect((await ledger(second).list('done', 9)).map((r) => r.id).sort()).toEqual(['a', 'b', 'd']);
    store.close();
  });
});

describe('lease on the store', () => {
  it('is held by one at a time', async () => {
    const store = open();
    const leases = new StoreLeases(store);
    const lease = await leases.take('run');
    await expect(leases.take('run')).rejects.toMatchObject({ code: 'E_LOCKED' });
    await (await leases.take('another')).release();
    await lease.renew();
    await lease.release();
    await (await leases.take('run')).release();
    store.close();
  });

  it('of a process that died here is taken at once, of a living one or of another host only when it expires', async () => {
    const store = open();
    const leases = new StoreLeases(store);
    const put = (host: string, pid: number, mark: string, seconds: number): void =>
      store
        .prepare("INSERT OR REPLACE INTO lease VALUES ('run', 7, ?, ?, ?, ?)")
        .run(host, pid, mark, Date.now() / 1000 + seconds);
    const sleeper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    const mine = await leases.take('run');
    const { mark, host } = store.prepare('SELECT * FROM lease').get() as { mark: string; host: string };
    await mine.release();
    const machine = mark.slice(0, mark.lastIndexOf(' '));
    // A number that is in use again is another process.
    put(host, sleeper.pid!, `${machine} 1`, 100);
    await (await leases.take('run')).release();
    put(host, spawnSync(process.execPath, ['-e', '']).pid, `${machine} 1`, 100);
    await (await leases.take('run')).release();
    put('elsewhere', 1, 'another-boot pid:[1] 1', 100);
    await expect(leases.take('run')).rejects.toMatchObject({
      code: 'E_LOCKED',
      detail: { found: expect.stringContaining('process 1 on elsewhere') },
    });
    put('elsewhere', 1, 'another-boot pid:[1] 1', -1);
    const taken = await leases.take('run');
    expect(taken.token).toBe(8);
    await taken.release();
    sleeper.kill('SIGKILL');
    await once(sleeper, 'exit');
    store.close();
  });
});
