// Owns temporary directories of tests: gone when the test file ends.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Call at the top of a test file. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'jobsum-test-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
