// A document that cannot be built, serialised or sent costs its own job, in every sink: the others of its batch are stored.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Mongo, Store } from '../../src/databases/index.ts';
import type { Document } from '../../src/document/index.ts';
import {
  DOCUMENT_SCHEMA,
  FileSink,
  findDocuments,
  MongoSink,
  type Refusal,
  SqliteSink,
  StreamSink,
} from '../../src/sinks/index.ts';
import { testMongo } from '../support/mongo.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const document = (id: string, more: Record<string, unknown> = {}): Document => ({
  _id: `${id}-2`,
  summarization: { version: '1.0.6' },
  acct: { id, resource_id: 7, end_time: 2 },
  ...more,
});
const endless: Record<string, unknown> = {};
endless.self = endless;
/** As an object of another release of the driver is: it has a type, and the driver does not take it. */
class Foreign {
  get _bsontype(): string {
    return 'Double';
  }
}
const refusedIds = (refused: readonly Refusal[]): string[] =>
  refused.map(({ id, problem }) => {
    expect(problem).toMatchObject({ code: 'E_DOCUMENT', found: expect.any(String) });
    return id;
  });

describe('what JSON cannot hold', () => {
  const all = [
    document('a'),
    document('b', { x: 1n }),
    document('c', { timeseries: { version: 4, x: endless } }),
    document('d'),
  ];

  it('is refused by files, and the others are in them', async () => {
    for (const form of ['lines', 'array'] as const) {
      const path = join(dir, form);
      const sink = new FileSink(path, form);
      expect(refusedIds(await sink.write(all.slice(1)))).toEqual(['b-2', 'c-2']);
      expect(refusedIds(await sink.write(all.slice(0, 2)))).toEqual(['b-2']);
      await sink.close();
      const text = readFileSync(path, 'utf8').trim();
      const found = (form === 'array' ? JSON.parse(text) : text.split('\n').map((l) => JSON.parse(l))) as Document[];
      expect(found.map((d) => d._id)).toEqual(['d-2', 'a-2']);
    }
  });

  it('is refused by a stream', async () => {
    const out = new PassThrough();
    expect(refusedIds(await new StreamSink(out).write(all))).toEqual(['b-2', 'c-2']);
    expect(String(out.read()).split('\n')).toHaveLength(3);
  });

  it('is refused by the store, without a half of it', async () => {
    const store = new Store(join(dir, 's.db'), [DOCUMENT_SCHEMA]);
    expect(refusedIds(await new SqliteSink(store).write(all))).toEqual(['b-2', 'c-2']);
    expect(['a', 'b', 'c', 'd'].map((id) => findDocuments(store, id).length)).toEqual([1, 0, 0, 1]);
    store.close();
  });
});

const server = await testMongo('what MongoDB cannot hold');

describe.skipIf(!server)('what MongoDB or its driver cannot hold', () => {
  it('is refused, and the others are stored', async () => {
    const account = { uri: server!.uri, database: server!.database() };
    const sink = await MongoSink.open(account);
    const foreign = document('b', { x: new Foreign() });
    const series = document('c', { timeseries: { version: 4, x: new Foreign() } });
    const all = [document('a'), foreign, series, document('d', { x: endless }), document('e')];
    expect(refusedIds(await sink.write(all)).sort()).toEqual(['b-2', 'c-2', 'd-2']);
    // Alone, and all of a batch, too.
    expect(refusedIds(await sink.write([foreign]))).toEqual(['b-2']);
    expect(refusedIds(await sink.write([foreign, document('b2', { x: new Foreign() })]))).toEqual(['b-2', 'b2-2']);
    const mongo = await Mongo.connect(account);
    const found = await mongo.db.collection('resource_7').find().sort({ _id: 1 }).toArray();
    expect(found.map((d) => String(d._id))).toEqual(['a-2', 'e-2']);
    expect(await mongo.db.collection('timeseries-resource_7').countDocuments()).toBe(0);
    await mongo.close();
    await sink.close();
  });
});
