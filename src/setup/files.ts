// Owns writing files that an administrator may have changed since: never over another content unless asked to.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ioError, JobsumError, WholeFile } from '../kernel/index.ts';

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
  const written: WholeFile[] = [];
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
      const file = new WholeFile(path, mode);
      written.push(file);
      file.write(text);
      file.sync();
    }
    // Only now, when there is room for all of them.
    for (const file of written) file.keep();
    return planned.map(({ path, state }) => ({ path, state }));
  } catch (cause) {
    for (const file of written) file.discard();
    throw cause instanceof JobsumError ? cause : ioError('cannot write the files', directory, cause);
  }
}
