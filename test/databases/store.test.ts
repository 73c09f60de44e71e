// The embedded store, and the two kinds of sinks that need no server.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { Store } from '../../src/databases/index.ts';
import { buildDocument } from '../../src/document/index.ts';
import { LEASE_SCHEMA, LEDGER_SCHEMA, StoreLedger } from '../../src/ledger/index.ts';
import {
  DOCUMENT_SCHEMA,
  FileSink,
  findDocuments,
  listDocuments,
  parseSink,
  SqliteSink,
  StreamSink,
} from '../../src/sinks/index.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const SCHEMAS = [LEDGER_SCHEMA, LEASE_SCHEMA, DOCUMENT_SCHEMA];
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
    const failing = (): void =>
      store.transaction(() => {
        store.prepare('INSERT INTO timeseries VALUES (?, ?)').run('x', '{}');
        throw new Error('stop');
      });
    expect(failing).toThrow('stop');
    expect(store.prepare('SELECT * FROM timeseries').all()).toEqual([]);
    store.close();
  });

  it('of the version before is upgraded, its ledger kept', async () => {
    const path = fresh();
    const old = new Database(path);
    old.exec(`
      CREATE TABLE ledger (
        id TEXT NOT NULL, sinks TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, problem TEXT,
        finished REAL NOT NULL, PRIMARY KEY (id, sinks)
      ) WITHOUT ROWID;
      CREATE TABLE lease (
        name TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, taken REAL NOT NULL
      ) WITHOUT ROWID;
      INSERT INTO ledger VALUES ('1-2', 's', 'done', 1, NULL, 9), ('3-4', 's', 'failed', 5, NULL, 9), ('5-6', 's', 'failed', 2, NULL, 9);
      INSERT INTO lease VALUES ('run', 'elsewhere', 1, 9);
      PRAGMA application_id = ${0x6a62736d};
      PRAGMA user_version = 1;
    `);
    old.close();
    const store = new Store(path, SCHEMAS);
    const ledger = new StoreLedger(store, { sinks: 's', run: 'r' });
    const settled = await ledger.settled(['1-2', '3-4', '5-6'].map((id) => ({ id })));
    expect([...settled]).toEqual([
      ['1-2', 'done'],
      ['3-4', 'poison'],
    ]);
    expect(store.prepare('SELECT * FROM lease').all()).toEqual([]);
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
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(readdirSync(dir).filter((f) => f.includes('partial'))).toEqual([]);
    // A run that did nothing leaves it alone.
    await new FileSink(path).close();
    expect(existsSync(path)).toBe(true);
    for (const nowhere of [join(path, 'below', 'a-file'), join(dir, 'not', 'there')])
      await expect((async () => new FileSink(nowhere).write([document]))()).rejects.toMatchObject({ code: 'E_IO' });
    expect(existsSync(join(dir, 'not'))).toBe(false);
  });

  it('ndjson: documents of earlier runs stay, those of jobs done again are replaced, and what is no document is not touched', async () => {
    const path = join(dir, 'runs.ndjson');
    const run = async (...ids: string[]): Promise<void> => {
      const sink = new FileSink(path);
      await sink.write(ids.map((_id) => ({ ...document, _id })));
      await sink.close();
    };
    const ids = (): string[] =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)._id);
    await run('1-10', 'a"b\\-10', '3-10');
    await run('4-10', 'a"b\\-10');
    expect(ids()).toEqual(['4-10', 'a"b\\-10', '1-10', '3-10']);
    await run();
    expect(ids()).toHaveLength(4);
    const jobs = join(dir, 'jobs.csv');
    writeFileSync(jobs, 'job_id,start_time,end_time,host_list\n');
    expect(() => new FileSink(jobs)).toThrow(expect.objectContaining({ code: 'E_EXISTS' }));
    expect(readFileSync(jobs, 'utf8')).toMatch(/^job_id/);
  });

  it('ndjson: on a stream, one line each', async () => {
    const stream = new PassThrough();
    await new StreamSink(stream).write([document, document]);
    const lines = String(stream.read()).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0]!)).toMatchObject({ _id: '7-20', timeseries: { version: 4, s: [1] } });
  });

  it.each(['', 'sqlite', 'sqlite:', 'sqlite:-', 'file:x', 'mongodb://x', 'mongodb:', 'mongodb:a/b'])(
    '%j is no sink',
    (name) => {
      expect(() => parseSink(name)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
    },
  );
});
