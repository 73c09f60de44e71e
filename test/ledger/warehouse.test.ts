// The ledger and leases in a warehouse, on a MariaDB of its own: process rows as the incumbent writes them, tries, fences.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Mysql } from '../../src/databases/index.ts';
import { type LedgerEntry, setupLedger, WarehouseLeases, WarehouseLedger } from '../../src/ledger/index.ts';
import { testMariadb } from '../support/mariadb.ts';
import { createWarehouse } from '../support/warehouse.ts';

const server = await testMariadb('the ledger in the warehouse');
const now = (): number => Date.now() / 1000;

describe.skipIf(!server)('ledger in the warehouse', () => {
  let warehouse: Mysql;
  beforeAll(async () => {
    warehouse = await Mysql.connect(server!.settings);
    await createWarehouse(warehouse, 9);
  });
  beforeEach(async () => {
    await setupLedger(warehouse);
    for (const table of ['jobsum_job', 'jobsum_lease', 'process'])
      await warehouse.run(`DELETE FROM modw_supremm.${table}`);
  });
  afterAll(() => warehouse?.close());

  const ledger = (run: string, more: object = {}) => new WarehouseLedger(warehouse, { resourceId: 7, run, ...more });
  const entry = (warehouseId: number, result: LedgerEntry['result'], error?: number): LedgerEntry => ({
    ...{ id: `${warehouseId}-9`, warehouseId, result, ended: now(), seconds: 1.5 },
    ...(error === undefined ? {} : { error }),
    ...(result === 'failed' ? { problem: { code: 'E_WORKER', message: "died of 'quotes' ☃" } } : {}),
  });
  const processRows = () =>
    warehouse.rows(
      'SELECT jobid, process_version AS version, process_time AS time FROM modw_supremm.process ORDER BY jobid',
    );
  const keys = (...ids: number[]) => ids.map((n) => ({ id: `${n}-9`, warehouseId: n }));

  it('writes the process table as the incumbent does, and keeps what it has no place for', async () => {
    await ledger('r1').record([entry(1, 'done'), entry(2, 'done', 12), entry(3, 'missing', 15), entry(4, 'failed')]);
    expect(await processRows()).toEqual([
      { jobid: 1, version: 1, time: 1.5 },
      { jobid: 2, version: -1012, time: 1.5 },
      { jobid: 3, version: -1015, time: 1.5 },
    ]);
    const [age] = await warehouse.rows(
      'SELECT MAX(ABS(TIMESTAMPDIFF(SECOND, process_timestamp, NOW()))) AS s FROM modw_supremm.process',
    );
    expect(age!.s).toBeLessThan(60);
    const found = await ledger('x').find(['3-9', '4-9']);
    expect(found.sort((a, b) => a.id.localeCompare(b.id))).toEqual([
      {
        ...keys(3)[0],
        state: 'waiting',
        attempts: 1,
        nextTry: expect.any(Number),
        seen: null,
        error: 15,
        problem: null,
        run: 'r1',
        finished: expect.any(Number),
      },
      {
        ...keys(4)[0],
        state: 'failed',
        attempts: 1,
        nextTry: expect.any(Number),
        seen: null,
        error: null,
        problem: { code: 'E_WORKER', message: "died of 'quotes' ☃" },
        run: 'r1',
        finished: expect.any(Number),
      },
    ]);
    // Archives that came late: the mark is replaced.
    await ledger('r2').record([entry(3, 'done')]);
    expect((await processRows())[2]).toEqual({ jobid: 3, version: 1, time: 1.5 });
    expect((await ledger('x').list('waiting', 9)).length).toBe(0);
  });

  it('sets a job aside after its fifth failure, however often a try is recorded', async () => {
    for (const run of ['a', 'a', 'b', 'c', 'd', 'd']) await ledger(run).record([entry(5, 'failed')]);
    expect((await ledger('x').settled(keys(5))).size).toBe(0);
    await ledger('e').record([entry(5, 'failed')]);
    expect([...(await ledger('x').settled(keys(5)))]).toEqual([['5-9', 'poison']]);
    expect(await ledger('x').list('poison', 9)).toMatchObject([{ id: '5-9', attempts: 5, nextTry: null }]);
    expect(await ledger('x').counts()).toEqual([{ state: 'poison', error: null, code: 'E_WORKER', jobs: 1 }]);
    expect(await processRows()).toEqual([]);
    expect((await new WarehouseLedger(warehouse, { resourceId: 8, run: 'x' }).settled(keys(5))).size).toBe(0);
  });

  it('is done only while the process table says so', async () => {
    await ledger('a').record([entry(1, 'done'), entry(2, 'missing', 15)]);
    expect([...(await ledger('b').settled(keys(1, 2, 3)))]).toEqual([
      ['1-9', 'done'],
      ['2-9', 'waiting'],
    ]);
    await warehouse.run('DELETE FROM modw_supremm.process');
    expect([...(await ledger('b').settled(keys(1, 2, 3))).keys()]).toEqual(['2-9']);
    // Those who look see it as the next run does.
    expect(await ledger('b').counts()).toEqual([{ state: 'waiting', error: 15, code: null, jobs: 1 }]);
    expect((await ledger('b').find(['1-9', '2-9'])).map((row) => row.id)).toEqual(['2-9']);
  });

  it('refuses a holder whose lease was taken, and writes nothing of it', async () => {
    const first = await new WarehouseLeases(warehouse, 0.2).take('resource:7');
    await expect(new WarehouseLeases(warehouse).take('resource:7')).rejects.toMatchObject({ code: 'E_LOCKED' });
    await (await new WarehouseLeases(warehouse).take('resource:8')).release();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = await new WarehouseLeases(warehouse).take('resource:7');
    const late = ledger('a', { lease: first }).record([entry(1, 'done')]);
    await expect(late).rejects.toMatchObject({ code: 'E_LEASE_LOST', kind: { exit: 75 } });
    await expect(first.renew()).rejects.toMatchObject({ code: 'E_LEASE_LOST' });
    await first.release();
    expect(await processRows()).toEqual([]);
    await ledger('b', { lease: second }).record([entry(1, 'done')]);
    expect(await processRows()).toHaveLength(1);
    await second.release();
    await (await new WarehouseLeases(warehouse).take('resource:7')).release();
  });

  it('gives a lease to one of many who ask at once', async () => {
    const asked = Array.from({ length: 8 }, () => new WarehouseLeases(warehouse).take('resource:9'));
    const answers = await Promise.allSettled(asked);
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1);
    const refused = answers.flatMap((a) => (a.status === 'rejected' ? [a.reason.code] : []));
    expect(new Set(refused)).toEqual(new Set(['E_LOCKED']));
  });

  it('of a host that died is free when it expires', async () => {
    const put = (left: number) =>
      warehouse.run(
        "REPLACE INTO modw_supremm.jobsum_lease VALUES ('resource:7', 41, 'gone', 1, 'another-boot pid:[1] 1', UNIX_TIMESTAMP() + ?)",
        [left],
      );
    await put(100);
    const taking = new WarehouseLeases(warehouse).take('resource:7');
    await expect(taking).rejects.toMatchObject({
      code: 'E_LOCKED',
      detail: { found: expect.stringContaining('on gone') },
    });
    await put(-1);
    expect((await new WarehouseLeases(warehouse).take('resource:7')).token).toBe(42);
  });

  it('says what to do where its tables are missing', async () => {
    await warehouse.run('DROP TABLE modw_supremm.jobsum_job');
    await warehouse.run('DROP TABLE modw_supremm.jobsum_lease');
    const advice = expect.stringContaining('jobsum setup');
    await expect(ledger('a').settled(keys(1))).rejects.toMatchObject({ code: 'E_SCHEMA', kind: { advice } });
    await expect(new WarehouseLeases(warehouse).take('resource:7')).rejects.toMatchObject({ code: 'E_SCHEMA' });
    expect(await setupLedger(warehouse)).toEqual(['modw_supremm.jobsum_job', 'modw_supremm.jobsum_lease']);
  });
});
