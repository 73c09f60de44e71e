// Owns `jobsum summarize`: options in, a run, its summary out.

import type { Argv, CommandModule } from 'yargs';
import type { LoadedConfig } from '../../config/index.ts';
import { ERRORS, fromProblem, type Problem, toProblem } from '../../kernel/index.ts';
import type { Frame } from '../../operate/index.ts';
import {
  type CommonOptions,
  commonOfConfig,
  type RunIo,
  type RunOptions,
  type RunSummary,
  summarize,
  summarizeSite,
} from '../../run/index.ts';
import { parseSink } from '../../sinks/index.ts';
import { runLines } from '../../view/index.ts';
import type { LogOptions } from '../attend.ts';
import { attend, logOptions, patienceGiven, patienceOption, textfileOption } from '../attend.ts';

import { type Bounded, boundOptions, boundsOf } from '../bounds.ts';
import { durationOf, durationOption } from '../duration.ts';
import { type Clocked, usage } from '../io.ts';
import { type LimitOptions, limitOptions, limitsOf } from '../limits.ts';
import { asksSite, idsOf, rangeOf, type SelectionOptions, selectionOf, selectionOptions } from '../selection.ts';
import { deliver, NAME, readerLeft, stdout } from '../stdout.ts';

const DEFAULT_OUTPUT = 'sqlite:jobsum.db';

interface Options extends SelectionOptions, LimitOptions, Bounded, LogOptions, Clocked {
  config?: string;
  jobs?: string;
  archives?: string;
  output?: string[];
  workers?: number;
  'min-node-fraction'?: number;
  format: 'auto' | 'ndjson' | 'csv' | 'sacct';
  normalize?: string[];
  analytic?: string[];
  timeout?: string;
  tag?: string;
  'dry-run': boolean;
  'fail-fast': boolean;
  engine: 'wasm' | 'ts';
  'as-reference': boolean;
  'resource-id'?: number;
  patience?: string;
  textfile?: string;
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

/** What a caller has to do with a run beside its result. */
interface Watching {
  /** Errors that end the run and are none. */
  readonly excused?: (problem: Problem) => boolean;
  /** The summary of the run that has begun, which fills. */
  readonly onBegun?: (summary: RunSummary) => void;
}

/** Runs with logs and progress on standard error, and signals to stop finishing what is in hand. */
function attended(
  { quiet, verbose, log, clock }: LogOptions & Clocked,
  textfile: string | undefined,
  body: (frame: Frame, io: RunIo) => Promise<RunSummary>,
  { excused = () => false, onBegun }: Watching = {},
) {
  return attend<RunSummary>(
    {
      command: 'summarize',
      ...{ quiet, verbose, log, clock },
      textfile,
      excused,
      lines: runLines,
      figures: ({ jobs, bytes, backlog }) => {
        const { unselected: _, waiting: __, ...outcomes } = jobs;
        return { outcomes, bytesRead: bytes, bytesDecoded: bytes, ...(backlog ? { backlog } : {}) };
      },
    },
    (frame, begun) => {
      const noted = (summary: RunSummary): void => {
        onBegun?.(summary);
        begun(summary);
      };
      return body(frame, { log: frame.log, progress: frame.progress, stdout, begun: noted });
    },
  );
}

/** A list of jobs over a tree of archives. */
export function runWithTerminal(
  options: RunOptions,
  log: LogOptions,
  textfile?: string,
  watching?: Watching,
): Promise<RunSummary> {
  return attended(log, textfile, ({ run, signal }, io) => summarize({ ...options, run, signal }, io), watching);
}

const isStdout = (output: string): boolean => {
  const { kind, path } = parseSink(output);
  return kind === 'ndjson' && path === '-';
};

/** The reader of standard output has seen enough, and nothing else was asked for. */
const enough = ({ jobs, output = [DEFAULT_OUTPUT], textfile }: Options, problem: Problem): boolean =>
  jobs !== undefined && textfile === undefined && output.every(isStdout) && readerLeft(problem);

function commonOf(argv: Options): CommonOptions {
  const { workers, tag, clock } = argv;
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1 && workers <= 256))
    throw usage('--workers: expected 1 to 256');
  const fraction = argv['min-node-fraction'];
  if (fraction !== undefined && !(fraction >= 0 && fraction <= 1)) throw usage('--min-node-fraction: expected 0 to 1');
  const patience = patienceGiven(argv.patience);
  const grace = durationOf('timeout', argv.timeout);
  return {
    ...(workers === undefined ? {} : { workers }),
    ...(fraction === undefined ? {} : { minNodeFraction: fraction }),
    ...boundsOf(argv),
    ...(argv.engine === 'ts' ? { engine: argv.engine } : {}),
    ...(argv['as-reference'] ? { asReference: true } : {}),
    ...(argv.analytic ? { analytics: argv.analytic } : {}),
    ...(tag === undefined ? {} : { tag }),
    ...(patience === undefined ? {} : { patience }),
    ...(grace === undefined ? {} : { grace }),
    ...(clock ? { clock } : {}),
    limits: limitsOf(argv),
    dryRun: argv['dry-run'],
    failFast: argv['fail-fast'],
    onlyNews: argv.quiet,
  };
}

/** Configuration, loaded only when it is asked for or needed. */
async function configOf(argv: Options): Promise<LoadedConfig> {
  const { firstFault, loadConfig } = await import('../../config/index.ts');
  const loaded = loadConfig(argv.config);
  const fault = firstFault(loaded);
  if (fault) throw fault;
  return loaded;
}

async function runList(argv: Options, jobs: string, onBegun: (summary: RunSummary) => void): Promise<RunSummary> {
  const { archives, output = [DEFAULT_OUTPUT] } = argv;
  if (archives === undefined) throw usage('--jobs needs --archives, the root of the tree of archives');
  if (asksSite(argv)) throw usage('--resource and --process-… are for a configured site, without --jobs');
  if (argv.json && output.some(isStdout)) throw usage('--json and --output ndjson:- both want standard output');
  const resourceId = argv['resource-id'];
  if (resourceId !== undefined && !(Number.isSafeInteger(resourceId) && resourceId >= 0))
    throw usage('--resource-id: expected a whole number');
  const config = argv.config === undefined ? null : (await configOf(argv)).config;
  const ids = idsOf(argv.job);
  const common = { ...(config ? commonOfConfig(config) : {}), ...commonOf(argv) };
  return runWithTerminal(
    {
      ...common,
      ...{ jobs, archives, outputs: output, again: argv.again },
      ...(resourceId === undefined ? {} : { resourceId }),
      normalization: { ...config?.normalization, ...parseNormalization(argv.normalize ?? []) },
      filter: { ...rangeOf(argv), ...(ids ? { ids } : {}) },
      ...(argv.format === 'auto' ? {} : { format: argv.format }),
    },
    argv,
    argv.textfile ?? config?.textfile ?? undefined,
    { excused: (problem) => enough(argv, problem), onBegun },
  );
}

async function runSite(argv: Options, onBegun: (summary: RunSummary) => void): Promise<RunSummary> {
  const given = (['archives', 'output', 'normalize', 'resource-id'] as const).find((name) => argv[name] !== undefined);
  if (given) throw usage(`--${given} goes with --jobs; a configured site has it in its configuration`);
  const loaded = await configOf(argv).catch((error: unknown) => {
    const problem = toProblem(error);
    if (argv.config !== undefined || problem.file !== undefined) throw error;
    // Nobody said where: that may not be meant at all.
    const expected = `${problem.expected ?? 'a configuration'}; or --jobs FILE --archives DIR, which need none`;
    throw fromProblem({ ...problem, expected });
  });
  const { config } = loaded;
  if (argv.json && config.output?.kind === 'stdout')
    throw usage('--json and db_engine "stdout" both want standard output');
  const selection = selectionOf(argv);
  const only = idsOf(argv.resource);
  const enabled = config.resources.filter((r) => r.enabled).length;
  if (selection.ids && !only && enabled > 1)
    throw usage('--job needs --resource: ids of several resources may be the same');
  const common = commonOf(argv);
  // What is monitored is real runs.
  const textfile = argv.textfile ?? (common.dryRun ? undefined : (config.textfile ?? undefined));
  return attended(
    argv,
    textfile,
    ({ run, signal }, io) =>
      summarizeSite({ ...common, loaded, selection, ...(only ? { only } : {}), run, signal }, io),
    { onBegun },
  );
}

/** As the summary of a run that came to its end, as far as it came, with what ended it. */
function failedRun(problem: Problem, partial: RunSummary | null): object {
  const { exit: exitCode } = ERRORS[problem.code];
  return { ...partial, problems: [...(partial?.problems ?? []), problem], finished: false, exitCode, problem };
}

export const summarizeCommand: CommandModule<object, Options> = {
  command: 'summarize',
  builder: (y) =>
    limitOptions(selectionOptions(y))
      .option('config', {
        type: 'string',
        alias: 'c',
        requiresArg: true,
        describe: 'Directory with config.json, or such a file; with neither this nor --jobs it is looked for',
      })
      .option('jobs', {
        type: 'string',
        requiresArg: true,
        describe: 'File of jobs: NDJSON, CSV, or output of `sacct -P` or `--json` (- for stdin), or sacct: to run it',
      })
      .option('archives', { type: 'string', requiresArg: true, describe: 'Root of the tree of PCP archives' })
      .option('output', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: `Where documents go: sqlite:FILE, ndjson:FILE, ndjson:-, mongodb:DATABASE (repeatable; default ${DEFAULT_OUTPUT})`,
      })
      .option('workers', {
        type: 'number',
        requiresArg: true,
        alias: ['t', 'threads'],
        describe: 'Worker threads (default: processors)',
      })
      .option('min-node-fraction', {
        type: 'number',
        requiresArg: true,
        describe: "Least share of a job's nodes that must have data (default 0.95)",
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
      .option('engine', {
        choices: ['wasm', 'ts'] as const,
        default: 'wasm' as const,
        describe: 'What reduces records; ts is slow and for comparison only',
      })
      .option('as-reference', {
        type: 'boolean',
        default: false,
        describe: 'Counters that go back and units as the reference takes them; for comparison only',
      })
      .option('analytic', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: "Module with an analytic of the site's own (repeatable)",
      })
      .option('timeout', {
        ...durationOption(
          "How long after a job's end missing data are waited for (default 2d; without a unit: seconds)",
        ),
        alias: 'T',
      })
      .option('tag', { type: 'string', requiresArg: true, describe: 'Text for `summarization.tag` of every document' })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        alias: 'n',
        describe: 'Mark no job and write no database; text outputs are written',
      })
      .option('fail-fast', { type: 'boolean', default: false, describe: 'End with the first job that fails' })
      .options(boundOptions)
      .option('resource-id', {
        type: 'number',
        requiresArg: true,
        describe: 'Number of the resource, for mongodb, of jobs whose accounting record has none',
      })
      .option('patience', patienceOption)
      .option('textfile', textfileOption)
      .options(logOptions)
      .option('json', { type: 'boolean', default: false, describe: 'Print the summary of the run as one JSON object' })
      .example('$0 summarize --config /etc/supremm --quiet', 'from cron: every resource, what is new and what is due')
      .example('$0 summarize --jobs jobs.sacct --archives /var/log/pcp/pmlogger', 'everything, into ./jobsum.db')
      .example('$0 summarize --jobs today.ndjson --archives /pcp --output ndjson:-', 'one document a line on stdout')
      .example(
        'sacct -aXD --json | $0 summarize --jobs - --archives /pcp --from 2026-11-01',
        'straight from Slurm',
      ) as unknown as Argv<Options>,
  handler: async (argv) => {
    let begun: RunSummary | null = null;
    const note = (summary: RunSummary): void => {
      begun = summary;
    };
    const run = argv.jobs === undefined ? runSite(argv, note) : runList(argv, argv.jobs, note);
    const summary = await run.catch(async (error: unknown) => {
      const problem = toProblem(error);
      if (enough(argv, problem)) return null;
      // Another run is at work: for cron this is as it should be.
      const expected = argv.quiet && problem.code === 'E_LOCKED';
      // Standard output itself may be what failed.
      if (argv.json && !expected && problem.file !== NAME)
        await deliver(`${JSON.stringify(failedRun(problem, begun))}\n`);
      if (!expected) throw error;
      process.exitCode = ERRORS.E_LOCKED.exit;
      return null;
    });
    if (!summary) return;
    process.exitCode = summary.exitCode;
    if (argv.json) await deliver(`${JSON.stringify(summary)}\n`);
  },
};
