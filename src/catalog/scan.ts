// Owns finding archives in a directory tree: every layout of archive-index.md §2, and any other tree.

import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Problem } from '../kernel/index.ts';
import { archiveMember } from '../pcp/index.ts';
import { dateOf } from './names.ts';

/** Deepest known layout has four levels (YYYY/MM/HOST/YYYY-MM-DD); some sites put trees below. */
const MAX_DEPTH = 8;

/** Last change of an archive whose files cannot be looked at, epoch milliseconds: no time is too late for it. */
export const UNKNOWN_CHANGE = 8.64e15;

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

/** A directory that is there and cannot be read: what is known of it stays. */
export interface UnreadDirectory {
  /** Relative to the root, which is ''. */
  readonly path: string;
  readonly problem: Problem;
  /** There is no such directory. */
  readonly absent: boolean;
  /** A symbolic link that leads nowhere: it was a directory only if archives below it are known. */
  readonly dangling?: boolean;
}

/** A symbolic link to a directory, and where that is. */
export interface Link {
  /** Relative to the root. */
  readonly path: string;
  readonly real: string;
}

/** A part of a tree to be walked. Plain data: it crosses threads. */
export interface WalkOrder {
  readonly root: string;
  /** Where the part begins, relative to the root. */
  readonly at: string;
  /** The real path of that directory. */
  readonly real: string;
  /** Directories of so many levels are walked; those below are listed in `below`. Absent: all. */
  readonly levels?: number;
  /** Real directories that are passed over: they are walked as other parts. */
  readonly except?: readonly string[];
}

/** What there is in a part of a tree. */
export interface Walked {
  readonly found: FoundArchive[];
  readonly unread: UnreadDirectory[];
  readonly links: Link[];
  readonly below: { readonly at: string; readonly real: string }[];
}

type Stat = Pick<Stats, 'size' | 'mtimeMs' | 'isDirectory'>;

/** What a walk asks of the file system; errors as Node's. */
export interface FileSystem {
  list(directory: string): Dirent[];
  stat(path: string): Stat;
  real(path: string): string;
}

export const FILES: FileSystem = {
  list: (directory) => readdirSync(directory, { withFileTypes: true }),
  stat: (path) => statSync(path),
  real: (path) => realpathSync(path),
};

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
const isAbsent = (error: unknown): boolean => codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';

function unread(root: string, path: string, error: unknown): UnreadDirectory {
  const found = error instanceof Error ? error.message : String(error);
  const problem = { code: 'E_IO', message: 'cannot read the directory', file: join(root, path), found } as const;
  return { path, problem, absent: isAbsent(error) };
}

/** Layout A: YYYY/MM/HOST/YYYY-MM-DD/file. Layout B: HOST/YYYY/MM/DD/file. */
function hostOfPath(directories: readonly string[]): string | null {
  const [a, b, c, d] = directories;
  if (directories.length !== 4) return null;
  if (/^\d{4}$/.test(a!) && /^\d\d$/.test(b!) && /^\d{4}-\d\d-\d\d$/.test(d!)) return c!;
  if (/^\d{4}$/.test(b!) && /^\d\d$/.test(c!) && /^\d\d$/.test(d!)) return a!;
  return null;
}

/**
 * Whether files of one base are an archive, or what is left of one. The index is optional; without metadata nothing can be read, which is
 * to be said, but not of any file whose name ends in a number.
 */
function isArchive(base: string, members: readonly string[]): boolean {
  if (members.includes('meta')) return true;
  return members.some((m) => /^\d+$/.test(m)) && (members.includes('index') || dateOf(base) !== null);
}

/** Of files in a directory, by name; null: a link that leads nowhere, or where nobody can look. Opening its archive will show why. */
type FileStats = ReadonlyMap<string, Stat | null>;

/** Archives of one directory, among files with these names. @throws what stat throws, except that a file is gone */
function archivesIn(
  root: string,
  at: string,
  files: readonly string[],
  linked: FileStats,
  system: FileSystem,
): FoundArchive[] {
  const names = new Map<string, string[]>();
  for (const name of files) {
    const found = archiveMember(name);
    if (!found) continue;
    const list = names.get(found.base);
    if (list) list.push(name);
    else names.set(found.base, [name]);
  }
  const pathHost = hostOfPath(at.split('/'));
  return [...names]
    .filter(([base, list]) =>
      isArchive(
        base,
        list.map((f) => archiveMember(f)!.member),
      ),
    )
    .map(([base, list]) => foundArchive(root, join(root, at), base, list, pathHost, { linked, system }));
}

/** An archive by the names of its files. `linked`: what is known of those that are links. @throws what stat throws, except that a file is gone */
export function foundArchive(
  root: string,
  at: string,
  base: string,
  names: readonly string[],
  pathHost: string | null,
  { linked = new Map(), system = FILES }: { readonly linked?: FileStats; readonly system?: FileSystem } = {},
): FoundArchive {
  let bytes = 0;
  let changed = 0;
  const parts: string[] = [];
  for (const name of names) {
    try {
      const s = linked.has(name) ? linked.get(name) : system.stat(join(at, name));
      if (!s) {
        changed = UNKNOWN_CHANGE;
        continue;
      }
      bytes += s.size;
      changed = Math.max(changed, s.mtimeMs);
      parts.push(`${name.slice(base.length)}:${s.size}:${Math.round(s.mtimeMs)}`);
    } catch (error) {
      // Vanished since the listing: compression or rotation at work; the next look sees the result.
      if (!isAbsent(error)) throw error;
    }
  }
  const suffixes = names.map((f) => f.slice(base.length));
  return {
    ...{ base: join(relative(root, at), base), pathHost, members: suffixes },
    ...{ bytes, changed, signature: parts.sort().join(' ') },
  };
}

/** Walks a part of a tree, in the order of names, so that runs are repeatable. What cannot be read is reported and costs only itself. */
export function walk({ root, at, real, levels = MAX_DEPTH + 1, except = [] }: WalkOrder, system = FILES): Walked {
  const walked: Walked = { found: [], unread: [], links: [], below: [] };
  const visit = (path: string, place: string, left: number): void => {
    if (left === 0) {
      walked.below.push({ at: path, real: place });
      return;
    }
    let entries: Dirent[];
    try {
      entries = system.list(join(root, path)).sort((x, y) => (x.name < y.name ? -1 : 1));
      const linked = new Map<string, Stat | null>();
      for (const { name } of entries.filter((e) => e.isSymbolicLink())) follow(join(path, name), name, linked);
      const names = entries.filter((e) => e.isFile() || linked.has(e.name)).map((e) => e.name);
      walked.found.push(...archivesIn(root, path, names, linked, system));
    } catch (error) {
      // One that has gone since its parent was read had no part in this look; the root itself is asked for.
      if (path === '' || !isAbsent(error)) walked.unread.push(unread(root, path, error));
      return;
    }
    for (const entry of entries) {
      const below = join(path, entry.name);
      // Only root reads it, and archives are not lost property.
      if (entry.name === 'lost+found') continue;
      if (entry.isDirectory() && below.split('/').length <= MAX_DEPTH) {
        const there = join(place, entry.name);
        if (!except.includes(there)) visit(below, there, left - 1);
      }
    }
  };
  /** Notes where a link leads: to a directory, which is walked later, or to a file, which may be an archive's. */
  const follow = (path: string, name: string, linked: Map<string, Stat | null>): void => {
    try {
      const stat = system.stat(join(root, path));
      if (stat.isDirectory()) walked.links.push({ path, real: system.real(join(root, path)) });
      else linked.set(name, stat);
    } catch (error) {
      const dangling = isAbsent(error) || codeOf(error) === 'ELOOP';
      if (archiveMember(name)) linked.set(name, null);
      else walked.unread.push({ ...unread(root, path, error), ...(dangling ? { dangling } : {}) });
    }
  };
  visit(at, real, levels);
  return walked;
}
