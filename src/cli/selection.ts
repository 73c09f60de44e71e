// Owns the options that say which jobs of a configured site are summarised, in our words and in those of the program we replace.

import type { Argv } from 'yargs';
import { type ProcessState, parseErrorNumber, type Selection } from '../jobs/index.ts';
import { formatSeconds, parseInstant } from '../kernel/index.ts';
import { usage } from './io.ts';

export interface SelectionOptions {
  job?: (string | number)[];
  from?: string;
  to?: string;
  again: boolean;
  resource?: (string | number)[];
  'process-bad': boolean;
  'process-old': boolean;
  'process-notdone': boolean;
  'process-current': boolean;
  'process-big': boolean;
  'process-error'?: string;
  'process-all': boolean;
}

const SITE = 'Jobs of a configured site:';

export function selectionOptions<T>(y: Argv<T>): Argv<T> {
  const flag = (alias: string, describe: string) =>
    ({ type: 'boolean', default: false, alias, describe, group: SITE }) as const;
  return y
    .option('job', {
      type: 'string',
      array: true,
      requiresArg: true,
      alias: ['j', 'localjobid'],
      describe: 'Only this job (repeatable)',
    })
    .option('from', {
      type: 'string',
      requiresArg: true,
      alias: ['s', 'start'],
      describe: 'Only jobs that ended at or after this time',
    })
    .option('to', {
      type: 'string',
      requiresArg: true,
      alias: ['e', 'end'],
      describe: 'Only jobs that ended at or before this time',
    })
    .option('again', { type: 'boolean', default: false, describe: 'Also jobs that are done already' })
    .option('resource', {
      type: 'string',
      array: true,
      requiresArg: true,
      alias: 'r',
      group: SITE,
      describe: 'Only this resource, by name or id (repeatable)',
    })
    .option('process-notdone', flag('N', 'Jobs that were not processed'))
    .option('process-bad', flag('B', 'Jobs that were tried and are not good enough'))
    .option('process-old', flag('O', 'Jobs done by another version'))
    .option('process-current', flag('C', 'Jobs done by this version'))
    .option('process-big', flag('b', 'Jobs that had too many nodes'))
    .option('process-error', {
      type: 'string',
      requiresArg: true,
      alias: 'P',
      group: SITE,
      describe: 'Jobs with this error number',
    })
    .option('process-all', flag('A', 'All jobs of a time range')) as unknown as Argv<T>;
}

/** Error number of too many nodes. */
const TOO_BIG = 11;

export const idsOf = (list: readonly (string | number)[] | undefined): string[] | undefined => list?.map(String);

/** Bounds of the jobs' end. @throws JobsumError E_USAGE */
export function rangeOf(argv: SelectionOptions): { from?: number; to?: number } {
  const from = argv.from === undefined ? undefined : parseInstant(argv.from);
  const to = argv.to === undefined ? undefined : parseInstant(argv.to);
  if (from !== undefined && to !== undefined && from > to)
    throw usage(`--from ${formatSeconds(from)} is after --to ${formatSeconds(to)}`);
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function flagged(argv: SelectionOptions): readonly ProcessState[] | 'all' | undefined {
  const states: ProcessState[] = [];
  if (argv['process-notdone']) states.push('new');
  if (argv['process-bad']) states.push('bad');
  if (argv['process-old']) states.push('old');
  if (argv['process-current']) states.push('current');
  // These four are everything, in the words of the program we replace.
  if (states.length === 4 || argv['process-all'] || argv.again) return 'all';
  if (argv['process-big']) states.push(TOO_BIG);
  if (argv['process-error'] !== undefined) states.push(parseErrorNumber(argv['process-error']));
  return states.length > 0 ? states : undefined;
}

/** Whether the options ask for something only a configured site has. */
export const asksSite = (argv: SelectionOptions): boolean =>
  argv.resource !== undefined || flagged({ ...argv, again: false }) !== undefined;

/**
 * A time range or an id without a state means all of them, whatever became of them (pipeline.md §3.1).
 * @throws JobsumError E_USAGE
 */
export function selectionOf(argv: SelectionOptions): Selection {
  const ids = idsOf(argv.job);
  const range = rangeOf(argv);
  const bounded = ids !== undefined || Object.keys(range).length > 0;
  const states = flagged(argv) ?? (bounded ? 'all' : undefined);
  if (states === 'all' && !bounded) throw usage('cannot process all jobs without a time range: give --from and --to');
  return { ...range, ...(ids ? { ids } : {}), ...(states ? { states } : {}) };
}
