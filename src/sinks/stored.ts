// Owns documents read back from where sinks put them, whole and in the order of their ids, however many there are.

import { closeSync, openSync, readSync } from 'node:fs';
import type { Mongo, Store } from '../databases/index.ts';
import { compareIds, type StoredDocument } from '../document/index.ts';
import { ioError, JobsumError, merged } from '../kernel/index.ts';
import { resourcesOf, type Stored, withMongoSeries } from './mongodb.ts';
import { documentReader, taskId, taskOf } from './sqlite.ts';

type Json = Record<string, unknown>;

const PAGE = 200;
const CHUNK_BYTES = 1 << 20;
/** Of a document as text: MongoDB takes 16 MiB of each of its two parts. */
const MAX_LINE_BYTES = 256 << 20;

function stored(document: Json): StoredDocument {
  const { resource_id: resource } = (document.acct ?? {}) as Json;
  return { id: String(document._id), resource: Number.isSafeInteger(resource) ? (resource as number) : -1, document };
}

/** Documents of the embedded store. */
export async function* storeDocuments(store: Store): AsyncGenerator<StoredDocument> {
  const page = store.prepare('SELECT id, document FROM summary WHERE id > ? ORDER BY id LIMIT ?');
  const whole = documentReader(store);
  for (let last = ''; ; ) {
    const rows = page.all(last, PAGE);
    for (const row of rows) yield stored(whole(row));
    if (rows.length < PAGE) return;
    last = String(rows.at(-1)!.id);
  }
}

/** Documents of all resources of a database. @throws JobsumError E_SERVICE, E_DENIED, E_QUERY */
export async function* mongoDocuments(mongo: Mongo): AsyncGenerator<StoredDocument> {
  const sources = (await resourcesOf(mongo)).map((resource) => resourceDocuments(mongo, resource));
  yield* merged(sources, (a, b) => compareIds(a, b) < 0);
}

async function* resourceDocuments(mongo: Mongo, resource: number): AsyncGenerator<StoredDocument> {
  const name = `resource_${resource}`;
  const collection = mongo.db.collection<Stored>(name);
  let after: { _id?: { $gt: string } } = {};
  for (;;) {
    const page = await mongo.coded(name, () => collection.find(after, { sort: { _id: 1 }, limit: PAGE }).toArray());
    for (const document of await withMongoSeries(mongo, resource, page)) yield { ...stored(document), resource };
    if (page.length < PAGE) return;
    after = { _id: { $gt: page.at(-1)!._id } };
  }
}

/** Where a document stands in a file of lines. */
interface Place extends Omit<StoredDocument, 'document'> {
  readonly at: number;
  readonly bytes: number;
}

/** Documents of a file, one a line; of several with one id the last counts. @throws JobsumError E_IO, E_NO_DOCUMENT */
export async function* fileDocuments(file: string): AsyncGenerator<StoredDocument> {
  const fd = opened(file);
  try {
    const places = new Map<string, Place>();
    for (const { at, bytes, text } of lines(fd, file)) {
      const { id, resource } = stored(parsed(text, file, at));
      places.set(`${resource} ${id}`, { id, resource, at, bytes });
    }
    for (const { at, bytes } of [...places.values()].sort(compareIds)) {
      const line = Buffer.alloc(bytes);
      if (readSync(fd, line, 0, bytes, at) < bytes)
        throw new JobsumError('E_IO', 'the file has changed while it was read', { file });
      yield stored(parsed(line.toString('utf8'), file, at));
    }
  } finally {
    closeSync(fd);
  }
}

/** Of a document as text: whose first line is longer is no list of them. */
const FIRST_LINE_BYTES = 64 << 20;

/** Whether a file has several lines, of which the first is a whole JSON text. What cannot be read, as a pipe, is no list. */
export function isDocumentList(file: string): boolean {
  let fd: number | null = null;
  try {
    fd = openSync(file, 'r');
    const all = lines(fd, file, FIRST_LINE_BYTES);
    const first = all.next();
    if (first.done) return false;
    JSON.parse(first.value.text);
    return !all.next().done;
  } catch {
    return false;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    const found = (cause as NodeJS.ErrnoException).code ?? 'an error';
    throw new JobsumError('E_INPUT_MISSING', 'the file cannot be read', { file, found }, { cause });
  }
}

function parsed(text: string, file: string, at: number): Json {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new JobsumError('E_NO_DOCUMENT', `the line at byte ${at} is no JSON document`, { file });
  }
  if (typeof document !== 'object' || document === null || !('_id' in document))
    throw new JobsumError('E_NO_DOCUMENT', `the line at byte ${at} is no document`, { file, expected: 'an _id' });
  return document as Json;
}

/** Lines that are not blank, of no more than `most` bytes. */
function* lines(
  fd: number,
  file: string,
  most = MAX_LINE_BYTES,
): Generator<{ at: number; bytes: number; text: string }> {
  let [rest, start] = [Buffer.alloc(0), 0];
  for (;;) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let read: number;
    try {
      read = readSync(fd, chunk, 0, CHUNK_BYTES, start + rest.length);
    } catch (cause) {
      throw ioError('cannot read', file, cause);
    }
    rest = Buffer.concat([rest, chunk.subarray(0, read)]);
    if (rest.length > most) throw new JobsumError('E_NO_DOCUMENT', `the line at byte ${start} is too long`, { file });
    const ended = read === 0;
    let from = 0;
    for (let to = rest.indexOf(10); to >= 0 || (ended && from < rest.length); to = rest.indexOf(10, from)) {
      const end = to < 0 ? rest.length : to;
      const text = rest.toString('utf8', from, end);
      if (text.trim() !== '') yield { at: start + from, bytes: end - from, text };
      from = to < 0 ? rest.length : to + 1;
    }
    start += from;
    rest = rest.subarray(from);
    if (ended) return;
  }
}

/** Documents of a file that are of a job, by the same ids as in the embedded store. */
export async function findInFile(file: string, job: string): Promise<Json[]> {
  const itself: Json[] = [];
  const elements: Json[] = [];
  const array = /^(.+)\[\]$/.exec(job)?.[1];
  for await (const { id, document } of fileDocuments(file)) {
    const whole = document as Json;
    const acct = (whole.acct ?? {}) as Json;
    const names = [id, String(acct.id), taskId(acct)];
    if (array === undefined && (names.includes(job) || names.includes(taskOf(job)))) itself.push(whole);
    else if (String(acct.local_job_id) === (array ?? job)) elements.push(whole);
  }
  return itself.length > 0 ? itself : elements;
}
