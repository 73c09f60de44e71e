// Owns `jobsum archive check`: what is wrong with archives, what it costs, what can be done; and which analytics they can feed.

import type { Argv, CommandModule } from 'yargs';
import { feedsOf, SHIPPED } from '../../analytics/index.ts';
import { ERRORS } from '../../kernel/index.ts';
import { archiveInfo, checkArchive, resolveArchives } from '../../pcp/index.ts';
import { checkLines, feedLines } from '../../view/index.ts';
import { type Bounded, boundOptions } from '../bounds.ts';
import { print } from '../io.ts';
import { limit, report } from './archive-options.ts';

interface Options extends Bounded {
  archive: string[];
  json: boolean;
  analytics: boolean;
}

/** By the names and units in the archive's metadata: its records are not read. */
function showFeeds(path: string, json: boolean): void {
  const { archive, metrics, misfits = {}, problems } = archiveInfo(path, { units: SHIPPED.units });
  const names = new Set(metrics.map((m) => m.name));
  const feeds = feedsOf((name) => names.has(name), { misfits });
  print(json ? [JSON.stringify({ archive, analytics: feeds })] : feedLines(archive, feeds));
  report(problems);
}

export const checkCommand: CommandModule<object, Options> = {
  command: 'check <archive...>',
  describe: 'Read archives whole and explain what is wrong with them',
  builder: (y) =>
    y
      .positional('archive', { type: 'string', array: true, demandOption: true, describe: 'Archives or directories' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object an archive' })
      .option('analytics', {
        type: 'boolean',
        default: false,
        describe: 'Say which analytics they can feed instead, and what the others lack',
      })
      .options(boundOptions) as unknown as Argv<Options>,
  handler: (argv) => {
    limit(argv);
    for (const path of argv.archive.flatMap(resolveArchives)) {
      if (argv.analytics) {
        showFeeds(path, argv.json);
        continue;
      }
      const result = checkArchive(path);
      print(argv.json ? [JSON.stringify(result)] : checkLines(result));
      const errors = result.findings.filter((f) => f.severity === 'error');
      // Of what could not be opened its own: one that is not there, or cannot be read, need not be damaged.
      const exit = errors.length === 0 ? 0 : result.opened ? 65 : ERRORS[errors[0]!.code].exit;
      process.exitCode = Math.max(Number(process.exitCode ?? 0), exit);
    }
  },
};
