// Owns the reading loop over data records: which windows a record falls in, and giving it to their consumers.

import { stampNs, stampSeconds } from './archive/bytes';
import { checkRecord, checkSets, fits, frameRecord, planFor, planRecord } from './archive/record';
import { scaleSlot } from './archive/scale';
import { dissolve, makeSteady, isDue, takeSteady } from './archive/steady';
import { FILL_DAMAGED, fillSlot, refillSlot } from './archive/values';
import { cover } from './coverage';
import { again, atInstant, countFresh, inOrder, instantSeq, isAgain, isFresh, seq, takeBack } from './instant';
import {
  L_BAD,
  L_COUNT,
  L_OWNER,
  L_PLAN,
  L_SEQ,
  L_TYPE,
  L_WANT,
  P_END,
  P_GEN,
  P_NREST,
  P_NSLOTS,
  P_NUNDESCRIBED,
  P_NWANTED,
  P_REST,
  P_STEADY,
  P_STEADY_GEN,
  P_TAKEN,
  P_UNDESCRIBED,
  P_WANTED,
  P_WANTED_SIZE,
  PW_AT,
  PW_METRIC,
  PW_SLOT,
  R_BACKWARDS,
  R_DELIVERED,
  R_LAST_NS,
  R_LEN,
  R_LIMIT,
  R_LOW,
  R_NOGAP,
  R_NS,
  R_NUMPMID,
  R_NWINDOWS,
  R_POS,
  R_READS_ON,
  R_REC,
  R_SCANNED,
  R_SEEN,
  R_SETS_END,
  R_SETTLED,
  R_STEADY,
  R_T,
  R_UNDESCRIBED,
  R_UNSOUND,
  R_VERSION,
  R_WINDOWS,
  RS_SETS,
  RS_TIME,
  SEEN_COPY,
  SEEN_FRESH,
  U_COUNT,
  U_NS,
  U_PMID,
  U_SIZE,
  W_END,
  W_MARKS,
  W_MIXED,
  W_START,
} from './layout';
import { consumeAll } from './reduce/deliver';
import { session } from './select';
import { S_DONE, S_GAP, S_INSIDE, S_MEMORY, S_ODD, S_RECORD, S_SETS, S_UNTIL } from './status';
import { planLevel } from './tuning';

/** A pause between windows worth a look at the index: 10 minutes in ns. */
const GAP_NS: i64 = 600000000000;

/** Steady plan that the current record was taken by, else 0; how many wanted sets the record has; plan that has undescribed ones, or 0. */
let steady: usize = 0;
let nWanted: i32 = 0;
let odd: usize = 0;

/** One wanted set, by what is remembered of it or in full: S_RECORD, or damage, which is to be named before it is left out. */
// @ts-ignore: decorator
@inline
function fillItem(r: usize, item: usize, gen: i32, ns: i64, rec: usize, len: i32): i32 {
  const slot: usize = load<u32>(item, PW_SLOT);
  const off = load<i32>(item, PW_AT);
  if (again) {
    const filled = load<i32>(slot, L_SEQ);
    if (filled >= instantSeq && filled < seq) return S_RECORD;
  }
  if (load<i32>(slot, L_PLAN) == gen && refillSlot(slot, seq, ns, rec, len, off)) {
    countFresh(1);
    return S_RECORD;
  }
  if (load<i32>(slot, L_WANT) == 0) return S_RECORD;
  const owner: usize = load<u32>(slot, L_OWNER);
  if (owner) dissolve(owner);
  const metric: usize = load<u32>(item, PW_METRIC);
  const status = fillSlot(session, r, slot, metric, seq, ns, rec, len, off);
  const scaled = status == 0 && scaleSlot(slot, metric);
  // Strings, what holds no values and what is converted are read in full each time; the latter so that nothing else need ask.
  const plain = !scaled && load<i32>(slot, L_COUNT) > 0 && !load<i32>(slot, L_BAD) && load<i32>(slot, L_TYPE) < 6;
  store<i32>(slot, plain ? gen : 0, L_PLAN);
  if (status == FILL_DAMAGED) {
    // As if the record did not have it.
    store<i32>(slot, -1, L_SEQ);
    store<i32>(slot, 0, L_PLAN);
    return load<i32>(r, R_SETTLED) & RS_SETS ? S_RECORD : S_SETS;
  }
  countFresh(1);
  return status == 0 ? S_RECORD : S_MEMORY;
}

/** Whether the steady form may take a record of a time. What it has taken at this instant already, it would take a second time. */
// @ts-ignore: decorator
@inline
function isSteady(plan: usize, ns: i64): bool {
  return load<i32>(plan, P_STEADY) != 0 && (!isAgain(ns) || load<i32>(plan, P_TAKEN) < instantSeq);
}

/** Fills the wanted slots from the framed record: S_RECORD or damage. */
function fill(r: usize, ns: i64): i32 {
  const plan = planFor(r);
  if (!plan) return S_MEMORY;
  steady = 0;
  const rec: usize = load<u32>(r, R_REC);
  const len = load<i32>(r, R_LEN);
  if (isSteady(plan, ns) && fits(r, plan) && takeSteady(plan, rec, seq + 1, ns)) {
    atInstant(r, ns);
    countFresh(load<i32>(plan, P_NSLOTS));
    store<i32>(plan, seq, P_TAKEN);
    store<i32>(r, load<i32>(r, R_STEADY) + 1, R_STEADY);
    store<i32>(r, load<i32>(plan, P_END), R_SETS_END);
    steady = plan;
    odd = load<i32>(plan, P_NUNDESCRIBED) ? plan : 0;
    nWanted = load<i32>(plan, P_NWANTED);
    const rest: usize = load<u32>(plan, P_REST);
    const n = load<i32>(plan, P_NREST);
    for (let i = 0; i < n; i++) {
      const filled = fillItem(r, load<u32>(rest + (i << 2)), load<i32>(plan, P_GEN), ns, rec, len);
      if (filled != S_RECORD) return filled;
    }
    return S_RECORD;
  }
  const planned = planRecord(r, plan);
  if (planned != S_RECORD) return planned;
  atInstant(r, ns);
  store<i32>(plan, seq, P_TAKEN);
  store<i32>(r, load<i32>(plan, P_END), R_SETS_END);
  odd = load<i32>(plan, P_NUNDESCRIBED) ? plan : 0;
  const gen = load<i32>(plan, P_GEN);
  if (load<i32>(plan, P_STEADY) && load<i32>(plan, P_STEADY_GEN) != gen) dissolve(plan);
  let item: usize = load<u32>(plan, P_WANTED);
  nWanted = load<i32>(plan, P_NWANTED);
  const end = item + nWanted * P_WANTED_SIZE;
  for (; item < end; item += P_WANTED_SIZE) {
    const filled = fillItem(r, item, gen, ns, rec, len);
    if (filled != S_RECORD) return filled;
  }
  if (planLevel == 2 && !load<i32>(plan, P_STEADY) && nWanted && isDue(plan)) makeSteady(r, plan, ns);
  return S_RECORD;
}

/** Whether a time is before the latest one or far behind it: both are a large number, taken as one without sign. */
// @ts-ignore: decorator
@inline
function isOdd(r: usize, ns: i64): bool {
  return <u64>(ns - load<i64>(r, R_LAST_NS)) >= <u64>load<i64>(r, R_LIMIT) && !(load<i32>(r, R_SETTLED) & RS_TIME);
}

/** Leaves out the framed record. */
export function skipRecord(r: usize): void {
  store<i32>(r, load<i32>(r, R_BACKWARDS) + 1, R_BACKWARDS);
  step(r, load<u32>(r, R_REC));
}

/** False if memory is exhausted. */
function deliver(r: usize, w: usize, ns: i64, t: f64): bool {
  cover(w, ns);
  return nWanted == 0 || consumeAll(w, r, seq, ns, t, steady);
}

/** Counts for the i-th window the value sets of metrics that are not described. */
function countUndescribed(r: usize, i: i32, ns: i64): void {
  const u = <usize>load<u32>(r, R_UNDESCRIBED) + i * U_SIZE;
  const n = load<i32>(u, U_COUNT);
  store<i32>(u, n + load<i32>(odd, P_NUNDESCRIBED), U_COUNT);
  if (n) return;
  store<u32>(u, load<u32>(odd, P_UNDESCRIBED), U_PMID);
  store<i64>(u, ns, U_NS);
}

/** A mark: the logger was away. */
function markWindow(w: usize, ns: i64): void {
  if (load<i64>(w, W_START) <= ns && ns <= load<i64>(w, W_END)) store<i32>(w, load<i32>(w, W_MARKS) + 1, W_MARKS);
}

/** Leaves the framed record behind. */
function step(r: usize, rec: usize): void {
  store<i32>(r, 0, R_SETTLED);
  store<i32>(r, load<i32>(r, R_SCANNED) + 1, R_SCANNED);
  store<u32>(r, <u32>rec + load<i32>(r, R_LEN), R_POS);
}

/**
 * Reads records up to the time `until` (inclusive) and delivers them to the windows of this reader.
 * Stops with S_MORE or S_GROW (bytes), S_UNTIL, S_DONE (all windows over), S_GAP (a long way to the next window) or damage;
 * the record at fault is not consumed.
 */
export function scanData(r: usize, until: i64): i32 {
  const version = load<i32>(r, R_VERSION);
  const windows: usize = load<u32>(r, R_WINDOWS);
  const nWindows = load<i32>(r, R_NWINDOWS);
  while (true) {
    const status = frameRecord(r);
    if (status != S_RECORD) return status;
    const rec: usize = load<u32>(r, R_REC);
    const ns = stampNs(rec + 4, version);
    store<i64>(r, ns, R_NS);
    if (isOdd(r, ns)) {
      if (load<i32>(r, R_READS_ON)) return S_ODD;
      // As pmFetch: a record earlier than one before is dropped, and a mark counts as one (§6).
      if (ns < load<i64>(r, R_LAST_NS)) {
        skipRecord(r);
        continue;
      }
    }
    if (ns > until) return S_UNTIL;
    let low = load<i32>(r, R_LOW);
    while (low < nWindows && load<i64>(<usize>load<u32>(windows + (low << 2)), W_END) < ns) low++;
    store<i32>(r, low, R_LOW);
    if (low == nWindows) return S_DONE;
    const start = load<i64>(<usize>load<u32>(windows + (low << 2)), W_START);
    if (start - ns > GAP_NS && !load<i32>(r, R_NOGAP)) return S_GAP;
    if (ns >= start) {
      if (load<i32>(r, R_NUMPMID) == 0) {
        // One that holds more has lost its number of value sets.
        if (checkSets(r) != S_RECORD) return S_INSIDE;
        for (let i = low; i < nWindows; i++) markWindow(load<u32>(windows + (i << 2)), ns);
      } else {
        const before = seq;
        const filled = fill(r, ns);
        if (filled != S_RECORD) {
          if (seq != before) takeBack();
          return filled;
        }
        const t = stampSeconds(rec + 4, version);
        const flags: usize = load<u32>(r, R_SEEN);
        for (let i = low; i < nWindows; i++) {
          const w: usize = load<u32>(windows + (i << 2));
          if (load<i64>(w, W_START) > ns) break;
          if (load<i64>(w, W_END) < ns) continue;
          if (again && !inOrder(w)) store<i32>(w, 1, W_MIXED);
          if (odd) countUndescribed(r, i, ns);
          const counts = !again || isFresh(w);
          store<u8>(flags + i, load<u8>(flags + i) | <u8>(counts ? SEEN_FRESH : SEEN_COPY));
          if (counts && !deliver(r, w, ns, t)) return S_MEMORY;
        }
      }
      store<i32>(r, load<i32>(r, R_DELIVERED) + 1, R_DELIVERED);
      store<i32>(r, 0, R_NOGAP);
    }
    store<i64>(r, ns, R_LAST_NS);
    step(r, rec);
  }
}

/**
 * Passes over the next record by its head alone, if it is before `until`: S_RECORD, else S_UNTIL. Stops with S_ODD before one that is
 * earlier than one before.
 */
export function nextHead(r: usize, until: i64): i32 {
  const status = frameRecord(r);
  if (status != S_RECORD) return status;
  const rec: usize = load<u32>(r, R_REC);
  const ns = stampNs(rec + 4, load<i32>(r, R_VERSION));
  store<i64>(r, ns, R_NS);
  if (ns < load<i64>(r, R_LAST_NS) && !(load<i32>(r, R_SETTLED) & RS_TIME)) return S_ODD;
  if (ns >= until) return S_UNTIL;
  store<i64>(r, ns, R_LAST_NS);
  step(r, rec);
  return S_RECORD;
}

/**
 * The next record whole and checked (dump): its place and time are in the reader; S_RECORD steps behind it. A reader that reads on
 * gets records of which only some value sets are damaged (R_UNSOUND), and is asked about times.
 */
export function nextRecord(r: usize): i32 {
  const status = frameRecord(r);
  if (status != S_RECORD) return status;
  const readsOn = load<i32>(r, R_READS_ON);
  const rec: usize = load<u32>(r, R_REC);
  const version = load<i32>(r, R_VERSION);
  const ns = stampNs(rec + 4, version);
  store<i64>(r, ns, R_NS);
  if (readsOn && isOdd(r, ns)) return S_ODD;
  if (readsOn && checkSets(r) != S_RECORD) return S_INSIDE;
  const checked = checkRecord(r);
  if (checked != S_RECORD && !readsOn) return checked;
  store<i32>(r, checked == S_RECORD ? 0 : 1, R_UNSOUND);
  if (readsOn) store<i64>(r, ns, R_LAST_NS);
  store<f64>(r, stampSeconds(rec + 4, version), R_T);
  step(r, rec);
  return S_RECORD;
}
