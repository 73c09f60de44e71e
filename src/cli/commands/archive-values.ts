// Owns `jobsum archive values`: single metrics as a table, CSV or JSON.

import type { Argv, CommandModule } from 'yargs';
import { counted, formatSeconds, JobsumError, NS } from '../../kernel/index.ts';
import { openArchive } from '../../pcp/index.ts';
import { sampleLines, samplesOf } from '../../view/index.ts';
import type { Bounded } from '../bounds.ts';
import { complain, print, usage } from '../io.ts';
import { limit, notNothing, report, type Salvaging, timeOptions, windowOf } from './archive-options.ts';

/** Most counters that went back which are named. */
const MAX_NAMED = 20;

interface Options extends Bounded, Salvaging {
  archive: string;
  metric: string[];
  rate: boolean;
  csv?: boolean;
  json?: boolean;
  from?: string;
  to?: string;
}

export const valuesCommand: CommandModule<object, Options> = {
  command: 'values <archive> [metric...]',
  describe: 'Values of metrics, a sample a line',
  builder: (y) =>
    timeOptions(y)
      .positional('archive', {
        type: 'string',
        demandOption: true,
        describe: 'Archive, directory, or a list with commas',
      })
      .positional('metric', { type: 'string', array: true, default: [], describe: 'Names, prefixes or globs' })
      .option('rate', { type: 'boolean', default: false, describe: 'Counters as change per second' })
      .option('csv', { type: 'boolean', describe: 'CSV with a header' })
      .option('json', { type: 'boolean', describe: 'One JSON object a sample' })
      .conflicts('csv', 'json')
      .example('$0 archive values /pcp/n1/20260302 kernel.all.load --csv', '') as unknown as Argv<Options>,
  handler: (argv) => {
    limit(argv);
    if (argv.metric.length === 0)
      throw usage(`archive values: which metrics? jobsum archive info ${argv.archive} lists those it has`);
    const archive = openArchive(argv.archive, { salvage: argv.salvage === true });
    report(archive.problems);
    const records = archive.records({ ...windowOf(argv), metrics: argv.metric, bigint: true, onProblems: report });
    const restarts = new Map<string, { count: number; first: bigint }>();
    const samples = samplesOf(records, argv.rate, ({ metric, instance, ns }) => {
      const name = instance === '' ? metric : `${metric}[${instance}]`;
      const known = restarts.get(name);
      restarts.set(name, { count: (known?.count ?? 0) + 1, first: known?.first ?? ns });
    });
    const found = notNothing(argv.rate ? 'rates' : 'values', argv.archive, samples);
    print(sampleLines(found, argv.json ? 'json' : argv.csv ? 'csv' : 'table'));
    // Not a fault of the archive: the exit code stays.
    for (const [name, { count, first }] of [...restarts].slice(0, MAX_NAMED)) {
      const message = `${name} went back ${counted(count, 'time')}, first at ${formatSeconds(Number(first / NS))} UTC: no rates there`;
      complain(new JobsumError('E_COUNTER_RESET', message));
    }
    if (restarts.size > MAX_NAMED)
      complain(
        new JobsumError('E_COUNTER_RESET', `and ${counted(restarts.size - MAX_NAMED, 'more counter')} went back`),
      );
  },
};
