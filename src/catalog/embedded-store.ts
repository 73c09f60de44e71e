// Owns the embedded store of a site or of a run: its tables, and opening it to write or to look into.

import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Schema } from '../databases/index.ts';
import { MEMORY, Store } from '../databases/index.ts';
import { SOURCE_SCHEMA } from '../jobs/index.ts';
import { JobsumError } from '../kernel/index.ts';
import { LEASE_SCHEMA, LEDGER_SCHEMA, REPORTED_SCHEMA, RUNS_SCHEMA } from '../ledger/index.ts';
import { DOCUMENT_SCHEMA } from '../sinks/index.ts';
import { CATALOG_SCHEMA } from './catalog-schema.ts';

/** Of every embedded store. What indexing and job scripts keep beside is added by them. */
export const SCHEMAS = [
  CATALOG_SCHEMA,
  DOCUMENT_SCHEMA,
  LEDGER_SCHEMA,
  LEASE_SCHEMA,
  RUNS_SCHEMA,
  REPORTED_SCHEMA,
  SOURCE_SCHEMA,
];

/** Of a file that a configuration names, which nobody types by mistake. @throws JobsumError E_STORE */
export function makeDirectoryOf(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    const detail = { file: path, found: String(cause) };
    throw new JobsumError('E_STORE', 'cannot make the directory', detail, { cause });
  }
}

/** The store of a run, made if it is not there; its directory must be. @throws JobsumError E_STORE, E_IO */
export function openStore(path: string, more: readonly Schema[] = []): Store {
  const directory = dirname(path);
  if (!existsSync(directory)) {
    const detail = { file: path, expected: 'a directory that is there', found: `no ${directory}` };
    throw new JobsumError('E_STORE', 'cannot make the store', detail);
  }
  return new Store(path, [...SCHEMAS, ...more]);
}

/**
 * Opens a store that must be there, to look into it: without writing where that is all that can be done.
 * @throws JobsumError E_INPUT_MISSING, E_STORE, E_STORE_VERSION
 */
export function openPresent(path: string, { toWrite = false } = {}): Store {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new JobsumError('E_INPUT_MISSING', 'there is no store yet', { file: path });
  // An empty file would become one.
  if (stat.isFile() && stat.size === 0)
    throw new JobsumError('E_STORE', 'the file is empty', { file: path, expected: 'a store' });
  return toWrite ? new Store(path, SCHEMAS) : Store.toRead(path, SCHEMAS);
}

/** The store of a site to look into: an empty one where nothing has run yet. @throws JobsumError E_STORE, E_STORE_VERSION */
export const siteStore = (state: string): Store =>
  existsSync(state) ? openPresent(state) : new Store(MEMORY, SCHEMAS);
