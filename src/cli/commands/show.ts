// Owns `jobsum show`: the report of a job, or the table of jobs, from the embedded store.

import { existsSync } from 'node:fs';
import type { Argv, CommandModule } from 'yargs';
import { JobsumError } from '../../kernel/index.ts';
import { SCHEMAS } from '../../run/index.ts';
import { countDocuments, findDocuments, listDocuments } from '../../sinks/index.ts';
import { Store } from '../../store/index.ts';
import { jobTable, reportLines } from '../../view/index.ts';
import { colour, print, terminalWidth, usage } from '../io.ts';

interface Options {
  job_id?: string;
  store: string;
  json: boolean;
  series: boolean;
  limit: number;
}

/** Opens a store that must be there. */
export function openStore(path: string): Store {
  if (!existsSync(path)) throw new JobsumError('E_INPUT_MISSING', 'there is no store yet', { file: path });
  return new Store(path, SCHEMAS);
}

export function showJob(store: Store, id: string, options: { json: boolean; series: boolean }): void {
  const documents = findDocuments(store, id);
  if (documents.length === 0)
    throw new JobsumError('E_JOB_UNKNOWN', 'no such job in the store', { job: id, file: store.path });
  if (options.json) {
    print(documents.map((d) => JSON.stringify(d)));
    return;
  }
  const width = terminalWidth();
  documents.forEach((document, i) => {
    if (i > 0) print(['']);
    print(reportLines(document, { width, colour: colour(), series: options.series }));
  });
}

export const showCommand: CommandModule<object, Options> = {
  command: 'show [job_id]',
  builder: (y) =>
    y
      .positional('job_id', { type: 'string', describe: 'Job id as accounted, or a document id' })
      .option('store', { type: 'string', requiresArg: true, default: 'jobsum.db', describe: 'Store file' })
      .option('json', { type: 'boolean', default: false, describe: 'The documents, one a line' })
      .option('series', { type: 'boolean', default: false, describe: 'Charts of the time series' })
      .option('limit', { type: 'number', requiresArg: true, default: 50, describe: 'Most jobs listed' })
      .example('$0 show 4711 --series', 'the report with charts') as unknown as Argv<Options>,
  handler: (argv) => {
    const { limit } = argv;
    if (!(Number.isSafeInteger(limit) && limit > 0)) throw usage('--limit: expected a whole number above 0');
    const store = openStore(argv.store);
    try {
      if (argv.job_id !== undefined) showJob(store, String(argv.job_id), argv);
      else {
        const documents = listDocuments(store, limit);
        const more = countDocuments(store) - documents.length;
        print(argv.json ? documents.map((d) => JSON.stringify(d)) : jobTable(documents));
        if (more > 0) process.stderr.write(`jobsum: the latest ${documents.length} jobs; ${more} more with --limit\n`);
      }
    } finally {
      store.close();
    }
  },
};
