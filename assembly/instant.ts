// Owns what counts of records of several archives at one instant, and the numbers of records.

import { Reader, Slot, Window } from './layout';

/** Number of the record at hand. */
export let seq: i32 = 0;

/**
 * Records at one instant: overlapping archives, copies, what was joined beside its parts, and archives that were joined of others
 * that overlap, which have the records of both. A metric has one set of values at an instant, the first; of further records what is
 * new is taken, as of a sample that a logger writes as several records, and one without anything new does not count. A record that
 * is damaged is none.
 *
 * The instant is that of its first record, to a microsecond, as archives of version 2 have no more. It is known by the numbers of
 * its records: a slot was filled at this instant if that was at or after `instantSeq`.
 *
 * Slots are common to all windows of a pass. A window that does not read one of the archives before has to be given more of the
 * record than they hold now; it is marked (Window.mixed), and decoded again in a pass of its own.
 */
const INSTANT: u64 = 1000;
let instantNs: i64 = i64.MIN_VALUE;
export let instantSeq: i32 = 0;
let runReader: i32 = -1;
/** How many archives came before the one being read. */
let run: i32 = 0;
/** Whether there may be slots that others filled; how many sets of the record were new. */
export let again: bool = false;
export let fresh: i32 = 0;

/** For a new session, whose readers are others. */
export function forgetInstant(): void {
  instantNs = i64.MIN_VALUE;
  runReader = -1;
}

/** Whether the last instant is that of this record, which is not counted yet. @inline */
export function isAgain(ns: i64): bool {
  return <u64>(ns - instantNs) < INSTANT;
}

/** Counts the record, which is sound: the next number is its. @inline */
export function atInstant(r: Reader, ns: i64): void {
  const reader = r.id;
  again = isAgain(ns);
  if (!again) {
    instantNs = ns;
    instantSeq = seq + 1;
    run = 0;
  } else if (reader != runReader) run++;
  runReader = reader;
  seq++;
  fresh = 0;
}

/** The record counted last is to be read again: the slots that it has filled are its own. */
export function takeBack(): void {
  seq--;
  if (seq < instantSeq) instantNs = i64.MIN_VALUE;
}

/** @inline */
export function countFresh(sets: i32): void {
  fresh += sets;
}

function isFilled(slot: Slot): bool {
  return slot && slot.seq == seq;
}

/** Whether the record has anything new that a window asks for. */
export function isFresh(w: Window): bool {
  if (!fresh) return false;
  if (isFilled(w.uptimeSlot) || isFilled(w.boottimeSlot)) return true;
  for (let i = 0; i < w.consumerCount; i++) {
    const c = w.consumers[i];
    for (let k = 0; k < c.metricCount; k++) if (isFilled(c.slots[k])) return true;
  }
  return false;
}

/** Whether a window that gets the record had those of all archives before at this instant. */
export function inOrder(w: Window): bool {
  const known = w.runSeq == instantSeq ? w.run : 0;
  if (known == run) return true;
  w.runSeq = instantSeq;
  w.run = run;
  if (run > 1) return known == run - 1;
  return w.records > 0 && w.lastNs >= instantNs;
}
