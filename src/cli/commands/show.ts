// Owns `jobsum show`: the report of a job, or the table of jobs: of a store, a configured site, or a file of documents.

import type { Argv, CommandModule } from 'yargs';
import { fileJobs, knownAtSite, latestDocuments, type OpenedSite, openSite } from '../../answers/index.ts';
import { openPresent } from '../../catalog/index.ts';
import { loadSite } from '../../config/index.ts';
import { fromProblem, JobsumError } from '../../kernel/index.ts';
import { countDocuments, findDocuments, findInFile, listDocuments } from '../../sinks/index.ts';
import { jobTable, reportLines } from '../../view/index.ts';
import { color, print, terminalWidth, usage } from '../io.ts';
import { configOption, resourceOption } from '../site.ts';

import { placesOf } from './list.ts';

type Json = Record<string, unknown>;

interface Options {
  job_id?: string;
  config?: string;
  resource?: string[];
  store: string;
  documents?: string;
  json: boolean;
  series: boolean;
  limit: number;
}

/** Where documents are looked for: of a job, latest first, or the latest of all and how many more, or whether any more, there are. */
interface Shelf {
  readonly name: string;
  find(id: string): Promise<readonly Json[]>;
  latest(limit: number): Promise<{ readonly documents: readonly Json[]; readonly more: number | boolean }>;
  close(): Promise<void> | void;
}

export const storeShelf = (path: string): Shelf => {
  const store = openPresent(path);
  return {
    name: path,
    find: async (id) => findDocuments(store, id),
    latest: async (limit) => {
      const documents = listDocuments(store, limit);
      return { documents, more: countDocuments(store) - documents.length };
    },
    close: () => store.close(),
  };
};

const fileShelf = (path: string): Shelf => ({
  name: path,
  find: async (id) => (await findInFile(path, id)).sort((a, b) => endOf(b) - endOf(a)),
  latest: (limit) => latestDocuments([fileJobs(path, {})], limit),
  close: () => undefined,
});

const endOf = ({ acct }: Json): number => Number((acct as Json | undefined)?.end_time ?? 0);

const siteShelf = (opened: OpenedSite): Shelf => ({
  name: opened.site.config.file,
  find: async (id) => {
    const { documents, unread } = await knownAtSite(opened, id);
    if (documents.length === 0 && unread) throw fromProblem(unread);
    return documents.sort((a, b) => endOf(b) - endOf(a));
  },
  latest: (limit) => latestDocuments(placesOf(opened, {}), limit),
  close: () => opened.close(),
});

async function shelfOf({ config, resource, documents, store }: Options): Promise<Shelf> {
  if (config !== undefined && documents !== undefined) throw usage('--config or --documents, not both');
  if (resource !== undefined && config === undefined) throw usage('--resource goes with --config');
  if (config !== undefined) return siteShelf(await openSite(loadSite(config, resource)));
  return documents === undefined ? storeShelf(store) : fileShelf(documents);
}

/** @throws JobsumError E_JOB_UNKNOWN */
export async function showJob(
  shelf: Shelf,
  id: string,
  { json, series }: { readonly json: boolean; readonly series: boolean },
): Promise<void> {
  const documents = await shelf.find(id);
  if (documents.length === 0)
    throw new JobsumError('E_JOB_UNKNOWN', 'there is no document of this job', { job: id, file: shelf.name });
  if (json) {
    print(documents.map((d) => JSON.stringify(d)));
    return;
  }
  const width = terminalWidth();
  documents.forEach((document, i) => {
    if (i > 0) print(['']);
    print(reportLines(document, { width, color: color(), series }));
  });
}

export const showCommand: CommandModule<object, Options> = {
  command: 'show [job_id]',
  builder: (y) =>
    y
      .positional('job_id', { type: 'string', describe: 'Job id as accounted, or a document id' })
      .option('config', { ...configOption, describe: 'A configured site: its documents, wherever they are kept' })
      .option('resource', resourceOption)
      .option('documents', { type: 'string', requiresArg: true, describe: 'A file of documents, one a line, instead' })
      .option('store', { type: 'string', requiresArg: true, default: 'jobsum.db', describe: 'Store file' })
      .option('json', { type: 'boolean', default: false, describe: 'The documents, one a line' })
      .option('series', { type: 'boolean', default: false, describe: 'Charts of the time series' })
      .option('limit', { type: 'number', requiresArg: true, default: 50, describe: 'Most jobs listed' })
      .example('$0 show 4711 --series', 'the report with charts') as unknown as Argv<Options>,
  handler: async (argv) => {
    const { limit } = argv;
    if (!(Number.isSafeInteger(limit) && limit > 0)) throw usage('--limit: expected a whole number above 0');
    const shelf = await shelfOf(argv);
    try {
      if (argv.job_id !== undefined) await showJob(shelf, String(argv.job_id), argv);
      else {
        const { documents, more } = await shelf.latest(limit);
        print(argv.json ? documents.map((d) => JSON.stringify(d)) : jobTable(documents));
        const others = typeof more === 'number' ? `${more} more` : 'more';
        if (more) process.stderr.write(`jobsum: the latest ${documents.length} jobs; ${others} with --limit\n`);
      }
    } finally {
      await shelf.close();
    }
  },
};
