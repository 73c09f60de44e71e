// Owns opening an embedded store to look into it.

import { statSync } from 'node:fs';
import { Store } from '../databases/index.ts';
import { JobsumError } from '../kernel/index.ts';
import { SCHEMAS } from '../operate/index.ts';

/** Opens a store that must be there, to look into it: without writing where that is all that can be done. @throws JobsumError E_INPUT_MISSING, E_STORE, E_STORE_VERSION */
export function openStore(path: string, { toWrite = false } = {}): Store {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new JobsumError('E_INPUT_MISSING', 'there is no store yet', { file: path });
  // An empty file would become one.
  if (stat.isFile() && stat.size === 0)
    throw new JobsumError('E_STORE', 'the file is empty', { file: path, expected: 'a store' });
  return toWrite ? new Store(path, SCHEMAS) : Store.toRead(path, SCHEMAS);
}
