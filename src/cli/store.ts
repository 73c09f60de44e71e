// Owns opening an embedded store to look into it.

import { existsSync } from 'node:fs';
import { JobsumError } from '../kernel/index.ts';
import { SCHEMAS } from '../run/index.ts';
import { Store } from '../store/index.ts';

/** Opens a store that must be there. @throws JobsumError E_INPUT_MISSING, E_STORE, E_STORE_VERSION */
export function openStore(path: string): Store {
  if (!existsSync(path)) throw new JobsumError('E_INPUT_MISSING', 'there is no store yet', { file: path });
  return new Store(path, SCHEMAS);
}
