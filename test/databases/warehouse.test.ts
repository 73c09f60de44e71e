// The warehouse connection on a real server: types, zones, streams, transactions, and what its errors are called.

import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mysql } from '../../src/databases/index.ts';
import { freePort, testMariadb } from '../support/mariadb.ts';
import { proxyTo } from '../support/proxy.ts';
import { addJobs, createWarehouse } from '../support/warehouse.ts';

const server = await testMariadb('the warehouse connection');

describe.skipIf(!server)('the warehouse connection', () => {
  let warehouse: Mysql;
  beforeAll(async () => {
    warehouse = await Mysql.connect(server!.settings);
    await warehouse.run('CREATE DATABASE IF NOT EXISTS jobsum_test CHARACTER SET utf8mb4');
    await warehouse.run('DROP TABLE IF EXISTS jobsum_test.t');
    await warehouse.run(`CREATE TABLE jobsum_test.t (id BIGINT PRIMARY KEY, big BIGINT UNSIGNED, name VARCHAR(40), price DECIMAL(10,2),
      at TIMESTAMP NULL, body BLOB) ENGINE=InnoDB`);
  });
  afterAll(() => warehouse?.close());

  it('reads values as they are, and times in UTC whatever the zone of the server', async () => {
    const big = 2n ** 63n + 5n;
    await warehouse.run('INSERT INTO jobsum_test.t VALUES (?, ?, ?, ?, FROM_UNIXTIME(?), ?)', [
      ...[1, big, "O'Neil\\ ☃", 1.25, 1_772_409_600, Buffer.from([0, 255])],
    ]);
    const sql = 'SELECT *, UNIX_TIMESTAMP(at) AS epoch FROM jobsum_test.t WHERE id IN (?)';
    expect(await warehouse.rows(sql, [[1, 2]])).toEqual([
      {
        ...{ id: 1, big: String(big), name: "O'Neil\\ ☃", price: 1.25, at: '2026-03-02 00:00:00' },
        ...{ body: Buffer.from([0, 255]), epoch: 1_772_409_600 },
      },
    ]);
  });

  it('streams rows, and survives a reader that leaves early', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => [100 + i, i, 'n', 0, null, null] as const);
    expect(await warehouse.run('INSERT INTO jobsum_test.t VALUES ?', [rows])).toMatchObject({ affected: 5000 });
    let sum = 0;
    for await (const row of warehouse.stream('SELECT id, big FROM jobsum_test.t WHERE id >= ? ORDER BY id', [100]))
      sum += Number(row.big);
    expect(sum).toBe((4999 * 5000) / 2);
    for await (const row of warehouse.stream('SELECT id FROM jobsum_test.t WHERE id >= 100 ORDER BY id')) {
      expect(row.id).toBe(100);
      break;
    }
    expect(await warehouse.rows('SELECT count(*) AS n FROM jobsum_test.t')).toEqual([{ n: 5001 }]);
  });

  it('rolls a transaction back, and commits it', async () => {
    const insert = 'INSERT INTO jobsum_test.t (id) VALUES (?)';
    const half = warehouse.transaction(async (q) => {
      await q.run(insert, [7]);
      throw new TypeError('not a matter of the server');
    });
    await expect(half).rejects.toThrow(TypeError);
    await warehouse.transaction((q) => q.run(insert, [8]));
    expect(await warehouse.rows('SELECT id FROM jobsum_test.t WHERE id < 10 ORDER BY id')).toEqual([
      { id: 1 },
      { id: 8 },
    ]);
  });

  it.each([
    ['a missing table', 'SELECT 1 FROM jobsum_test.absent', 'E_SCHEMA'],
    ['a missing column', 'SELECT absent FROM jobsum_test.t', 'E_SCHEMA'],
    ['a missing database', 'SELECT 1 FROM absent.t', 'E_SCHEMA'],
    ['a wrong statement', 'SELEKT 1', 'E_QUERY'],
    ['two statements', 'SELECT 1; SELECT 2', 'E_QUERY'],
    ['a doubled key', 'INSERT INTO jobsum_test.t (id) VALUES (1)', 'E_QUERY'],
    ['a value out of range', 'INSERT INTO jobsum_test.t (id, price) VALUES (99, 1e20)', 'E_QUERY'],
    ['a connection that is killed', 'KILL CONNECTION_ID()', 'E_SERVICE'],
  ])('names %s', async (_, sql, code) => {
    await expect(warehouse.run(sql)).rejects.toMatchObject({ code });
    // The pool goes on.
    expect(await warehouse.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('names errors inside a transaction and a stream too', async () => {
    await expect(warehouse.transaction((q) => q.rows('SELECT 1 FROM jobsum_test.absent'))).rejects.toMatchObject({
      code: 'E_SCHEMA',
    });
    await expect(warehouse.transaction((q) => q.run('KILL CONNECTION_ID()'))).rejects.toMatchObject({
      code: 'E_SERVICE',
    });
    const stream = warehouse.stream('SELECT 1 FROM jobsum_test.absent');
    await expect(stream.next()).rejects.toMatchObject({ code: 'E_SCHEMA' });
    expect(await warehouse.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses a wrong account and an absent server, and does not say the password', async () => {
    const wrong = Mysql.connect({ ...server!.settings, user: 'nobody-here', password: 'secret-word' });
    const denied = await wrong.catch((e: Error & { code: string; detail: object }) => e);
    expect(denied).toMatchObject({ code: 'E_DENIED' });
    expect(JSON.stringify(denied)).not.toContain('secret-word');
    const absent = Mysql.connect({ host: '127.0.0.1', port: await freePort() });
    await expect(absent).rejects.toMatchObject({ code: 'E_SERVICE' });
  });

  it.skipIf(!server?.own)('gives up a statement on a server that has frozen', async () => {
    const hasty = await Mysql.connect(server!.settings, { statementMs: 300 });
    await server!.kill('SIGSTOP');
    await expect(hasty.rows('SELECT 1')).rejects.toMatchObject({ code: 'E_SERVICE' });
    await server!.kill('SIGCONT');
    expect(await hasty.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await hasty.close();
  });

  it('waits for a server that is only busy, as it answers another connection', async () => {
    const hasty = await Mysql.connect(server!.settings, { quietMs: 100 });
    expect(await hasty.rows('SELECT SLEEP(0.6) AS slept')).toEqual([{ slept: 0 }]);
    await hasty.close();
  });

  it.skipIf(!server?.own)('finds out a server that has frozen, and ends without its goodbye', async () => {
    const hasty = await Mysql.connect({ ...server!.settings, connectSeconds: 1 }, { quietMs: 100 });
    await hasty.rows('SELECT 1');
    await server!.kill('SIGSTOP');
    await expect(hasty.rows('SELECT 1')).rejects.toMatchObject({ code: 'E_SERVICE' });
    await hasty.close();
    await server!.kill('SIGCONT');
  });

  it.skipIf(!server?.own)(
    'tells a reader of a stream, and who waits for a statement, that the connection broke',
    async () => {
      const proxy = await proxyTo(server!.settings.port);
      const through = await Mysql.connect({ ...server!.settings, port: proxy.port });
      const slow = 'SELECT SLEEP(5) AS slept';
      for (const ask of [() => through.rows(slow), () => through.stream(slow).next()]) {
        const asked = ask();
        setTimeout(() => proxy.reset(), 100);
        await expect(asked).rejects.toMatchObject({ code: 'E_SERVICE' });
      }
      await through.close();
      await proxy.close();
    },
  );

  it.skipIf(!server?.own)(
    'is told of a connection that is reset at any instant: while it is made, in a stream, in a transaction',
    async () => {
      const proxy = await proxyTo(server!.settings.port);
      const work = async (): Promise<void> => {
        const through = await Mysql.connect({ ...server!.settings, port: proxy.port });
        try {
          for await (const _ of through.stream('SELECT * FROM information_schema.columns'));
          for (let n = 0; n < 10; n++) await through.transaction((q) => q.rows('SELECT 1'));
        } finally {
          await through.close();
        }
      };
      const ends = new Set<string>();
      for (let n = 0; n < 80; n++) {
        const working = work().then(
          () => 'done',
          (error: { code: string }) => error.code,
        );
        for (const until = performance.now() + ((n * 12.36) % 20); performance.now() < until; ) await setImmediate();
        proxy.reset();
        ends.add(await working);
      }
      expect([...ends].filter((e) => e !== 'done')).toEqual(['E_SERVICE']);
      await proxy.close();
    },
  );

  it.skipIf(!server?.own)('loses its locks if it freezes inside a transaction', async () => {
    const other = await Mysql.connect(server!.settings);
    let freed = false;
    const left = warehouse.transaction(async (q) => {
      await q.run('SET SESSION idle_transaction_timeout = @@idle_transaction_timeout DIV 30');
      await q.rows('SELECT id FROM jobsum_test.t FOR UPDATE');
      await other.run('UPDATE jobsum_test.t SET name = name');
      freed = true;
      await q.run('UPDATE jobsum_test.t SET name = name');
    });
    await expect(left).rejects.toMatchObject({ code: 'E_SERVICE' });
    expect(freed).toBe(true);
    await other.close();
  });

  it.skipIf(!server?.own)('goes on when the server comes back', async () => {
    await server!.stop();
    await expect(warehouse.rows('SELECT 1')).rejects.toMatchObject({ code: 'E_SERVICE' });
    await server!.start();
    expect(await warehouse.rows('SELECT id FROM jobsum_test.t WHERE id = 8')).toEqual([{ id: 8 }]);
  });
});

describe.skipIf(!server)('the test warehouse', () => {
  it.each([7, 8, 9] as const)('of schema %i takes jobs', async (schema) => {
    const warehouse = await Mysql.connect(server!.settings);
    await createWarehouse(warehouse, schema);
    const job = { resourceId: 3, localId: 10, start: 100, end: 200, hosts: ['n2', 'n1'] };
    expect(await addJobs(warehouse, [job, { ...job, localId: 11, raw: 12, arrayIndex: 4 }])).toEqual([1, 2]);
    expect(await addJobs(warehouse, [{ ...job, localId: 13, format: null }])).toEqual([3]);
    const sql = `SELECT job_id, hostname, order_id FROM modw.jobhosts JOIN modw.hosts ON id = host_id WHERE job_id = 2 ORDER BY order_id`;
    expect(await warehouse.rows(sql)).toMatchObject([{ hostname: 'n2' }, { hostname: 'n1' }]);
    const table = schema === 7 ? 'jobfact' : 'job_tasks';
    expect(await warehouse.rows(`SELECT count(*) AS n FROM modw.${table} WHERE resource_id = 3`)).toEqual([{ n: 3 }]);
    await warehouse.close();
  });
});
