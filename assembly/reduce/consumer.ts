// Owns a consumer's life: which records it gets, what is checked before its reducers see them (analytics.md §1.2–1.6).

import {
  Arena,
  COUNTERS,
  Consumer,
  Counter,
  copy,
  Duty,
  EMPTY_IGNORED,
  EMPTY_SKIPS,
  EMPTY_STOPS,
  FIRST_LAST_ONLY,
  FirstLast,
  FLOOR,
  FLOOR_SKIPS,
  FullSeries,
  Integrate,
  KIND_DUTY,
  KIND_FULLSERIES,
  KIND_INTEGRATE,
  KIND_LATCH,
  KIND_ROLL,
  KIND_SECTIONS,
  KIND_SUBSAMPLE,
  KIND_TALLY,
  KIND_WRAPSUM,
  Latch,
  List,
  none,
  RECTANGULAR,
  RECTANGULAR_SKIPS,
  Roll,
  Sections,
  STOP_CONVERSION,
  STOP_EMPTY,
  STOP_ERROR,
  STOP_FLOOR,
  STOP_MEMORY,
  STOP_NODATA,
  STOP_NONE,
  STOP_RAGGED,
  STOP_SKIP,
  Subsample,
  Tally,
  UNCHECKED,
  UNNAMED_COUNT,
  WrapSum,
} from '../layout';
import { take } from '../memory';
import { align } from './align';
import { columns, setColumns } from './columns';
import { duty } from './duty';
import { firstLast } from './firstlast';
import { fullSeries } from './fullseries';
import { integrate } from './integrate';
import { latch } from './latch';
import { look, lookAway } from './match';
import { normalize } from './normalize';
import { orderFor } from './order';
import { roll } from './roll';
import { rollColumns } from './roll-columns';
import { countOf, rowCount, rowShift, rowVals, valsOf } from './rows';
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
function bind(c: Consumer, seq: i32): i32 {
  orderFor(c);
  const n = c.metricCount;
  const slots = c.slots;
  const counters = (c.flags & COUNTERS) != 0;
  let outcome: i32 = ABSENT;
  let error = 0;
  let missing = false;
  let crowded = false;
  const unnamed = (c.flags & UNNAMED_COUNT) != 0;
  let bad = 0;
  for (let i = 0; i < n; i++) {
    const slot = slots[i];
    const corrected = counters ? slot.corrected : none<Counter>();
    rowVals[i] = corrected ? corrected.out : slot.values;
    rowShift[i] = corrected ? corrected.shift : 0;
    if (slot.seq != seq) {
      rowCount[i] = 0;
      continue;
    }
    const count = slot.count;
    rowCount[i] = count;
    if (count > 0) {
      outcome = STOP_NONE;
      // -1: without instance domain.
      if (<u32>count > <u32>slot.members) crowded = !unnamed;
      bad |= slot.bad;
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

const GUARDED: i32 = EMPTY_SKIPS | EMPTY_STOPS | FLOOR | RECTANGULAR;

/** What the analytic itself asks before it uses a record. STOP_SKIP here: not accepted, but not "missing indom". */
function guard(c: Consumer, flags: i32): i32 {
  if (countOf(0) <= 0) {
    if (flags & EMPTY_STOPS) return STOP_EMPTY;
    if (flags & EMPTY_SKIPS) return STOP_SKIP;
  }
  if (flags & FLOOR && countOf(0) > 0 && valsOf(0)[0] < c.floor) {
    return flags & FLOOR_SKIPS ? STOP_SKIP : STOP_FLOOR;
  }
  if (flags & RECTANGULAR) {
    const n = c.metricCount;
    let width = 0;
    for (let i = 0; i < n; i++) {
      if (countOf(i) <= 0) continue;
      if (width && countOf(i) != width) return flags & RECTANGULAR_SKIPS ? STOP_SKIP : STOP_RAGGED;
      width = countOf(i);
    }
  }
  return STOP_NONE;
}

function label(c: Consumer, arena: Arena): bool {
  const metric = c.labelMetric;
  if (metric < 0 || c.accepted > 0) return true;
  const slot = c.slots[metric];
  const n = countOf(metric) > 0 ? countOf(metric) : 0;
  const ids = take<List<u32>>(arena, n << 2);
  const keys = take<List<i64>>(arena, n << 3);
  if (!ids || !keys) return false;
  copy(keys, slot.keys, n);
  const pairs = slot.pairs;
  for (let i = 0; i < n; i++) ids[i] = load<u32>(pairs + (i << 3));
  c.labels = ids;
  c.labelCount = n;
  c.labelKeys = keys;
  return true;
}

export function halt(c: Consumer, reason: i32, why: i32): void {
  c.stop = reason;
  c.stopCode = why;
}

function reduceAll(c: Consumer, arena: Arena, seq: i32, t: f64, ordinal: i32): void {
  const first = c.accepted == 0;
  const n = c.reducerCount;
  const list = c.reducers;
  for (let i = 0; i < n; i++) {
    const q = list[i];
    const kind = q.kind;
    let status: i32 = STOP_NONE;
    if (kind == KIND_ROLL)
      status = columns >= 0 ? rollColumns(changetype<Roll>(q), arena, first) : roll(changetype<Roll>(q), arena, first);
    else if (kind == KIND_SUBSAMPLE) status = subsample(changetype<Subsample>(q), arena, t);
    else if (kind == KIND_INTEGRATE) status = integrate(changetype<Integrate>(q), arena, t);
    else if (kind == KIND_LATCH) latch(changetype<Latch>(q), first);
    else if (kind == KIND_WRAPSUM) status = wrapSum(changetype<WrapSum>(q), c, arena);
    else if (kind == KIND_FULLSERIES) status = fullSeries(changetype<FullSeries>(q), arena, t);
    else if (kind == KIND_DUTY) status = duty(changetype<Duty>(q), c, arena);
    else if (kind == KIND_SECTIONS) sections(changetype<Sections>(q), t);
    else if (kind == KIND_TALLY) status = tally(changetype<Tally>(q), c, arena, seq, ordinal) ? STOP_NONE : STOP_MEMORY;
    else status = firstLast(changetype<FirstLast>(q), c, t, STOP_NONE, 0) ? STOP_NONE : STOP_MEMORY;
    if (status != STOP_NONE) {
      halt(c, status, 0);
      return;
    }
  }
}

/** First and last record count alone: every record is taken as the last, with its own outcome. */
function consumeEnds(c: Consumer, arena: Arena, t: f64, judged: i32): void {
  let outcome = judged;
  const why = code;
  const normalized = !!c.norms;
  if (outcome == STOP_SKIP) c.skipped++;
  if (outcome == STOP_NONE && normalized) outcome = normalize(c, arena);
  if (outcome == STOP_NONE) outcome = guard(c, c.flags);
  const q = c.reducers[0];
  if (!firstLast(changetype<FirstLast>(q), c, t, outcome, outcome == STOP_ERROR ? why : 0)) halt(c, STOP_MEMORY, 0);
  // Normalization needs every record, so that one in the middle can fail the whole (§1.2).
  else if (normalized && outcome > STOP_SKIP) halt(c, outcome, outcome == STOP_ERROR ? why : 0);
}

/** Hands the current record (slots filled, `seq`) to a consumer. */
export function consume(c: Consumer, arena: Arena, seq: i32, t: f64): void {
  if (c.stop > STOP_SKIP) return;
  let outcome = bind(c, seq);
  if (outcome == ABSENT) return;
  const flags = c.flags;
  const ordinal = c.records;
  c.records = ordinal + 1;
  if (flags & UNCHECKED) {
    if (!label(c, arena)) halt(c, STOP_MEMORY, 0);
    else reduceAll(c, arena, seq, t, ordinal);
    c.accepted++;
    return;
  }
  if (flags & FIRST_LAST_ONLY) {
    consumeEnds(c, arena, t, outcome);
    return;
  }
  if (outcome == STOP_SKIP) {
    c.skipped++;
    return;
  }
  if (outcome == STOP_NODATA && flags & EMPTY_IGNORED) return;
  const why = code;
  if (outcome == STOP_NONE && c.norms) outcome = normalize(c, arena);
  if (outcome == STOP_NONE && flags & GUARDED) outcome = guard(c, flags);
  if (outcome == STOP_SKIP) return;
  if (outcome != STOP_NONE) {
    halt(c, outcome, outcome == STOP_ERROR ? why : 0);
    return;
  }
  if (c.labelMetric >= 0 && !label(c, arena)) {
    halt(c, STOP_MEMORY, 0);
    return;
  }
  if (c.match) look(c);
  if (c.align) {
    outcome = align(c, arena);
    if (outcome != STOP_NONE) {
      halt(c, outcome, 0);
      setColumns(-1, none<Arena>());
      lookAway();
      return;
    }
  }
  reduceAll(c, arena, seq, t, ordinal);
  c.accepted++;
  if (columns >= 0) setColumns(-1, none<Arena>());
  if (c.match) lookAway();
}
