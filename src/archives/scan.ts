// Owns finding archives in a directory tree: every layout of reference/archive-index.md §2, and any other tree.

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { archiveMember } from './names.ts';

/** Deepest known layout has four levels (YYYY/MM/HOST/YYYY-MM-DD); some sites put trees below. */
const MAX_DEPTH = 8;
/** Directories of this depth are shares of a scan by several: months of layout A, years of a host of layout B, hosts. */
const SHARE_DEPTH = 2;

export interface FoundArchive {
  /** Path without suffix, relative to the root. */
  readonly base: string;
  /** Host that the directories name (layouts A and B); null: ask the label. */
  readonly pathHost: string | null;
  /** Suffixes of its files: `.meta`, `.0`, `.1.xz` … */
  readonly members: readonly string[];
  /** Bytes of all members. */
  readonly bytes: number;
  /** Last change of a member, epoch milliseconds. */
  readonly changed: number;
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

/** Archives of one directory. */
function* archivesIn(root: string, at: string, entries: readonly Dirent[]): Generator<FoundArchive> {
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
    if (files.some((f) => archiveMember(f)?.member === 'meta')) yield foundArchive(root, at, base, files, pathHost);
  }
}

/** An archive by the names of its files. */
export function foundArchive(
  root: string,
  at: string,
  base: string,
  files: readonly string[],
  pathHost: string | null,
): FoundArchive {
  let bytes = 0;
  let changed = 0;
  const parts: string[] = [];
  for (const file of files) {
    try {
      const s = statSync(join(at, file));
      bytes += s.size;
      changed = Math.max(changed, s.mtimeMs);
      parts.push(`${file.slice(base.length)}:${s.size}:${Math.round(s.mtimeMs)}`);
    } catch {
      // Vanished since the listing: compression or rotation at work; the next run sees the result.
    }
  }
  const suffixes = files.map((f) => f.slice(base.length));
  return {
    ...{ base: join(relative(root, at), base), pathHost, members: suffixes },
    ...{ bytes, changed, signature: parts.sort().join(' ') },
  };
}

/** Archives below a directory of the tree, one directory at a time. Symbolic links are not followed. */
export function* scanArchives(root: string, at = root, depth = 0): Generator<FoundArchive> {
  const entries = list(at);
  yield* archivesIn(root, at, entries);
  if (depth === MAX_DEPTH) return;
  for (const entry of entries) if (entry.isDirectory()) yield* scanArchives(root, join(at, entry.name), depth + 1);
}

/** The upper part of a scan: archives found there, and the directories to be scanned below. */
export function scanTop(root: string): { found: FoundArchive[]; below: string[] } {
  const found: FoundArchive[] = [];
  let below = [root];
  for (let depth = 0; depth < SHARE_DEPTH; depth++) {
    below = below.flatMap((at) => {
      const entries = list(at);
      found.push(...archivesIn(root, at, entries));
      return entries.filter((e) => e.isDirectory()).map((e) => join(at, e.name));
    });
  }
  return { found, below };
}

/** What `scanTop` left. */
export const scanShare = (root: string, at: string): FoundArchive[] => [...scanArchives(root, at, SHARE_DEPTH)];
