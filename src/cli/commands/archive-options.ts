// Owns what the archive commands share: options of a window and of metrics, limits, and how problems end a command.

import type { Argv } from 'yargs';
import { formatSeconds, JobsumError, nsOf, type Problem, parseInstant } from '../../kernel/index.ts';
import { setBounds } from '../../pcp/index.ts';
import { type Bounded, boundOptions, boundsOf } from '../bounds.ts';
import { complain, usage } from '../io.ts';

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
  const from = argv.from === undefined ? undefined : parseInstant(argv.from);
  const to = argv.to === undefined ? undefined : parseInstant(argv.to);
  if (from !== undefined && to !== undefined && from > to)
    throw usage(`--from ${formatSeconds(from)} is after --to ${formatSeconds(to)}`);
  return {
    ...(from === undefined ? {} : { from: nsOf(from) }),
    ...(to === undefined ? {} : { to: nsOf(to) }),
    ...(argv.metric ? { metrics: argv.metric } : {}),
  };
}

/** What is to be printed, of an archive; if it is nothing, that is said, and where to look. No fault: the exit code stays. */
export function* notNothing<T>(what: string, archive: string, printed: Iterable<T>): Generator<T> {
  let any = false;
  for (const item of printed) {
    any = true;
    yield item;
  }
  if (!any)
    process.stderr.write(
      `jobsum: no ${what} there; jobsum archive info ${archive} has the span of time that it covers\n`,
    );
}
