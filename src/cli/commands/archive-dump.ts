// Owns `jobsum archive dump`: for people, as NDJSON, or in the one exact spelling.

import type { Argv, CommandModule } from 'yargs';
import { counted, JobsumError, type Problem } from '../../kernel/index.ts';
import {
  canonicalDump,
  checkArchive,
  DAMAGED,
  type DumpTotals,
  dumpSum,
  globMatcher,
  openArchive,
  resolveArchives,
} from '../../pcp/index.ts';
import { filterInstances, recordJson, recordLines } from '../../view/index.ts';
import { complain, print, usage } from '../io.ts';
import { limit, notNothing, report, type Windowed, windowOf, windowOptions } from './archive-options.ts';

interface Options extends Windowed {
  archive: string[];
  canonical?: boolean;
  sum?: boolean;
  ndjson?: boolean;
  instance?: string[];
}

/** Without --salvage a canonical dump ends where PCP's does; what it does not have is counted. */
function reportDump(path: string, salvage: boolean, problems: readonly Problem[], dumped: DumpTotals): void {
  report(problems);
  if (salvage || dumped.status !== DAMAGED) return;
  const all = checkArchive(path);
  const behind = all.records - dumped.records;
  const saved = all.salvage ? `, ${behind + all.salvage.records} with --salvage` : '';
  process.stderr.write(
    `jobsum: the dump ends at the first damage, as PCP's does, with ${counted(dumped.records, 'record')}; ${behind} more with ${counted(all.values - dumped.values, 'value')} can be read behind it (dump without --canonical, values)${saved}\n`,
  );
}

/** One line as tools/canonical_dump.py --sum prints it; an archive that cannot be opened has dashes and its code. */
function sumLine(archive: string, salvage: boolean): string {
  try {
    const s = dumpSum(archive, { strict: !salvage, salvage, onProblems: (p, t) => reportDump(archive, salvage, p, t) });
    return [archive, s.version, s.records, s.marks, s.values, s.status, s.sha256].join('\t');
  } catch (error) {
    process.exitCode = complain(error);
    const code = (error as { code?: string }).code ?? 'E_INTERNAL';
    return [archive, '-', '-', '-', '-', code, '-'].join('\t');
  }
}

/** A directory without archives is reported like an archive that is not there. */
function* sumLines(archive: string, salvage: boolean): Generator<string> {
  let bases = [archive];
  try {
    bases = resolveArchives(archive);
  } catch {
    // The line says so.
  }
  for (const base of bases) yield sumLine(base, salvage);
}

function* lines(argv: Options): Generator<string> {
  const archive = openArchive(argv.archive.join(','), { salvage: argv.salvage === true });
  report(archive.problems);
  const patterns = (argv.instance ?? []).map((text) => ({ text, matches: globMatcher([text]), met: false }));
  const takes = (name: string): boolean => {
    const met = patterns.filter((p) => p.matches(name));
    for (const p of met) p.met = true;
    return met.length > 0;
  };
  for (const record of archive.records({ ...windowOf(argv), bigint: true, onProblems: report })) {
    const sets = argv.instance ? filterInstances(record, takes) : record.sets;
    if (argv.instance && !record.mark && sets.length === 0) continue;
    if (argv.ndjson) yield recordJson(record, sets);
    else yield* recordLines(record, sets);
  }
  const missing = patterns.filter((p) => !p.met).map((p) => p.text);
  if (missing.length === 0) return;
  const place = { file: argv.archive.join(','), expected: missing.join(' ') };
  throw new JobsumError('E_NAME_UNKNOWN', 'the records have no such instance', place);
}

export const dumpCommand: CommandModule<object, Options> = {
  command: 'dump <archive...>',
  describe: 'The records of an archive, or of several of a host as one',
  builder: (y) =>
    windowOptions(
      y.positional('archive', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Base, any file of the archive, or a directory',
      }),
    )
      .option('ndjson', { type: 'boolean', describe: 'One JSON object a record' })
      .option('instance', { type: 'string', array: true, requiresArg: true, describe: 'Only these instances (globs)' })
      .option('canonical', { type: 'boolean', describe: 'Everything, in one exact spelling' })
      .option('sum', { type: 'boolean', describe: 'Counts and SHA-256 of the canonical dump, tab-separated' })
      .conflicts('canonical', ['sum', 'ndjson', 'from', 'to', 'metric', 'instance'])
      .conflicts('sum', ['ndjson', 'from', 'to', 'metric', 'instance'])
      .example(
        '$0 archive dump /pcp/n1/20260302 --metric mem.util --from 2026-03-02T10:00',
        '',
      ) as unknown as Argv<Options>,
  handler: (argv) => {
    const { archive, canonical, sum, salvage = false } = argv;
    const bases = canonical ? archive.flatMap(resolveArchives) : archive;
    if (canonical && bases.length !== 1) throw usage('archive dump --canonical: one archive at a time');
    limit(argv);
    const onProblems = (problems: readonly Problem[], totals: DumpTotals): void =>
      reportDump(bases[0]!, salvage, problems, totals);
    if (canonical) print(canonicalDump(bases[0]!, { strict: !salvage, salvage, onProblems }));
    else if (sum) for (const a of archive) print(sumLines(a, salvage));
    else print(notNothing('records', bases.join(','), lines(argv)));
  },
};
