// Owns `jobsum archive check`: what is wrong with archives, what it costs, what can be done.

import type { Argv, CommandModule } from 'yargs';
import { checkArchive, resolveArchives } from '../../decode/index.ts';
import { checkLines } from '../../view/index.ts';
import { maxVolumeBytes, print } from '../io.ts';
import { type Limited, limit } from './archive-options.ts';

interface Options extends Limited {
  archive: string[];
  json: boolean;
}

export const checkCommand: CommandModule<object, Options> = {
  command: 'check <archive...>',
  describe: 'Read archives whole and explain what is wrong with them',
  builder: (y) =>
    y
      .positional('archive', { type: 'string', array: true, demandOption: true, describe: 'Archives or directories' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object an archive' })
      .option('max-volume-bytes', maxVolumeBytes) as unknown as Argv<Options>,
  handler: (argv) => {
    limit(argv);
    for (const path of argv.archive.flatMap(resolveArchives)) {
      const result = checkArchive(path);
      print(argv.json ? [JSON.stringify(result)] : checkLines(result));
      if (result.findings.some((f) => f.severity === 'error')) process.exitCode = 65;
    }
  },
};
