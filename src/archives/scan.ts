// Owns finding archives in a directory tree: every layout of reference/archive-index.md §2, and any other tree.

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { archiveMember } from './names.ts';

/** Deepest known layout has four levels (YYYY/MM/HOST/YYYY-MM-DD); some sites put trees below. */
const MAX_DEPTH = 8;

export interface FoundArchive {
  /** Path without suffix, relative to the root. */
  readonly base: string;
  /** Host that the directories name (layouts A and B); null: ask the label. */
  readonly pathHost: string | null;
  /** Bytes of all members. */
  readonly bytes: number;
  /** Changes when any member changes: names, sizes and modification times. */
  readonly signature: string;
}

/** Layout A: YYYY/MM/HOST/YYYY-MM-DD/file. Layout B: HOST/YYYY/MM/DD/file. */
function hostOfPath(directories: readonly string[]): string | null {
  const [a, b, c, d] = directories;
  if (directories.length !== 4) return null;
  if (/^\d{4}$/.test(a!) && /^\d\d$/.test(b!) && /^\d{4}-\d\d-\d\d$/.test(d!)) return c!;
  if (/^\d{4}$/.test(b!) && /^\d\d$/.test(c!) && /^\d\d$/.test(d!)) return a!;
  return null;
}

function list(directory: string): Dirent[] {
  try {
    // Unreadable or vanished directories are empty ones; order makes runs repeatable.
    return readdirSync(directory, { withFileTypes: true }).sort((x, y) => (x.name < y.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** Archives below the root, one directory at a time. Symbolic links are not followed. */
export function* scanArchives(root: string, at = root, depth = 0): Generator<FoundArchive> {
  const entries = list(at);
  const members = new Map<string, string[]>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const found = archiveMember(entry.name);
    if (!found) continue;
    const files = members.get(found.base);
    if (files) files.push(entry.name);
    else members.set(found.base, [entry.name]);
  }
  const directory = relative(root, at);
  const pathHost = hostOfPath(directory.split('/').filter((d) => d !== ''));
  for (const [base, files] of members) {
    // The index is optional, the metadata is not.
    if (!files.some((f) => archiveMember(f)?.member === 'meta')) continue;
    let bytes = 0;
    const parts: string[] = [];
    for (const file of files) {
      try {
        const s = statSync(join(at, file));
        bytes += s.size;
        parts.push(`${file.slice(base.length)}:${s.size}:${Math.round(s.mtimeMs)}`);
      } catch {
        // Vanished since the listing: compression or rotation at work; the next run sees the result.
      }
    }
    yield { base: join(directory, base), pathHost, bytes, signature: parts.sort().join(' ') };
  }
  if (depth === MAX_DEPTH) return;
  for (const entry of entries) if (entry.isDirectory()) yield* scanArchives(root, join(at, entry.name), depth + 1);
}
