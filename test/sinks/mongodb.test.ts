// Documents in MongoDB on a server of its own: replaced, typed, batched, reduced, refused; and what its errors are called.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Collection, MongoNetworkError } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mongo } from '../../src/databases/index.ts';
import type { Document } from '../../src/document/index.ts';
import { lacking, MongoSink, setupMongo } from '../../src/sinks/index.ts';
import { CLUSTER, documentsOf, jobsum, type Ran, settled } from '../support/cli.ts';
import { type MongoServer, testMongo } from '../support/mongo.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const server = await testMongo('the MongoDB sink');
const old = await testMongo('an old MongoDB', { wireVersion: 6 });

const document = (id: number, more: Record<string, unknown> = {}): Document => ({
  _id: `${id}-200`,
  summarization: {
    version: '1.0.6',
    elapsed: 2,
    created: 1_800_000_000,
    srcdir: null,
    complete: true,
    missingnodes: 3,
  },
  created: '2026-03-02T00:00:00.250Z',
  acct: { id: String(id), resource_id: 7, start_time: 100, end_time: 200, uid: 3_000_000_000, reqmem: '4G', load: 1.5 },
  ...more,
});

describe.skipIf(!server)('the MongoDB sink', () => {
  let database: string;
  let mongo: Mongo;
  let sink: MongoSink;
  const stored = (name: string): Collection<{ _id: string } & Record<string, unknown>> => mongo.db.collection(name);
  beforeAll(async () => {
    database = server!.database();
    mongo = await Mongo.connect({ uri: server!.uri, database });
    sink = await MongoSink.open({ uri: server!.uri, database });
  });
  afterAll(async () => {
    await sink?.close();
    await mongo?.db.dropDatabase();
    await mongo?.close();
  });

  it('replaces a document as a whole, its series apart; the mark of the loader goes', async () => {
    const timeseries = { version: 4, hosts: { '0': 'n1' }, cpuuser: { times: [10, 20.5], hosts: {} } };
    expect(await sink.write([document(1, { timeseries, old: 1.5 })])).toEqual([]);
    const summaries = stored('resource_7');
    await summaries.updateOne({ _id: '1-200' }, { $set: { processed: { modw: { version: 139 } } } });
    // Names of hosts and devices may hold dots.
    for (let twice = 0; twice < 2; twice++)
      expect(await sink.write([document(1, { gpu: { 'x.y/z': Number.NaN, inf: -Infinity } })])).toEqual([]);
    const { _id, ...series } = (await stored('timeseries-resource_7').findOne({ _id: '1-200' }))!;
    expect(series).toEqual(timeseries);
    const found = (await summaries.findOne({ _id: '1-200' }))!;
    expect(found).toEqual({
      ...document(1),
      created: new Date('2026-03-02T00:00:00.250Z'),
      gpu: { 'x.y/z': Number.NaN, inf: -Infinity },
    });
    expect(await summaries.countDocuments()).toBe(1);
  });

  it('stores the type of a number by its field, whatever its value', async () => {
    const numbers = {
      load1: { mean: { avg: 8, cnt: 4, min: 0.5 } },
      cpu: { effcpus: { all: 16, user: { avg: 1, cnt: 16 } }, jobcpus: { error: 2 } },
      cpucategories: { maxcores: 4, dutycycles: { n1: [1, 0.5] } },
      timeseries_patterns_gpfs: { x: { nodes_used: 2, y: 2 } },
      network: { cnt: { 'in-bytes': { avg: 3, cnt: 1 } } },
      timeseries: { version: 4, hosts: {}, cpuuser: { times: [1, 2], max: [[5, 0]] }, nfs: { error: 3 } },
    };
    await sink.write([document(2, numbers)]);
    const raw = { promoteValues: false } as const;
    const summary = await stored('resource_7').findOne({ _id: '2-200' }, raw);
    const series = await stored('timeseries-resource_7').findOne({ _id: '2-200' }, raw);
    const typesOf = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(typesOf);
      if (typeof value !== 'object' || value === null) return value;
      if ('_bsontype' in value) return value._bsontype;
      if (value instanceof Date) return 'Date';
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, typesOf(v)]));
    };
    const D = 'Double';
    const I = 'Int32';
    expect(typesOf(summary)).toEqual({
      _id: '2-200',
      summarization: { version: '1.0.6', elapsed: D, created: D, srcdir: null, complete: true, missingnodes: I },
      created: 'Date',
      acct: { id: '2', resource_id: I, start_time: I, end_time: I, uid: 'Long', reqmem: '4G', load: D },
      load1: { mean: { avg: D, cnt: I, min: D } },
      cpu: { effcpus: { all: I, user: { avg: D, cnt: I } }, jobcpus: { error: I } },
      cpucategories: { maxcores: I, dutycycles: { n1: [D, D] } },
      timeseries_patterns_gpfs: { x: { nodes_used: I, y: D } },
      network: { cnt: { 'in-bytes': { avg: D, cnt: I } } },
    });
    expect(typesOf(series)).toEqual({
      _id: '2-200',
      version: I,
      hosts: {},
      cpuuser: { times: [D, D], max: [[D, D]] },
      nfs: { error: I },
    });
  });

  it('writes many and large ones in batches', async () => {
    const many = Array.from({ length: 2500 }, (_, i) => document(1000 + i));
    const large = Array.from({ length: 5 }, (_, i) => document(i, { text: 'x'.repeat(5e6) }));
    const other = { ...document(9), acct: { id: '9', resource_id: 8, end_time: 200 } };
    expect(await sink.write([...many, ...large, other])).toEqual([]);
    expect(await stored('resource_7').countDocuments({ _id: /^\d{4}-/ })).toBe(2500);
    expect(await stored('resource_7').countDocuments({ text: { $exists: true } })).toBe(5);
    expect(await stored('resource_8').countDocuments()).toBe(1);
  });

  it('reduces what is near the limit of the server and says so', async () => {
    const devices = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`cpu${i}`, Array(1000).fill(0.5)]));
    const timeseries = {
      version: 4,
      hosts: { '0': 'n1' },
      cpuuser: { times: [1], hosts: { '0': { all: [2], dev: devices } } },
    };
    expect(await sink.write([document(3, { timeseries })])).toEqual([]);
    const summary = await stored('resource_7').findOne({ _id: '3-200' });
    expect(summary?.errors).toEqual({ document: [expect.stringContaining('devices of the series cpuuser')] });
    const series = await stored('timeseries-resource_7').findOne({ _id: '3-200' });
    expect(series?.cpuuser).toEqual({ times: [1], hosts: { '0': { all: [2] } } });
  });

  it('refuses single documents and writes the others', async () => {
    const homeless = { ...document(40), acct: { id: '40', end_time: 200 } };
    const huge = document(50, { acct: { id: '50', resource_id: 7, end_time: 200, jobname: 'x'.repeat(17e6) } });
    const refused = await sink.write([homeless, huge, document(60)]);
    expect(refused.map((r) => [r.id, r.problem.code])).toEqual([
      ['40-200', 'E_DOCUMENT'],
      ['50-200', 'E_DOCUMENT'],
    ]);
    const there = await stored('resource_7')
      .find({ _id: { $in: ['40-200', '50-200', '60-200'] } })
      .toArray();
    expect(there.map((d) => d._id)).toEqual(['60-200']);
  });

  it.skipIf(server?.kind === 'given')(
    'on a server that has frozen is away, not refused, and goes on when it is back',
    async () => {
      // Its pulse is missed while the write waits: that breaks the write off.
      const options = 'connectTimeoutMS=500&heartbeatFrequencyMS=500&serverSelectionTimeoutMS=500';
      const frozen = await MongoSink.open({ uri: `${server!.uri}?${options}`, database });
      try {
        expect(await frozen.write([document(91)])).toEqual([]);
        await server!.kill('SIGSTOP');
        await expect(frozen.write([document(92)])).rejects.toMatchObject({ code: 'E_SERVICE', kind: { exit: 69 } });
        await server!.kill('SIGCONT');
        await expect.poll(() => frozen.write([document(92)]).catch(String), { timeout: 20_000 }).toEqual([]);
        expect(await stored('resource_7').findOne({ _id: '92-200' })).not.toBeNull();
      } finally {
        await server!.kill('SIGCONT');
        await frozen.close();
      }
    },
  );

  it('takes what the driver says of connections for a server that is away', async () => {
    const driver: object = await import('mongodb');
    const classes = Object.values(driver).filter((of): of is typeof MongoNetworkError => typeof of === 'function');
    const ofNetwork = classes.filter((of) => of === MongoNetworkError || of.prototype instanceof MongoNetworkError);
    expect(ofNetwork.length).toBeGreaterThan(1);
    class PoolClearedOnNetworkError extends MongoNetworkError {
      override get name(): string {
        return 'PoolClearedOnNetworkError';
      }
    }
    for (const of of [...ofNetwork, PoolClearedOnNetworkError])
      expect(mongo.error(new of('away'), 'resource_7')).toMatchObject({ code: 'E_SERVICE' });
  });

  it('setup writes the two documents that the portal needs, twice the same', async () => {
    expect(await setupMongo(mongo)).toEqual(['summary-1.0.6', 'timeseries-4']);
    expect(await setupMongo(mongo)).toHaveLength(2);
    const schema = await stored('schema').find().toArray();
    expect(schema.map((d) => d._id).sort()).toEqual(['summary-1.0.6', 'timeseries-4']);
  });

  it.each([
    ['no server', 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300', 'E_SERVICE'],
    ['an unknown option', 'mongodb://user:geheim@127.0.0.1:1/?nonsense=1', 'E_CONFIG'],
    ['no URI at all', 'user:geheim@nowhere', 'E_CONFIG'],
  ])('names %s', async (_, uri, code) => {
    const error = await MongoSink.open({ uri, database: 'x' }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code });
    expect(JSON.stringify([error, (error as Error).message])).not.toContain('geheim');
  });

  it.skipIf(!old)('names a server that is too old, and what to do', async () => {
    const opening = MongoSink.open({ uri: `${old!.uri}?serverSelectionTimeoutMS=500`, database: 'x' });
    await expect(opening).rejects.toMatchObject({ code: 'E_MONGODB_VERSION', kind: { exit: 78, retryable: false } });
  });

  it('gets from the command line what standard output gets, and nothing the second time', async () => {
    const name = server!.database();
    const env = { JOBSUM_MONGODB_URI: server!.uri };
    const output = ['--output', `mongodb:${name}`, '--resource-id', '3'];
    const plain = await jobsum(['summarize', ...CLUSTER, '--output', 'ndjson:-', '--resource-id', '3'], { cwd: dir });
    const first = await jobsum(['summarize', ...CLUSTER, ...output, '--json'], { cwd: dir, env });
    expect(JSON.parse(first.stdout)).toMatchObject({ jobs: { done: 8, skipped: 1, failed: 0 } });
    const reader = await Mongo.connect({ uri: server!.uri, database: name });
    const all = await reader.db.collection<{ _id: string }>('resource_3').find().toArray();
    const series = await reader.db.collection<{ _id: string }>('timeseries-resource_3').find().toArray();
    const documents = all.map((d) => {
      const found = series.find((s) => s._id === d._id);
      const { _id, ...timeseries } = found ?? { _id: '' };
      return [d._id, settled(JSON.parse(JSON.stringify({ ...d, ...(found ? { timeseries } : {}) })))] as const;
    });
    expect(new Map(documents)).toEqual(documentsOf(plain.stdout));
    const second = await jobsum(['summarize', ...CLUSTER, ...output, '--json'], { cwd: dir, env });
    expect(JSON.parse(second.stdout)).toMatchObject({ jobs: { done: 0, known: 9 } });
    await reader.db.dropDatabase();
    await reader.close();
  });

  it('takes no connection string from the command line', async () => {
    const ran = await jobsum(['summarize', ...CLUSTER, '--output', 'mongodb://u:geheim@h/'], { cwd: dir });
    expect(ran.code).toBe(64);
    expect(ran.stderr).toContain('JOBSUM_MONGODB_URI');
    expect(ran.stderr).not.toContain('geheim');
  });
});

describe('privileges of an account', () => {
  // As MongoDB's manual has them for the built-in roles.
  const role = (db: string, actions: string[]) => [{ resource: { db, collection: '' }, actions }];
  const readWrite = ['collStats', 'createIndex', 'find', 'insert', 'listCollections', 'remove', 'update'];
  it.each([
    ['readWrite', role('supremm', readWrite), []],
    ['readWriteAnyDatabase', role('', readWrite), []],
    ['root', [{ resource: { anyResource: true }, actions: ['anyAction'] }], []],
    ['read', role('supremm', ['find', 'listCollections']), ['insert', 'update']],
    ['another database', role('other', readWrite), ['find', 'insert', 'update']],
    [
      'one collection',
      [{ resource: { db: 'supremm', collection: 'resource_1' }, actions: readWrite }],
      ['find', 'insert', 'update'],
    ],
  ])('%s', (_, privileges, expected) => {
    expect(lacking(privileges, 'supremm')).toEqual(expected);
  });
});

const TLS = 'MongoDB over TLS';
const key = join(dir, 'key.pem');
const cert = join(dir, 'cert.pem');
const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-nodes'];
const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
async function secureServer(): Promise<MongoServer | null> {
  if (!havePrograms(TLS, 'openssl')) return null;
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', cert, ...subject);
  openssl('pkcs8', '-topk8', '-nocrypt', '-outform', 'DER', '-in', key, '-out', join(dir, 'key.der'));
  return testMongo(TLS, { tls: { key: join(dir, 'key.der'), cert } });
}
const secure = await secureServer();

describe.skipIf(!secure)(TLS, () => {
  it('is believed by its certificate only', async () => {
    const { readFileSync } = await import('node:fs');
    const uri = `${secure!.uri}?serverSelectionTimeoutMS=1500`;
    const connect = (ssl: object) => Mongo.connect({ uri: secure!.uri, database: 'x', ssl });
    await (await connect({ ca: readFileSync(cert, 'utf8') })).close();
    await (await connect({ verify: false })).close();
    await expect(Mongo.connect({ uri, database: 'x', ssl: {} })).rejects.toMatchObject({
      code: 'E_SERVICE',
      detail: { found: /certificate/ },
    });
    await expect(Mongo.connect({ uri, database: 'x' })).rejects.toMatchObject({ code: 'E_SERVICE' });
  });

  it('is reached as the configuration says', async () => {
    const check = async (more: object, uri = secure!.uri): Promise<Ran> => {
      const output = { db_engine: 'mongodb', uri, ...more };
      writeFileSync(join(dir, 'config.json'), JSON.stringify({ state: 'state.db', outputdatabase: output }));
      return jobsum(['config', 'check', '--config', dir], { cwd: dir });
    };
    expect(await check({ ssl: { ca: 'cert.pem' } })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/mongodb: ok/),
    });
    const hasty = `${secure!.uri}?serverSelectionTimeoutMS=1500`;
    expect(await check({ ssl: {} }, hasty)).toMatchObject({ code: 69, stdout: expect.stringMatching(/certificate/) });
    // It knows no accounts, so whoever gives a password is refused: which shows that it was given.
    const refused = await check({ ssl: { ca: 'cert.pem' }, user: 'writer', pass: 'geheim-4711' });
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toMatch(/sasl/i);
    expect(refused.stdout + refused.stderr).not.toContain('geheim');
  });
});
