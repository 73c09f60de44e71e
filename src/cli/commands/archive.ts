// Owns `jobsum archive info` and `jobsum archive dump`.

import type { Argv, CommandModule } from 'yargs';
import { archiveInfo, canonicalDump, dumpSum, limits, MAX_VOLUME_BYTES } from '../../decode/index.ts';
import { JobsumError, type Problem } from '../../kernel/index.ts';
import { archiveLines } from '../../view/index.ts';
import { checkVolumeBytes, complain, maxVolumeBytes, print, usage } from '../io.ts';

interface Limited {
  'max-volume-bytes'?: number;
}

/** Says what was wrong. A bad index harms nothing; anything else makes the exit code 65. */
function report(problems: readonly Problem[]): void {
  for (const { code, message, ...place } of problems) complain(new JobsumError(code, message, place));
  if (problems.some((p) => p.code !== 'E_ARCHIVE_INDEX')) process.exitCode = 65;
}

const limit = (argv: Limited): void => {
  limits.maxVolumeBytes = checkVolumeBytes(argv['max-volume-bytes']) ?? MAX_VOLUME_BYTES;
};

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

interface DumpArguments extends Limited {
  archive: string[];
  canonical?: boolean;
  sum?: boolean;
  salvage: boolean;
}

/** One line as tools/canonical_dump.py --sum prints it; an archive that cannot be opened has dashes and its code. */
function sumLine(archive: string, strict: boolean): string {
  try {
    const s = dumpSum(archive, { strict, onProblems: report });
    return [archive, s.version, s.records, s.marks, s.values, s.status, s.sha256].join('\t');
  } catch (error) {
    process.exitCode = complain(error);
    const code = (error as { code?: string }).code ?? 'E_INTERNAL';
    return [archive, '-', '-', '-', '-', code, '-'].join('\t');
  }
}

const dumpCommand: CommandModule<object, DumpArguments> = {
  command: 'dump <archive...>',
  describe: 'Everything an archive holds, in one exact spelling',
  builder: (y) =>
    y
      .positional('archive', { type: 'string', array: true, demandOption: true, describe: 'Archives' })
      .option('canonical', { type: 'boolean', describe: 'The canonical dump, one JSON value a line' })
      .option('sum', { type: 'boolean', describe: 'Counts and SHA-256 of the canonical dump, tab-separated' })
      .option('salvage', {
        type: 'boolean',
        default: false,
        describe: 'Also read what is good of archives that PCP refuses to open',
      })
      .option('max-volume-bytes', maxVolumeBytes)
      .conflicts('canonical', 'sum') as unknown as Argv<DumpArguments>,
  handler: (argv) => {
    const { archive, canonical, sum, salvage } = argv;
    if (!canonical && !sum) throw usage('archive dump: say --canonical or --sum');
    if (canonical && archive.length !== 1) throw usage('archive dump --canonical: one archive at a time');
    limit(argv);
    if (canonical) print(canonicalDump(archive[0]!, { strict: !salvage, onProblems: report }));
    else for (const a of archive) print([sumLine(a, !salvage)]);
  },
};

export const archiveCommand: CommandModule = {
  command: 'archive',
  describe: 'Look into PCP archives',
  builder: (y) => y.command(infoCommand).command(dumpCommand).demandCommand(1, 'archive: say info or dump'),
  handler: () => undefined,
};
