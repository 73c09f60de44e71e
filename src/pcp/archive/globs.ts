// Owns globs over metric and instance names, and that each of them means something.

import { JobsumError } from '../../kernel/index.ts';

/** A name pattern with * for any text and ? for any character; without them, equality, or a dotted prefix (as in PCP). */
export function globMatcher(patterns: readonly string[] | undefined): (name: string) => boolean {
  if (!patterns || patterns.length === 0) return () => true;
  const tests = patterns.map((pattern) => {
    const escaped = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(/[*?]/.test(pattern) ? `^${escaped}$` : `^${escaped}(\\..*)?$`, 's');
  });
  return (name) => tests.some((t) => t.test(name));
}

/** @throws JobsumError E_NAME_UNKNOWN if a pattern matches none of the names */
export function checkPatterns(patterns: readonly string[], names: readonly string[], file: string): void {
  const missing = patterns.filter((pattern) => !names.some(globMatcher([pattern])));
  if (missing.length === 0) return;
  throw new JobsumError('E_NAME_UNKNOWN', 'the archive has no such metric', { file, expected: missing.join(' ') });
}
