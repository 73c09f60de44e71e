// Owns checking an archive: every finding with its place, what it costs, and what can be done.

import { statSync } from 'node:fs';
import { counted, ERRORS, formatSeconds, type Problem, toProblem } from '../../kernel/index.ts';
import { EARLIEST, LATEST, problemsWithin, refusedByPcp } from '../archive/findings.ts';
import { BEGINS_NOWHERE } from '../archive/index-file.ts';
import { pmidText } from '../archive/metric.ts';
import { ArchiveReader } from '../archive/reader.ts';
import { NEVER } from '../archive/records.ts';
import { UNDESCRIBED } from '../archive/undescribed.ts';
import { isPacked } from '../files/source.ts';
import * as L from '../wasm/layout.gen.ts';
import { Wasm } from '../wasm/wasm.ts';
import { doubledDomains, oddDescriptors, oddIndex } from './check-metadata.ts';
import { RecordTally, type Sightings } from './check-records.ts';

/** Something wrong or odd about an archive. */
export interface Finding extends Problem {
  /** error: data are lost, or PCP would not read it. warning: odd, and nothing is lost. */
  readonly severity: 'error' | 'warning';
  readonly lost: string;
  readonly advice: string;
}

/** What reading on behind the damage would give. */
export interface Salvage {
  /** Records and values beyond those before the damage. */
  readonly records: number;
  readonly values: number;
  /** Time of the last record, ISO 8601; null if there is none. */
  readonly last: string | null;
  /** Bytes of the volumes that stay lost. */
  readonly lostBytes: number;
}

/** What is in an archive, and what is wrong with it. */
export interface CheckResult {
  readonly archive: string;
  readonly opened: boolean;
  readonly records: number;
  readonly marks: number;
  /** Records that have only metrics that others have at the same time, and so do not count. */
  readonly repeated: number;
  readonly values: number;
  /** Time of the last good record, ISO 8601; null if there is none. */
  readonly last: string | null;
  /** null if nothing is damaged, or nothing could be gained. */
  readonly salvage: Salvage | null;
  readonly findings: readonly Finding[];
}

/** What a problem of a code costs, where that does not depend on the archive. */
const LOST: Partial<Record<Problem['code'], string>> = {
  E_ARCHIVE_META: 'metrics or instance names described by this record, and those behind it if its frame is damaged',
  E_ARCHIVE_RECORD: 'the value sets that are not sound, or the record where its sets cannot be separated',
  E_ARCHIVE_CLOCK: 'these records',
  E_ARCHIVE_CONFLICT: 'the later description; values of the metric are read by the earlier one',
  E_ARCHIVE_INDEX: 'nothing: the data are read without the index, from the beginning',
  E_ARCHIVE_UNPACK: 'what cannot be unpacked',
  E_ARCHIVE_LIMIT: 'what exceeds the limit',
  E_ARCHIVE_VOLUME: 'the records of the missing volumes',
};
/** As LOST, where it depends on the kind of record. */
const LOST_BY_RECORD: Readonly<Record<string, string>> = {
  'E_ARCHIVE_INDEX label': 'nothing: the data are read without the index; PCP does not open the archive',
  'E_ARCHIVE_META label set': 'the labels in this record; PCP does not open the archive',
  'E_ARCHIVE_CLOCK time step': 'nothing',
  'E_ARCHIVE_META help text': 'the help text in this record; PCP does not open the archive',
};
const STOPS = /^E_ARCHIVE_(TRUNCATED|LENGTH|TRAILER|UNPACK|LIMIT)$/;
const NOTHING = 'nothing';

function finding(problem: Problem, severity: Finding['severity'] = 'error', lost?: string, advice?: string): Finding {
  const { code, record } = problem;
  const harmless = (code === 'E_ARCHIVE_INDEX' && !refusedByPcp(problem)) || code === 'E_ARCHIVE_CLOCK';
  return {
    ...problem,
    severity: harmless ? 'warning' : severity,
    lost: lost ?? LOST_BY_RECORD[`${code} ${record}`] ?? LOST[code] ?? 'all of it',
    advice: advice ?? ERRORS[problem.code].advice,
  };
}

const timeText = (ns: bigint): string | null => (ns === NEVER ? null : formatSeconds(Number(ns / 1_000_000n) / 1000));

/** Reads all of an archive and says what is wrong with it. Throws nothing: what cannot be opened is a finding. */
export function checkArchive(path: string): CheckResult {
  const before = read(path, false);
  if ('code' in before) {
    const none = { records: 0, marks: 0, repeated: 0, values: 0, last: null };
    // What there is no room for is no less with what lies behind damage.
    const salvage = before.code === 'E_ARCHIVE_LIMIT' ? null : saved(path, none);
    return { archive: path, opened: false, ...none, salvage, findings: [stopFinding(before, salvage, '')] };
  }
  const { tally, problems, odd } = before;
  const { records, marks, values } = tally;
  const counts = { records, marks, repeated: tally.repeated.count, values, last: timeText(tally.lastNs) };
  const damaged = problems.some(
    (p) => STOPS.test(p.code) || p.code === 'E_ARCHIVE_META' || p.code === 'E_ARCHIVE_LABEL',
  );
  const salvage = damaged ? saved(path, counts) : null;
  const found = problems.map((p) => (STOPS.test(p.code) ? stopFinding(p, salvage, before.behind(p)) : finding(p)));
  return { archive: path, opened: true, ...counts, salvage, findings: [...found, ...odd] };
}

/** Damage that reading stops at: what that costs is what lies behind it, less what salvage gets back. */
function stopFinding(problem: Problem, salvage: Salvage | null, behind: string): Finding {
  const advice = ERRORS[problem.code].advice;
  const tail = problem.code === 'E_ARCHIVE_TRUNCATED';
  if (salvage) {
    const lost = `${behind || 'all of it'}; --salvage gets back ${salvage.records} records with ${salvage.values} values`;
    return finding(problem, 'error', lost, `${advice} Read on behind it with --salvage, or copy with it.`);
  }
  return finding(problem, 'error', behind === '' ? undefined : tail ? `the incomplete record: ${behind}` : behind);
}

interface Reading {
  readonly tally: RecordTally;
  readonly problems: readonly Problem[];
  readonly lostBytes: number;
  readonly odd: readonly Finding[];
  /** Bytes from a place on, in words. */
  readonly behind: (place: Problem) => string;
}

function read(path: string, salvage: boolean): Reading | Problem {
  const wasm = new Wasm();
  wasm.x.openSession(0);
  let reader: ArchiveReader;
  try {
    reader = new ArchiveReader(wasm, path, { salvage, readOn: true, annotations: true });
    reader.clock?.judge();
  } catch (error) {
    return toProblem(error);
  }
  try {
    const tally = new RecordTally(wasm, reader);
    const lostBytes = reader.gaps.reduce((sum, g) => sum + g.to - g.from, 0);
    const odd = salvage ? [] : [...oddities(wasm, reader, tally)];
    return {
      tally,
      problems: problemsWithin(reader.dated(), EARLIEST, LATEST),
      lostBytes,
      odd,
      behind: (p) => bytesBehind(reader, p),
    };
  } finally {
    reader.close();
  }
}

/** What salvage gives beyond `counts`; null if that is nothing. */
function saved(path: string, counts: { readonly records: number; readonly values: number }): Salvage | null {
  const more = read(path, true);
  if ('code' in more) return null;
  const { tally, lostBytes } = more;
  const records = tally.records - counts.records;
  const values = tally.values - counts.values;
  return records > 0 || values > 0 ? { records, values, last: timeText(tally.lastNs), lostBytes } : null;
}

function bytesBehind({ files, gaps }: ArchiveReader, { volume, offset }: Problem): string {
  const from = files.volumes.findIndex((v) => v.number === volume);
  if (from < 0 || offset === undefined) return 'this record, and what follows in this and later volumes';
  const gap = gaps.find((g) => g.volume === volume && g.from === offset);
  const sizes = files.volumes.slice(from).map((v) => (isPacked(v.path) ? Number.NaN : statSync(v.path).size));
  const later = gap ? 0 : sizes.length - 1;
  const bytes = gap ? gap.to - gap.from : sizes.reduce((sum, size) => sum + size, -offset);
  const size = Number.isFinite(bytes) ? `${bytes} bytes` : gap ? 'what follows in this volume' : 'what follows';
  return `${size} from offset ${offset} of volume ${volume} on${later > 0 ? `, ${counted(later, 'later volume')} among them` : ''}`;
}

/** Everything odd that costs nothing, or no more than PCP would lose as well. */
function* oddities(wasm: Wasm, reader: ArchiveReader, tally: RecordTally): Generator<Finding> {
  const file = reader.files.base;
  const warn = (code: Problem['code'], message: string, lost: string, advice: string, more: Partial<Problem> = {}) =>
    finding({ code, message, file, ...more }, 'warning', lost, advice);
  const seen = ({ count, first, examples }: Sightings, message: string, lost: string, advice: string) =>
    count === 0
      ? []
      : [
          warn('E_ARCHIVE_RECORD', `${count} ${message}`, lost, advice, {
            ...first,
            ...(examples.size > 0 ? { found: [...examples].join(', ') } : {}),
          }),
        ];
  if (reader.files.doubles.length > 0) {
    const found = reader.files.doubles.join(', ');
    const lost = 'what is in these files: PCP reads one of them too';
    yield warn('E_ARCHIVE_LABEL', 'files that are the same volume as another', lost, 'Move them away.', { found });
  }
  if (!reader.files.index)
    yield warn(
      'E_ARCHIVE_INDEX',
      'there is no temporal index',
      NOTHING,
      'Nothing need be done: reading starts at the beginning.',
    );
  for (const [what, entries] of oddIndex(wasm, reader, (volume, offset) => tally.mayStart(volume, offset))) {
    const found = `entries ${entries.slice(0, 5).join(', ')}${entries.length > 5 ? ` and ${entries.length - 5} more` : ''}`;
    const message = `the temporal index has ${what}`;
    const advice = ERRORS.E_ARCHIVE_INDEX.advice;
    if (what === BEGINS_NOWHERE)
      yield {
        ...warn('E_ARCHIVE_INDEX', message, 'nothing here; PCP reads no record', advice, { found }),
        severity: 'error',
      };
    else yield warn('E_ARCHIVE_INDEX', message, LOST.E_ARCHIVE_INDEX!, advice, { found });
  }
  for (const [what, names] of oddDescriptors([...reader.metrics])) {
    const found = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
    yield warn('E_ARCHIVE_META', `metrics with ${what}`, NOTHING, 'The values are read by what the descriptor says.', {
      found,
    });
  }
  const foreign = wasm.i32(reader.address + L.Reader.foreign);
  if (foreign > 0) {
    const message = `${foreign} records of metadata are of a type that belongs to the other version`;
    yield warn('E_ARCHIVE_META', message, NOTHING, 'They are read by their own type.');
  }
  const doubled = doubledDomains(wasm, reader);
  if (doubled.length > 0) {
    const what = 'instance domains that name an instance twice';
    yield warn('E_ARCHIVE_META', what, 'the later names', 'The earlier name is used.', { found: doubled.join(', ') });
  }
  const nameless = [...reader.descriptors.values()].filter((m) => m.name.startsWith('#'));
  if (nameless.length > 0) {
    const found = nameless.map((m) => pmidText(m.pmid)).join(', ');
    yield warn('E_ARCHIVE_META', 'metrics without name', NOTHING, 'They can be reached by number only.', { found });
  }
  yield* seen(
    tally.undescribed,
    UNDESCRIBED,
    'their values, which are not known without a descriptor',
    'The end of the metadata is missing: look for another copy of the file.',
  );
  yield* seen(
    tally.misfits,
    'value sets that are not of the type described',
    'these values',
    'They are shown as bytes.',
  );
  for (const short of seen(
    tally.short,
    'value blocks that are shorter than their type, with others behind them',
    'nothing here; PCP cannot read these records',
    'The values are shown as bytes, the others of the record are read.',
  ))
    yield { ...short, severity: 'error' };
  yield* seen(
    tally.unnamed,
    'values of instances that their domain does not name',
    'the names',
    'They are shown by number.',
  );
  yield* seen(
    tally.repeated,
    'records have only metrics that others have at the same time',
    NOTHING,
    'Nothing need be done: they count once. Archives that overlap were joined, or the clock was set back a little.',
  );
  yield* seen(tally.beforeStart, 'records are earlier than the label says', NOTHING, 'Nothing need be done.');
  for (const note of reader.notes) yield finding(note, 'warning', NOTHING, 'Nothing need be done: PCP accepts it too.');
}
