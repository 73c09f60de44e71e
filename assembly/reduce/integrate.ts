// Owns INTEGRATE: right-hand rectangle rule from the first accepted record on (analytics.md §1.9).

import {
  IN_CAP,
  IN_ELAPSED,
  IN_PREV,
  IN_SEEN,
  IN_TIMES,
  IN_TOTAL,
  IN_WIDTH,
  Q_LANE,
  STOP_MEMORY,
  STOP_NONE,
  STOP_SHAPE,
} from '../layout';
import { regrow, take } from '../memory';
import { columns } from './columns';
import { anyLane, isPresent, ready, vector, width } from './lane';

export function integrate(q: usize, arena: usize, t: f64): i32 {
  const lane: usize = load<u32>(q, Q_LANE);
  if (!ready(lane)) return STOP_NONE;
  const status = anyLane(lane);
  if (status != STOP_NONE) return status;
  if (columns >= 0) return integrateColumns(q, arena, t);
  const seen = load<i32>(q, IN_SEEN);
  if (seen == 0) {
    const total = take(arena, width << 3);
    if (!total) return STOP_MEMORY;
    store<u32>(q, <u32>total, IN_TOTAL);
    store<i32>(q, width, IN_WIDTH);
  } else {
    if (width != load<i32>(q, IN_WIDTH)) return STOP_SHAPE;
    const dt = t - load<f64>(q, IN_PREV);
    const total: usize = load<u32>(q, IN_TOTAL);
    for (let i = 0; i < width; i++) {
      const at = i << 3;
      store<f64>(total + at, load<f64>(total + at) + load<f64>(vector + at) * dt);
    }
    store<f64>(q, load<f64>(q, IN_ELAPSED) + dt, IN_ELAPSED);
  }
  store<f64>(q, t, IN_PREV);
  store<i32>(q, seen + 1, IN_SEEN);
  return STOP_NONE;
}

/** By column: each has the time of its last value, from which its next one counts. */
function integrateColumns(q: usize, arena: usize, t: f64): i32 {
  const seen = load<i32>(q, IN_SEEN);
  const old = load<i32>(q, IN_CAP);
  if (width > old) {
    const cap = old ? width << 1 : width;
    const total = regrow(arena, load<u32>(q, IN_TOTAL), old << 3, cap << 3);
    const times = regrow(arena, load<u32>(q, IN_TIMES), old << 3, cap << 3);
    if (!total || !times) return STOP_MEMORY;
    for (let i = old; i < cap; i++) store<f64>(times + (i << 3), NaN);
    store<u32>(q, <u32>total, IN_TOTAL);
    store<u32>(q, <u32>times, IN_TIMES);
    store<i32>(q, cap, IN_CAP);
  }
  if (width > load<i32>(q, IN_WIDTH)) store<i32>(q, width, IN_WIDTH);
  const total: usize = load<u32>(q, IN_TOTAL);
  const times: usize = load<u32>(q, IN_TIMES);
  for (let i = 0; i < width; i++) {
    if (!isPresent(i)) continue;
    const at = i << 3;
    const dt = t - load<f64>(times + at);
    if (dt == dt) store<f64>(total + at, load<f64>(total + at) + load<f64>(vector + at) * dt);
    store<f64>(times + at, t);
  }
  if (seen > 0) store<f64>(q, load<f64>(q, IN_ELAPSED) + (t - load<f64>(q, IN_PREV)), IN_ELAPSED);
  store<f64>(q, t, IN_PREV);
  store<i32>(q, seen + 1, IN_SEEN);
  return STOP_NONE;
}
