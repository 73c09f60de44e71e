// Owns what can be said of an archive without reading all of it: label, span, volumes, metrics, instance counts.

import { statSync } from 'node:fs';
import type { Problem } from '../../kernel/index.ts';
import { type ExpectedUnits, misfitsOf } from '../archive/agreement.ts';
import { judgeTimes, startOf } from '../archive/clock.ts';
import { leapProblem, misplacedProblem, setBack } from '../archive/clock-problems.ts';
import { allMembers } from '../archive/domains.ts';
import { areLikelyEnds, firstTimes, tailTimes } from '../archive/ends.ts';
import { type IndexEntry, indexEntries } from '../archive/index-file.ts';
import type { Timeline } from '../archive/kept-times.ts';
import { indomText, type Metric, NO_INDOM, pmidText } from '../archive/metric.ts';
import { ArchiveReader } from '../archive/reader.ts';
import { SEMANTICS_NAMES, TYPE_NAMES } from '../archive/values.ts';
import { fileSetBytes } from '../files/fileset.ts';
import { LOOKED_AT } from '../files/from-behind.ts';
import { isPacked } from '../files/source.ts';
import { unitsText } from '../files/units.ts';
import * as L from '../wasm/layout.gen.ts';
import { lend, Wasm } from '../wasm/wasm.ts';
import { type ArchiveProbe, glanceArchive, holdsMore } from './glance.ts';
import {
  type DomainInfo,
  domainInfos,
  type LabelInfo,
  labelInfo,
  type TextInfo,
  textInfo,
} from './info-annotations.ts';

export interface ArchiveInfo {
  readonly archive: string;
  readonly version: number;
  readonly host: string;
  readonly timezone: string;
  readonly pid: number;
  /** Epoch seconds of the label and of the last record. */
  readonly start: number;
  readonly end: number | null;
  readonly volumes: readonly { readonly file: string; readonly bytes: number }[];
  readonly metaBytes: number;
  readonly indexEntries: number;
  readonly metrics: readonly {
    readonly name: string;
    readonly pmid: string;
    readonly type: string;
    readonly semantics: string;
    readonly units: string;
    readonly indom: string | null;
    /** Instances the archive ever names; null without instance domain. */
    readonly instances: number | null;
  }[];
  readonly indoms: readonly { readonly indom: string; readonly versions: number; readonly instances: number }[];
  readonly problems: readonly Problem[];
  /** Metrics that cannot be read in the units asked for, by name. */
  readonly misfits?: Readonly<Record<string, Problem>>;
  /** Only those asked for. */
  readonly labels?: readonly LabelInfo[];
  readonly texts?: readonly TextInfo[];
  readonly domains?: readonly DomainInfo[];
}

export interface InfoOptions {
  /** All label sets; help texts; instance domains with their versions. */
  readonly labels?: boolean;
  readonly texts?: boolean;
  readonly domains?: boolean;
  /** In which units metrics are to be read. */
  readonly units?: ExpectedUnits;
}

const seconds = (ns: bigint): number => Number(ns / 1000n) / 1e6;

/** Time of the index's last entry, if it is about the last volume: pmlogger makes one for the last record when it closes. */
function indexTime(reader: ArchiveReader, entries: readonly IndexEntry[]): bigint | null {
  const last = entries.at(-1);
  return last?.volume === reader.files.volumes.at(-1)!.number ? last.ns : null;
}

interface Span {
  readonly startNs: bigint;
  readonly endNs: bigint | null;
  /** Its clock was wrong, or was set. */
  readonly problem?: Problem;
}

/** Where the clock was set back for good nobody knows which side was right: the archive is found by the times of both. */
function withSetBack(span: Span, { misplaced, intervalNs }: Timeline): Span {
  let { startNs, endNs } = span;
  for (const m of misplaced.filter((m) => setBack(m, intervalNs) > 0n))
    for (const ns of [m.firstNs, m.lastNs]) {
      if (ns < startNs) startNs = ns;
      if (endNs === null || ns > endNs) endNs = ns;
    }
  return { startNs, endNs };
}

/**
 * From the label to the last whole record: from the tail or, if it is compressed, the index; else by the times of all records, as
 * also where the first or last ones cannot be the ends, or no index confirms that.
 */
function spanOf(wasm: Wasm, reader: ArchiveReader): Span {
  const { files, label } = reader;
  const { startNs, version } = label;
  const entries = indexEntries(wasm, reader.address);
  const tail = tailTimes(files, version);
  const last = tail?.[0] ?? (isPacked(files.volumes.at(-1)!.path) ? indexTime(reader, entries) : null);
  const ends =
    tail ??
    entries
      .slice(-2)
      .map((e) => e.ns)
      .toReversed();
  const [{ path }, more] = [files.volumes[0]!, files.volumes[1]];
  const confirmed =
    last !== null &&
    entries.length > 0 &&
    entries.every((e) => e.ns <= last) &&
    (more !== undefined || isPacked(path) || !holdsMore(path, version, last - startNs));
  if (confirmed && areLikelyEnds(startNs, firstTimes(wasm, reader.address, LOOKED_AT), ends))
    return { startNs, endNs: last };
  const judged = judgeTimes({ files, entries });
  if (judged !== null) {
    const [misplaced] = judged.misplaced.map((m) => misplacedProblem(files, m, judged.intervalNs));
    const problem = misplaced ?? judged.leaps.map((l) => leapProblem(files, l))[0];
    const own = { startNs: startOf(startNs, judged), endNs: judged.lastNs };
    return { ...withSetBack(own, judged), ...(problem ? { problem } : {}) };
  }
  reader.seek(2n ** 63n - 1n);
  let read: bigint | null = null;
  while (reader.next()) read = wasm.i64(reader.address + L.Reader.ns);
  return { startNs, endNs: read };
}

/**
 * Label and span of an archive, for the catalogue. With the suffixes of its files, as a scan finds them, whole archives are only glanced at.
 * @throws JobsumError E_ARCHIVE_* if it cannot be opened
 */
export function probeArchive(path: string, members?: readonly string[]): ArchiveProbe {
  const glance = members ? glanceArchive(path, members) : null;
  if (glance) return glance;
  return lend((wasm) => {
    wasm.x.openSession(0);
    const reader = new ArchiveReader(wasm, path);
    try {
      const span = spanOf(wasm, reader);
      const problem = reader.problems[0] ?? span.problem;
      return {
        host: reader.label.host,
        startNs: span.startNs,
        endNs: span.endNs,
        bytes: fileSetBytes(reader.files),
        ...(problem ? { problem } : {}),
      };
    } finally {
      reader.close();
    }
  });
}

/** @throws JobsumError E_ARCHIVE_* if the archive cannot be opened */
export function archiveInfo(path: string, options: InfoOptions = {}): ArchiveInfo {
  const wasm = new Wasm();
  wasm.x.openSession(0);
  const annotations = options.labels === true || options.texts === true;
  const reader = new ArchiveReader(wasm, path, { annotations });
  try {
    const { label, files } = reader;
    const members = new Map<number, number>();
    const count = (indom: number): number => {
      const known = members.get(indom) ?? allMembers(wasm, reader, indom)?.length ?? 0;
      members.set(indom, known);
      return known;
    };
    const metric = (m: Metric) => ({
      name: m.name,
      pmid: pmidText(m.pmid),
      type: TYPE_NAMES[m.type] ?? String(m.type),
      semantics: SEMANTICS_NAMES[m.semantics] ?? String(m.semantics),
      units: unitsText(m.units),
      indom: m.indom === NO_INDOM ? null : indomText(m.indom),
      instances: m.indom === NO_INDOM ? null : count(m.indom),
    });
    const domains = wasm.u32(reader.address + L.Reader.domains);
    const indoms = Array.from({ length: wasm.i32(reader.address + L.Reader.domainCount) }, (_, i) => {
      const d = wasm.u32(domains + 4 * i);
      const word = wasm.u32(d + L.Domain.word);
      return { indom: indomText(word), versions: wasm.i32(d + L.Domain.count), instances: count(word) };
    });
    const indexEntries = wasm.i32(reader.address + L.Reader.indexCount);
    const metrics = reader.metrics.map(metric).sort((a, b) => (a.name < b.name ? -1 : 1));
    const { endNs: end, problem } = spanOf(wasm, reader);
    return {
      archive: files.base,
      version: label.version,
      host: label.host,
      timezone: label.timezone,
      pid: label.pid,
      start: seconds(label.startNs),
      end: end === null ? null : seconds(end),
      volumes: files.volumes.map((v) => ({ file: v.path, bytes: statSync(v.path).size })),
      metaBytes: statSync(files.meta).size,
      indexEntries,
      metrics,
      indoms,
      ...(options.units ? { misfits: misfitsOf(reader.metrics, path, options.units) } : {}),
      problems: [...reader.problems, ...(problem ? [problem] : [])],
      ...(options.labels ? { labels: reader.annotations!.labels.map(labelInfo) } : {}),
      ...(options.texts ? { texts: reader.annotations!.texts.map(textInfo) } : {}),
      ...(options.domains ? { domains: domainInfos(wasm, reader) } : {}),
    };
  } finally {
    reader.close();
  }
}
