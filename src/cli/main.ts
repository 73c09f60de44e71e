#!/usr/bin/env node
// Owns the command line: commands, help, and the exit code of whatever happened.

import { readFileSync } from 'node:fs';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { archiveCommand } from './commands/archive.ts';
import { demoCommand } from './commands/demo.ts';
import { showCommand } from './commands/show.ts';
import { summarizeCommand } from './commands/summarize.ts';
import { complain, usage } from './io.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

// A reader that has seen enough (head, less) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await yargs(hideBin(process.argv))
    .scriptName('jobsum')
    .usage('$0 COMMAND\n\nJob performance summaries from Performance Co-Pilot archives.')
    .command(summarizeCommand)
    .command(showCommand)
    .command(archiveCommand)
    .command(demoCommand)
    .completion('completion', 'Print a completion script for the shell')
    .demandCommand(1, 'Say what to do: summarize, show, archive or demo.')
    .recommendCommands()
    .strict()
    .version(version)
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .epilogue('Data go to standard output, everything else to standard error. Exit codes: see the README.')
    .exitProcess(false)
    .fail((message, error) => {
      const text = message.replace(/^Unknown argument: /, 'unknown command or option: ');
      throw error ?? usage(text.replace(/^Did you mean /, 'unknown command; did you mean '));
    })
    .parseAsync();
} catch (error) {
  process.exitCode = complain(error);
}
