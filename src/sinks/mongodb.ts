// Owns documents in MongoDB, as Open XDMoD reads them: collections resource_<id> and timeseries-resource_<id>, replaced by `_id`.

import { isDeepStrictEqual } from 'node:util';
import type { AnyBulkWriteOperation, Document as BsonDocument, MongoBulkWriteError } from 'mongodb';
import type { MongoSettings } from '../config/index.ts';
import { Mongo } from '../databases/index.ts';
import { bsonBytes, type Document, fitDocument, MAX_DOCUMENT_BYTES, SCHEMA_DOCUMENTS } from '../document/index.ts';
import { JobsumError, type Problem } from '../kernel/index.ts';
import { type BsonTypes, toBson } from './bson.ts';
import { type Refusal, refusal, type Sink, withTimeseries } from './sink.ts';

/** Of one bulk: what the server takes is 48 MB, what is sent again after a lost answer should be less. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_DOCUMENTS = 1000;

export type Stored = BsonDocument & { _id: string };

/** One document in its two parts. */
interface Parts {
  readonly id: string;
  readonly resource: number;
  readonly summary: Stored;
  readonly series: Stored | null;
  readonly bytes: number;
}

export class MongoSink implements Sink {
  readonly #mongo: Mongo;
  readonly #types: BsonTypes;

  private constructor(mongo: Mongo, types: BsonTypes) {
    this.#mongo = mongo;
    this.#types = types;
  }

  /** @throws JobsumError E_SERVICE, E_DENIED, E_MONGODB_VERSION, E_CONFIG */
  static async open(account: MongoSettings): Promise<MongoSink> {
    const { BSON } = await import('mongodb');
    return new MongoSink(await Mongo.connect(account), BSON);
  }

  async write(documents: readonly Document[]): Promise<readonly Refusal[]> {
    const refused: Refusal[] = [];
    const whole: Parts[] = [];
    for (const document of documents) {
      const parts = this.#parts(document);
      if ('problem' in parts) refused.push(parts);
      else whole.push(parts);
    }
    for (const batch of batches(whole)) refused.push(...(await this.#batch(batch)));
    return refused;
  }

  #parts(document: Document): Parts | Refusal {
    try {
      return this.#built(document);
    } catch (cause) {
      return refusal(document._id, 'the document cannot be built', cause);
    }
  }

  #built(document: Document): Parts | Refusal {
    const fitting = fitDocument(document);
    const { timeseries, ...rest } = fitting;
    const id = document._id;
    const resource = (rest.acct as Record<string, unknown> | undefined)?.resource_id;
    if (!Number.isSafeInteger(resource)) {
      const expected = 'a whole number as resource_id in the accounting record';
      return { id, problem: { ...problem(id, 'no collection for the document'), expected, found: String(resource) } };
    }
    const summary = toBson(rest, this.#types) as Stored;
    const series = timeseries
      ? ({ _id: id, ...toBson(timeseries as Record<string, unknown>, this.#types) } as Stored)
      : null;
    const bytes = [summary, series].map(bsonBytes);
    if (Math.max(...bytes) > MAX_DOCUMENT_BYTES) {
      return { id, problem: { ...problem(id, 'the document is too large'), found: `${Math.max(...bytes)} bytes` } };
    }
    return { id, resource: resource as number, summary, series, bytes: bytes[0]! + bytes[1]! };
  }

  /** Series first; the summary of a job whose series were refused is not written. */
  async #batch(batch: readonly Parts[]): Promise<Refusal[]> {
    const name = `resource_${batch[0]!.resource}`;
    const series = batch.flatMap((p) => (p.series ? [p.series] : []));
    const refused = await this.#replace(`timeseries-${name}`, series);
    const without = new Set(refused.map((r) => r.id));
    const summaries = batch.filter((p) => !without.has(p.id)).map((p) => p.summary);
    return [...refused, ...(await this.#replace(name, summaries))];
  }

  /** Replaced as a whole, not updated: the mark of the portal's loader goes, so that it loads the document again. */
  async #replace(name: string, documents: readonly Stored[]): Promise<Refusal[]> {
    if (documents.length === 0) return [];
    try {
      return await this.#sent(name, documents);
    } catch (error) {
      if (!isQuery(error)) throw error;
      return this.#singly(name, documents);
    }
  }

  /** One document that the driver cannot send costs its bulk, as may one that the server cannot read: singly it shows which. */
  async #singly(name: string, documents: readonly Stored[]): Promise<Refusal[]> {
    const refused: Refusal[] = [];
    let byServer = 0;
    for (const document of documents)
      try {
        refused.push(...(await this.#sent(name, [document])));
      } catch (error) {
        if (!isQuery(error)) throw error;
        byServer += Number((error.cause as Error).name.startsWith('MongoServer'));
        // Several, and none of them is taken: that is no document's fault.
        if (documents.length > 1 && byServer === documents.length) throw error;
        refused.push(refusal(document._id, 'the document cannot be sent', error));
      }
    return refused;
  }

  /** @throws JobsumError of the driver or the server, of the bulk as a whole */
  async #sent(name: string, documents: readonly Stored[]): Promise<Refusal[]> {
    const collection = this.#mongo.db.collection<Stored>(name);
    const operations = documents.map(
      (d): AnyBulkWriteOperation<Stored> => ({
        replaceOne: { filter: { _id: d._id }, replacement: d, upsert: true },
      }),
    );
    try {
      await collection.bulkWrite(operations, { ordered: false });
      return [];
    } catch (cause) {
      const error = this.#mongo.error(cause, name);
      const errors = [(cause as Partial<MongoBulkWriteError>).writeErrors ?? []].flat();
      // Only what the server says of single documents is theirs; all else, an outage too, is the sink's.
      if (error.code !== 'E_QUERY' || errors.length === 0) throw error;
      return errors.map((e) => {
        const id = documents[e.index]!._id;
        return { id, problem: { ...problem(id, 'MongoDB refuses the document'), record: name, found: e.errmsg ?? '' } };
      });
    }
  }

  close(): Promise<void> {
    return this.#mongo.close();
  }
}

const isQuery = (error: unknown): error is JobsumError => error instanceof JobsumError && error.code === 'E_QUERY';

function problem(job: string, message: string): Problem {
  return new JobsumError('E_DOCUMENT', message, { job }).toProblem();
}

/** Of one resource each, within the limits; a document that is larger than a batch goes alone. */
function* batches(all: readonly Parts[]): Generator<Parts[]> {
  const open = new Map<number, { parts: Parts[]; bytes: number }>();
  for (const p of all) {
    const batch = open.get(p.resource);
    if (batch && batch.parts.length < BATCH_DOCUMENTS && batch.bytes + p.bytes <= BATCH_BYTES) {
      batch.parts.push(p);
      batch.bytes += p.bytes;
      continue;
    }
    if (batch) yield batch.parts;
    open.set(p.resource, { parts: [p], bytes: p.bytes });
  }
  for (const batch of open.values()) yield batch.parts;
}

/** What there is of the two documents that the portal needs besides the jobs, in the collection `schema`: ids by how they stand. */
export async function schemaDocuments(mongo: Mongo): Promise<{ missing: string[]; different: string[] }> {
  const found = await findByIds(
    mongo,
    'schema',
    SCHEMA_DOCUMENTS.map((d) => d._id),
  );
  const there = new Map(found.map((d) => [d._id, d]));
  const missing = SCHEMA_DOCUMENTS.filter((d) => !there.has(d._id)).map((d) => d._id);
  const different = SCHEMA_DOCUMENTS.filter((d) => there.has(d._id) && !isDeepStrictEqual(there.get(d._id), d));
  return { missing, different: different.map((d) => d._id) };
}

/** Writes these two documents, but those that are to stay. Repeatable; the ids that are there then. */
export async function setupMongo(mongo: Mongo, keep: readonly string[] = []): Promise<string[]> {
  const collection = mongo.db.collection<Stored>('schema');
  return mongo.coded('schema', async () => {
    for (const document of SCHEMA_DOCUMENTS) {
      if (keep.includes(document._id)) continue;
      await collection.replaceOne({ _id: document._id }, document as BsonDocument, { upsert: true });
    }
    return SCHEMA_DOCUMENTS.map((d) => d._id);
  });
}

/** Documents of these runs of jobs in the collections of a resource, with their series. */
export async function findMongoDocuments(
  mongo: Mongo,
  resource: number,
  ids: readonly string[],
): Promise<Record<string, unknown>[]> {
  if (ids.length === 0) return [];
  return withMongoSeries(mongo, resource, await findByIds(mongo, `resource_${resource}`, ids));
}

/** The same of summary documents that are at hand. */
export async function withMongoSeries(
  mongo: Mongo,
  resource: number,
  documents: readonly Stored[],
): Promise<Record<string, unknown>[]> {
  const ids = documents.map((d) => d._id);
  const found = ids.length === 0 ? [] : await findByIds(mongo, `timeseries-resource_${resource}`, ids);
  const series = new Map(found.map((d) => [d._id, d]));
  return documents.map((document) => withTimeseries(document, series.get(document._id)));
}

export const findByIds = (mongo: Mongo, name: string, ids: readonly string[]): Promise<Stored[]> =>
  mongo.coded(name, () =>
    mongo.db
      .collection<Stored>(name)
      .find({ _id: { $in: [...ids] } })
      .toArray(),
  );

/** Resources that have a collection of documents. */
export async function resourcesOf(mongo: Mongo): Promise<number[]> {
  const names = await mongo.coded('listCollections', () => mongo.db.listCollections({}, { nameOnly: true }).toArray());
  return names.flatMap(({ name }) => /^resource_(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}

/** Documents of a job of a resource by its id alone: each run of it, with series, whether accounting still has it or not. */
export async function findMongoJob(mongo: Mongo, resource: number, job: string): Promise<Record<string, unknown>[]> {
  const name = `resource_${resource}`;
  const found = await mongo.coded(name, () =>
    mongo.db
      .collection<Stored>(name)
      // What stands between `JOB-` and `JOB.` begins with `JOB-`.
      .find({ _id: { $gte: `${job}-`, $lt: `${job}.` } })
      .toArray(),
  );
  const exact = await findByIds(mongo, name, [job]);
  const runs = found.filter((d) => /^-\d+$/.test(d._id.slice(job.length)));
  return withMongoSeries(mongo, resource, [...runs, ...exact]);
}
