// Owns `jobsum demo`: the main job on the shipped fixtures, what `npm start` runs.

import type { CommandModule } from 'yargs';
import { packageFile } from '../../kernel/index.ts';
import { jobTable, table } from '../../view/index.ts';
import { calledAs, print } from '../io.ts';
import { showJob, storeShelf } from './show.ts';
import { runWithTerminal } from './summarize.ts';

const CLUSTER = packageFile('fixtures/cluster');

export const demoCommand: CommandModule<object, { store: string; job: string }> = {
  command: 'demo',
  builder: (y) =>
    y
      .option('store', { type: 'string', requiresArg: true, default: 'jobsum.db', describe: 'Store file' })
      .option('job', { type: 'string', requiresArg: true, default: '1004', describe: 'Job to report on' }),
  handler: async ({ store: path, job }) => {
    await runWithTerminal(
      {
        jobs: `${CLUSTER}/jobs.sacct`,
        archives: `${CLUSTER}/archives`,
        outputs: [`sqlite:${path}`],
        workers: 2,
        again: true,
      },
      { quiet: false, verbose: false },
    );
    const shelf = storeShelf(path);
    try {
      print([...jobTable((await shelf.latest(50)).documents), '']);
      await showJob(shelf, job, { json: false, series: true });
    } finally {
      await shelf.close();
    }
    const program = calledAs();
    const hints = [
      [`show --store ${path}`, 'the table of jobs'],
      [`show ${job} --json --store ${path}`, 'the whole document'],
      ['archive info FILE', 'what an archive holds, without PCP'],
      ['summarize --help', 'your own jobs and archives'],
    ];
    print([
      '',
      'The documents are in the store. Try next:',
      ...table(hints.map(([words, what]) => [`  ${program} ${words}`, what!])),
    ]);
  },
};
