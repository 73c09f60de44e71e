// The embedded store, the ledger and the lease on it, and the two kinds of sinks.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { buildDocument } from '../../src/document/index.ts';
import { LEDGER_SCHEMA, Ledger, takeLease } from '../../src/ledger/index.ts';
import {
  DOCUMENT_SCHEMA,
  FileSink,
  findDocuments,
  listDocuments,
  parseSink,
  SqliteSink,
  StreamSink,
} from '../../src/sinks/index.ts';
import { Store } from '../../src/store/index.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const SCHEMAS = [LEDGER_SCHEMA, DOCUMENT_SCHEMA];
let stores = 0;
const fresh = (): string => join(dir, `store${stores++}.db`);

describe('store', () => {
  it('is not opened over the database of another program', () => {
    const path = fresh();
    const other = new Database(path);
    other.exec('CREATE TABLE theirs (x)');
    other.close();
    expect(() => new Store(path, SCHEMAS)).toThrow(expect.objectContaining({ code: 'E_STORE' }));
    const text = fresh();
    writeFileSync(text, 'this is no database, and long enough to be sure of it'.repeat(100));
    expect(() => new Store(text, SCHEMAS)).toThrow(expect.objectContaining({ code: 'E_STORE' }));
    expect(() => new Store(join(dir, 'no', 'such', 'directory.db'), SCHEMAS)).toThrow(
      expect.objectContaining({ code: 'E_STORE' }),
    );
  });

  it('of a newer version is refused', () => {
    const path = fresh();
    new Store(path, SCHEMAS).close();
    const db = new Database(path);
    db.exec('PRAGMA user_version = 999');
    db.close();
    expect(() => new Store(path, SCHEMAS)).toThrow(expect.objectContaining({ code: 'E_STORE_VERSION' }));
  });

  it('keeps nothing of a transaction that fails', () => {
    const store = new Store(fresh(), SCHEMAS);
    const ledger = new Ledger(store, 's');
    const failing = (): void =>
      store.transaction(() => {
        store.prepare('INSERT INTO ledger VALUES (?, ?, ?, 1, NULL, 0)').run('x', 's', 'done');
        throw new Error('stop');
      });
    expect(failing).toThrow('stop');
    expect(ledger.settled('x')).toBe(false);
    store.close();
  });
});

describe('ledger', () => {
  it('settles what is done, and what has failed too often', () => {
    const store = new Store(fresh(), SCHEMAS);
    const ledger = new Ledger(store, 'sqlite:a');
    ledger.record([{ id: '1-2', state: 'done' }]);
    expect(ledger.settled('1-2')).toBe(true);
    // Done for one set of outputs is not done for another.
    expect(new Ledger(store, 'ndjson:b').settled('1-2')).toBe(false);
    for (let i = 1; i <= 5; i++) {
      ledger.record([{ id: 'bad', state: 'failed', problem: { code: 'E_WORKER', message: 'died' } }]);
      expect(ledger.settled('bad')).toBe(i === 5);
    }
    store.close();
  });

  it('leases the store to one living process', () => {
    const store = new Store(fresh(), SCHEMAS);
    const release = takeLease(store);
    release();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const put = store.prepare("INSERT OR REPLACE INTO lease VALUES ('run', ?, ?, 0)");
    const host = process.env.HOSTNAME_FOR_TEST ?? readFileSync('/proc/sys/kernel/hostname', 'utf8').trim();
    put.run(host, dead);
    takeLease(store)();
    put.run(host, 1);
    expect(() => takeLease(store)).toThrow(expect.objectContaining({ code: 'E_LOCKED' }));
    store.close();
  });
});

const job = {
  ...{ jobId: '7', start: 10, end: 20, nodes: ['n1'], nodeCount: 1, walltime: 10 },
  acct: { id: '7', local_job_id: '7', start_time: 10, end_time: 20, user: "O'Hara; DROP TABLE summary" },
};
const parts = { complete: true, missing: 0, elapsed: 0, created: 0 };
const document = buildDocument(job, { ...parts, summary: { x: Number.NaN }, timeseries: { s: [1] } });

describe('sinks', () => {
  it('sqlite: a document written again replaces the one before, its series too', async () => {
    const store = new Store(fresh(), SCHEMAS);
    const sink = new SqliteSink(store);
    await sink.write([document]);
    expect(findDocuments(store, '7')).toEqual([JSON.parse(JSON.stringify({ ...document, x: 'NaN' }))]);
    await sink.write([buildDocument(job, parts)]);
    expect(listDocuments(store, 10)).toHaveLength(1);
    expect(findDocuments(store, '7-20')[0]).not.toHaveProperty('timeseries');
    expect(findDocuments(store, "7' OR '1'='1")).toEqual([]);
    store.close();
  });

  it('ndjson: a file appears whole, or not at all', async () => {
    const path = join(dir, 'out.ndjson');
    const sink = new FileSink(path);
    await sink.write([document]);
    expect(existsSync(path)).toBe(false);
    await sink.write([document]);
    await sink.close();
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(2);
    expect(readdirSync(dir).filter((f) => f.includes('partial'))).toEqual([]);
    // A run that did nothing leaves it alone.
    await new FileSink(path).close();
    expect(existsSync(path)).toBe(true);
    const nowhere = new FileSink(join(dir, 'no', 'such', 'file'));
    await expect(nowhere.write([document])).rejects.toMatchObject({ code: 'E_IO' });
  });

  it('ndjson: on a stream, one line each', async () => {
    const stream = new PassThrough();
    await new StreamSink(stream).write([document, document]);
    const lines = String(stream.read()).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0]!)).toMatchObject({ _id: '7-20', timeseries: { version: 4, s: [1] } });
  });

  it.each(['', 'sqlite', 'sqlite:', 'sqlite:-', 'file:x', 'mongodb://x'])('%j is no sink', (name) => {
    expect(() => parseSink(name)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });
});
