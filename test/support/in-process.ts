// Owns running `jobsum summarize` in this process, by a clock of the test's: what it says on standard error, and its exit code.

import { vi } from 'vitest';
import yargs from 'yargs';
import { summarizeCommand } from '../../src/cli/commands/summarize.ts';
import { complain } from '../../src/cli/io.ts';
import { type Clock, systemClock } from '../../src/kernel/index.ts';

export interface Said {
  readonly code: number;
  readonly stderr: string;
}

export async function summarizeHere(words: readonly string[], clock: Clock = systemClock): Promise<Said> {
  let stderr = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  process.exitCode = 0;
  try {
    const handler = (argv: Parameters<typeof summarizeCommand.handler>[0]) =>
      summarizeCommand.handler({ ...argv, clock });
    await yargs(['summarize', ...words])
      .command({ ...summarizeCommand, handler })
      .exitProcess(false)
      .fail((message, error) => {
        throw error ?? new Error(message);
      })
      .parseAsync();
  } catch (error) {
    process.exitCode = complain(error);
  } finally {
    spy.mockRestore();
  }
  const code = Number(process.exitCode);
  process.exitCode = 0;
  return { code, stderr };
}
