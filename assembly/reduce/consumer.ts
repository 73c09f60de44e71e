// Owns a consumer's life: which records it gets, what is checked before its reducers see them (analytics.md §1.2–1.6).

import {
  C_ACCEPTED,
  C_ALIGN,
  C_FLAGS,
  C_FLOOR,
  C_LABEL_KEYS,
  C_LABEL_METRIC,
  C_LABELS,
  C_MATCH,
  C_NLABELS,
  C_NMETRICS,
  C_NORMS,
  C_NREDUCERS,
  C_RECORDS,
  C_REDUCERS,
  C_SKIPPED,
  C_SLOTS,
  C_STOP,
  C_STOP_CODE,
  F_COUNTERS,
  F_UNNAMED,
  F_EMPTY_IGNORE,
  F_EMPTY_SKIP,
  F_EMPTY_STOP,
  F_FIRSTLAST,
  F_FLOOR,
  F_FLOOR_SKIP,
  F_RAW,
  F_RECT,
  F_RECT_SKIP,
  K_OUT,
  K_SHIFT,
  KIND_DUTY,
  KIND_FULLSERIES,
  KIND_INTEGRATE,
  KIND_LATCH,
  KIND_ROLL,
  KIND_SECTIONS,
  KIND_SUBSAMPLE,
  KIND_TALLY,
  KIND_WRAPSUM,
  L_BAD,
  L_CORRECTED,
  L_COUNT,
  L_DOMAIN,
  L_KEYS,
  L_PAIRS,
  L_SEQ,
  L_VALS,
  Q_KIND,
  STOP_CONVERSION,
  STOP_EMPTY,
  STOP_ERROR,
  STOP_FLOOR,
  STOP_MEMORY,
  STOP_NODATA,
  STOP_NONE,
  STOP_RAGGED,
  STOP_SHAPE,
  STOP_SKIP,
} from '../layout';
import { take } from '../memory';
import { align } from './align';
import { duty } from './duty';
import { firstLast } from './firstlast';
import { fullSeries } from './fullseries';
import { integrate } from './integrate';
import { columns, setColumns } from './columns';
import { countOf, rowCount, rowShift, rowVals, valsOf } from './rows';
import { latch } from './latch';
import { look, lookAway } from './match';
import { normalise } from './normalise';
import { orderFor } from './order';
import { roll } from './roll';
import { rollColumns } from './roll-columns';
import { sections } from './sections';
import { subsample } from './subsample';
import { tally } from './tally';
import { wrapSum } from './wrapsum';

/** PM_ERR_VALUE: the record is passed over, nothing stops. */
const MISSING_VALUE: i32 = -12351;

/** Error code of the outcome last judged. */
let code: i32 = 0;

/** Outcome of a record that holds none of the metrics. */
const ABSENT: i32 = -1;

/** Points the rows at the record's slots, and makes the checks of §1.3 in their order. */
function bind(c: usize, seq: i32): i32 {
  orderFor(c);
  const n = load<i32>(c, C_NMETRICS);
  const slots: usize = load<u32>(c, C_SLOTS);
  const counters = (load<i32>(c, C_FLAGS) & F_COUNTERS) != 0;
  let outcome: i32 = ABSENT;
  let error = 0;
  let missing = false;
  let crowded = false;
  const unnamed = (load<i32>(c, C_FLAGS) & F_UNNAMED) != 0;
  let bad = 0;
  for (let i = 0; i < n; i++) {
    const slot: usize = load<u32>(slots + (i << 2));
    const corrected: usize = counters ? <usize>load<u32>(slot, L_CORRECTED) : 0;
    store<u32>(rowVals + (i << 2), corrected ? load<u32>(corrected, K_OUT) : load<u32>(slot, L_VALS));
    store<f64>(rowShift + (i << 3), corrected ? load<f64>(corrected, K_SHIFT) : 0);
    if (load<i32>(slot, L_SEQ) != seq) {
      store<i32>(rowCount + (i << 2), 0);
      continue;
    }
    const count = load<i32>(slot, L_COUNT);
    store<i32>(rowCount + (i << 2), count);
    if (count > 0) {
      outcome = STOP_NONE;
      // -1: without instance domain.
      if (<u32>count > <u32>load<i32>(slot, L_DOMAIN)) crowded = !unnamed;
      bad |= load<i32>(slot, L_BAD);
    } else {
      if (outcome == ABSENT) outcome = STOP_NODATA;
      if (count == MISSING_VALUE) missing = true;
      else if (count < 0 && error == 0) error = count;
    }
  }
  if (outcome == STOP_NONE && !missing && error == 0 && !crowded && bad == 0) return STOP_NONE;
  code = error;
  if (missing) return STOP_SKIP;
  if (error) return STOP_ERROR;
  if (crowded) return STOP_SKIP;
  return outcome == STOP_NONE && bad ? STOP_CONVERSION : outcome;
}

const GUARDED: i32 = F_EMPTY_SKIP | F_EMPTY_STOP | F_FLOOR | F_RECT;

/** What the analytic itself asks before it uses a record. STOP_SKIP here: not accepted, but not "missing indom". */
function guard(c: usize, flags: i32): i32 {
  if (countOf(0) <= 0) {
    if (flags & F_EMPTY_STOP) return STOP_EMPTY;
    if (flags & F_EMPTY_SKIP) return STOP_SKIP;
  }
  if (flags & F_FLOOR && countOf(0) > 0 && load<f64>(valsOf(0)) < load<f64>(c, C_FLOOR)) {
    return flags & F_FLOOR_SKIP ? STOP_SKIP : STOP_FLOOR;
  }
  if (flags & F_RECT) {
    const n = load<i32>(c, C_NMETRICS);
    let width = 0;
    for (let i = 0; i < n; i++) {
      if (countOf(i) <= 0) continue;
      if (width && countOf(i) != width) return flags & F_RECT_SKIP ? STOP_SKIP : STOP_RAGGED;
      width = countOf(i);
    }
  }
  return STOP_NONE;
}

function label(c: usize, arena: usize): bool {
  const metric = load<i32>(c, C_LABEL_METRIC);
  if (metric < 0 || load<i32>(c, C_ACCEPTED) > 0) return true;
  const slot: usize = load<u32>(<usize>load<u32>(c, C_SLOTS) + (metric << 2));
  const n = countOf(metric) > 0 ? countOf(metric) : 0;
  const ids = take(arena, n << 2);
  const keys = take(arena, n << 3);
  if (!ids || !keys) return false;
  memory.copy(keys, load<u32>(slot, L_KEYS), n << 3);
  const pairs: usize = load<u32>(slot, L_PAIRS);
  for (let i = 0; i < n; i++) store<u32>(ids + (i << 2), load<u32>(pairs + (i << 3)));
  store<u32>(c, <u32>ids, C_LABELS);
  store<i32>(c, n, C_NLABELS);
  store<u32>(c, <u32>keys, C_LABEL_KEYS);
  return true;
}

export function halt(c: usize, reason: i32, why: i32): void {
  store<i32>(c, reason, C_STOP);
  store<i32>(c, why, C_STOP_CODE);
}

function reduceAll(c: usize, arena: usize, seq: i32, t: f64, ordinal: i32): void {
  const first = load<i32>(c, C_ACCEPTED) == 0;
  const n = load<i32>(c, C_NREDUCERS);
  const list: usize = load<u32>(c, C_REDUCERS);
  for (let i = 0; i < n; i++) {
    const q: usize = load<u32>(list + (i << 2));
    const kind = load<i32>(q, Q_KIND);
    let status: i32 = STOP_NONE;
    if (kind == KIND_ROLL) status = columns >= 0 ? rollColumns(q, arena, first) : roll(q, arena, first);
    else if (kind == KIND_SUBSAMPLE) status = subsample(q, arena, t);
    else if (kind == KIND_INTEGRATE) status = integrate(q, arena, t);
    else if (kind == KIND_LATCH) latch(q, first);
    else if (kind == KIND_WRAPSUM) status = wrapSum(q, c, arena);
    else if (kind == KIND_FULLSERIES) status = fullSeries(q, arena, t);
    else if (kind == KIND_DUTY) status = duty(q, c, arena);
    else if (kind == KIND_SECTIONS) sections(q, t);
    else if (kind == KIND_TALLY) status = tally(q, c, arena, seq, ordinal) ? STOP_NONE : STOP_MEMORY;
    else status = firstLast(q, c, arena, t, STOP_NONE, 0) ? STOP_NONE : STOP_MEMORY;
    if (status != STOP_NONE) {
      halt(c, status, 0);
      return;
    }
  }
}

/** First and last record count alone: every record is taken as the last, with its own outcome. */
function consumeEnds(c: usize, arena: usize, t: f64, judged: i32): void {
  let outcome = judged;
  const why = code;
  const normalised = load<u32>(c, C_NORMS) != 0;
  if (outcome == STOP_SKIP) store<i32>(c, load<i32>(c, C_SKIPPED) + 1, C_SKIPPED);
  if (outcome == STOP_NONE && normalised) outcome = normalise(c, arena);
  if (outcome == STOP_NONE) outcome = guard(c, load<i32>(c, C_FLAGS));
  const q: usize = load<u32>(<usize>load<u32>(c, C_REDUCERS));
  if (!firstLast(q, c, arena, t, outcome, outcome == STOP_ERROR ? why : 0)) halt(c, STOP_MEMORY, 0);
  // Normalisation needs every record, so that one in the middle can fail the whole (§1.2).
  else if (normalised && outcome > STOP_SKIP) halt(c, outcome, outcome == STOP_ERROR ? why : 0);
}

/** Hands the current record (slots filled, `seq`) to a consumer. */
export function consume(c: usize, arena: usize, seq: i32, t: f64): void {
  if (load<i32>(c, C_STOP) > STOP_SKIP) return;
  let outcome = bind(c, seq);
  if (outcome == ABSENT) return;
  const flags = load<i32>(c, C_FLAGS);
  const ordinal = load<i32>(c, C_RECORDS);
  store<i32>(c, ordinal + 1, C_RECORDS);
  if (flags & F_RAW) {
    if (!label(c, arena)) halt(c, STOP_MEMORY, 0);
    else reduceAll(c, arena, seq, t, ordinal);
    store<i32>(c, load<i32>(c, C_ACCEPTED) + 1, C_ACCEPTED);
    return;
  }
  if (flags & F_FIRSTLAST) {
    consumeEnds(c, arena, t, outcome);
    return;
  }
  if (outcome == STOP_SKIP) {
    store<i32>(c, load<i32>(c, C_SKIPPED) + 1, C_SKIPPED);
    return;
  }
  if (outcome == STOP_NODATA && flags & F_EMPTY_IGNORE) return;
  const why = code;
  if (outcome == STOP_NONE && load<u32>(c, C_NORMS)) outcome = normalise(c, arena);
  if (outcome == STOP_NONE && flags & GUARDED) outcome = guard(c, flags);
  if (outcome == STOP_SKIP) return;
  if (outcome != STOP_NONE) {
    halt(c, outcome, outcome == STOP_ERROR ? why : 0);
    return;
  }
  if (load<i32>(c, C_LABEL_METRIC) >= 0 && !label(c, arena)) {
    halt(c, STOP_MEMORY, 0);
    return;
  }
  if (load<u32>(c, C_MATCH)) look(c);
  if (load<u32>(c, C_ALIGN)) {
    outcome = align(c, arena);
    if (outcome != STOP_NONE) {
      halt(c, outcome, 0);
      setColumns(-1, 0);
      lookAway();
      return;
    }
  }
  reduceAll(c, arena, seq, t, ordinal);
  store<i32>(c, load<i32>(c, C_ACCEPTED) + 1, C_ACCEPTED);
  if (columns >= 0) setColumns(-1, 0);
  if (load<u32>(c, C_MATCH)) lookAway();
}
