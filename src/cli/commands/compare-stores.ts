// Owns the comparison of two stores of documents on the command line: which stores the arguments name, and how they are opened.

import { closeSync, openSync, readSync } from 'node:fs';
import type { MongoSettings } from '../../config/index.ts';
import type { StoredDocument } from '../../document/index.ts';
import { namedOutput, type Output } from '../../run/index.ts';
import { fileDocuments, mongoDocuments, storeDocuments } from '../../sinks/index.ts';
import { Mongo } from '../../store/index.ts';
import { usage } from '../io.ts';
import { openStore } from './show.ts';

export interface OpenedStore {
  readonly documents: AsyncIterator<StoredDocument>;
  close(): Promise<void>;
}

const NAMED = /^(sqlite|ndjson|mongodb):/;
/** A document as text: what ends a line beyond is no list of them. */
const FIRST_LINE_BYTES = 64 << 20;

/** Whether the argument is a store by its name, or a file of several documents, one a line. */
export const isStore = (text: string): boolean => NAMED.test(text) || isList(text);

/** A first line that is a whole JSON text, and more behind it. */
function isList(file: string): boolean {
  if (file === '-' || file === '') return false;
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return false;
  }
  try {
    let head = Buffer.alloc(0);
    for (const chunk = Buffer.alloc(1 << 16); head.length < FIRST_LINE_BYTES; ) {
      // Not by position: what is read from a pipe is gone, and pipes are no lists.
      const read = readSync(fd, chunk, 0, chunk.length, head.length);
      if (read === 0) return false;
      head = Buffer.concat([head, chunk.subarray(0, read)]);
      const end = head.indexOf(10);
      if (end < 0) continue;
      JSON.parse(head.toString('utf8', 0, end));
      if (head.toString('utf8', end).trim() !== '') return true;
    }
    return false;
  } catch {
    return false;
  } finally {
    closeSync(fd);
  }
}

/** @throws JobsumError E_USAGE (an output that cannot be read), E_CONFIG */
function placeOf(text: string, account: MongoSettings | null): Output {
  if (!NAMED.test(text)) return { kind: 'ndjson', path: text };
  const output = namedOutput(text);
  if (output.kind === 'ndjson' && output.path === '-') throw usage('standard input cannot be compared as a store');
  if (output.kind !== 'mongodb' || !account) return output;
  return { kind: 'mongodb', account: { ...account, database: output.account.database } };
}

/**
 * Opens `sqlite:FILE`, `ndjson:FILE`, a bare file of lines, or `mongodb:DATABASE` of the configured account, else of the one in the
 * environment.
 * @throws JobsumError E_USAGE, E_CONFIG, E_INPUT_MISSING, E_STORE, E_SERVICE, E_DENIED
 */
export async function openStored(text: string, account: MongoSettings | null): Promise<OpenedStore> {
  const place = placeOf(text, account);
  if (place.kind === 'mongodb') {
    const mongo = await Mongo.connect(place.account);
    return { documents: mongoDocuments(mongo), close: () => mongo.close() };
  }
  if (place.kind === 'sqlite') {
    const store = openStore(place.path);
    return { documents: storeDocuments(store), close: async () => store.close() };
  }
  const documents = fileDocuments(place.path);
  return { documents, close: async () => void (await documents.return(undefined)) };
}
