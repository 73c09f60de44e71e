// Owns the comparison of two stores of documents on the command line: which stores the arguments name, and how they are opened.

import { openPresent } from '../../catalog/index.ts';
import type { MongoSettings } from '../../config/index.ts';
import { Mongo } from '../../databases/index.ts';
import type { StoredDocument } from '../../document/index.ts';
import { namedOutput, type Output } from '../../run/index.ts';
import { fileDocuments, isDocumentList, mongoDocuments, storeDocuments } from '../../sinks/index.ts';
import { usage } from '../io.ts';

export interface OpenedStore {
  readonly documents: AsyncIterator<StoredDocument>;
  close(): Promise<void>;
}

const NAMED = /^(sqlite|ndjson|mongodb):/;
/** Whether the argument is a store by its name, or a file of several documents, one a line. */
export const isStore = (text: string): boolean =>
  NAMED.test(text) || (text !== '-' && text !== '' && isDocumentList(text));

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
    const store = openPresent(place.path);
    return { documents: storeDocuments(store), close: async () => store.close() };
  }
  const documents = fileDocuments(place.path);
  return { documents, close: async () => void (await documents.return(undefined)) };
}
