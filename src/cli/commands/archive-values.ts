// Owns `jobsum archive values`: single metrics as a table, CSV or JSON.

import type { Argv, CommandModule } from 'yargs';
import { JobsumError } from '../../kernel/index.ts';
import { globMatcher, openArchive } from '../../pcp/index.ts';
import { sampleLines, samplesOf } from '../../view/index.ts';
import { maxVolumeBytes, print } from '../io.ts';
import { type Limited, limit, report, windowOf } from './archive-options.ts';

interface Options extends Limited {
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
    y
      .positional('archive', {
        type: 'string',
        demandOption: true,
        describe: 'Archive, directory, or a list with commas',
      })
      .positional('metric', { type: 'string', array: true, demandOption: true, describe: 'Names, prefixes or globs' })
      .option('rate', { type: 'boolean', default: false, describe: 'Counters as change per second' })
      .option('csv', { type: 'boolean', describe: 'CSV with a header' })
      .option('json', { type: 'boolean', describe: 'One JSON object a sample' })
      .option('from', { type: 'string', requiresArg: true, describe: 'Only samples at or after this time' })
      .option('to', { type: 'string', requiresArg: true, describe: 'Only samples at or before this time' })
      .option('max-volume-bytes', maxVolumeBytes)
      .conflicts('csv', 'json')
      .example('$0 archive values /pcp/n1/20260302 kernel.all.load --csv', '') as unknown as Argv<Options>,
  handler: (argv) => {
    limit(argv);
    const archive = openArchive(argv.archive);
    report(archive.problems);
    if (!archive.metrics.some((m) => globMatcher(argv.metric)(m.name))) {
      throw new JobsumError('E_INPUT_MISSING', 'the archive has no such metric', {
        file: argv.archive,
        expected: argv.metric.join(' '),
      });
    }
    const records = archive.records({ ...windowOf(argv), metrics: argv.metric, onProblems: report });
    print(sampleLines(samplesOf(records, argv.rate), argv.json ? 'json' : argv.csv ? 'csv' : 'table'));
  },
};
