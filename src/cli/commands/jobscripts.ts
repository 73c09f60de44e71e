// Owns `jobsum jobscripts`: saved batch scripts into the warehouse, where the portal's job viewer shows them.

import type { Argv, CommandModule } from 'yargs';
import { JobsumError } from '../../kernel/index.ts';
import { ingestScripts, type ScriptsSummary } from '../../run/index.ts';
import { attend, checkPatience, type LogOptions, logOptions, patienceOption, textfileOption } from '../attend.ts';
import { type Clocked, usage } from '../io.ts';
import { besides, configOption, loadSite, resourceOption } from '../site.ts';
import { deliver } from '../stdout.ts';

interface Options extends LogOptions, Clocked {
  config?: string;
  resource?: string[];
  daydelta: number;
  all: boolean;
  patience?: number;
  textfile?: string;
  json: boolean;
}

type Counts = ScriptsSummary['resources'][number];

const line = (r: Counts): string =>
  `${r.resource}: ${r.files} scripts, ${r.matched} matched, ${r.unmatched} of no known job, ${r.unchanged} unchanged, ` +
  `${r.rejected} rejected, ${r.failed} unreadable; ${r.written} rows written`;

export const jobscriptsCommand: CommandModule<object, Options> = {
  command: 'jobscripts',
  builder: (y) =>
    y
      .option('config', configOption)
      .option('resource', resourceOption)
      .option('daydelta', {
        alias: 'D',
        type: 'number',
        requiresArg: true,
        default: 2,
        describe: 'Days before the latest stored script that are looked at again',
      })
      .option('all', { alias: 'a', type: 'boolean', default: false, describe: 'Every day, every file' })
      .option('patience', patienceOption)
      .option('textfile', textfileOption)
      .options(logOptions)
      .option('json', { type: 'boolean', default: false, describe: 'Print the counts as one JSON object' })
      .example('$0 jobscripts --config /etc/supremm', '') as unknown as Argv<Options>,
  handler: async (argv) => {
    checkPatience(argv.patience);
    if (!(argv.daydelta >= 0 && argv.daydelta <= 100_000)) throw usage('--daydelta: expected a number of days');
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
          const { daydelta: dayDelta, all, patience = config.patience, clock } = argv;
          const of = { run, store, warehouse, resources, ...(clock ? { clock } : {}) };
          return ingestScripts({ ...of, dayDelta, all, patience, onlyNews: argv.quiet, signal }, log);
        });
      },
    );
    process.exitCode = summary.exitCode;
    if (argv.json) await deliver(`${JSON.stringify(summary)}\n`);
  },
};
