// Owns what a user may call an archive (pcp-archive-format.md §1.3), and globs over metric and instance names.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { archiveMember } from '../archives/index.ts';
import { archiveBase } from '../decode/index.ts';
import { JobsumError } from '../kernel/index.ts';

/**
 * Archive bases of a comma-separated list of bases, member files and directories (every archive in them), in order.
 * @throws JobsumError E_ARCHIVE_MISSING
 */
export function resolveArchives(text: string): string[] {
  const bases = new Set<string>();
  for (const item of text.split(',').filter((t) => t !== '')) {
    if (!statSync(item, { throwIfNoEntry: false })?.isDirectory()) {
      bases.add(archiveBase(item));
      continue;
    }
    for (const name of readdirSync(item).sort()) {
      const found = archiveMember(name);
      if (found?.member === 'meta') bases.add(join(item, found.base));
    }
  }
  if (bases.size === 0) throw new JobsumError('E_ARCHIVE_MISSING', 'no archive there', { file: text });
  return [...bases];
}

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
