// Owns ROLL: running count, mean, minimum and maximum of each lane element (analytics.md §1.8).

import {
  Q_DROP_LAST,
  Q_FLAGS,
  Q_LANE,
  Q_SKIP_FIRST,
  RO_COUNT,
  RO_MAX,
  RO_MEAN,
  RO_MIN,
  RO_PENDING,
  RO_SEEN,
  RO_WIDTH,
  STOP_MEMORY,
  STOP_NONE,
  STOP_RAGGED,
  STOP_SHAPE,
} from '../layout';
import { take } from '../memory';
import { anyLane, ready, vector, width } from './lane';

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
  // f64x2.min and max propagate NaN, as the reference's do. Buffers are padded to pairs.
  const share = f64x2.splat(1.0 / <f64>count);
  const bytes = n << 3;
  for (let i = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const m = v128.load(mean + i);
    v128.store(mean + i, f64x2.add(m, f64x2.mul(f64x2.sub(v, m), share)));
    v128.store(min + i, f64x2.min(v128.load(min + i), v));
    v128.store(max + i, f64x2.max(v128.load(max + i), v));
  }
}

/** One record; STOP_NONE, or why the consumer must stop. `first`: the first record that the consumer accepted. */
export function roll(q: usize, arena: usize, first: bool): i32 {
  const lane: usize = load<u32>(q, Q_LANE);
  if (!ready(lane)) return STOP_NONE;
  const status = anyLane(lane);
  if (status <= 0) return status < 0 ? STOP_MEMORY : STOP_RAGGED;
  const flags = load<i32>(q, Q_FLAGS);
  const seen = load<i32>(q, RO_SEEN);
  if (load<i32>(q, RO_WIDTH) == 0) {
    const bytes = (width + 1) << 3;
    const mean = take(arena, bytes);
    const min = take(arena, bytes);
    const max = take(arena, bytes);
    const pending = take(arena, flags & Q_DROP_LAST ? bytes : 8);
    if (!mean || !min || !max || !pending) return STOP_MEMORY;
    store<u32>(q, <u32>mean, RO_MEAN);
    store<u32>(q, <u32>min, RO_MIN);
    store<u32>(q, <u32>max, RO_MAX);
    store<u32>(q, <u32>pending, RO_PENDING);
    store<i32>(q, width, RO_WIDTH);
  } else if (width != load<i32>(q, RO_WIDTH)) {
    return STOP_SHAPE;
  }
  if (first && flags & Q_SKIP_FIRST) return STOP_NONE;
  store<i32>(q, seen + 1, RO_SEEN);
  if (flags & Q_DROP_LAST) {
    const pending: usize = load<u32>(q, RO_PENDING);
    if (seen > 0) push(q, pending, width);
    memory.copy(pending, vector, width << 3);
  } else {
    push(q, vector, width);
  }
  return STOP_NONE;
}
