// Owns running a command of jobsum in this process, by a clock of the test's: what it says on standard error, and its exit code.

import { vi } from 'vitest';
import yargs, { type CommandModule } from 'yargs';
import { summarizeCommand } from '../../src/cli/commands/summarize.ts';
import { complain } from '../../src/cli/io.ts';
import { type Clock, systemClock } from '../../src/kernel/index.ts';

export interface Said {
  readonly code: number;
  readonly stderr: string;
}

export async function commandHere<T>(
  command: CommandModule<object, T>,
  words: readonly string[],
  clock: Clock = systemClock,
): Promise<Said> {
  let stderr = '';
  const errors = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  const output = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  process.exitCode = 0;
  try {
    const handler: typeof command.handler = (argv) => command.handler({ ...argv, clock });
    await yargs([String(command.command), ...words])
      .command({ ...command, handler })
      .exitProcess(false)
      .fail((message, error) => {
        throw error ?? new Error(message);
      })
      .parseAsync();
  } catch (error) {
    process.exitCode = complain(error);
  } finally {
    errors.mockRestore();
    output.mockRestore();
  }
  const code = Number(process.exitCode);
  process.exitCode = 0;
  return { code, stderr };
}

export const summarizeHere = (words: readonly string[], clock?: Clock): Promise<Said> =>
  commandHere(summarizeCommand, words, clock);
