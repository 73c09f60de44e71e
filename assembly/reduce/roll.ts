// Owns ROLL: running count, mean, minimum and maximum of each lane element (analytics.md §1.8).

import { Arena, copy, DROP_LAST, List, Roll, SKIP_FIRST, STOP_MEMORY, STOP_NONE, STOP_SHAPE } from '../layout';
import { take } from '../memory';
import { anyLane, ready, vector, width } from './lane';
import { countOf } from './rows';

function push(q: Roll, x: List<f64>, n: i32): void {
  const count = q.count + 1;
  q.count = count;
  const mean = q.mean;
  const min = q.min;
  const max = q.max;
  if (count == 1) {
    copy(mean, x, n);
    copy(min, x, n);
    copy(max, x, n);
    return;
  }
  const one = reciprocal(count);
  if (n == 1) {
    const v = x[0];
    const m = mean[0];
    const low = min[0];
    const high = max[0];
    const whole = v == v;
    mean[0] = m + (v - m) * one;
    min[0] = v < low || !whole ? v : low;
    max[0] = v > high || !whole ? v : high;
    return;
  }
  // Buffers are whole pairs.
  pushMany(changetype<usize>(x), changetype<usize>(mean), changetype<usize>(min), changetype<usize>(max), n << 3, one);
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

/** @inline */
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
export function roll(q: Roll, arena: Arena, first: bool): i32 {
  const direct = q.direct - 1;
  const lane = q.lane;
  if (direct >= 0 ? countOf(direct) <= 0 : !ready(lane)) return STOP_NONE;
  const status = anyLane(lane);
  return status == STOP_NONE ? rollValues(q, arena, first, vector, width) : status;
}

/** The same, of values at `x`. */
export function rollValues(q: Roll, arena: Arena, first: bool, x: List<f64>, n: i32): i32 {
  const flags = q.flags;
  const seen = q.seen;
  if (q.width == 0) {
    // Whole pairs.
    const room = (n + 1) & ~1;
    const mean = take<List<f64>>(arena, 3 * (room << 3));
    const pending = take<List<f64>>(arena, flags & DROP_LAST ? room << 3 : 8);
    if (!mean || !pending) return STOP_MEMORY;
    q.mean = mean;
    q.min = mean.from(room);
    q.max = mean.from(2 * room);
    q.pending = pending;
    q.width = n;
  } else if (n != q.width) {
    return STOP_SHAPE;
  }
  if (first && flags & SKIP_FIRST) return STOP_NONE;
  q.seen = seen + 1;
  if (flags & DROP_LAST) {
    const pending = q.pending;
    if (seen > 0) push(q, pending, n);
    copy(pending, x, n);
  } else {
    push(q, x, n);
  }
  return STOP_NONE;
}
