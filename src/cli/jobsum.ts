#!/usr/bin/env node
// Owns the start of the program. What scripts ask often and in the plainest form is answered here: the parser of options takes
// longer to load than that takes to answer.

import { complain } from './io.ts';
import { watchStreams } from './stdout.ts';

/** `archive info ARCHIVE [--json]`; null: anything else. */
function plainInfo(words: readonly string[]): { archive: string; json: boolean } | null {
  const [command, verb, archive, option, ...rest] = words;
  if (command !== 'archive' || verb !== 'info' || archive === undefined || archive.startsWith('-')) return null;
  if (rest.length > 0 || (option !== undefined && option !== '--json')) return null;
  return { archive, json: option === '--json' };
}

watchStreams(complain);

const info = plainInfo(process.argv.slice(2));
if (info) {
  try {
    (await import('./commands/archive-info.ts')).showInfo(info);
  } catch (error) {
    process.exitCode = complain(error);
  }
} else {
  await import('./main.ts');
}
