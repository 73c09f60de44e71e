// Owns ROLL by column: each instance has a count of its own, so that one that comes or goes does not end the others'.

import {
  Q_FLAGS,
  Q_LANE,
  Q_SKIP_FIRST,
  RO_CAP,
  RO_COUNT,
  RO_COUNTS,
  RO_DIRECT,
  RO_MAX,
  RO_MEAN,
  RO_MIN,
  RO_WIDTH,
  STOP_MEMORY,
  STOP_NONE,
  STOP_RAGGED,
} from '../layout';
import { regrow } from '../memory';
import { anyLane, columnCount, columnList, isPresent, ready, vector, width } from './lane';

function reserve(q: usize, arena: usize, n: i32): bool {
  const old = load<i32>(q, RO_CAP);
  if (n <= old) return true;
  const cap = old ? n << 1 : n;
  const mean = regrow(arena, load<u32>(q, RO_MEAN), old << 3, cap << 3);
  const min = regrow(arena, load<u32>(q, RO_MIN), old << 3, cap << 3);
  const max = regrow(arena, load<u32>(q, RO_MAX), old << 3, cap << 3);
  const counts = regrow(arena, load<u32>(q, RO_COUNTS), old << 3, cap << 3);
  if (!mean || !min || !max || !counts) return false;
  // Of a column without values there is nothing to say.
  for (let i = old; i < cap; i++) {
    store<f64>(mean + (i << 3), NaN);
    store<f64>(min + (i << 3), NaN);
    store<f64>(max + (i << 3), NaN);
  }
  store<u32>(q, <u32>mean, RO_MEAN);
  store<u32>(q, <u32>min, RO_MIN);
  store<u32>(q, <u32>max, RO_MAX);
  store<u32>(q, <u32>counts, RO_COUNTS);
  store<i32>(q, cap, RO_CAP);
  return true;
}

/** Takes value v into column i. */
// @ts-ignore: decorator
@inline
function put(q: usize, i: i32, v: f64): void {
  const at = i << 3;
  const counts: usize = load<u32>(q, RO_COUNTS);
  const mean: usize = load<u32>(q, RO_MEAN);
  const min: usize = load<u32>(q, RO_MIN);
  const max: usize = load<u32>(q, RO_MAX);
  const n = load<f64>(counts + at) + 1;
  store<f64>(counts + at, n);
  if (n == 1) {
    store<f64>(mean + at, v);
    store<f64>(min + at, v);
    store<f64>(max + at, v);
    return;
  }
  const m = load<f64>(mean + at);
  store<f64>(mean + at, m + (v - m) * (1.0 / n));
  if (v < load<f64>(min + at) || v != v) store<f64>(min + at, v);
  if (v > load<f64>(max + at) || v != v) store<f64>(max + at, v);
}

/** One record; `first`: the first that the consumer accepted. */
export function rollColumns(q: usize, arena: usize, first: bool): i32 {
  const lane: usize = load<u32>(q, Q_LANE);
  if (!ready(lane)) return STOP_NONE;
  const status = anyLane(lane);
  if (status <= 0) return status < 0 ? STOP_MEMORY : STOP_RAGGED;
  if (!reserve(q, arena, width)) return STOP_MEMORY;
  if (width > load<i32>(q, RO_WIDTH)) store<i32>(q, width, RO_WIDTH);
  if (first && load<i32>(q, Q_FLAGS) & Q_SKIP_FIRST) return STOP_NONE;
  store<i32>(q, load<i32>(q, RO_COUNT) + 1, RO_COUNT);
  const direct = load<i32>(q, RO_DIRECT) - 1;
  const list: usize = direct < 0 ? 0 : <usize>load<u32>(columnList + (direct << 2));
  if (list) {
    const n = load<i32>(columnCount + (direct << 2));
    for (let k = 0; k < n; k++) {
      const i = load<i32>(list + (k << 2));
      put(q, i, load<f64>(vector + (i << 3)));
    }
    return STOP_NONE;
  }
  for (let i = 0; i < width; i++) if (isPresent(i)) put(q, i, load<f64>(vector + (i << 3)));
  return STOP_NONE;
}
