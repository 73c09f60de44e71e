// Owns `jobsum archive values`: single metrics as a table, CSV or JSON.

import type { Argv, CommandModule } from 'yargs';
import { openArchive } from '../../pcp/index.ts';
import { sampleLines, samplesOf } from '../../view/index.ts';
import { print } from '../io.ts';
import { type Limited, limit, report, type Salvaging, timeOptions, windowOf } from './archive-options.ts';

interface Options extends Limited, Salvaging {
  archive: string;
  metric: string[];
  rate: boolean;
  csv?: boolean;
  json?: boolean;
  from?: string;
  to?: string;
}

export const valuesCommand: CommandModule<object, Options> = {
  command: 'values <archive> <metric...>',
  describe: 'Values of metrics, a sample a line',
  builder: (y) =>
    timeOptions(y)
      .positional('archive', {
        type: 'string',
        demandOption: true,
        describe: 'Archive, directory, or a list with commas',
      })
      .positional('metric', { type: 'string', array: true, demandOption: true, describe: 'Names, prefixes or globs' })
      .option('rate', { type: 'boolean', default: false, describe: 'Counters as change per second' })
      .option('csv', { type: 'boolean', describe: 'CSV with a header' })
      .option('json', { type: 'boolean', describe: 'One JSON object a sample' })
      .conflicts('csv', 'json')
      .example('$0 archive values /pcp/n1/20260302 kernel.all.load --csv', '') as unknown as Argv<Options>,
  handler: (argv) => {
    limit(argv);
    const archive = openArchive(argv.archive, { salvage: argv.salvage === true });
    report(archive.problems);
    const records = archive.records({ ...windowOf(argv), metrics: argv.metric, bigint: true, onProblems: report });
    print(sampleLines(samplesOf(records, argv.rate), argv.json ? 'json' : argv.csv ? 'csv' : 'table'));
  },
};
