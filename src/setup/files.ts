// Owns writing files that an administrator may have changed since: never over another content unless asked to.

import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JobsumError } from '../kernel/index.ts';

export interface TextFile {
  readonly name: string;
  readonly mode: number;
  readonly text: string;
}

export interface Placed {
  readonly path: string;
  readonly state: 'written' | 'replaced' | 'unchanged';
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Writes the files into a directory, all or, if one is there with another content, none.
 * @throws JobsumError E_EXISTS unless `replace`, E_IO
 */
export function placeFiles(directory: string, files: readonly TextFile[], replace: boolean): Placed[] {
  try {
    mkdirSync(directory, { recursive: true });
    const planned = files.map((file) => {
      const path = join(directory, file.name);
      const old = contentOf(path);
      const state = old === null ? 'written' : old === file.text ? 'unchanged' : 'replaced';
      return { ...file, path, state } as const;
    });
    const changed = planned.filter((p) => p.state === 'replaced');
    if (changed.length > 0 && !replace)
      throw new JobsumError('E_EXISTS', 'there are files of other content; nothing was written', {
        file: directory,
        found: changed.map((p) => p.name).join(', '),
      });
    for (const { path, text, mode, state } of planned) {
      if (state === 'unchanged') continue;
      writeFileSync(`${path}.partial`, text);
      chmodSync(`${path}.partial`, mode);
      renameSync(`${path}.partial`, path);
    }
    return planned.map(({ path, state }) => ({ path, state }));
  } catch (cause) {
    if (cause instanceof JobsumError) throw cause;
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new JobsumError('E_IO', 'cannot write the files', { file: directory, found }, { cause });
  }
}
