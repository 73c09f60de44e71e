// Owns the reading loop over data records: which windows a record falls in, and giving it to their consumers.

import { stampNs, stampSeconds } from './archive/bytes';
import { fits, planFor, planRecord } from './archive/plan';
import { checkRecord, checkSets, frameRecord } from './archive/record';
import { scaleSlot } from './archive/scale';
import { dissolve, isDue, makeSteady, takeSteady } from './archive/steady';
import { FILL_DAMAGED, fillSlot, isInForce, refillSlot } from './archive/values';
import { cover } from './coverage';
import { again, atInstant, countFresh, inOrder, instantSeq, isAgain, isFresh, seq, takeBack } from './instant';
import {
  ahead,
  isBefore,
  next,
  none,
  Plan,
  Reader,
  SEEN_COPY,
  SEEN_FRESH,
  SETTLED_SETS,
  SETTLED_TIME,
  Wanted,
  Window,
} from './layout';
import { consumeAll } from './reduce/deliver';
import { session } from './select';
import { S_DONE, S_GAP, S_INSIDE, S_MEMORY, S_ODD, S_RECORD, S_SETS, S_UNTIL } from './status';

/** A pause between windows worth a look at the index: 10 minutes in ns. */
const GAP_NS: i64 = 600000000000;

/** Steady plan that the current record was taken by, else 0; how many wanted sets the record has; plan that has undescribed ones, or 0. */
let steady = changetype<Plan>(0);
let nWanted: i32 = 0;
let odd = changetype<Plan>(0);

/** One wanted set, by what is remembered of it or in full: S_RECORD, or damage, which is to be named before it is left out. @inline */
function fillItem(r: Reader, item: Wanted, gen: i32, rec: usize, len: i32): i32 {
  const slot = item.slot;
  const off = item.at;
  if (again) {
    const filled = slot.seq;
    if (filled >= instantSeq && filled < seq) return S_RECORD;
  }
  if (slot.plan == gen && isInForce(slot, r.ns) && refillSlot(slot, seq, rec, len, off)) {
    countFresh(1);
    return S_RECORD;
  }
  if (slot.want == 0) return S_RECORD;
  const owner = slot.owner;
  if (owner) dissolve(owner);
  const status = fillSlot(session, r, item, seq);
  const scaled = status == 0 && scaleSlot(slot, item.metric);
  // Strings, what holds no values and what is converted are read in full each time; the latter so that nothing else need ask.
  const plain = !scaled && slot.count > 0 && !slot.bad && slot.type < 6;
  slot.plan = plain ? gen : 0;
  if (status == FILL_DAMAGED) {
    // As if the record did not have it.
    slot.seq = -1;
    slot.plan = 0;
    return r.settled & SETTLED_SETS ? S_RECORD : S_SETS;
  }
  countFresh(1);
  return status == 0 ? S_RECORD : S_MEMORY;
}

/** Whether the steady form may take a record of a time. What it has taken at this instant already, it would take a second time. @inline */
function isSteady(plan: Plan, ns: i64): bool {
  return plan.steady != 0 && (!isAgain(ns) || plan.taken < instantSeq);
}

/** Fills the wanted slots from the framed record: S_RECORD or damage. */
function fill(r: Reader, ns: i64): i32 {
  const plan = planFor(r);
  if (!plan) return S_MEMORY;
  steady = none<Plan>();
  const rec = r.record;
  const len = r.length;
  if (isSteady(plan, ns) && fits(r, plan) && takeSteady(plan, rec, seq + 1, ns)) {
    atInstant(r, ns);
    countFresh(plan.slotCount);
    plan.taken = seq;
    r.steadyRecords++;
    r.setsEnd = plan.setsEnd;
    steady = plan;
    odd = plan.undescribedCount ? plan : none<Plan>();
    nWanted = plan.wantedCount;
    const rest = plan.rest;
    const n = plan.restCount;
    for (let i = 0; i < n; i++) {
      const filled = fillItem(r, rest[i], plan.generation, rec, len);
      if (filled != S_RECORD) return filled;
    }
    return S_RECORD;
  }
  const planned = planRecord(r, plan);
  if (planned != S_RECORD) return planned;
  atInstant(r, ns);
  plan.taken = seq;
  r.setsEnd = plan.setsEnd;
  odd = plan.undescribedCount ? plan : none<Plan>();
  const gen = plan.generation;
  if (plan.steady && plan.steadyGeneration != gen) dissolve(plan);
  let item = plan.wanted[0];
  nWanted = plan.wantedCount;
  const end = ahead(item, nWanted);
  for (; isBefore(item, end); item = next(item)) {
    const filled = fillItem(r, item, gen, rec, len);
    if (filled != S_RECORD) return filled;
  }
  if (!plan.steady && nWanted && isDue(plan)) makeSteady(r, plan, ns);
  return S_RECORD;
}

/** Whether a time is before the latest one or far behind it: both are a large number, taken as one without sign. @inline */
function isOdd(r: Reader, ns: i64): bool {
  return <u64>(ns - r.lastNs) >= <u64>r.limitNs && !(r.settled & SETTLED_TIME);
}

/** Leaves out the framed record. */
export function skipRecord(r: Reader): void {
  r.backwards++;
  step(r, r.record);
}

/** False if memory is exhausted. */
function deliver(r: Reader, w: Window, ns: i64, t: f64): bool {
  cover(w, ns);
  return nWanted == 0 || consumeAll(w, r, t, steady);
}

/** Counts for the i-th window the value sets of metrics that are not described. */
function countUndescribed(r: Reader, i: i32, ns: i64): void {
  const u = r.undescribed[i];
  const n = u.count;
  u.count = n + odd.undescribedCount;
  if (n) return;
  u.pmid = odd.undescribed;
  u.ns = ns;
}

/** A mark: the logger was away. */
function markWindow(w: Window, ns: i64): void {
  if (w.start <= ns && ns <= w.end) w.marks++;
}

/** Leaves the framed record behind. */
function step(r: Reader, rec: usize): void {
  r.settled = 0;
  r.scanned++;
  r.position = rec + r.length;
}

/**
 * Reads records up to the time `until` (inclusive) and delivers them to the windows of this reader.
 * Stops with S_MORE or S_GROW (bytes), S_UNTIL, S_DONE (all windows over), S_GAP (a long way to the next window) or damage;
 * the record at fault is not consumed.
 */
export function scanData(r: Reader, until: i64): i32 {
  const version = r.version;
  const windows = r.windows;
  const nWindows = r.windowCount;
  while (true) {
    const status = frameRecord(r);
    if (status != S_RECORD) return status;
    const rec = r.record;
    const ns = stampNs(rec + 4, version);
    r.ns = ns;
    if (isOdd(r, ns)) {
      if (r.readsOn) return S_ODD;
      // As pmFetch: a record earlier than one before is dropped, and a mark counts as one (§6).
      if (ns < r.lastNs) {
        skipRecord(r);
        continue;
      }
    }
    if (ns > until) return S_UNTIL;
    let low = r.firstOpen;
    while (low < nWindows && windows[low].end < ns) low++;
    r.firstOpen = low;
    if (low == nWindows) return S_DONE;
    const start = windows[low].start;
    if (start - ns > GAP_NS && !r.ignoresGaps) return S_GAP;
    if (ns >= start) {
      if (r.setCount == 0) {
        // One that holds more has lost its number of value sets.
        if (checkSets(r) != S_RECORD) return S_INSIDE;
        for (let i = low; i < nWindows; i++) markWindow(windows[i], ns);
      } else {
        const before = seq;
        const filled = fill(r, ns);
        if (filled != S_RECORD) {
          if (seq != before) takeBack();
          return filled;
        }
        const t = stampSeconds(rec + 4, version);
        const flags = r.seen;
        for (let i = low; i < nWindows; i++) {
          const w = windows[i];
          if (w.start > ns) break;
          if (w.end < ns) continue;
          if (again && !inOrder(w)) w.mixed = 1;
          if (odd) countUndescribed(r, i, ns);
          const counts = !again || isFresh(w);
          flags[i] |= <u8>(counts ? SEEN_FRESH : SEEN_COPY);
          if (counts && !deliver(r, w, ns, t)) return S_MEMORY;
        }
      }
      r.delivered++;
      r.ignoresGaps = 0;
    }
    r.lastNs = ns;
    step(r, rec);
  }
}

/**
 * Passes over the next record by its head alone, if it is before `until`: S_RECORD, else S_UNTIL. Stops with S_ODD before one that is
 * earlier than one before.
 */
export function nextHead(r: Reader, until: i64): i32 {
  const status = frameRecord(r);
  if (status != S_RECORD) return status;
  const rec = r.record;
  const ns = stampNs(rec + 4, r.version);
  r.ns = ns;
  if (ns < r.lastNs && !(r.settled & SETTLED_TIME)) return S_ODD;
  if (ns >= until) return S_UNTIL;
  r.lastNs = ns;
  step(r, rec);
  return S_RECORD;
}

/**
 * The next record whole and checked (dump): its place and time are in the reader; S_RECORD steps behind it. A reader that reads on
 * gets records of which only some value sets are damaged (Reader.unsound), and is asked about times.
 */
export function nextRecord(r: Reader): i32 {
  const status = frameRecord(r);
  if (status != S_RECORD) return status;
  const readsOn = r.readsOn;
  const rec = r.record;
  const version = r.version;
  const ns = stampNs(rec + 4, version);
  r.ns = ns;
  if (readsOn && isOdd(r, ns)) return S_ODD;
  if (readsOn && checkSets(r) != S_RECORD) return S_INSIDE;
  const checked = checkRecord(r);
  if (checked != S_RECORD && !readsOn) return checked;
  r.unsound = checked == S_RECORD ? 0 : 1;
  if (readsOn) r.lastNs = ns;
  r.time = stampSeconds(rec + 4, version);
  step(r, rec);
  return S_RECORD;
}
