// Owns finding the shared reference data beside the project. Absent: tests are skipped and say so, except under CI.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { absent } from '../support/programs.ts';

const ROOT = fileURLToPath(new URL('../../../shared', import.meta.url));

/** A path below the shared folder. */
export function shared(...parts: string[]): string {
  return join(ROOT, ...parts);
}

/** Whether the shared folder is there; prints what is skipped if not. */
export function haveShared(what: string): boolean {
  return existsSync(ROOT) || absent(what, 'no ../shared');
}
