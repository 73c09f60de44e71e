#!/usr/bin/env node
// Owns the start of the program. What scripts ask often and in the plainest form is answered here: the parser of options takes
// longer to load than that takes to answer.

import { ioError } from '../kernel/index.ts';
import { complain } from './io.ts';
import { watchStreams } from './stdout.ts';

/** `archive info ARCHIVE [--json]`; null: anything else. */
function plainInfo(words: readonly string[]): { archive: string; json: boolean } | null {
  const [command, verb, archive, option, ...rest] = words;
  if (command !== 'archive' || verb !== 'info' || archive === undefined || archive.startsWith('-')) return null;
  if (rest.length > 0 || (option !== undefined && option !== '--json')) return null;
  return { archive, json: option === '--json' };
}

/** The directory in which it was called can be gone; names of files, and the parser, cannot do without one. */
function directory(): void {
  try {
    process.cwd();
  } catch (cause) {
    throw ioError('the working directory is gone', '.', cause);
  }
}

watchStreams(complain);
// Thrown where nobody waits for it, by a driver or by a module of the site.
process.on('uncaughtException', (error) => process.exit(complain(error)));

const info = plainInfo(process.argv.slice(2));
if (info) {
  try {
    (await import('./commands/archive-info.ts')).showInfo(info);
  } catch (error) {
    process.exitCode = complain(error);
  }
} else {
  try {
    directory();
    await import('./main.ts');
  } catch (error) {
    process.exitCode = complain(error);
  }
}
