// Owns `jobsum archive`: its commands.

import type { CommandModule } from 'yargs';
import { checkCommand } from './archive-check.ts';
import { copyCommand, extractCommand } from './archive-copy.ts';
import { dumpCommand } from './archive-dump.ts';
import { infoCommand } from './archive-info.ts';
import { valuesCommand } from './archive-values.ts';

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
