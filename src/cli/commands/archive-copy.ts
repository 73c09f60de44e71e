// Owns `jobsum archive extract` and `jobsum archive copy`: new archives from old ones.

import type { Argv, CommandModule } from 'yargs';
import { counted } from '../../kernel/index.ts';
import { type CopyResult, copyArchive } from '../../pcp/index.ts';
import { type Bounded, boundOptions } from '../bounds.ts';
import { print, usage } from '../io.ts';
import { limit, report, type Salvaging, salvage, type Windowed, windowOf, windowOptions } from './archive-options.ts';

interface Reported {
  archive: string;
  output: string;
  json?: boolean;
}

const json = { type: 'boolean', default: false, describe: 'What was copied, and what was not, as JSON' } as const;

/** Problems go to standard error; with --json, what was copied to standard output. */
function printResult({ archive, output, json }: Reported, result: CopyResult): void {
  if (json) print([JSON.stringify({ archive, output, ...result })]);
  report(result.problems);
  if (result.problems.length > 0)
    process.stderr.write(
      `jobsum: ${counted(result.records, 'record')} with ${counted(result.values, 'value')} copied; add --salvage to look for more behind damage, or run jobsum archive check ${archive} to see what is wrong\n`,
    );
}

interface ExtractOptions extends Windowed, Reported {}

export const extractCommand: CommandModule<object, ExtractOptions> = {
  command: 'extract <archive> <output>',
  describe: 'A window of time and some metrics into a new archive',
  builder: (y) =>
    windowOptions(
      y
        .positional('archive', {
          type: 'string',
          demandOption: true,
          describe: 'Archive, directory, or a list with commas',
        })
        .positional('output', { type: 'string', demandOption: true, describe: 'Base name of the new archive' })
        .option('json', json),
    ) as unknown as Argv<ExtractOptions>,
  handler: (argv) => {
    limit(argv);
    printResult(argv, copyArchive(argv.archive, argv.output, { ...windowOf(argv), salvage: argv.salvage === true }));
  },
};

interface CopyOptions extends Bounded, Salvaging, Reported {
  to: 'v2' | 'v3';
}

export const copyCommand: CommandModule<object, CopyOptions> = {
  command: 'copy <archive> <output>',
  describe: 'The whole archive as version 2 or 3, uncompressed',
  builder: (y) =>
    y
      .positional('archive', { type: 'string', demandOption: true, describe: 'Base name, or any file of the archive' })
      .positional('output', { type: 'string', demandOption: true, describe: 'Base name of the new archive' })
      .option('to', { choices: ['v2', 'v3'] as const, demandOption: true, describe: 'Version of the new archive' })
      .option('json', json)
      .option('salvage', salvage)
      .options(boundOptions) as unknown as Argv<CopyOptions>,
  handler: (argv) => {
    limit(argv);
    if (argv.archive.includes(',')) throw usage('archive copy: one archive at a time; extract merges several');
    const version = argv.to === 'v2' ? 2 : 3;
    printResult(argv, copyArchive(argv.archive, argv.output, { version, whole: true, salvage: argv.salvage === true }));
  },
};
