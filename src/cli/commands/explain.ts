// Owns `jobsum explain JOB`: every stage of one job, and what to do.

import type { Argv, CommandModule } from 'yargs';
import type { Explained } from '../../answers/index.ts';
import { explain, fromFile, type KnownJobAtSite, knownAtSite, openSite, treeOf } from '../../answers/index.ts';
import { catalogsOf } from '../../catalog/index.ts';
import { loadSite } from '../../config/index.ts';
import { MEMORY } from '../../databases/index.ts';
import { ERRORS, fromProblem, JobsumError, systemClock } from '../../kernel/index.ts';
import { adviceOn, explainLines, passedOverLines } from '../../view/index.ts';
import { type Clocked, print } from '../io.ts';
import { configOption, storeToRead } from '../site.ts';

type Known = Partial<KnownJobAtSite>;

interface Options extends Clocked {
  job: string;
  config?: string;
  store: string;
  jobs?: string;
  archives?: string;
  'min-node-fraction'?: number;
  json: boolean;
}

export const explainCommand: CommandModule<object, Options> = {
  command: 'explain <job>',
  builder: (y) =>
    y
      .positional('job', { type: 'string', demandOption: true, describe: 'Job id as accounted, raw or shown' })
      .option('config', { ...configOption, describe: 'A configured site: its warehouse, MongoDB and archives' })
      .option('store', { type: 'string', requiresArg: true, default: 'jobsum.db', describe: 'Store file' })
      .option('jobs', { type: 'string', requiresArg: true, describe: 'List of jobs, for one that has no document yet' })
      .option('archives', {
        type: 'string',
        requiresArg: true,
        describe: 'Tree of archives (default: those in the store)',
      })
      .option('min-node-fraction', { type: 'number', requiresArg: true, describe: 'As given to summarize' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object' }) as unknown as Argv<Options>,
  handler: async (argv) => {
    const { clock = systemClock } = argv;
    const opened = argv.config === undefined ? null : await openSite(loadSite(argv.config), clock);
    const store = opened?.store ?? storeToRead(null, argv.store, argv.jobs !== undefined);
    let runs: Explained[];
    let found: Known;
    try {
      found = opened ? await knownAtSite(opened, argv.job) : {};
      if (argv.jobs !== undefined) found = { ...found, ...(await fromFile({ path: argv.jobs }, argv.job)) };
      const given = argv.archives === undefined ? (found.archives ?? []) : [treeOf(store, argv.archives, clock)];
      const archives = given.length > 0 ? given : catalogsOf(store).map(({ root }) => treeOf(store, root, clock));
      // Without a store nothing is known of the tree before it has been looked through.
      if (store.path === MEMORY && argv.archives !== undefined) await archives[0]!.catalog.refresh();
      runs = await explain(argv.job, {
        ...{ jobs: [], ...found, store, archives },
        ...(argv['min-node-fraction'] === undefined ? {} : { minNodeFraction: argv['min-node-fraction'] }),
      });
    } finally {
      if (opened) await opened.close();
      else store.close();
    }
    const { passedOver = [] } = found;
    if (runs.length === 0 && passedOver.length > 0) {
      print(argv.json ? [JSON.stringify({ job: argv.job, runs, passedOver })] : passedOverLines(passedOver));
      return;
    }
    if (runs.length === 0 && found.unread) throw fromProblem(found.unread);
    if (runs.length === 0) {
      throw new JobsumError('E_JOB_UNKNOWN', 'neither a document nor accounting has this job', {
        job: argv.job,
        file: store.path,
        ...(opened || argv.jobs !== undefined
          ? {}
          : { expected: 'a job in the store; for others give --config DIR or --jobs FILE' }),
      });
    }
    const unread = runs.find((r) => r.unread)?.unread;
    if (unread) process.exitCode = ERRORS[unread.code].exit;
    print(
      argv.json
        ? [JSON.stringify({ job: argv.job, runs: runs.map((r) => ({ ...r, advice: adviceOn(r, clock()) })) })]
        : explainLines(runs, clock()),
    );
  },
};
