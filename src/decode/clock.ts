// Owns what becomes of records whose time does not follow the one before: taken, or left out and named.

import { closeSync, fstatSync, readSync } from 'node:fs';
import { formatDuration, formatSeconds, NS, type Problem } from '../kernel/index.ts';
import { recordFault, recordOffset, type Source } from './fault.ts';
import type { FileSet } from './fileset.ts';
import { type Dated, EARLIEST, type Findings, LATEST } from './findings.ts';
import { SHORTEST, stampNs, timeBefore } from './from-behind.ts';
import * as L from './layout.gen.ts';
import { isPacked, openRegular } from './source.ts';
import { judgeTimes, LIFETIME_NS, type Misplaced, type Timeline } from './timeline.ts';
import type { Wasm } from './wasm.ts';

const MINUTE = 60n * NS;
/** Steps of time looked at to find out how long they are. */
const STEPS = 64;
/** Time of the record that ends at the end of the last volume that has one; null: none does, or it is compressed. */
export function tailTime({ volumes }: FileSet, version: number): bigint | null {
  for (const { path } of volumes.toReversed()) {
    if (isPacked(path)) return null;
    const fd = openRegular(path);
    try {
      const { size } = fstatSync(fd);
      if (size <= SHORTEST[version]!.label) continue;
      return timeBefore((into, position) => readSync(fd, into, 0, into.length, position), size, version);
    } finally {
      closeSync(fd);
    }
  }
  return null;
}

/** Whether an archive that begins at a time may have its last record at another. */
export const isLikelyEnd = (startNs: bigint, endNs: bigint): boolean =>
  endNs >= startNs - MINUTE && endNs - startNs < LIFETIME_NS;

/**
 * Reading in one go, nobody knows of a record that is far ahead whether the clock was wrong or nothing was recorded for a while. So
 * when the first such step is met, or a step back, the heads of all records are read, once, and the whole is judged (timeline.ts).
 * Most archives never come to that; those with long pauses do, and then are never asked about again.
 */
export class Clock {
  readonly #wasm: Wasm;
  readonly #reader: number;
  readonly #files: FileSet;
  readonly #startNs: bigint;
  readonly #findings: Findings;
  /** Longest step between records that is not odd; the first is no further from the label's start. */
  readonly #step: bigint;
  /** Undefined: not judged yet. null: too many records to be judged. */
  #timeline: Timeline | null | undefined;

  /** The reader must have the first records of the archive in its window. */
  constructor(
    wasm: Wasm,
    reader: number,
    files: FileSet,
    label: { readonly version: number; readonly startNs: bigint },
    findings: Findings,
  ) {
    this.#findings = findings;
    this.#wasm = wasm;
    this.#reader = reader;
    this.#files = files;
    this.#startNs = label.startNs;
    wasm.view.setInt32(reader + L.R_READS_ON, 1, true);
    this.#step = longestStep(wasm, reader);
    this.#limit(this.#step);
    // So that it does not depend on how far somebody reads whether a last record at a wrong time is named.
    const end = tailTime(files, label.version);
    if (end !== null && !isLikelyEnd(label.startNs, end)) this.judge();
  }

  #limit(ns: bigint): void {
    this.#wasm.view.setBigInt64(this.#reader + L.R_LIMIT, ns, true);
  }

  judge(): Timeline | null {
    if (this.#timeline !== undefined) return this.#timeline;
    this.#timeline = judgeTimes(this.#files);
    // Where some are left out each record is asked about; where none is, none is odd.
    this.#limit(this.#timeline === null || this.#timeline.misplaced.length === 0 ? LATEST : 0n);
    return this.#timeline;
  }

  /** Decides on the record before which the decoder has stopped, if that is all it stopped for. `volume`: index of the open one. */
  settles(status: number, volume: number, source: Source): boolean {
    const wasm = this.#wasm;
    const settle = (bits: number): void => wasm.view.setInt32(this.#reader + L.R_SETTLED, bits, true);
    const ns = wasm.i64(this.#reader + L.R_NS);
    if (status === L.S_ODD) {
      const taken = this.#takes(volume, recordOffset(wasm, this.#reader), ns, wasm.i64(this.#reader + L.R_LAST_NS));
      if (taken) settle(L.RS_TIME);
      else wasm.x.skipRecord(this.#reader);
      return true;
    }
    if (status !== L.S_SETS && status !== L.S_INSIDE) return false;
    // The frame holds: what is damaged inside costs the record if its sets cannot be told apart, else those that are not sound.
    this.#findings.pass(recordFault(wasm, this.#reader, L.S_INSIDE, source).toProblem(), ns);
    if (status === L.S_SETS) settle(L.RS_TIME | L.RS_SETS);
    else wasm.x.skipRecord(this.#reader);
    return true;
  }

  #takes(volume: number, offset: number, ns: bigint, lastNs: bigint): boolean {
    if (
      this.#timeline === undefined &&
      lastNs === EARLIEST &&
      ns >= this.#startNs - MINUTE &&
      ns - this.#startNs <= this.#step
    )
      return true;
    const timeline = this.judge();
    return !timeline?.dropped[volume]?.has(offset) && ns >= lastNs;
  }

  /** A jump to another place in the file: its step says nothing, but the record there may be one that is left out. */
  jumped(): void {
    if (!this.#timeline?.misplaced.length) this.#wasm.view.setInt32(this.#reader + L.R_SETTLED, L.RS_TIME, true);
  }

  /** What was found, if the times had to be judged. */
  problems(): Dated[] {
    const { misplaced = [] } = this.#timeline ?? {};
    return misplaced.map((m) => ({
      problem: misplacedProblem(this.#files, m),
      // A wrong end is always known of (see the constructor).
      fromNs: m.afterNs === null ? EARLIEST : (m.beforeNs ?? EARLIEST),
      toNs: m.afterNs ?? LATEST,
    }));
  }
}

/** In words. */
export function misplacedProblem(
  { volumes }: FileSet,
  { volume, offset, count, firstNs, lastNs, beforeNs, afterNs }: Misplaced,
): Problem {
  const { path, number } = volumes[volume]!;
  const text = (ns: bigint): string => formatSeconds(Number(ns / 1_000_000n) / 1000);
  const near = (a: bigint, b: bigint): boolean => b >= a && b - a < 10n * MINUTE;
  const records = count === 1 ? '1 record is' : `${count} records are`;
  // Where the times left out go on into those behind them, or come from those before them, the clock was set back for good.
  const back =
    beforeNs !== null && afterNs !== null && count > 1
      ? near(lastNs, afterNs) && firstNs < beforeNs
        ? beforeNs - firstNs
        : near(beforeNs, firstNs) && lastNs > afterNs
          ? lastNs - afterNs
          : 0n
      : 0n;
  const message =
    back > 0n
      ? `the clock was set back by ${formatDuration(Number(back / NS))}; ${records} left out`
      : `${records} left out: the time cannot be right`;
  const expected =
    beforeNs === null
      ? afterNs === null
        ? undefined
        : `before ${text(afterNs)}`
      : afterNs === null
        ? `after ${text(beforeNs)}`
        : `between ${text(beforeNs)} and ${text(afterNs)}`;
  return {
    ...{ code: 'E_ARCHIVE_CLOCK', message, file: path, volume: number, offset, record: 'data record' },
    ...(expected === undefined ? {} : { expected }),
    found: count === 1 ? text(firstNs) : `${text(firstNs)} to ${text(lastNs)}`,
  };
}

/**
 * Twice the sampling interval, by the records in the reader's window: of the steps between them nine tenths are no longer than the
 * interval, and at least one other is as long. 0 if that cannot be told: then the first step asks.
 */
function longestStep(wasm: Wasm, reader: number): bigint {
  const version = wasm.i32(reader + L.R_VERSION);
  const end = wasm.u32(reader + L.R_END);
  const bytes = Buffer.from(wasm.bytes.buffer, 0, end);
  const steps: bigint[] = [];
  let last: bigint | null = null;
  for (let at = wasm.u32(reader + L.R_POS); at + 16 <= end && steps.length < STEPS; ) {
    const length = bytes.readInt32BE(at);
    if (length < 20) break;
    const ns = stampNs(bytes, at + 4, version);
    if (last !== null) steps.push(ns - last);
    last = ns;
    at += length;
  }
  if (steps.length < 2 || steps.some((s) => s < 0n)) return 0n;
  const rank = Math.max(2, Math.ceil(steps.length / 10));
  return 2n * steps.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))[rank - 1]!;
}
