// Owns `jobsum index`: options in, an indexing run, its summary out.

import { availableParallelism } from 'node:os';
import type { Argv, CommandModule } from 'yargs';
import { type IndexedResource, type IndexSummary, indexArchives, makeDirectoryOf } from '../../catalog/index.ts';
import type { Site } from '../../config/index.ts';
import { loadSite } from '../../config/index.ts';
import { boundsOfConfig } from '../../run/index.ts';
import { indexLines } from '../../view/index.ts';
import type { LogOptions } from '../attend.ts';
import { attend, logOptions, patienceGiven, patienceOption, textfileOption } from '../attend.ts';

import { type Bounded, boundOptions, boundsOf } from '../bounds.ts';
import { type Clocked, usage } from '../io.ts';
import { besides, configOption, resourceOption } from '../site.ts';
import { deliver } from '../stdout.ts';

interface Options extends LogOptions, Bounded, Clocked {
  config?: string;
  resource?: string[];
  archives?: string;
  store?: string;
  workers: number;
  all: boolean;
  prune: boolean;
  patience?: string;
  textfile?: string;
  json: boolean;
}

/** A tree without a configuration: it has a catalogue only. */
const plainTree = (archives: string): IndexedResource => ({
  ...{ name: archives, id: 0, hostnameMode: 'hostname', hostNameExt: '', archives, fastIndex: false, timezone: null },
});

function siteOf(argv: Options): Site | null {
  if (argv.archives === undefined) return loadSite(argv.config, argv.resource);
  if (argv.config !== undefined || argv.resource !== undefined)
    throw usage('--archives names a tree of its own: give it without --config and --resource');
  return null;
}

export const indexCommand: CommandModule<object, Options> = {
  command: 'index',
  builder: (y) =>
    y
      .option('config', configOption)
      .option('resource', resourceOption)
      .option('archives', { type: 'string', requiresArg: true, describe: 'A tree of archives, without configuration' })
      .option('store', {
        type: 'string',
        requiresArg: true,
        describe: 'Store file with the catalogue (default: the configured one; with --archives jobsum.db)',
      })
      .option('workers', {
        type: 'number',
        alias: ['t', 'threads'],
        requiresArg: true,
        default: Math.max(4, availableParallelism()),
        describe: 'Threads that look at files: more than there are processors, if the file system is a distant one',
      })
      .option('all', {
        type: 'boolean',
        default: false,
        alias: 'a',
        describe: 'Write every row to the warehouse again',
      })
      .option('prune', { type: 'boolean', default: false, describe: 'Remove rows of archives that are gone' })
      .options(boundOptions)
      .option('patience', patienceOption)
      .option('textfile', textfileOption)
      .options(logOptions)
      .option('json', { type: 'boolean', default: false, describe: 'Print the summary of the run as one JSON object' })
      .example('$0 index --config /etc/supremm', 'every resource that has archives')
      .example('$0 index --archives /pcp', 'a catalogue without a warehouse') as unknown as Argv<Options>,
  handler: async (argv) => {
    const asPatient = patienceGiven(argv.patience);
    if (!Number.isInteger(argv.workers) || argv.workers < 1 || argv.workers > 256)
      throw usage('--workers: expected 1 to 256');
    const given = boundsOf(argv);
    const summary = await attend<IndexSummary>(
      {
        command: 'index',
        ...{ quiet: argv.quiet, verbose: argv.verbose, log: argv.log, clock: argv.clock },
        textfile: argv.textfile,
        lines: (s) => indexLines(s.resources),
        figures: ({ resources }) => {
          const sum = (of: (r: IndexSummary['resources'][number]) => number | undefined): number =>
            resources.reduce((total, r) => total + (of(r) ?? 0), 0);
          return {
            outcomes: {
              archives: sum((r) => r.archives),
              opened: sum((r) => r.opened),
              unreadable: sum((r) => r.unreadable),
              written: sum((r) => r.written),
              unresolved: sum((r) => r.unresolved),
            },
          };
        },
      },
      async ({ run, log, signal, textfile }) => {
        const site = siteOf(argv);
        textfile(site?.config.textfile ?? null);
        const resources = site ? site.resources.filter((r) => r.archives !== null) : [plainTree(argv.archives!)];
        const { workers, all, prune, clock } = argv;
        const store = argv.store ?? site?.config.state ?? 'jobsum.db';
        if (argv.store === undefined && site) makeDirectoryOf(site.config.state);
        const warehouse = site?.config.warehouse ?? null;
        const patience = asPatient ?? site?.config.patience ?? 0;
        const onlyNews = argv.quiet;
        const bounds = { ...(site ? boundsOfConfig(site.config) : {}), ...given };
        const of = { run, store, resources, warehouse, ...(clock ? { clock } : {}) };
        const asked = { ...of, workers, all, prune, patience, onlyNews, signal, bounds };
        return besides(site?.faults ?? [], log, () => indexArchives(asked, log));
      },
    );
    process.exitCode = summary.exitCode;
    if (argv.json) await deliver(`${JSON.stringify(summary)}\n`);
  },
};
