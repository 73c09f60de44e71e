// Owns checking an archive: every finding with its place, what it costs, and what can be done.

import { ERRORS, formatSeconds, type Problem, toProblem } from '../kernel/index.ts';
import { NO_STRING, versionAt } from './domains.ts';
import * as L from './layout.gen.ts';
import { NO_INDOM, pmidText } from './metric.ts';
import { ArchiveReader } from './reader.ts';
import { readRecords } from './records.ts';
import { Wasm } from './wasm.ts';

export interface Finding extends Problem {
  /** error: data are lost, or PCP would not read it. warning: odd, and nothing is lost. */
  readonly severity: 'error' | 'warning';
  readonly lost: string;
  readonly advice: string;
}

export interface CheckResult {
  readonly archive: string;
  readonly opened: boolean;
  readonly records: number;
  readonly marks: number;
  readonly values: number;
  /** Time of the last good record, ISO 8601; null if there is none. */
  readonly last: string | null;
  readonly findings: readonly Finding[];
}

/** What a problem of a code costs. */
const LOST: Partial<Record<Problem['code'], string>> = {
  E_ARCHIVE_TRUNCATED: 'the incomplete record; nothing before it',
  E_ARCHIVE_LENGTH: 'this record, and what follows in this and later volumes',
  E_ARCHIVE_TRAILER: 'this record, and what follows in this and later volumes',
  E_ARCHIVE_RECORD: 'this record, and what follows in this and later volumes',
  E_ARCHIVE_META: 'metrics or instance names described by this record, and those behind it if its frame is damaged',
  E_ARCHIVE_CONFLICT: 'the later description; values of the metric are read by the earlier one',
  E_ARCHIVE_INDEX: 'nothing: the data are read without the index, from the beginning',
  E_ARCHIVE_UNPACK: 'what cannot be unpacked',
  E_ARCHIVE_LIMIT: 'what exceeds the limit',
};

function finding(problem: Problem, severity: Finding['severity'] = 'error', lost?: string): Finding {
  const index = problem.code === 'E_ARCHIVE_INDEX';
  return {
    ...problem,
    severity: index ? 'warning' : severity,
    lost: lost ?? LOST[problem.code] ?? 'all of it',
    advice: ERRORS[problem.code].advice,
  };
}

/** Reads all of an archive and says what is wrong with it. Throws nothing: what cannot be opened is a finding. */
export function checkArchive(path: string): CheckResult {
  const wasm = new Wasm();
  wasm.x.openSession(0);
  const counts = { records: 0, marks: 0, values: 0 };
  let reader: ArchiveReader;
  try {
    reader = new ArchiveReader(wasm, path);
  } catch (error) {
    return { archive: path, opened: false, ...counts, last: null, findings: [finding(toProblem(error))] };
  }
  const odd: Finding[] = [];
  let lastNs: bigint | null = null;
  let unnamed = 0;
  const nameless = new Set<string>();
  try {
    const file = reader.files.base;
    const numbers = reader.files.volumes.map((v) => v.number);
    const gap = numbers.findIndex((n, i) => i > 0 && n !== numbers[i - 1]! + 1);
    if (gap > 0) {
      const message = `volume ${numbers[gap]! - 1} is missing`;
      odd.push(finding({ code: 'E_ARCHIVE_MISSING', message, file }, 'error', 'the data of the missing volumes'));
    }
    if (!reader.files.index) {
      odd.push(finding({ code: 'E_ARCHIVE_INDEX', message: 'there is no temporal index', file }));
    }
    for (const record of readRecords(wasm, reader)) {
      counts.records++;
      if (record.mark) counts.marks++;
      lastNs = record.ns;
      for (const set of record.sets) {
        counts.values += set.values.length;
        if (set.metric.indom === NO_INDOM || set.values.length === 0) continue;
        const version = versionAt(wasm, reader, set.metric.indom, record.ns);
        for (const id of set.instances) {
          if (version !== 0 && wasm.x.nameIn(version, id) >>> 0 !== NO_STRING) continue;
          unnamed++;
          if (nameless.size < 5) nameless.add(`${set.metric.name}[${id}]`);
        }
      }
    }
    if (unnamed > 0) {
      const found = [...nameless].join(', ');
      const message = `${unnamed} values of instances that their domain does not name`;
      odd.push(finding({ code: 'E_ARCHIVE_META', message, file, found }, 'warning', 'the names, not the values'));
    }
    const undescribed = [...reader.descriptors.values()].filter((m) => m.name.startsWith('#'));
    if (undescribed.length > 0) {
      const found = undescribed.map((m) => pmidText(m.pmid)).join(', ');
      odd.push(finding({ code: 'E_ARCHIVE_META', message: 'metrics without name', file, found }, 'warning', 'nothing'));
    }
    const scanned = wasm.i32(reader.address + L.R_SCANNED);
    if (scanned > counts.records) {
      const message = `${scanned - counts.records} records are earlier than one before them`;
      odd.push(finding({ code: 'E_ARCHIVE_RECORD', message, file }, 'warning', 'these records, as in PCP'));
    }
    const findings = [...reader.problems.map((p) => finding(p)), ...odd];
    const last = lastNs === null ? null : formatSeconds(Number(lastNs / 1_000_000n) / 1000);
    return { archive: path, opened: true, ...counts, last, findings };
  } finally {
    reader.close();
  }
}
