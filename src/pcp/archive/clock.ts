// Owns what becomes of records whose time does not follow the one before: taken, or left out and named.

import { closeSync, readSync } from 'node:fs';
import type { FileSet } from '../files/fileset.ts';
import { LOOKED_AT, timeBefore } from '../files/from-behind.ts';
import { recordFault, recordOffset, type Source } from '../wasm/fault.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import { leapProblem, misplacedProblem, timesConcerned } from './clock-problems.ts';
import { areLikelyEnds, firstTimes, isApart, MINUTE, opened, stepAtMost, tailTimes } from './ends.ts';
import { type Dated, EARLIEST, type Findings, LATEST } from './findings.ts';
import { type IndexEntry, placesBehind } from './index-file.ts';
import { type Elsewhere, keptTimes, type Timeline, timelineOf } from './kept-times.ts';
import { type Behind, readTimes } from './timeline.ts';
import { holdFromTheBeginning, oddStamps, redateVersions } from './versions.ts';

/** Steps of time looked at to find out how long they are. */
const STEPS = 64;

/** Times of the records before places that an index names; null: there is none, or the volume is compressed or cannot be opened. */
function beforeEntries({ volumes }: FileSet, version: number) {
  const open = new Map<number, number | null>();
  return {
    time({ volume, data }: IndexEntry): bigint | null {
      const path = volumes.find((v) => v.number === volume)?.path;
      if (path === undefined) return null;
      const fd = open.get(volume) ?? opened(path);
      open.set(volume, fd);
      return fd === null
        ? null
        : timeBefore((into, at) => readSync(fd, into, 0, into.length, at), Number(data), version);
    },
    close(): void {
      for (const fd of open.values()) if (fd !== null) closeSync(fd);
    },
  };
}

/** Where an archive begins: by its label, unless that is not before its records, or of one whose time is left out. */
export function startOf(labelNs: bigint, { firstNs, misplaced }: Pick<Timeline, 'firstNs' | 'misplaced'>): bigint {
  const wrong = misplaced.some((m) => m.beforeNs === null && m.firstNs === labelNs);
  return firstNs !== null && (wrong || firstNs < labelNs) ? firstNs : labelNs;
}

/** What must be known to judge the times of an archive. */
export interface Judged {
  readonly files: FileSet;
  readonly entries: readonly IndexEntry[];
}

/** Reads the times of all records and judges them; null: there are too many. `use` gets them, which take much room. */
export function judgeTimes(
  { files, entries }: Judged,
  use?: (times: Parameters<typeof timelineOf>[1], kept: Uint8Array) => void,
  elsewhere?: Elsewhere,
): Timeline | null {
  const times = readTimes(files, placesBehind(entries, files));
  if (times === null) return null;
  const { kept, ...timeline } = timelineOf(files.volumes.length, times, elsewhere);
  if (timeline.leftOut > 0) use?.(times, kept);
  return timeline;
}

/** Times of the records of an archive that count, marks aside; empty: there are too many to be judged. */
function countedTimes({ files, entries }: Judged): bigint[] {
  const times = readTimes(files, placesBehind(entries, files));
  if (times === null) return [];
  const { kept } = keptTimes(times);
  return Array.from(times.ns).filter((_, i) => kept[i] && times.pmid[i] !== 0);
}

/**
 * Reading in one go, nobody knows of a record that is far ahead whether the clock was wrong or nothing was recorded for a while. So
 * when the first such step is met, or a step back, the heads of all records are read, once, and the whole is judged (timeline.ts).
 * Most archives never come to that; those with long pauses do, and then are never asked about again.
 */
export class RecordClock {
  readonly #wasm: Wasm;
  readonly #reader: number;
  readonly #archive: Judged;
  /** Where records may start behind a damaged one. */
  readonly behind: Behind;
  /** No kept record is earlier. */
  readonly startNs: bigint;
  readonly #labelNs: bigint;
  readonly #findings: Findings;
  /** Longest step between records that is not odd; the first is no further from the label's start. */
  readonly #step: bigint;
  readonly #anyTime: boolean;
  /** Undefined: not judged yet. null: too many records to be judged. */
  #timeline: Timeline | null | undefined;
  /** Records are left out, and that was not known when reading began. */
  #late = false;
  #elsewhere: Elsewhere | undefined;
  /** The first or the last sample lies so far from the others that another archive may show that its time is wrong. */
  #endsApart = false;
  /** Times of the first and the last record, as far as they are known without reading all. */
  #ends: readonly bigint[] = [];

  /** The reader must have the first records of the archive in its window. `anyTime`: every time is taken, only damage is passed over. */
  constructor(
    wasm: Wasm,
    reader: number,
    archive: Judged & { readonly anyTime: boolean },
    label: { readonly version: number; readonly startNs: bigint },
    findings: Findings,
  ) {
    this.#findings = findings;
    this.#anyTime = archive.anyTime;
    this.#wasm = wasm;
    this.#reader = reader;
    this.#archive = archive;
    this.behind = placesBehind(archive.entries, archive.files);
    this.#labelNs = label.startNs;
    wasm.view.setInt32(reader + L.Reader.readsOn, 1, true);
    if (archive.anyTime) {
      this.#timeline = null;
      this.#step = LATEST;
      this.startNs = label.startNs;
      this.#limit(LATEST);
      return;
    }
    holdFromTheBeginning(wasm, reader);
    const first = firstTimes(wasm, reader, STEPS + 1);
    this.#step = stepAtMost(first);
    this.#limit(this.#step + 1n);
    // So that it does not depend on how far somebody reads whether a wrong begin or end is named, and with what names values come.
    const last = tailTimes(archive.files, label.version) ?? [];
    this.#ends = [...first.slice(0, 1), ...last.slice(0, 1)];
    this.#endsApart = isApart(first.slice(0, LOOKED_AT), this.#step) || isApart(last, this.#step);
    const sound = this.#step > 0n && areLikelyEnds(label.startNs, first.slice(0, LOOKED_AT), last);
    const before = beforeEntries(archive.files, label.version);
    try {
      // Without an index nobody knows what lies behind, and nothing can be jumped over.
      const { entries } = archive;
      const unknown = entries.length === 0 || (last.length > 0 && entries.at(-1)!.ns > last[0]!);
      if (!sound || unknown || oddStamps(wasm, reader, entries, before.time)) this.judge();
    } finally {
      before.close();
    }
    this.startNs = startOf(label.startNs, this.#timeline ?? { firstNs: first[0] ?? null, misplaced: [] });
  }

  #limit(ns: bigint): void {
    this.#wasm.view.setBigInt64(this.#reader + L.Reader.limitNs, ns, true);
  }

  judge(): Timeline | null {
    if (this.#timeline !== undefined) return this.#timeline;
    const volumes = this.#archive.files.volumes.map((v) => v.number);
    const { entries } = this.#archive;
    this.#timeline = judgeTimes(
      this.#archive,
      (times, kept) => redateVersions(this.#wasm, this.#reader, times, kept, { entries, volumes }),
      this.#elsewhere,
    );
    // Where some are left out each record is asked about; where none is, none is odd.
    this.#limit(this.#timeline === null || this.#timeline.leftOut === 0 ? LATEST : 0n);
    return this.#timeline;
  }

  /** Judges the ends by other archives of the host, before anything is read. */
  beside(elsewhere: Elsewhere): void {
    this.#elsewhere = elsewhere;
    if (this.#anyTime || !(this.#endsApart || this.isJudged)) return;
    this.#timeline = undefined;
    this.judge();
  }

  /** Times of the first and the last record that count, as far as they are known. */
  get ends(): readonly bigint[] {
    if (!this.#timeline) return this.#ends;
    return [this.#timeline.firstNs, this.#timeline.lastNs].filter((ns) => ns !== null);
  }

  /** Times of the archive's records that count, read now. */
  counted(): readonly bigint[] {
    return countedTimes(this.#archive);
  }

  /** Judges where a sign of steps was met in reading. */
  #met(): Timeline | null {
    const judged = this.isJudged;
    const timeline = this.judge();
    if (!judged && timeline?.leftOut) this.#late = true;
    return timeline;
  }

  get isJudged(): boolean {
    return this.#timeline !== undefined;
  }

  /**
   * Whether records turned out to be left out after some had been read, of which nobody had asked: those before a step back, or at
   * what a domain held. Who has used them must read again.
   */
  get isLate(): boolean {
    return this.#late;
  }

  /** Decides on the record before which the decoder has stopped, if that is all it stopped for. `volume`: index of the open one. */
  settles(status: number, volume: number, source: Source): boolean {
    const wasm = this.#wasm;
    const settle = (bits: number): void => wasm.view.setInt32(this.#reader + L.Reader.settled, bits, true);
    const ns = wasm.i64(this.#reader + L.Reader.ns);
    if (status === L.S_ODD) {
      const taken =
        this.#anyTime ||
        this.#takes(volume, recordOffset(wasm, this.#reader), ns, wasm.i64(this.#reader + L.Reader.lastNs));
      if (taken) settle(L.SETTLED_TIME);
      else wasm.x.skipRecord(this.#reader);
      return true;
    }
    if (status !== L.S_SETS && status !== L.S_INSIDE) return false;
    // The frame holds: what is damaged inside costs the record if its sets cannot be separated, else those that are not sound.
    this.#findings.pass(recordFault(wasm, this.#reader, L.S_INSIDE, source).toProblem(), ns);
    if (status === L.S_SETS) settle(L.SETTLED_TIME | L.SETTLED_SETS);
    else wasm.x.skipRecord(this.#reader);
    return true;
  }

  #takes(volume: number, offset: number, ns: bigint, lastNs: bigint): boolean {
    if (
      this.#timeline === undefined &&
      lastNs === EARLIEST &&
      ns >= this.#labelNs - MINUTE &&
      ns - this.#labelNs <= this.#step
    )
      return true;
    const timeline = this.#met();
    return !timeline?.dropped[volume]?.has(offset) && ns >= lastNs;
  }

  /**
   * A jump to another place in the file, by an index entry of a time: the step from what was read before says nothing, but that from the
   * entry's time to the record's does.
   */
  jumped(entryNs: bigint, recordNs: bigint): void {
    if (recordNs < entryNs || (recordNs < LATEST && recordNs - entryNs > this.#step)) this.#met();
    if (!this.#timeline?.leftOut) this.#wasm.view.setInt32(this.#reader + L.Reader.settled, L.SETTLED_TIME, true);
  }

  /** Whether records are left out. */
  get isWrong(): boolean {
    return (this.#met()?.leftOut ?? 0) > 0;
  }

  /** Whether the record at an offset of a volume (by its number) is left out, as far as that was asked. */
  leavesOut(volume: number, offset: number): boolean {
    const place = this.#archive.files.volumes.findIndex((v) => v.number === volume);
    return this.#timeline?.dropped[place]?.has(offset) ?? false;
  }

  /** What was found, if the times had to be judged. */
  problems(): Dated[] {
    const { misplaced = [], leaps = [], intervalNs = 0n } = this.#timeline ?? {};
    const { files } = this.#archive;
    return [
      ...misplaced.flatMap((m) => {
        const problem = misplacedProblem(files, m, intervalNs);
        return timesConcerned(m, intervalNs).map((times) => ({ problem, ...times }));
      }),
      ...leaps.map((leap) => ({
        problem: leapProblem(files, leap),
        fromNs: leap.beforeNs + 1n,
        toNs: leap.afterNs - 1n,
      })),
    ];
  }
}
