// Owns `jobsum archive`: its commands, and `archive info`.

import type { Argv, CommandModule } from 'yargs';
import { archiveInfo } from '../../decode/index.ts';
import { archiveLines } from '../../view/index.ts';
import { maxVolumeBytes, print } from '../io.ts';
import { checkCommand } from './archive-check.ts';
import { copyCommand, extractCommand } from './archive-copy.ts';
import { dumpCommand } from './archive-dump.ts';
import { type Limited, limit, report } from './archive-options.ts';
import { valuesCommand } from './archive-values.ts';

const infoCommand: CommandModule<object, Limited & { archive: string; json: boolean }> = {
  command: 'info <archive>',
  describe: 'Label, span, volumes, metrics and instance counts of an archive',
  builder: (y) =>
    y
      .positional('archive', { type: 'string', demandOption: true, describe: 'Base name, or any file of the archive' })
      .option('max-volume-bytes', maxVolumeBytes)
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object' }) as Argv<
      Limited & { archive: string; json: boolean }
    >,
  handler: (argv) => {
    limit(argv);
    const info = archiveInfo(argv.archive);
    print(argv.json ? [JSON.stringify(info)] : archiveLines(info));
    report(info.problems);
  },
};

export const archiveCommand: CommandModule = {
  command: 'archive',
  builder: (y) =>
    y
      .command(infoCommand)
      .command(dumpCommand)
      .command(valuesCommand)
      .command(checkCommand)
      .command(extractCommand)
      .command(copyCommand)
      .demandCommand(1, 'archive: say info, dump, values, check, extract or copy'),
  handler: () => undefined,
};
