// Owns lane expressions: rows of the current record → one number, or a vector in scratch memory (reduce/spec.ts, Lane).

import {
  FOLD_COUNT, FOLD_EACH, FOLD_FIRST, FOLD_MATCH, FOLD_MEAN, FOLD_RATIO, FOLD_SUM, FOLD_TOTAL, LANE_ARENA, LANE_FOLD, LANE_N, LANE_ORDER, LANE_PICK,
  LANE_ROW_SIZE, LANE_ROWS, LANE_SCALE, OR_NOW, STOP_MEMORY, STOP_NONE, STOP_RAGGED, STOP_SHAPE,
} from '../layout';
import { take } from '../memory';
import { session } from '../select';
import { columnMask, columns, columnVals, place } from './columns';
import { matchedIn } from './match';
import { arrange, firstAt, ORDER_MEMORY, ORDER_OTHER } from './order';
import { countOf, shiftOf, valsOf } from './rows';

let scratch: usize = 0;
let scratchCap: i32 = 0;
let masks: usize = 0;
let masksCap: i32 = 0;

export function resetScratch(): void {
  scratch = 0;
  scratchCap = 0;
  masks = 0;
  masksCap = 0;
}

/** Room for a vector of `n`; false if memory is exhausted. */
function reserve(n: i32): bool {
  if (n <= scratchCap) return true;
  scratch = take(session, n << 3);
  scratchCap = scratch ? n : 0;
  return scratch != 0;
}

/** Result of the last vectorLane: address and width. */
export let vector: usize = 0;
export let width: i32 = 0;
/** Bytes that say which elements of the vector are there; 0: all are. */
export let present: usize = 0;

// @ts-ignore: decorator
@inline
function rowAt(lane: usize, i: i32): usize {
  return lane + LANE_ROWS + i * LANE_ROW_SIZE;
}

/** True if every metric of the lane has values in this record, those of a certain instance if only that counts. */
export function ready(lane: usize): bool {
  const n = load<i32>(lane, LANE_N);
  const matched = load<i32>(lane, LANE_FOLD) >= FOLD_MATCH;
  for (let i = 0; i < n; i++) {
    const row = rowAt(lane, i);
    const metric = load<i32>(row, 8);
    const pick = load<i32>(row, LANE_PICK);
    if (pick && countOf(metric) <= (pick & 0xffff) * ((pick >>> 16) - 1)) return false;
    if (countOf(metric) <= 0 || (matched && matchedIn(metric) < 0)) return false;
  }
  if (load<i32>(lane, LANE_FOLD) != FOLD_FIRST) return true;
  for (let i = 0; i < n; i++) if (firstIn(lane, rowAt(lane, i)) < 0) return false;
  return true;
}

// @ts-ignore: decorator
@inline
function firstIn(lane: usize, row: usize): i32 {
  return firstAt(load<u32>(lane, LANE_ARENA), load<u32>(row, LANE_ORDER), load<i32>(row, 8));
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
function picked(p: usize, step: i32, n: i32): f64 {
  let s: f64 = 0;
  for (let i = 0; i < n; i++) s += load<f64>(p + ((i * step) << 3));
  return s;
}

function matchedValue(metric: i32): f64 {
  return load<f64>(valsOf(metric) + (matchedIn(metric) << 3));
}

/** Lanes of the instance that the consumer looks for: a weighted sum, or the quotient of the first two rows (0 if not > 0). */
function matchedLane(lane: usize, fold: i32, n: i32): f64 {
  if (fold == FOLD_RATIO) {
    const below = matchedValue(load<i32>(lane + LANE_ROWS + LANE_ROW_SIZE, 8));
    return below > 0 ? (matchedValue(load<i32>(lane + LANE_ROWS, 8)) / below) * load<f64>(lane, LANE_SCALE) : 0;
  }
  let s: f64 = 0;
  for (let i = 0; i < n; i++) {
    const row = rowAt(lane, i);
    s += load<f64>(row) * matchedValue(load<i32>(row, 8));
  }
  return s * load<f64>(lane, LANE_SCALE);
}

/** A scalar lane (all but each). The caller has checked ready(). */
export function scalarLane(lane: usize): f64 {
  const fold = load<i32>(lane, LANE_FOLD);
  const n = load<i32>(lane, LANE_N);
  if (fold >= FOLD_MATCH) return matchedLane(lane, fold, n);
  if (fold == FOLD_COUNT) return <f64>countOf(load<i32>(lane + LANE_ROWS, 8));
  let s: f64 = 0;
  for (let i = 0; i < n; i++) {
    const row = rowAt(lane, i);
    const metric = load<i32>(row, 8);
    const pick = load<i32>(row, LANE_PICK);
    const x = fold == FOLD_FIRST ? load<f64>(valsOf(metric) + (firstIn(lane, row) << 3))
      : pick && fold == FOLD_SUM ? picked(valsOf(metric), pick & 0xffff, pick >>> 16)
      : fold == FOLD_TOTAL ? sumOf(valsOf(metric), countOf(metric)) + shiftOf(metric)
      : sumOf(valsOf(metric), countOf(metric));
    s += load<f64>(row) * x;
  }
  if (fold == FOLD_MEAN) s /= <f64>countOf(load<i32>(lane + LANE_ROWS, 8));
  return s * load<f64>(lane, LANE_SCALE);
}

/** STOP_NONE; STOP_RAGGED: rows of different length; STOP_SHAPE: other instances than at first; STOP_MEMORY. One row alone is used
 *  where it lies. */
function vectorLane(lane: usize): i32 {
  const n = load<i32>(lane, LANE_N);
  const first = load<i32>(lane + LANE_ROWS, 8);
  const k = countOf(first);
  const scale = load<f64>(lane, LANE_SCALE);
  if (columns >= 0) return columnLane(lane, n, first, scale);
  width = k;
  present = 0;
  for (let i = 1; i < n; i++) if (countOf(load<i32>(rowAt(lane, i), 8)) != k) return STOP_RAGGED;
  const head: usize = load<u32>(lane + LANE_ROWS, LANE_ORDER);
  for (let i = 0; i < n; i++) {
    const row = rowAt(lane, i);
    const state = arrange(load<u32>(lane, LANE_ARENA), load<u32>(row, LANE_ORDER), head, load<i32>(row, 8));
    if (state == ORDER_MEMORY) return STOP_MEMORY;
    if (state == ORDER_OTHER) return STOP_SHAPE;
  }
  if (n == 1 && scale * load<f64>(lane + LANE_ROWS) == 1) {
    vector = load<u32>(head, OR_NOW);
    return STOP_NONE;
  }
  if (!reserve(k)) return STOP_MEMORY;
  for (let j = 0; j < k; j++) {
    let s: f64 = 0;
    for (let i = 0; i < n; i++) {
      const row = rowAt(lane, i);
      s += load<f64>(row) * load<f64>(<usize>load<u32>(<usize>load<u32>(row, LANE_ORDER), OR_NOW) + (j << 3));
    }
    store<f64>(scratch + (j << 3), s * scale);
  }
  vector = scratch;
  return STOP_NONE;
}

/** The same by column: never ragged, an element is there if all its rows are. */
function columnLane(lane: usize, n: i32, first: i32, scale: f64): i32 {
  const k = columns;
  width = k;
  for (let i = 0; i < n; i++) if (!place(load<i32>(rowAt(lane, i), 8))) return STOP_MEMORY;
  present = columnMask(first);
  if (n == 1 && scale * load<f64>(lane + LANE_ROWS) == 1) {
    vector = columnVals(first);
    return STOP_NONE;
  }
  if (!reserve(k)) return STOP_MEMORY;
  for (let j = 0; j < k; j++) {
    let s: f64 = 0;
    for (let i = 0; i < n; i++) {
      const row = rowAt(lane, i);
      s += load<f64>(row) * load<f64>(columnVals(load<i32>(row, 8)) + (j << 3));
    }
    store<f64>(scratch + (j << 3), s * scale);
  }
  vector = scratch;
  for (let i = 1; i < n; i++) {
    if (!joinMask(columnMask(load<i32>(rowAt(lane, i), 8)), k)) return STOP_MEMORY;
  }
  return STOP_NONE;
}

/** Makes `present` say only what `mask` says too. */
function joinMask(mask: usize, k: i32): bool {
  if (!mask || mask == present) return true;
  if (!present) {
    present = mask;
    return true;
  }
  if (k > masksCap) {
    masks = take(session, k);
    if (!masks) return false;
    masksCap = k;
  }
  for (let j = 0; j < k; j++) store<u8>(masks + j, load<u8>(present + j) & load<u8>(mask + j));
  present = masks;
  return true;
}

/** Whether element i of the vector is there. */
// @ts-ignore: decorator
@inline
export function isPresent(i: i32): bool {
  return present == 0 || load<u8>(present + i) != 0;
}

// @ts-ignore: decorator
@inline
export function isVector(lane: usize): bool {
  return load<i32>(lane, LANE_FOLD) == FOLD_EACH;
}

/** A lane as a vector, scalars having width 1. As vectorLane. */
export function anyLane(lane: usize): i32 {
  if (isVector(lane)) return vectorLane(lane);
  if (!reserve(1)) return STOP_MEMORY;
  store<f64>(scratch, scalarLane(lane));
  vector = scratch;
  width = 1;
  present = 0;
  return STOP_NONE;
}
