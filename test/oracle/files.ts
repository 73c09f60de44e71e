// Owns finding and reading the files of one uncompressed archive (archive-format.md §1.1).

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Bytes } from './bytes.ts';
import { Damage } from './damage.ts';

export interface ArchiveFiles {
  readonly meta: { readonly file: string; readonly bytes: Bytes };
  readonly volumes: readonly { readonly number: number; readonly file: string; readonly bytes: Bytes }[];
}

export function readFiles(base: string): ArchiveFiles {
  const dir = dirname(base);
  const stem = basename(base);
  const numbers = readdirSync(dir)
    .filter((name) => name.startsWith(`${stem}.`))
    .map((name) => name.slice(stem.length + 1))
    .filter((suffix) => /^\d+$/.test(suffix))
    .map(Number)
    .sort((a, b) => a - b);
  const metaFile = `${base}.meta`;
  if (numbers.length === 0 || !existsSync(metaFile)) {
    throw new Damage('E_ARCHIVE_MISSING', 'PM_ERR_LOGFILE', 'the archive has no metadata or no volume', { file: base });
  }
  return {
    meta: { file: metaFile, bytes: new Bytes(readFileSync(metaFile)) },
    volumes: numbers.map((number) => {
      const file = join(dir, `${stem}.${number}`);
      return { number, file, bytes: new Bytes(readFileSync(file)) };
    }),
  };
}
