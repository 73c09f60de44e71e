// Owns `jobsum setup collector`: files for the compute nodes, and what to do with them.

import type { Argv, CommandModule } from 'yargs';
import { clean } from '../../kernel/index.ts';
import { nodeFiles, PLAIN_WORD, placeFiles } from '../../setup/index.ts';
import { ask } from '../ask.ts';
import { durationOf, durationOption } from '../duration.ts';
import { print, usage } from '../io.ts';

interface Options {
  dir: string;
  archives?: string;
  'node-config': string;
  interval: string;
  yes: boolean;
  json: boolean;
}

/** An absolute path that a control file (no quoting there) and strftime leave as it is. */
function plainPath(name: string, path: string): string {
  if (!path.startsWith('/') || !PLAIN_WORD.test(path))
    throw usage(`${name}: expected an absolute path of letters, digits and ._-+@, found ${JSON.stringify(path)}`);
  return path.replace(/\/+$/, '') || '/';
}

function steps(archives: string): string[] {
  return [
    '',
    'On each node:',
    '  1. copy the files to their places;',
    `  2. let the user pcp write below ${archives}, and put whoever runs jobsum into its group: archives are 0640;`,
    "  3. in /etc/pcp/pmcd/pmcd.conf add -A to the line of pmdaproc ('… pmdaproc -A -d 3'): without it nobody's",
    '     processes but its own are seen, and no job has a list of processes;',
    '  4. in slurm.conf: Prolog=/etc/slurm/prolog.d/*  Epilog=/etc/slurm/epilog.d/*  PrologFlags=Alloc;',
    '  5. restart pmcd and pmlogger. Agents for GPUs, InfiniBand, Lustre, GPFS and IPMI are installed one by one.',
    '',
    'Keep archives for the longest wall time, accounting and a week of retries: pmlogger_daily -k does so for the',
    `node's own; for those of jobs: find ${archives} -mindepth 4 -name 'job-*' -mtime +30 -delete`,
  ];
}

export const setupCollectorCommand: CommandModule<object, Options> = {
  command: 'collector',
  describe: 'Write what compute nodes need: pmlogger configuration, Slurm prolog and epilog, hotproc',
  builder: (y) =>
    y
      .option('dir', { type: 'string', requiresArg: true, default: 'jobsum-collector', describe: 'Where to write' })
      .option('archives', {
        type: 'string',
        requiresArg: true,
        describe: 'Root of the tree of archives as the nodes see it (default /var/log/pcp/jobsum)',
      })
      .option('node-config', {
        type: 'string',
        requiresArg: true,
        default: '/etc/pcp/jobsum',
        describe: 'Directory of the pmlogger configurations on the nodes',
      })
      .option('interval', { ...durationOption('Time between samples'), default: '30s' })
      .option('yes', { type: 'boolean', default: false, describe: 'Ask nothing, write over what is there' })
      .option('json', { type: 'boolean', default: false, describe: 'The files as JSON' })
      .example('$0 setup collector --dir nodes --archives /scratch/pcp', '') as unknown as Argv<Options>,
  handler: async (argv) => {
    const interval = durationOf('interval', argv.interval)!;
    if (!Number.isInteger(interval) || interval < 1 || interval > 3600)
      throw usage('--interval: expected whole seconds from 1s to 1h');
    const given =
      argv.archives ?? (await ask('Root of the tree of archives as the nodes see it', '/var/log/pcp/jobsum', argv.yes));
    const archives = plainPath('--archives', given);
    const config = plainPath('--node-config', argv['node-config']);
    const files = nodeFiles({ archives, config, interval });
    const placed = placeFiles(argv.dir, files, argv.yes);
    if (argv.json) {
      const list = placed.map(({ path, state }, i) => ({ path, state, place: files[i]!.place }));
      print([JSON.stringify({ directory: argv.dir, archives, interval, files: list })]);
      return;
    }
    print([...placed.map(({ path, state }, i) => `${state.padEnd(9)} ${clean(path)}  →  ${files[i]!.place}`)]);
    print(steps(archives));
  },
};
