// Owns `jobsum archive info` and `jobsum archive dump`.

import type { Argv, CommandModule } from 'yargs';
import { archiveInfo, canonicalDump, dumpSum } from '../../decode/index.ts';
import { JobsumError } from '../../kernel/index.ts';
import { archiveLines } from '../../view/index.ts';
import { complain, print, usage } from '../io.ts';

const infoCommand: CommandModule<object, { archive: string; json: boolean }> = {
  command: 'info <archive>',
  describe: 'Label, span, volumes, metrics and instance counts of an archive',
  builder: (y) =>
    y
      .positional('archive', { type: 'string', demandOption: true, describe: 'Base name, or any file of the archive' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object' }) as Argv<{
      archive: string;
      json: boolean;
    }>,
  handler: ({ archive, json }) => {
    const info = archiveInfo(archive);
    print(json ? [JSON.stringify(info)] : archiveLines(info));
    for (const { code, message, ...place } of info.problems) complain(new JobsumError(code, message, place));
    if (info.problems.some((p) => p.code !== 'E_ARCHIVE_INDEX')) process.exitCode = 65;
  },
};

interface DumpOptions {
  archive: string[];
  canonical?: boolean;
  sum?: boolean;
}

/** One line as tools/canonical_dump.py --sum prints it; an archive that cannot be opened has dashes and its code. */
function sumLine(archive: string): string {
  try {
    const s = dumpSum(archive);
    return [archive, s.version, s.records, s.marks, s.values, s.status, s.sha256].join('\t');
  } catch (error) {
    process.exitCode = complain(error);
    const code = (error as { code?: string }).code ?? 'E_INTERNAL';
    return [archive, '-', '-', '-', '-', code, '-'].join('\t');
  }
}

const dumpCommand: CommandModule<object, DumpOptions> = {
  command: 'dump <archive...>',
  describe: 'Everything an archive holds, in one exact spelling',
  builder: (y) =>
    y
      .positional('archive', { type: 'string', array: true, demandOption: true, describe: 'Archives' })
      .option('canonical', { type: 'boolean', describe: 'The canonical dump, one JSON value a line' })
      .option('sum', { type: 'boolean', describe: 'Counts and SHA-256 of the canonical dump, tab-separated' })
      .conflicts('canonical', 'sum') as unknown as Argv<DumpOptions>,
  handler: ({ archive, canonical, sum }) => {
    if (!canonical && !sum) throw usage('archive dump: say --canonical or --sum');
    if (canonical && archive.length !== 1) throw usage('archive dump --canonical: one archive at a time');
    if (canonical) print(canonicalDump(archive[0]!));
    else for (const a of archive) print([sumLine(a)]);
  },
};

export const archiveCommand: CommandModule = {
  command: 'archive',
  describe: 'Look into PCP archives',
  builder: (y) => y.command(infoCommand).command(dumpCommand).demandCommand(1, 'archive: say info or dump'),
  handler: () => undefined,
};
