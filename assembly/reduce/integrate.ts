// Owns INTEGRATE: right-hand rectangle rule from the first accepted record on (analytics.md §1.9).

import {
  IN_ELAPSED,
  IN_PREV,
  IN_SEEN,
  IN_TOTAL,
  IN_WIDTH,
  Q_LANE,
  STOP_MEMORY,
  STOP_NONE,
  STOP_RAGGED,
  STOP_SHAPE,
} from '../layout';
import { take } from '../memory';
import { anyLane, ready, vector, width } from './lane';

export function integrate(q: usize, arena: usize, t: f64): i32 {
  const lane: usize = load<u32>(q, Q_LANE);
  if (!ready(lane)) return STOP_NONE;
  const status = anyLane(lane);
  if (status <= 0) return status < 0 ? STOP_MEMORY : STOP_RAGGED;
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
