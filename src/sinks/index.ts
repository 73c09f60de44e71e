// Owns the public surface of sinks/: re-exports, and the names of sinks on the command line.

import { JobsumError } from '../kernel/index.ts';

export { FileSink, StreamSink } from './ndjson.ts';
export { pingMongo } from './ping.ts';
export type { Sink } from './sink.ts';
export { DOCUMENT_SCHEMA, findDocuments, listDocuments, SqliteSink } from './sqlite.ts';

export interface SinkName {
  readonly kind: 'sqlite' | 'ndjson';
  /** `-`: standard output (ndjson only). */
  readonly path: string;
}

/** `sqlite:FILE`, `ndjson:FILE` or `ndjson:-`. @throws JobsumError E_USAGE */
export function parseSink(text: string): SinkName {
  const m = /^(sqlite|ndjson):(.+)$/s.exec(text);
  if (!m || (m[1] === 'sqlite' && m[2] === '-')) {
    throw new JobsumError('E_USAGE', 'unknown output', {
      expected: 'sqlite:FILE, ndjson:FILE or ndjson:-',
      found: JSON.stringify(text),
    });
  }
  return { kind: m[1] as SinkName['kind'], path: m[2]! };
}
