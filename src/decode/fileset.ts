// Owns the files of one archive on disk: which there are and what they are called. Reads no content.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { JobsumError } from '../kernel/index.ts';
import { COMPRESSED } from './source.ts';

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
 * @throws JobsumError E_ARCHIVE_MISSING (no file, no metadata, or no volume).
 * A plain member is preferred to its compressed forms.
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
  /** Member → file and its rank: plain before compressed, then by suffix. */
  const members = new Map<string, { file: string; rank: number }>();
  for (const entry of entries) {
    if (!entry.startsWith(`${name}.`)) continue;
    const stripped = stripCompression(entry);
    const member = MEMBER.exec(stripped);
    if (member?.[1] !== name || member[2] === undefined) continue;
    const rank = COMPRESSED.indexOf(entry.slice(stripped.length));
    const known = members.get(member[2]);
    if (!known || rank < known.rank) members.set(member[2], { file: join(directory, entry), rank });
  }
  if (members.size === 0) throw new JobsumError('E_ARCHIVE_MISSING', 'no such archive', { file: base });
  const meta = members.get('meta');
  if (!meta) {
    throw new JobsumError('E_ARCHIVE_MISSING', 'the archive has no metadata file', {
      file: base,
      expected: `${name}.meta`,
    });
  }
  const volumes = [...members].filter(([m]) => /^\d+$/.test(m));
  if (volumes.length === 0) {
    throw new JobsumError('E_ARCHIVE_MISSING', 'the archive has no data volume', { file: base, expected: `${name}.0` });
  }
  return {
    base,
    meta: meta.file,
    index: members.get('index')?.file ?? null,
    volumes: volumes.map(([n, { file }]) => ({ number: Number(n), path: file })).sort((a, b) => a.number - b.number),
  };
}

/** Bytes of all data volumes and the metadata. */
export function fileSetBytes(files: FileSet): number {
  return [files.meta, ...files.volumes.map((v) => v.path)].reduce((sum, path) => sum + statSync(path).size, 0);
}
