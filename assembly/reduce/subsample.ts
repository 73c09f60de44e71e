// Owns SUBSAMPLE: at most 100 points of a series, dense at both ends (analytics.md §1.10).

import {
  Q_EACH,
  Q_FLAGS,
  Q_LANE,
  Q_LANE2,
  Q_MONOTONIC,
  SS_CAP,
  SS_COUNT,
  SS_HAVE,
  SS_LEAD,
  SS_LEADOUT,
  SS_MAX,
  SS_ROWS,
  SS_T,
  SS_V,
  SS_WALLTIME,
  SS_WIDTH,
  SS_WINDOW,
  STOP_DECREASE,
  STOP_MEMORY,
  STOP_NONE,
  STOP_SHAPE,
} from '../layout';
import { take } from '../memory';
import { columns } from './columns';
import { anyLane, isPresent, ready, scalarLane, vector, width } from './lane';

/** Whether the point at t is stored; fixes the lead when the 12th point comes. */
function stored(q: usize, t: f64): bool {
  const count = load<i32>(q, SS_COUNT);
  if (count <= SS_LEAD) return true;
  const times: usize = load<u32>(q, SS_T);
  if (!load<i32>(q, SS_HAVE)) {
    const walltime = load<f64>(q, SS_WALLTIME);
    const first = load<f64>(times);
    const leadin = load<f64>(times + (SS_LEAD << 3)) - first;
    store<i32>(q, 1, SS_HAVE);
    store<f64>(q, (walltime - 2 * leadin) / <f64>(SS_MAX - 2 * SS_LEAD), SS_WINDOW);
    store<f64>(q, first + walltime - leadin, SS_LEADOUT);
  }
  if (count >= SS_MAX) return false;
  return t > load<f64>(q, SS_LEADOUT) || t > load<f64>(times + ((count - 1) << 3)) + load<f64>(q, SS_WINDOW);
}

/** Lane is the scalar, lane2 the vector; either may be absent (0). */
export function subsample(q: usize, arena: usize, t: f64): i32 {
  const value: usize = load<u32>(q, Q_LANE);
  const row: usize = load<u32>(q, Q_LANE2);
  if (value && !ready(value)) return STOP_NONE;
  if (row && !ready(row)) return STOP_NONE;
  if (row) {
    const status = anyLane(row);
    // A record with other instances is passed over, before its point is accepted. The row-shape quirk of §1.11.3 is not reproduced.
    if (status == STOP_SHAPE) return STOP_NONE;
    if (status != STOP_NONE) return status;
    if (columns >= 0) {
      if (!reserve(q, arena, width)) return STOP_MEMORY;
    } else if (load<u32>(q, SS_ROWS) == 0) {
      const rows = take(arena, (width * SS_MAX) << 3);
      if (!rows) return STOP_MEMORY;
      store<u32>(q, <u32>rows, SS_ROWS);
      store<i32>(q, width, SS_WIDTH);
    }
  }
  if (!stored(q, t)) return STOP_NONE;
  const count = load<i32>(q, SS_COUNT);
  store<f64>(<usize>load<u32>(q, SS_T) + (count << 3), t);
  const rows: usize = load<u32>(q, SS_ROWS);
  const stride = columns >= 0 ? load<i32>(q, SS_CAP) : width;
  if (row) {
    const to = rows + ((count * stride) << 3);
    for (let i = 0; i < width; i++) store<f64>(to + (i << 3), isPresent(i) ? load<f64>(vector + (i << 3)) : NaN);
  }
  if (value) store<f64>(<usize>load<u32>(q, SS_V) + (count << 3), scalarLane(value));
  store<i32>(q, count + 1, SS_COUNT);
  const flags = load<i32>(q, Q_FLAGS);
  if (!(flags & Q_MONOTONIC) || count < 2) return STOP_NONE;
  const down = flags & Q_EACH ? row && rowFell(q, count, width, stride) : value && valueFell(q, count);
  return down ? STOP_DECREASE : STOP_NONE;
}

/** Whether the point just stored is below the one before it. */
function valueFell(q: usize, count: i32): bool {
  const v = <usize>load<u32>(q, SS_V) + (count << 3);
  return load<f64>(v) < load<f64>(v - 8);
}

/** Whether some element of it is. */
function rowFell(q: usize, count: i32, n: i32, stride: i32): bool {
  const now = <usize>load<u32>(q, SS_ROWS) + ((count * stride) << 3);
  for (let i = 0; i < n; i++) {
    if (load<f64>(now + (i << 3)) < load<f64>(now - (stride << 3) + (i << 3))) return true;
  }
  return false;
}

/** Room for `n` columns in every row; what a row has no value for is NaN. */
function reserve(q: usize, arena: usize, n: i32): bool {
  const old = load<i32>(q, SS_CAP);
  if (n > load<i32>(q, SS_WIDTH)) store<i32>(q, n, SS_WIDTH);
  if (n <= old) return true;
  const cap = old ? n << 1 : n;
  const rows = take(arena, (cap * SS_MAX) << 3);
  if (!rows) return false;
  for (let i = 0; i < cap * SS_MAX; i++) store<f64>(rows + (i << 3), NaN);
  const from: usize = load<u32>(q, SS_ROWS);
  for (let i = 0; i < load<i32>(q, SS_COUNT); i++) {
    memory.copy(rows + ((i * cap) << 3), from + ((i * old) << 3), old << 3);
  }
  store<u32>(q, <u32>rows, SS_ROWS);
  store<i32>(q, cap, SS_CAP);
  return true;
}
