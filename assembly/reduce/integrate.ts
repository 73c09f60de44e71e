// Owns INTEGRATE: right-hand rectangle rule from the first accepted record on (analytics.md §1.9).

import { Arena, Integrate, List, STOP_MEMORY, STOP_NONE, STOP_SHAPE } from '../layout';
import { regrow, take } from '../memory';
import { columns } from './columns';
import { anyLane, isPresent, ready, vector, width } from './lane';

export function integrate(q: Integrate, arena: Arena, t: f64): i32 {
  const lane = q.lane;
  if (!ready(lane)) return STOP_NONE;
  const status = anyLane(lane);
  if (status != STOP_NONE) return status;
  if (columns >= 0) return integrateColumns(q, arena, t);
  const seen = q.seen;
  if (seen == 0) {
    const total = take<List<f64>>(arena, width << 3);
    if (!total) return STOP_MEMORY;
    q.totals = total;
    q.width = width;
  } else {
    if (width != q.width) return STOP_SHAPE;
    const dt = t - q.before;
    const totals = q.totals;
    for (let i = 0; i < width; i++) totals[i] += vector[i] * dt;
    q.elapsed += dt;
  }
  q.before = t;
  q.seen = seen + 1;
  return STOP_NONE;
}

/** By column: each has the time of its last value, from which its next one counts. */
function integrateColumns(q: Integrate, arena: Arena, t: f64): i32 {
  const seen = q.seen;
  const old = q.capacity;
  if (width > old) {
    const cap = old ? width << 1 : width;
    const total = regrow(arena, q.totals, old << 3, cap << 3);
    const times = regrow(arena, q.times, old << 3, cap << 3);
    if (!total || !times) return STOP_MEMORY;
    for (let i = old; i < cap; i++) times[i] = NaN;
    q.totals = total;
    q.times = times;
    q.capacity = cap;
  }
  if (width > q.width) q.width = width;
  const totals = q.totals;
  const times = q.times;
  for (let i = 0; i < width; i++) {
    if (!isPresent(i)) continue;
    const dt = t - times[i];
    if (dt == dt) totals[i] += vector[i] * dt;
    times[i] = t;
  }
  if (seen > 0) q.elapsed += t - q.before;
  q.before = t;
  q.seen = seen + 1;
  return STOP_NONE;
}
