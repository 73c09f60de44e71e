// Owns finding the shared reference data beside the project. Absent: tests are skipped and say so, except under CI.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../shared', import.meta.url));

/** A path below the shared folder. */
export function shared(...parts: string[]): string {
  return join(ROOT, ...parts);
}

/** Whether the shared folder is there; prints what is skipped if not. */
export function haveShared(what: string): boolean {
  if (existsSync(ROOT)) return true;
  if (process.env.CI === 'true') throw new Error(`the shared reference data is needed for: ${what}`);
  console.log(`skipped, no ../shared: ${what}`);
  return false;
}
