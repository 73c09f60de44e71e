// Owns SUBSAMPLE: at most 100 points of a series, dense at both ends (analytics.md §1.10).

import {
  Arena,
  EACH,
  LEAD,
  List,
  MAX_SAMPLES,
  MONOTONIC,
  STOP_DECREASE,
  STOP_MEMORY,
  STOP_NONE,
  STOP_SHAPE,
  Subsample,
} from '../layout';
import { take } from '../memory';
import { columns } from './columns';
import { anyLane, isPresent, ready, scalarLane, vector, width } from './lane';

/** Whether the point at t is stored; fixes the lead when the 12th point comes. */
function stored(q: Subsample, t: f64): bool {
  const count = q.count;
  if (count <= LEAD) return true;
  const times = q.times;
  if (!q.hasLead) {
    const walltime = q.walltime;
    const first = times[0];
    const leadin = times[LEAD] - first;
    q.hasLead = 1;
    q.window = (walltime - 2 * leadin) / <f64>(MAX_SAMPLES - 2 * LEAD);
    q.leadout = first + walltime - leadin;
  }
  if (count >= MAX_SAMPLES) return false;
  return t > q.leadout || t > times[count - 1] + q.window;
}

/** Lane is the scalar, lane2 the vector; either may be absent (0). */
export function subsample(q: Subsample, arena: Arena, t: f64): i32 {
  const value = q.lane;
  const row = q.lane2;
  if (value && !ready(value)) return STOP_NONE;
  if (row && !ready(row)) return STOP_NONE;
  if (row) {
    const status = anyLane(row);
    // A record with other instances is passed over, before its point is accepted. The row-shape quirk of §1.11.3 is not reproduced.
    if (status == STOP_SHAPE) return STOP_NONE;
    if (status != STOP_NONE) return status;
    if (columns >= 0) {
      if (!reserve(q, arena, width)) return STOP_MEMORY;
    } else if (q.rows == 0) {
      const rows = take<usize>(arena, (width * MAX_SAMPLES) << 3);
      if (!rows) return STOP_MEMORY;
      q.rows = rows;
      q.width = width;
    }
  }
  if (!stored(q, t)) return STOP_NONE;
  const count = q.count;
  q.times[count] = t;
  const rows = q.rows;
  const stride = columns >= 0 ? q.capacity : width;
  if (row) {
    const to = changetype<List<f64>>(rows + ((count * stride) << 3));
    for (let i = 0; i < width; i++) to[i] = isPresent(i) ? vector[i] : NaN;
  }
  if (value) q.values[count] = scalarLane(value);
  q.count = count + 1;
  const flags = q.flags;
  if (!(flags & MONOTONIC) || count < 2) return STOP_NONE;
  const down = flags & EACH ? !!row && rowFell(q, count, width, stride) : !!value && valueFell(q, count);
  return down ? STOP_DECREASE : STOP_NONE;
}

/** Whether the point just stored is below the one before it. */
function valueFell(q: Subsample, count: i32): bool {
  const v = changetype<usize>(q.values) + (count << 3);
  return load<f64>(v) < load<f64>(v - 8);
}

/** Whether some element of it is. */
function rowFell(q: Subsample, count: i32, n: i32, stride: i32): bool {
  const now = q.rows + ((count * stride) << 3);
  for (let i = 0; i < n; i++) {
    if (load<f64>(now + (i << 3)) < load<f64>(now - (stride << 3) + (i << 3))) return true;
  }
  return false;
}

/** Room for `n` columns in every row; what a row has no value for is NaN. */
function reserve(q: Subsample, arena: Arena, n: i32): bool {
  const old = q.capacity;
  if (n > q.width) q.width = n;
  if (n <= old) return true;
  const cap = old ? n << 1 : n;
  const rows = take<usize>(arena, (cap * MAX_SAMPLES) << 3);
  if (!rows) return false;
  for (let i = 0; i < cap * MAX_SAMPLES; i++) store<f64>(rows + (i << 3), NaN);
  const from = q.rows;
  for (let i = 0; i < q.count; i++) {
    memory.copy(rows + ((i * cap) << 3), from + ((i * old) << 3), old << 3);
  }
  q.rows = rows;
  q.capacity = cap;
  return true;
}
