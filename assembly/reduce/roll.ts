// Owns ROLL: running count, mean, minimum and maximum of each lane element (analytics.md §1.8).

import {
  Q_DROP_LAST,
  Q_FLAGS,
  Q_LANE,
  Q_SKIP_FIRST,
  RO_COUNT,
  RO_DIRECT,
  RO_MAX,
  RO_MEAN,
  RO_MIN,
  RO_PENDING,
  RO_SEEN,
  RO_WIDTH,
  STOP_MEMORY,
  STOP_NONE,
  STOP_SHAPE,
} from '../layout';
import { take } from '../memory';
import { anyLane, ready, vector, width } from './lane';
import { countOf } from './rows';

function push(q: usize, x: usize, n: i32): void {
  const count = load<i32>(q, RO_COUNT) + 1;
  store<i32>(q, count, RO_COUNT);
  const mean: usize = load<u32>(q, RO_MEAN);
  const min: usize = load<u32>(q, RO_MIN);
  const max: usize = load<u32>(q, RO_MAX);
  if (count == 1) {
    memory.copy(mean, x, n << 3);
    memory.copy(min, x, n << 3);
    memory.copy(max, x, n << 3);
    return;
  }
  const one = reciprocal(count);
  if (n == 1) {
    const v = load<f64>(x);
    const m = load<f64>(mean);
    const low = load<f64>(min);
    const high = load<f64>(max);
    const whole = v == v;
    store<f64>(mean, m + (v - m) * one);
    store<f64>(min, v < low || !whole ? v : low);
    store<f64>(max, v > high || !whole ? v : high);
    return;
  }
  // Buffers are whole pairs.
  pushMany(x, mean, min, max, n << 3, one);
}

/** The next values of many elements side by side, `one` being 1/count; whole pairs are read and written. */
export function pushMany(x: usize, mean: usize, min: usize, max: usize, bytes: i32, one: f64): void {
  const share = f64x2.splat(one);
  let flawed = f64x2.splat(0);
  // pmin and pmax take one instruction and pass over NaN, min and max take ten.
  let i = 0;
  for (; i + 32 <= bytes; i += 32) {
    const v = v128.load(x + i);
    const w = v128.load(x + i, 16);
    const a = v128.load(mean + i);
    const b = v128.load(mean + i, 16);
    flawed = v128.or(flawed, v128.or(f64x2.ne(v, v), f64x2.ne(w, w)));
    v128.store(mean + i, f64x2.add(a, f64x2.mul(f64x2.sub(v, a), share)));
    v128.store(mean + i, f64x2.add(b, f64x2.mul(f64x2.sub(w, b), share)), 16);
    v128.store(min + i, f64x2.pmin(v128.load(min + i), v));
    v128.store(min + i, f64x2.pmin(v128.load(min + i, 16), w), 16);
    v128.store(max + i, f64x2.pmax(v128.load(max + i), v));
    v128.store(max + i, f64x2.pmax(v128.load(max + i, 16), w), 16);
  }
  for (; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const m = v128.load(mean + i);
    flawed = v128.or(flawed, f64x2.ne(v, v));
    v128.store(mean + i, f64x2.add(m, f64x2.mul(f64x2.sub(v, m), share)));
    v128.store(min + i, f64x2.pmin(v128.load(min + i), v));
    v128.store(max + i, f64x2.pmax(v128.load(max + i), v));
  }
  if (v128.any_true(flawed)) spread(min, max, x, bytes);
}

/** NaN in a value becomes that of its minimum and maximum, as in the reference. */
function spread(min: usize, max: usize, x: usize, bytes: i32): void {
  for (let i = 0; i < bytes; i += 8) {
    if (load<f64>(x + i) == load<f64>(x + i)) continue;
    store<f64>(min + i, NaN);
    store<f64>(max + i, NaN);
  }
}

/** 1/n for small n: all reducers of a window are about as far, and a division takes longer than the rest of a narrow lane. */
const RECIPROCALS: i32 = 4096;
const reciprocals = memory.data(32768);

// @ts-ignore: decorator
@inline
export function reciprocal(n: i32): f64 {
  if (n >= RECIPROCALS) return 1.0 / <f64>n;
  const at = reciprocals + (n << 3);
  let share = load<f64>(at);
  if (share == 0) {
    share = 1.0 / <f64>n;
    store<f64>(at, share);
  }
  return share;
}

/** One record; STOP_NONE, or why the consumer must stop. `first`: the first record that the consumer accepted. */
export function roll(q: usize, arena: usize, first: bool): i32 {
  const direct = load<i32>(q, RO_DIRECT) - 1;
  const lane: usize = load<u32>(q, Q_LANE);
  if (direct >= 0 ? countOf(direct) <= 0 : !ready(lane)) return STOP_NONE;
  const status = anyLane(lane);
  return status == STOP_NONE ? rollValues(q, arena, first, vector, width) : status;
}

/** The same, of values at `x`. */
export function rollValues(q: usize, arena: usize, first: bool, x: usize, n: i32): i32 {
  const flags = load<i32>(q, Q_FLAGS);
  const seen = load<i32>(q, RO_SEEN);
  if (load<i32>(q, RO_WIDTH) == 0) {
    // Whole pairs.
    const bytes = ((n + 1) & ~1) << 3;
    const mean = take(arena, 3 * bytes);
    const pending = take(arena, flags & Q_DROP_LAST ? bytes : 8);
    if (!mean || !pending) return STOP_MEMORY;
    store<u32>(q, <u32>mean, RO_MEAN);
    store<u32>(q, <u32>(mean + bytes), RO_MIN);
    store<u32>(q, <u32>(mean + 2 * bytes), RO_MAX);
    store<u32>(q, <u32>pending, RO_PENDING);
    store<i32>(q, n, RO_WIDTH);
  } else if (n != load<i32>(q, RO_WIDTH)) {
    return STOP_SHAPE;
  }
  if (first && flags & Q_SKIP_FIRST) return STOP_NONE;
  store<i32>(q, seen + 1, RO_SEEN);
  if (flags & Q_DROP_LAST) {
    const pending: usize = load<u32>(q, RO_PENDING);
    if (seen > 0) push(q, pending, n);
    memory.copy(pending, x, n << 3);
  } else {
    push(q, x, n);
  }
  return STOP_NONE;
}
