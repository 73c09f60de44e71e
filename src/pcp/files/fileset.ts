// Owns the files of one archive on disk: which there are and what they are called. Reads no content.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { JobsumError } from '../../kernel/index.ts';
import { archiveMember, COMPRESSED, compressionOf } from './names.ts';

export interface Volume {
  readonly number: number;
  readonly path: string;
}

export interface FileSet {
  readonly base: string;
  readonly meta: string;
  readonly index: string | null;
  /** Ascending by number; at least one. */
  readonly volumes: readonly Volume[];
  /** Files that spell a volume's number in another way (`.00` beside `.0`): not read. */
  readonly doubles: readonly string[];
}

/** The base name of an archive given by its base or by any of its files. */
export function archiveBase(path: string): string {
  const found = archiveMember(path);
  if (found && existsSync(path) && !existsSync(`${path}.meta`)) return found.base;
  return path;
}

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
  if (bases.size > 0) return [...bases];
  const [below] = text.split(',').flatMap((item) => firstBelow(item) ?? []);
  if (below === undefined) throw new JobsumError('E_ARCHIVE_MISSING', 'no archive there', { file: text });
  throw new JobsumError('E_ARCHIVE_MISSING', 'no archive in this directory itself', {
    ...{ file: text, expected: 'a directory that has archives, or an archive', found: `some in ${below}` },
  });
}

/** Directories looked into for an example. */
const MAX_LOOKED = 200;

/** The first directory below one that has an archive; null: none was found, or nothing can be read there. */
function firstBelow(root: string): string | null {
  const waiting = [root];
  for (let n = 0; n < MAX_LOOKED && waiting.length > 0; n++) {
    const at = waiting.shift()!;
    try {
      const entries = readdirSync(at, { withFileTypes: true });
      if (entries.some((e) => archiveMember(e.name)?.member === 'meta')) return at;
      waiting.push(...entries.flatMap((e) => (e.isDirectory() ? [join(at, e.name)] : [])));
    } catch {
      // Whoever names it sees why.
    }
  }
  return null;
}

/**
 * Finds the members of an archive.
 * @throws JobsumError E_ARCHIVE_MISSING (no file, no metadata, or no volume), E_IO
 * A plain member is preferred to its compressed forms.
 */
export function findFiles(path: string): FileSet {
  const base = archiveBase(path);
  const directory = dirname(base);
  const name = basename(base);
  let entries: string[];
  try {
    entries = readdirSync(directory);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      throw new JobsumError('E_IO', 'cannot read the directory', { file: directory, found: message }, { cause });
    throw new JobsumError('E_ARCHIVE_MISSING', 'no such archive', { file: base });
  }
  /** Member → file and its rank: plain before compressed, then by suffix. */
  const members = new Map<string, { file: string; rank: number }>();
  for (const entry of entries) {
    if (!entry.startsWith(`${name}.`)) continue;
    const found = archiveMember(entry);
    if (found?.base !== name) continue;
    const rank = COMPRESSED.indexOf(compressionOf(entry));
    const known = members.get(found.member);
    if (!known || rank < known.rank) members.set(found.member, { file: join(directory, entry), rank });
  }
  if (members.size === 0) throw new JobsumError('E_ARCHIVE_MISSING', 'no such archive', { file: base });
  const meta = members.get('meta');
  if (!meta) {
    throw new JobsumError('E_ARCHIVE_MISSING', 'the archive has no metadata file', {
      file: base,
      expected: `${name}.meta`,
    });
  }
  // The usual spelling first.
  const numbered = [...members].filter(([m]) => /^\d+$/.test(m)).sort(([a], [b]) => a.length - b.length);
  const volumes = numbered.filter(([m], i) => numbered.findIndex(([other]) => Number(other) === Number(m)) === i);
  const doubles = numbered.filter((v) => !volumes.includes(v)).map(([, { file }]) => file);
  if (volumes.length === 0) {
    throw new JobsumError('E_ARCHIVE_MISSING', 'the archive has no data volume', { file: base, expected: `${name}.0` });
  }
  return {
    base,
    meta: meta.file,
    index: members.get('index')?.file ?? null,
    doubles,
    volumes: volumes.map(([n, { file }]) => ({ number: Number(n), path: file })).sort((a, b) => a.number - b.number),
  };
}

/** Bytes of all data volumes that are there, and the metadata. */
export function fileSetBytes(files: FileSet): number {
  return [files.meta, ...files.volumes.map((v) => v.path)].reduce(
    (sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** The same for every name, link or hard link of an archive's first volume. */
export function fileIdentity(files: FileSet): string {
  const { dev, ino } = statSync(files.volumes[0]!.path, { bigint: true });
  return `${dev}:${ino}`;
}
