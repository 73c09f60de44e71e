// Owns lane expressions: rows of the current record → one number, or a vector in scratch memory (reduce/spec.ts, Lane).

import {
  FOLD_COUNT,
  FOLD_EACH,
  FOLD_FIRST,
  FOLD_MATCH,
  FOLD_MEAN,
  FOLD_RATIO,
  FOLD_SUM,
  FOLD_TOTAL,
  Lane,
  LaneRow,
  List,
  none,
  STOP_MEMORY,
  STOP_NONE,
  STOP_RAGGED,
  STOP_SHAPE,
} from '../layout';
import { take } from '../memory';
import { session } from '../select';
import { columnMask, columns, columnVals, place } from './columns';
import { matchedIn } from './match';
import { arrange, firstAt, ORDER_MEMORY, ORDER_OTHER } from './order';
import { countOf, shiftOf, valsOf } from './rows';

let scratch = changetype<List<f64>>(0);
let scratchCap: i32 = 0;
let masks = changetype<List<u8>>(0);
let masksCap: i32 = 0;

export function resetScratch(): void {
  scratch = none<List<f64>>();
  scratchCap = 0;
  masks = none<List<u8>>();
  masksCap = 0;
}

/** Room for a vector of `n`; false if memory is exhausted. */
function reserve(n: i32): bool {
  if (n <= scratchCap) return true;
  scratch = take<List<f64>>(session, n << 3);
  scratchCap = scratch ? n : 0;
  return !!scratch;
}

/** Result of the last vectorLane: address and width. */
export let vector = changetype<List<f64>>(0);
export let width: i32 = 0;
/** Bytes that say which elements of the vector are there; 0: all are. */
export let present = changetype<List<u8>>(0);

/** @inline */
function rowAt(lane: Lane, i: i32): LaneRow {
  return lane.rows[i];
}

/** True if every metric of the lane has values in this record, those of a certain instance if only that counts. */
export function ready(lane: Lane): bool {
  const n = lane.rowCount;
  const matched = lane.fold >= FOLD_MATCH;
  for (let i = 0; i < n; i++) {
    const row = rowAt(lane, i);
    const metric = row.metric;
    const pick = row.pick;
    if (pick && countOf(metric) <= (pick & 0xffff) * ((pick >>> 16) - 1)) return false;
    if (countOf(metric) <= 0 || (matched && matchedIn(metric) < 0)) return false;
  }
  if (lane.fold != FOLD_FIRST) return true;
  for (let i = 0; i < n; i++) if (firstIn(lane, rowAt(lane, i)) < 0) return false;
  return true;
}

/** @inline */
function firstIn(lane: Lane, row: LaneRow): i32 {
  return firstAt(lane.arena, row.order, row.metric);
}

function sumOf(p: usize, n: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    a = f64x2.add(a, v128.load(p));
    b = f64x2.add(b, v128.load(p, 16));
    p += 32;
  }
  a = f64x2.add(a, b);
  let s = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; i < n; i++) {
    s += load<f64>(p);
    p += 8;
  }
  return s;
}

/** Sum of `n` values, every `step`-th from the first on. */
function picked(p: List<f64>, step: i32, n: i32): f64 {
  let s: f64 = 0;
  for (let i = 0; i < n; i++) s += p[i * step];
  return s;
}

function matchedValue(metric: i32): f64 {
  return valsOf(metric)[matchedIn(metric)];
}

/** Lanes of the instance that the consumer looks for: a weighted sum, or the quotient of the first two rows (0 if not > 0). */
function matchedLane(lane: Lane, fold: i32, n: i32): f64 {
  if (fold == FOLD_RATIO) {
    const below = matchedValue(rowAt(lane, 1).metric);
    return below > 0 ? (matchedValue(rowAt(lane, 0).metric) / below) * lane.scale : 0;
  }
  let s: f64 = 0;
  for (let i = 0; i < n; i++) {
    const row = rowAt(lane, i);
    s += row.weight * matchedValue(row.metric);
  }
  return s * lane.scale;
}

/** A scalar lane (all but each). The caller has checked ready(). */
export function scalarLane(lane: Lane): f64 {
  const fold = lane.fold;
  const n = lane.rowCount;
  if (fold >= FOLD_MATCH) return matchedLane(lane, fold, n);
  if (fold == FOLD_COUNT) return <f64>countOf(rowAt(lane, 0).metric);
  let s: f64 = 0;
  for (let i = 0; i < n; i++) {
    const row = rowAt(lane, i);
    const metric = row.metric;
    const pick = row.pick;
    const x =
      fold == FOLD_FIRST
        ? valsOf(metric)[firstIn(lane, row)]
        : pick && fold == FOLD_SUM
          ? picked(valsOf(metric), pick & 0xffff, pick >>> 16)
          : fold == FOLD_TOTAL
            ? sumOf(changetype<usize>(valsOf(metric)), countOf(metric)) + shiftOf(metric)
            : sumOf(changetype<usize>(valsOf(metric)), countOf(metric));
    s += row.weight * x;
  }
  if (fold == FOLD_MEAN) s /= <f64>countOf(rowAt(lane, 0).metric);
  return s * lane.scale;
}

/** STOP_NONE; STOP_RAGGED: rows of different length; STOP_SHAPE: other instances than at first; STOP_MEMORY. One row alone is used
 *  where it lies. */
function vectorLane(lane: Lane): i32 {
  const n = lane.rowCount;
  const first = rowAt(lane, 0).metric;
  const k = countOf(first);
  const scale = lane.scale;
  if (columns >= 0) return columnLane(lane, n, first, scale);
  width = k;
  present = none<List<u8>>();
  for (let i = 1; i < n; i++) if (countOf(rowAt(lane, i).metric) != k) return STOP_RAGGED;
  const head = rowAt(lane, 0).order;
  for (let i = 0; i < n; i++) {
    const row = rowAt(lane, i);
    const state = arrange(lane.arena, row.order, head, row.metric);
    if (state == ORDER_MEMORY) return STOP_MEMORY;
    if (state == ORDER_OTHER) return STOP_SHAPE;
  }
  if (n == 1 && scale * rowAt(lane, 0).weight == 1) {
    vector = head.now;
    return STOP_NONE;
  }
  if (!reserve(k)) return STOP_MEMORY;
  for (let j = 0; j < k; j++) {
    let s: f64 = 0;
    for (let i = 0; i < n; i++) {
      const row = rowAt(lane, i);
      s += row.weight * row.order.now[j];
    }
    scratch[j] = s * scale;
  }
  vector = scratch;
  return STOP_NONE;
}

/** The same by column: never ragged, an element is there if all its rows are. */
function columnLane(lane: Lane, n: i32, first: i32, scale: f64): i32 {
  const k = columns;
  width = k;
  for (let i = 0; i < n; i++) if (!place(rowAt(lane, i).metric)) return STOP_MEMORY;
  present = columnMask(first);
  if (n == 1 && scale * rowAt(lane, 0).weight == 1) {
    vector = columnVals(first);
    return STOP_NONE;
  }
  if (!reserve(k)) return STOP_MEMORY;
  for (let j = 0; j < k; j++) {
    let s: f64 = 0;
    for (let i = 0; i < n; i++) {
      const row = rowAt(lane, i);
      s += row.weight * columnVals(row.metric)[j];
    }
    scratch[j] = s * scale;
  }
  vector = scratch;
  for (let i = 1; i < n; i++) {
    if (!joinMask(columnMask(rowAt(lane, i).metric), k)) return STOP_MEMORY;
  }
  return STOP_NONE;
}

/** Makes `present` say only what `mask` says too. */
function joinMask(mask: List<u8>, k: i32): bool {
  if (!mask || mask == present) return true;
  if (!present) {
    present = mask;
    return true;
  }
  if (k > masksCap) {
    masks = take<List<u8>>(session, k);
    if (!masks) return false;
    masksCap = k;
  }
  for (let j = 0; j < k; j++) masks[j] = <u8>present[j] & mask[j];
  present = masks;
  return true;
}

/** Whether element i of the vector is there. @inline */
export function isPresent(i: i32): bool {
  return !present || present[i] != 0;
}

/** @inline */
export function isVector(lane: Lane): bool {
  return lane.fold == FOLD_EACH;
}

/** A lane as a vector, scalars having width 1. As vectorLane. */
export function anyLane(lane: Lane): i32 {
  if (isVector(lane)) return vectorLane(lane);
  if (!reserve(1)) return STOP_MEMORY;
  scratch[0] = scalarLane(lane);
  vector = scratch;
  width = 1;
  present = none<List<u8>>();
  return STOP_NONE;
}
