// Owns `jobsum jobscripts`: saved batch scripts into the warehouse, where the portal's job viewer shows them.

import type { Argv, CommandModule } from 'yargs';
import { loadSite } from '../../config/index.ts';
import { ingestScripts, type ScriptsSummary } from '../../jobscripts/index.ts';
import { counted, JobsumError } from '../../kernel/index.ts';
import type { LogOptions } from '../attend.ts';
import { attend, logOptions, patienceGiven, patienceOption, textfileOption } from '../attend.ts';

import { durationOf, durationOption } from '../duration.ts';
import { type Clocked, usage } from '../io.ts';
import { besides, configOption, resourceOption } from '../site.ts';
import { deliver } from '../stdout.ts';

interface Options extends LogOptions, Clocked {
  config?: string;
  resource?: string[];
  daydelta: string;
  all: boolean;
  patience?: string;
  textfile?: string;
  json: boolean;
}

type Counts = ScriptsSummary['resources'][number];

const line = (r: Counts): string =>
  `${r.resource}: ${counted(r.files, 'script')}, ${r.matched} matched, ${r.unmatched} of no known job, ${r.unchanged} unchanged, ` +
  `${r.rejected} rejected, ${r.failed} unreadable; ${counted(r.written, 'row')} written`;

export const jobscriptsCommand: CommandModule<object, Options> = {
  command: 'jobscripts',
  builder: (y) =>
    y
      .option('config', configOption)
      .option('resource', resourceOption)
      .option('daydelta', {
        alias: 'D',
        ...durationOption('Days before the latest stored script that are looked at again'),
        default: '2',
      })
      .option('all', { alias: 'a', type: 'boolean', default: false, describe: 'Every day, every file' })
      .option('patience', patienceOption)
      .option('textfile', textfileOption)
      .options(logOptions)
      .option('json', { type: 'boolean', default: false, describe: 'Print the counts as one JSON object' })
      .example('$0 jobscripts --config /etc/supremm', '') as unknown as Argv<Options>,
  handler: async (argv) => {
    const asPatient = patienceGiven(argv.patience);
    const dayDelta =
      durationOf('daydelta', argv.daydelta, 'd', 'days, or a number with its unit: 2d, 2w, 1y')! / 86_400;
    if (dayDelta > 100_000) throw usage('--daydelta: expected at most 100000 days');
    const summary = await attend<ScriptsSummary>(
      {
        command: 'jobscripts',
        ...{ quiet: argv.quiet, verbose: argv.verbose, log: argv.log, clock: argv.clock },
        textfile: argv.textfile,
        lines: (s) => s.resources.map(line),
        figures: ({ resources }) => {
          const outcomes: Record<string, number> = {};
          for (const { resource: _, ...counts } of resources)
            for (const [name, n] of Object.entries(counts)) outcomes[name] = (outcomes[name] ?? 0) + n;
          return { outcomes };
        },
      },
      async ({ run, log, signal, textfile }) => {
        const { config, resources, faults } = loadSite(argv.config, argv.resource);
        textfile(config.textfile);
        return besides(faults, log, async () => {
          const { warehouse, state: store } = config;
          if (!warehouse) throw new JobsumError('E_CONFIG', 'job scripts need a warehouse', { file: config.file });
          const { all, clock } = argv;
          const patience = asPatient ?? config.patience;
          const of = { run, store, warehouse, resources, ...(clock ? { clock } : {}) };
          return ingestScripts({ ...of, dayDelta, all, patience, onlyNews: argv.quiet, signal }, log);
        });
      },
    );
    process.exitCode = summary.exitCode;
    if (argv.json) await deliver(`${JSON.stringify(summary)}\n`);
  },
};
