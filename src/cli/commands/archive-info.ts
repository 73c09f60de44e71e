// Owns `jobsum archive info`.

import type { Argv, CommandModule } from 'yargs';
import { archiveInfo, resolveArchives } from '../../pcp/index.ts';
import { archiveLines } from '../../view/index.ts';
import { type Bounded, boundOptions } from '../bounds.ts';
import { print } from '../io.ts';
import { limit, report } from './archive-options.ts';

interface Options extends Bounded {
  archive: string;
  json: boolean;
  labels?: boolean;
  texts?: boolean;
  domains?: boolean;
}

export const infoCommand: CommandModule<object, Options> = {
  command: 'info <archive>',
  describe: 'Label, span, volumes, metrics and instance counts of an archive',
  builder: (y) =>
    y
      .positional('archive', { type: 'string', demandOption: true, describe: 'Archive, or a directory of archives' })
      .options(boundOptions)
      .option('labels', { type: 'boolean', default: false, describe: 'Labels too' })
      .option('texts', { type: 'boolean', default: false, describe: 'Help texts too' })
      .option('domains', {
        type: 'boolean',
        default: false,
        describe: 'Instance domains too, with their members over time',
      })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object an archive' }) as Argv<Options>,
  handler: (argv) => showInfo(argv),
};

export function showInfo(options: Options): void {
  limit(options);
  for (const archive of resolveArchives(options.archive)) {
    const info = archiveInfo(archive, options);
    print(options.json ? [JSON.stringify(info)] : archiveLines(info));
    report(info.problems);
  }
}
