// Owns the public surface of sinks/: re-exports, and the names of sinks on the command line.

import { JobsumError } from '../kernel/index.ts';

export { fileSummaries, mongoSummaries, NO_SUMMARIES, type Summaries, storeSummaries } from './lookup.ts';
export { findMongoDocuments, findMongoJob, MongoSink, schemaDocuments, setupMongo } from './mongodb.ts';
export { FileSink, StreamSink } from './ndjson.ts';
export { lacking, type Privilege, pingMongo } from './ping.ts';
export type { Refusal, Sink } from './sink.ts';
export { countDocuments, DOCUMENT_SCHEMA, findDocuments, findSummaries, listDocuments, SqliteSink } from './sqlite.ts';
export { fileDocuments, findInFile, isDocumentList, mongoDocuments, storeDocuments } from './stored.ts';

export interface SinkName {
  readonly kind: 'sqlite' | 'ndjson' | 'mongodb';
  /** A file, `-` for standard output (ndjson only), or the database (mongodb). */
  readonly path: string;
}

const EXPECTED = 'sqlite:FILE, ndjson:FILE, ndjson:- or mongodb:DATABASE';

/** Other names of standard output. */
const STDOUT = /^\/(dev\/stdout|dev\/fd\/1|proc\/self\/fd\/1)$/;

/** `sqlite:FILE`, `ndjson:FILE`, `ndjson:-` or `mongodb:DATABASE`. @throws JobsumError E_USAGE */
export function parseSink(text: string): SinkName {
  // Every user of the host can read a command line: no place for a URI with a password.
  if (/^mongodb(\+srv)?:\/\//.test(text)) {
    const expected = 'mongodb:DATABASE, and the connection string in JOBSUM_MONGODB_URI';
    throw new JobsumError('E_USAGE', 'a connection string has no place on the command line', { expected });
  }
  const m = /^(sqlite|ndjson|mongodb):(.+)$/s.exec(text);
  const [kind, path] = [m?.[1] as SinkName['kind'] | undefined, m?.[2] ?? ''];
  // What MongoDB forbids in names of databases, and its limit.
  const bad = kind === 'sqlite' ? path === '-' : kind === 'mongodb' && !/^[^/\\. "$*<>:|?\0]{1,63}$/.test(path);
  if (!kind || bad)
    throw new JobsumError('E_USAGE', 'unknown output', { expected: EXPECTED, found: JSON.stringify(text) });
  return { kind, path: kind === 'ndjson' && STDOUT.test(path) ? '-' : path };
}
export { type Pruned, prune } from './prune.ts';
export { storedJobs } from './stored-jobs.ts';
