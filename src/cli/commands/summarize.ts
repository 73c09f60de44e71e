// Owns `jobsum summarize`: options in, a run, its summary out.

import { availableParallelism } from 'node:os';
import type { Argv, CommandModule } from 'yargs';
import { ERRORS, formatSeconds, JobsumError, parseInstant } from '../../kernel/index.ts';
import { PATIENCE_SECONDS, type RunOptions, type RunSummary, summarize } from '../../run/index.ts';
import { runLines } from '../../view/index.ts';
import { attend, textfileOption } from '../attend.ts';
import { checkVolumeBytes, maxVolumeBytes, usage } from '../io.ts';

interface Options {
  jobs: string;
  archives: string;
  output: string[];
  workers: number;
  job?: string[];
  from?: string;
  to?: string;
  again: boolean;
  'min-node-fraction': number;
  format: 'auto' | 'ndjson' | 'csv' | 'sacct';
  normalize?: string[];
  analytic?: string[];
  'max-volume-bytes'?: number;
  'resource-id'?: number;
  patience: number;
  textfile?: string;
  quiet: boolean;
  json: boolean;
}

/** `METRIC=BITS` → table. */
function parseNormalization(list: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    list.map((text) => {
      const m = /^([\w.]+)=(\d{1,2})$/.exec(text);
      if (!m)
        throw usage(
          `--normalize ${JSON.stringify(text)}: expected METRIC=BITS, for example network.interface.in.bytes=32`,
        );
      return [m[1]!, Number(m[2])];
    }),
  );
}

/** Runs with logs and progress on standard error, and SIGTERM/SIGINT finishing what is in hand. */
export function runWithTerminal(options: RunOptions, quiet: boolean, textfile?: string): Promise<RunSummary> {
  return attend<RunSummary>(
    {
      command: 'summarize',
      quiet,
      textfile,
      lines: runLines,
      figures: ({ jobs, bytes }) => {
        const { unselected: _, ...outcomes } = jobs;
        return { outcomes, bytesRead: bytes, bytesDecoded: bytes };
      },
    },
    ({ run, log, progress, signal }) =>
      summarize({ ...options, run, signal }, { log, progress, stdout: process.stdout }),
  );
}

export const summarizeCommand: CommandModule<object, Options> = {
  command: 'summarize',
  builder: (y) =>
    y
      .option('jobs', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'File of jobs: NDJSON, CSV, or output of `sacct -P` (- for stdin), or sacct: to run it',
      })
      .option('archives', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'Root of the tree of PCP archives',
      })
      .option('output', {
        type: 'string',
        array: true,
        requiresArg: true,
        default: ['sqlite:jobsum.db'],
        describe: 'Where documents go: sqlite:FILE, ndjson:FILE, ndjson:-, mongodb:DATABASE (repeatable)',
      })
      .option('workers', {
        type: 'number',
        requiresArg: true,
        default: availableParallelism(),
        describe: 'Worker threads',
      })
      .option('job', { type: 'string', array: true, requiresArg: true, describe: 'Only this job (repeatable)' })
      .option('from', { type: 'string', requiresArg: true, describe: 'Only jobs that ended at or after this time' })
      .option('to', { type: 'string', requiresArg: true, describe: 'Only jobs that ended at or before this time' })
      .option('again', { type: 'boolean', default: false, describe: 'Also jobs that are done already' })
      .option('min-node-fraction', {
        type: 'number',
        requiresArg: true,
        default: 0.95,
        describe: "Least share of a job's nodes that must have data",
      })
      .option('format', {
        choices: ['auto', 'ndjson', 'csv', 'sacct'] as const,
        default: 'auto' as const,
        describe: 'Form of the list of jobs',
      })
      .option('normalize', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'METRIC=BITS: this counter wraps at 2^BITS (repeatable)',
      })
      .option('analytic', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: "Module with an analytic of the site's own (repeatable)",
      })
      .option('max-volume-bytes', maxVolumeBytes)
      .option('resource-id', {
        type: 'number',
        requiresArg: true,
        describe: 'Number of the resource, for mongodb, of jobs whose accounting record has none',
      })
      .option('patience', {
        type: 'number',
        requiresArg: true,
        default: PATIENCE_SECONDS,
        describe: 'Seconds to wait for a database that is away before giving up',
      })
      .option('textfile', textfileOption)
      .option('quiet', { type: 'boolean', default: false, describe: 'Say nothing on success' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the summary of the run as one JSON object' })
      .example('$0 summarize --jobs jobs.sacct --archives /var/log/pcp/pmlogger', 'everything, into ./jobsum.db')
      .example('$0 summarize --jobs today.ndjson --archives /pcp --output ndjson:-', 'one document a line on stdout')
      .example(
        'sacct -aXP --format ALL | $0 summarize --jobs - --archives /pcp --from 2026-11-01',
        'straight from Slurm',
      ) as unknown as Argv<Options>,
  handler: async (argv) => {
    if (!Number.isInteger(argv.workers) || argv.workers < 1 || argv.workers > 256)
      throw usage('--workers: expected 1 to 256');
    const fraction = argv['min-node-fraction'];
    if (!(fraction >= 0 && fraction <= 1)) throw usage('--min-node-fraction: expected 0 to 1');
    if (argv.json && argv.output.includes('ndjson:-'))
      throw usage('--json and --output ndjson:- both want standard output');
    if (!(argv.patience >= 0)) throw usage('--patience: expected seconds, 0 or more');
    const resourceId = argv['resource-id'];
    if (resourceId !== undefined && !(Number.isSafeInteger(resourceId) && resourceId >= 0))
      throw usage('--resource-id: expected a whole number');
    const maxVolumeBytes = checkVolumeBytes(argv['max-volume-bytes']);
    const from = argv.from === undefined ? undefined : parseInstant(argv.from);
    const to = argv.to === undefined ? undefined : parseInstant(argv.to);
    if (from !== undefined && to !== undefined && from > to) {
      throw usage(`--from ${formatSeconds(from)} is after --to ${formatSeconds(to)}`);
    }
    const summary = await runWithTerminal(
      {
        jobs: argv.jobs,
        archives: argv.archives,
        outputs: argv.output,
        workers: argv.workers,
        again: argv.again,
        minNodeFraction: fraction,
        patience: argv.patience,
        ...(resourceId !== undefined ? { resourceId } : {}),
        ...(maxVolumeBytes !== undefined ? { maxVolumeBytes } : {}),
        ...(argv.analytic ? { analytics: argv.analytic } : {}),
        normalization: parseNormalization(argv.normalize ?? []),
        filter: {
          ...(argv.job ? { ids: argv.job } : {}),
          ...(from !== undefined ? { from } : {}),
          ...(to !== undefined ? { to } : {}),
        },
        ...(argv.format === 'auto' ? {} : { format: argv.format }),
      },
      argv.quiet,
      argv.textfile,
    ).catch((error: unknown) => {
      // Another run is at work: for cron this is as it should be.
      if (!argv.quiet || !(error instanceof JobsumError && error.code === 'E_LOCKED')) throw error;
      process.exitCode = ERRORS.E_LOCKED.exit;
      return null;
    });
    if (!summary) return;
    if (argv.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    process.exitCode = summary.exitCode;
  },
};
