// Owns the files of one archive on disk: which there are and what they are called. Reads no content.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { JobsumError } from '../kernel/index.ts';

/** Suffixes of compressed members, in PCP's order of preference (pcp-archive-format.md §1.2). */
const COMPRESSED = ['.xz', '.lzma', '.bz2', '.bz', '.gz', '.Z', '.z', '.zst'];
const MEMBER = /^(.*)\.(meta|index|\d+)$/s;

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
}

function stripCompression(name: string): string {
  const suffix = COMPRESSED.find((s) => name.endsWith(s));
  return suffix ? name.slice(0, -suffix.length) : name;
}

/** The base name of an archive given by its base or by any of its files. */
export function archiveBase(path: string): string {
  const member = MEMBER.exec(stripCompression(path));
  if (member?.[1] && existsSync(path) && !existsSync(`${path}.meta`)) return member[1];
  return path;
}

/**
 * Finds the members of an archive.
 * @throws JobsumError E_ARCHIVE_MISSING (no file, no metadata, or no volume), E_ARCHIVE_COMPRESSED (a member exists only compressed).
 */
export function findFiles(path: string): FileSet {
  const base = archiveBase(path);
  const directory = dirname(base);
  const name = basename(base);
  let entries: string[];
  try {
    entries = readdirSync(directory);
  } catch {
    throw new JobsumError('E_ARCHIVE_MISSING', 'no such archive', { file: base });
  }
  const plain = new Map<string, string>();
  const packed = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.startsWith(`${name}.`)) continue;
    const stripped = stripCompression(entry);
    const member = MEMBER.exec(stripped);
    if (member?.[1] !== name || member[2] === undefined) continue;
    (stripped === entry ? plain : packed).set(member[2], join(directory, entry));
  }
  const known = new Set([...plain.keys(), ...packed.keys()]);
  const pick = (member: string): string => {
    const file = plain.get(member);
    if (file) return file;
    throw new JobsumError('E_ARCHIVE_COMPRESSED', 'this part of the archive is compressed', {
      file: packed.get(member) ?? base,
      expected: `${name}.${member}`,
    });
  };
  if (known.size === 0) throw new JobsumError('E_ARCHIVE_MISSING', 'no such archive', { file: base });
  if (!known.has('meta')) {
    throw new JobsumError('E_ARCHIVE_MISSING', 'the archive has no metadata file', {
      file: base,
      expected: `${name}.meta`,
    });
  }
  const numbers = [...known].filter((m) => /^\d+$/.test(m));
  if (numbers.length === 0) {
    throw new JobsumError('E_ARCHIVE_MISSING', 'the archive has no data volume', { file: base, expected: `${name}.0` });
  }
  return {
    base,
    meta: pick('meta'),
    index: plain.get('index') ?? null,
    volumes: numbers.map((n) => ({ number: Number(n), path: pick(n) })).sort((a, b) => a.number - b.number),
  };
}

/** Bytes of all data volumes and the metadata. */
export function fileSetBytes(files: FileSet): number {
  return [files.meta, ...files.volumes.map((v) => v.path)].reduce((sum, path) => sum + statSync(path).size, 0);
}
