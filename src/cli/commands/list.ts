// Owns `jobsum list`: the jobs of a store, of a configured site, or of a file of documents, by what became of them.

import { existsSync } from 'node:fs';
import type { Argv, CommandModule } from 'yargs';
import {
  fileJobs,
  listedStates,
  listJobs,
  type OpenedSite,
  openSite,
  type Place,
  warehouseJobs,
} from '../../answers/index.ts';
import { openPresent } from '../../catalog/index.ts';
import { loadSite } from '../../config/index.ts';
import type { Store } from '../../databases/index.ts';
import { reasonsOf } from '../../document/index.ts';
import { fromProblem, JobsumError, type Problem, parseInstant } from '../../kernel/index.ts';
import type { JobQuery } from '../../ledger/index.ts';
import { LISTED_STATES, Runs } from '../../ledger/index.ts';
import { storedJobs, storeSummaries } from '../../sinks/index.ts';
import { listCsv, listTable } from '../../view/index.ts';
import { complain, print, usage } from '../io.ts';
import { configOption, resourceOption } from '../site.ts';

interface Options {
  config?: string;
  resource?: string[];
  store: string;
  documents?: string;
  state?: string[];
  reason?: string;
  user?: string;
  node?: string;
  from?: string;
  to?: string;
  'since-last-run': boolean;
  limit: number;
  json: boolean;
  csv: boolean;
}

/** When the last run of `summarize` began. @throws JobsumError E_INPUT_MISSING: there was none */
function lastRun(store: Store | null): number {
  const last = store ? new Runs(store).latest(1, 'summarize')[0] : undefined;
  if (!last)
    throw new JobsumError('E_INPUT_MISSING', 'no run of summarize is recorded', { file: store?.path ?? 'jobsum.db' });
  return last.started;
}

/** @throws JobsumError E_USAGE */
function filterOf(argv: Options, store: Store | null): JobQuery {
  const { state, reason, user, node, from, to } = argv;
  const reasons = reason === undefined ? undefined : reasonsOf(reason);
  if (reasons && reasons.errors.length + reasons.codes.length === 0)
    throw usage(
      `--reason ${JSON.stringify(reason)}: expected an error number, a code (E_…), or words of what status says`,
    );
  return {
    ...(state ? { states: listedStates(state) } : {}),
    ...(reasons ? { reasons } : {}),
    ...(user === undefined ? {} : { user }),
    ...(node === undefined ? {} : { node }),
    ...(from === undefined ? {} : { from: parseInstant(from) }),
    ...(to === undefined ? {} : { to: parseInstant(to) }),
    ...(argv['since-last-run'] ? { since: lastRun(store) } : {}),
  };
}

/** Jobs of the ledgers of a site, wherever they are: what a warehouse does not account for, its store does. */
export function placesOf(opened: OpenedSite, filter: JobQuery): Place[] {
  const { site, store, warehouse } = opened;
  const accounted = site.resources.filter((r) => r.source.kind === 'xdmod');
  const places = warehouse
    ? accounted.map((resource) => warehouseJobs(warehouse, { resource, filter, summaries: opened.summaries(resource) }))
    : [];
  const others = site.resources.filter((r) => r.source.kind !== 'xdmod');
  if (others.length > 0) {
    const summaries = opened.summaries(others.length === 1 ? others[0] : undefined);
    const own = accounted.length === 0 && opened.documents === store;
    places.push(storedJobs(store, { filter, summaries, own }));
  }
  return places;
}

async function show(
  argv: Options,
  places: readonly Place[],
  filter: JobQuery,
  problems: readonly Problem[],
): Promise<void> {
  const { jobs, more } = await listJobs(places, filter, argv.limit);
  print(argv.json ? jobs.map((job) => JSON.stringify(job)) : argv.csv ? listCsv(jobs) : listTable(jobs));
  if (more) process.stderr.write(`jobsum: the latest ${jobs.length} jobs; more with --limit\n`);
  for (const problem of problems) process.exitCode = complain(fromProblem(problem));
}

export const listCommand: CommandModule<object, Options> = {
  command: 'list',
  builder: (y) =>
    y
      .option('config', { ...configOption, describe: 'A configured site: its warehouse, documents and ledgers' })
      .option('resource', resourceOption)
      .option('store', { type: 'string', requiresArg: true, default: 'jobsum.db', describe: 'Store file' })
      .option('documents', { type: 'string', requiresArg: true, describe: 'A file of documents, one a line, instead' })
      .option('state', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: `Only jobs in this state (repeatable): ${LISTED_STATES.join(', ')}`,
      })
      .option('reason', {
        type: 'string',
        requiresArg: true,
        describe: 'Only jobs with this reason: an error number, a code (E_…), or words of its meaning',
      })
      .option('user', { type: 'string', requiresArg: true, describe: 'Only jobs of this user' })
      .option('node', { type: 'string', requiresArg: true, describe: 'Only jobs that ran on this node' })
      .option('from', { type: 'string', requiresArg: true, describe: 'Only jobs that ended at or after this time' })
      .option('to', { type: 'string', requiresArg: true, describe: 'Only jobs that ended at or before this time' })
      .option('since-last-run', {
        type: 'boolean',
        default: false,
        describe: 'Only jobs that have been dealt with since the last run of summarize began',
      })
      .option('limit', { type: 'number', requiresArg: true, default: 50, describe: 'Most jobs listed' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object a job' })
      .option('csv', { type: 'boolean', default: false, describe: 'CSV with a header' })
      .example('$0 list --state waiting failed', 'what is still to come, or did not work')
      .example('$0 list --config /etc/supremm --node n0042 --from 2026-11-01 --csv', '') as unknown as Argv<Options>,
  handler: async (argv) => {
    const { limit, documents, config } = argv;
    if (!(Number.isSafeInteger(limit) && limit > 0)) throw usage('--limit: expected a whole number above 0');
    if (argv.json && argv.csv) throw usage('--json or --csv, not both');
    if (argv.resource !== undefined && config === undefined) throw usage('--resource goes with --config');
    if (documents !== undefined) {
      if (config !== undefined) throw usage('--documents names a file of its own: give it without --config');
      const filter = filterOf(argv, null);
      await show(argv, [fileJobs(documents, filter)], filter, []);
    } else if (config !== undefined) {
      const opened = await openSite(loadSite(config, argv.resource));
      try {
        const filter = filterOf(argv, existsSync(opened.store.path) ? opened.store : null);
        await show(argv, placesOf(opened, filter), filter, opened.problems);
      } finally {
        await opened.close();
      }
    } else {
      const store = openPresent(argv.store);
      try {
        const filter = filterOf(argv, store);
        await show(argv, [storedJobs(store, { filter, summaries: storeSummaries(store), own: true })], filter, []);
      } finally {
        store.close();
      }
    }
  },
};
