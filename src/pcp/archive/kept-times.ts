// Owns which records of an archive have a time that cannot be right, and where its clock was set.

import { NS } from '../../kernel/index.ts';
import type { Times } from './timeline.ts';

/** Records whose times are left out, one behind the other in the file; or many such runs. */
export interface Misplaced {
  /** How many runs this stands for: more than one only in the last of the list, where too many were found to keep each. It then reaches from the first of them to the last. */
  readonly runs: number;
  readonly volume: number;
  readonly offset: number;
  readonly count: number;
  /** How many of them are marks. */
  readonly marks: number;
  /** Times of the first and the last of them. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  /** Times of the records around them; null: the archive begins or ends there. */
  readonly beforeNs: bigint | null;
  readonly afterNs: bigint | null;
}

/** A long way from one kept record to the next, which nothing explains; or many such ways, from the first to the last. */
export interface Leap {
  readonly runs: number;
  /** Of the record behind it. */
  readonly volume: number;
  readonly offset: number;
  readonly beforeNs: bigint;
  readonly afterNs: bigint;
}

/** Offsets in ascending order: an archive may leave out millions. */
export class Offsets {
  readonly #list: number[] = [];

  push(offset: number): void {
    this.#list.push(offset);
  }

  has(offset: number): boolean {
    let low = 0;
    for (let high = this.#list.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.#list[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return this.#list[low] === offset;
  }
}

export interface Timeline {
  /** Per volume the offsets of the records that are left out, and how many these are. */
  readonly dropped: readonly Offsets[];
  readonly leftOut: number;
  readonly misplaced: readonly Misplaced[];
  readonly leaps: readonly Leap[];
  /** Usual time between records; 0: there are too few. */
  readonly intervalNs: bigint;
  /** Earliest and latest time of the kept records, marks aside; null: there are none. */
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
}

/**
 * Whether another archive of the host begins or ends between a time far from all others at an archive's begin or end, and the next
 * to it: then nobody paused there, and the time is wrong. `marginNs`: so near to the first it says nothing.
 */
export type Elsewhere = (strayNs: bigint, nextNs: bigint, marginNs: bigint) => boolean;

/** Of an archive that is looked at alone. */
const NOWHERE: Elsewhere = () => false;

/** PCP's mark lies so far behind the last record of an archive that was joined with others: 1 ms. */
export const MARK_AFTER = 1_000_000n;
/** One archive is not written for longer: ten years. */
export const LIFETIME_NS = 315_576_000n * NS;
/** Runs of records, and leaps, that are kept apart; of more the last stands for all further ones. */
export const MOST_APART = 1000;
/** Fewer steps between records do not tell what is usual. */
const FEW = 16;
/** What is so far from all others, and so many intervals, at the begin or the end of an archive was not recorded then. */
export const FAR_NS = 3600n * NS;
const FAR_INTERVALS = 20n;
/** A step so long, and so many intervals, is one of the clock or of the logger's work. */
const LEAP_NS = 300n * NS;
const LEAP_INTERVALS = 10n;

/**
 * Which times are kept: the longest sequence that never goes back. A record with a wild time is so the one that costs least to leave
 * out, and where the clock was set back (or forward and back again) the longer part of what overlaps is kept. Of equally long ones
 * that which keeps the earlier records, as PCP does. Times further than an archive is ever written from the middle one do not count.
 *
 * From the end to the beginning: `best[k]` is the latest time at which a sequence of k + 1 records can begin, so that a record
 * begins one that is longer by one than the longest that begins at or after it. From the beginning again the first record that
 * begins a sequence of the length still needed is taken.
 *
 * A mark has no data, and its time is made up: it is kept where it is in order between the records that are.
 */
function longestForward({ ns, pmid }: Times): Uint8Array {
  const kept = new Uint8Array(ns.length);
  if (ns.length === 0) return kept;
  const middle = ns.slice().sort()[ns.length >> 1]!;
  const far = (t: bigint): boolean => t - middle > LIFETIME_NS || middle - t > LIFETIME_NS;
  // Doubles are exact for a hundred days around the middle, and keep the order everywhere.
  const t = Float64Array.from(ns, (x) => (far(x) ? Number.NaN : Number(x - middle)));
  const best: number[] = [];
  const length = new Uint32Array(ns.length);
  for (let i = ns.length - 1; i >= 0; i--) {
    if (Number.isNaN(t[i]!) || pmid[i] === 0) continue;
    // Times in `best` fall: how many of them are at or after this one.
    let low = 0;
    let high = best.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (best[mid]! >= t[i]!) low = mid + 1;
      else high = mid;
    }
    best[low] = t[i]!;
    length[i] = low + 1;
  }
  let needed = best.length;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < ns.length && needed > 0; i++) {
    if (length[i] !== needed || t[i]! < last) continue;
    kept[i] = 1;
    last = t[i]!;
    needed--;
  }
  keepMarks(kept, t, pmid);
  return kept;
}

/** Times that are not numbers are too far away. */
function keepMarks(kept: Uint8Array, t: Float64Array, pmid: Uint32Array): void {
  const limit = new Float64Array(t.length);
  for (let i = t.length - 1, next = Number.POSITIVE_INFINITY; i >= 0; i--) {
    if (kept[i]) next = t[i]!;
    limit[i] = next;
  }
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < t.length; i++) {
    if (pmid[i] === 0 && t[i]! >= last && t[i]! <= limit[i]!) kept[i] = 1;
    if (kept[i]) last = t[i]!;
  }
}

/**
 * A logger writes several records at one time, of different metrics, one behind the other. Where others lie between two of the same
 * metrics at one time, the clock was set back and has come to that time again.
 */
function dropRepeated(kept: Uint8Array, { ns, pmid }: Times): void {
  let last: bigint | null = null;
  let interrupted = false;
  const met = new Set<number>();
  for (let i = 0; i < ns.length; i++) {
    if (pmid[i] === 0) continue;
    if (!kept[i]) interrupted = true;
    else if (ns[i] !== last) {
      last = ns[i]!;
      interrupted = false;
      met.clear();
      met.add(pmid[i]!);
    } else if (interrupted && met.has(pmid[i]!)) kept[i] = 0;
    else met.add(pmid[i]!);
  }
}

/** Steps between kept records: nine tenths are no longer than the interval. 0: too few. */
function usualStep(kept: Uint8Array, { ns }: Times): bigint {
  const stepsFrom = (least: bigint): Float64Array => {
    const steps = new Float64Array(ns.length);
    let n = 0;
    let last: bigint | null = null;
    for (let i = 0; i < ns.length; i++) {
      if (!kept[i]) continue;
      if (last !== null && ns[i]! - last >= least) steps[n++] = Number(ns[i]! - last);
      last = ns[i]!;
    }
    return steps.subarray(0, n).sort();
  };
  // One sample can be many records, some milliseconds apart.
  const ofSamples = stepsFrom(NS / 2n);
  const steps = ofSamples.length < FEW ? stepsFrom(1n) : ofSamples;
  return steps.length < FEW ? 0n : BigInt(steps[Math.floor((steps.length - 1) * 0.9)]!);
}

/** What is longer is no step from sample to sample. */
export const longestStep = (intervalNs: bigint): bigint => max(LEAP_NS, LEAP_INTERVALS * intervalNs);

/**
 * At the begin and the end of an archive a wild time may be in order, as nothing lies beyond it that could contradict: what is there
 * far from all others, for less than an interval and without a mark between, is left out. What is less far, where another archive of
 * the host contradicts it.
 */
function dropStray(kept: Uint8Array, { ns, pmid }: Times, intervalNs: bigint, elsewhere: Elsewhere): void {
  if (intervalNs === 0n) return;
  const limit = max(FAR_NS, FAR_INTERVALS * intervalNs);
  const isWrong = (strayNs: bigint, nextNs: bigint, gap: bigint): boolean =>
    gap > limit || (gap > longestStep(intervalNs) && elsewhere(strayNs, nextNs, intervalNs));
  const apart = (a: number, b: number): bigint => (ns[a]! > ns[b]! ? ns[a]! - ns[b]! : ns[b]! - ns[a]!);
  const strayFrom = (end: number, step: 1 | -1): void => {
    const next = (i: number): number => {
      do i += step;
      while (i >= 0 && i < ns.length && !kept[i]);
      return i;
    };
    const outermost = kept[end] ? end : next(end);
    let inner = outermost;
    let beyond = next(inner);
    while (kept[beyond] && apart(outermost, beyond) < max(intervalNs, NS)) {
      inner = beyond;
      beyond = next(inner);
    }
    if (!kept[beyond] || pmid[inner] === 0 || pmid[beyond] === 0) return;
    if (!isWrong(ns[inner]!, ns[beyond]!, apart(inner, beyond))) return;
    for (let i = outermost; i !== beyond; i += step) kept[i] = 0;
  };
  strayFrom(0, 1);
  strayFrom(ns.length - 1, -1);
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Which records are kept, by what all records are. */
export function keptTimes(
  times: Times,
  elsewhere = NOWHERE,
): { readonly kept: Uint8Array; readonly intervalNs: bigint } {
  const kept = longestForward(times);
  dropRepeated(kept, times);
  const intervalNs = usualStep(kept, times);
  dropStray(kept, times, intervalNs, elsewhere);
  return { kept, intervalNs };
}

/**
 * A mark so far behind the record before is where an archive ended that was joined with others (archive-format.md §7.4). Where the
 * others go on sooner, it is no wrong clock.
 */
const isOfJoin = (markNs: bigint, beforeNs: bigint | null): boolean =>
  beforeNs !== null && markNs >= beforeNs && markNs - beforeNs <= MARK_AFTER;

/** Adds to a list of those that are kept apart, or to its last. */
function take<T>(list: T[], found: T, withLast: (last: T) => T): void {
  if (list.length < MOST_APART) list.push(found);
  else list[MOST_APART - 1] = withLast(list[MOST_APART - 1]!);
}

/** `volumes`: how many there are. */
export function timelineOf(
  volumes: number,
  times: Times,
  elsewhere?: Elsewhere,
): Timeline & { readonly kept: Uint8Array } {
  const { volume, offset, ns, pmid, afterLoss } = times;
  const { kept, intervalNs } = keptTimes(times, elsewhere);
  const longest = longestStep(intervalNs);
  const dropped = Array.from({ length: volumes }, () => new Offsets());
  const misplaced: Misplaced[] = [];
  const leaps: Leap[] = [];
  let firstNs: bigint | null = null;
  let lastNs: bigint | null = null;
  let leftOut = 0;
  /** Time of the last kept record or mark. */
  let keptNs: bigint | null = null;
  for (let i = 0; i < ns.length; ) {
    const place = { volume: volume[i]!, offset: offset[i]! };
    if (kept[i]) {
      const leap = intervalNs > 0n && keptNs !== null && ns[i]! - keptNs > longest && kept[i - 1];
      const explained = pmid[i] === 0 || pmid[i - 1] === 0 || afterLoss.has(i);
      if (leap && !explained) {
        const found = { ...place, runs: 1, beforeNs: keptNs!, afterNs: ns[i]! };
        take(leaps, found, (last) => ({ ...last, runs: last.runs + 1, afterNs: found.afterNs }));
      }
      keptNs = ns[i]!;
      if (pmid[i] !== 0) {
        firstNs ??= keptNs;
        lastNs = keptNs;
      }
      i++;
      continue;
    }
    const from = i;
    for (; i < ns.length && !kept[i]; i++) dropped[volume[i]!]!.push(offset[i]!);
    leftOut += i - from;
    const marks = pmid.subarray(from, i).filter((id) => id === 0).length;
    if (marks === i - from && ns.subarray(from, i).every((t) => isOfJoin(t, keptNs))) continue;
    const found = {
      ...{ ...place, runs: 1, count: i - from, marks, firstNs: ns[from]!, lastNs: ns[i - 1]! },
      ...{ beforeNs: keptNs, afterNs: i < ns.length ? ns[i]! : null },
    };
    take(misplaced, found, (last) => ({
      ...last,
      runs: last.runs + 1,
      count: last.count + found.count,
      marks: last.marks + found.marks,
      lastNs: found.lastNs,
      afterNs: found.afterNs,
    }));
  }
  return { kept, dropped, leftOut, misplaced, leaps, intervalNs, firstNs, lastNs };
}
