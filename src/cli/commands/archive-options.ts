// Owns what the archive commands share: options of a window and of metrics, limits, and how problems end a command.

import type { Argv } from 'yargs';
import { setBounds } from '../../decode/index.ts';
import { JobsumError, nsOf, type Problem, parseInstant } from '../../kernel/index.ts';
import { type Bounded, boundOptions, boundsOf } from '../bounds.ts';
import { complain } from '../io.ts';

export interface Salvaging {
  salvage?: boolean;
}

export const salvage = {
  type: 'boolean',
  default: false,
  describe:
    'Go on behind damage with the next record that can be found, and a mark for what is lost; default: with the next place of the index or the next volume, while canonical dumps stop, as PCP does',
} as const;

export interface Windowed extends Bounded, Salvaging {
  from?: string;
  to?: string;
  metric?: string[];
}

/** Says what was wrong. A bad index harms nothing; anything else makes the exit code 65. */
export function report(problems: readonly Problem[]): void {
  for (const { code, message, ...place } of problems) complain(new JobsumError(code, message, place));
  if (problems.some((p) => p.code !== 'E_ARCHIVE_INDEX')) process.exitCode = 65;
}

export const limit = (argv: Bounded): void => setBounds(boundsOf(argv));

export const timeOptions = <T>(y: Argv<T>) =>
  y
    .option('from', { type: 'string', requiresArg: true, describe: 'Only records at or after this time' })
    .option('to', { type: 'string', requiresArg: true, describe: 'Only records at or before this time' })
    .option('salvage', salvage)
    .options(boundOptions);

export const windowOptions = <T>(y: Argv<T>) =>
  timeOptions(y).option('metric', {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'Only these metrics: names, prefixes, or globs (repeatable)',
  });

/** @throws JobsumError E_USAGE */
export function windowOf(argv: Windowed): { from?: bigint; to?: bigint; metrics?: readonly string[] } {
  return {
    ...(argv.from !== undefined ? { from: nsOf(parseInstant(argv.from)) } : {}),
    ...(argv.to !== undefined ? { to: nsOf(parseInstant(argv.to)) } : {}),
    ...(argv.metric ? { metrics: argv.metric } : {}),
  };
}
