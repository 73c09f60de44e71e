// Owns FULLSERIES: all points of a scalar series up to FS_MAX; beyond, those that a compaction leaves (reduce/fullseries.ts says which).

import {
  FS_CAP,
  FS_FROM,
  FS_HEAD,
  FS_LAST,
  FS_MAX,
  FS_N,
  FS_RECORDS,
  FS_STRIDE,
  FS_T,
  FS_TAIL,
  FS_X,
  Q_EVEN,
  Q_FLAGS,
  Q_LANE,
  Q_MONOTONIC,
  STOP_DECREASE,
  STOP_MEMORY,
  STOP_NONE,
  WS_RECORDS,
  WS_TOTAL,
} from '../layout';
import { regrow } from '../memory';
import { ready, scalarLane } from './lane';

/** Takes the running total of a WRAPSUM of the same consumer instead of a lane. */
export function linkReducer(q: usize, from: usize): void {
  store<u32>(q, <u32>from, FS_FROM);
}

let ts: usize = 0;
let xs: usize = 0;

// @ts-ignore: decorator
@inline
function move(from: i32, to: i32): void {
  store<f64>(ts + (to << 3), load<f64>(ts + (from << 3)));
  store<f64>(xs + (to << 3), load<f64>(xs + (from << 3)));
}

// @ts-ignore: decorator
@inline
function inverse(list: usize, i: i32): f64 {
  return 1.0 / (load<f64>(list + (i << 3)) - load<f64>(list + 16));
}

/** Whether point j lies below the line from i to k, in the plane of reciprocals. */
function below(i: i32, j: i32, k: i32): bool {
  const a = inverse(ts, i);
  const b = inverse(xs, i);
  const along = (inverse(ts, k) - a) * (inverse(xs, j) - b);
  const across = (inverse(xs, k) - b) * (inverse(ts, j) - a);
  return along - across > 0;
}

/** Keeps what may be the minimum of a ratio of rates: the lower hull of the inner points. Returns how many points are left. */
function hull(n: i32): i32 {
  const end = n - FS_TAIL;
  let w = FS_HEAD;
  for (let i = FS_HEAD; i < end; i++) {
    if (!(load<f64>(xs + (i << 3)) > load<f64>(xs + 16))) continue;
    while (w - FS_HEAD >= 2 && !below(w - 2, w - 1, i)) w--;
    move(i, w++);
  }
  // A hull of almost all points has hardly a bend in it: every second one tells as much.
  while (w > FS_MAX >> 1) {
    let to = FS_HEAD;
    for (let i = FS_HEAD; i < w; i += 2) move(i, to++);
    w = to;
  }
  for (let i = end; i < n; i++) move(i, w++);
  return w;
}

function halve(q: usize, n: i32): i32 {
  for (let i = 0; i < n >> 1; i++) move(i << 1, i);
  store<i32>(q, load<i32>(q, FS_STRIDE) << 1, FS_STRIDE);
  return n >> 1;
}

export function fullSeries(q: usize, arena: usize, t: f64): i32 {
  const flags = load<i32>(q, Q_FLAGS);
  const from: usize = load<u32>(q, FS_FROM);
  const lane: usize = load<u32>(q, Q_LANE);
  let x: f64;
  if (from) {
    // Not every record is one for the other reducer.
    if (load<i32>(from, WS_RECORDS) == load<i32>(q, FS_RECORDS)) return STOP_NONE;
    x = load<f64>(from, WS_TOTAL);
  } else {
    if (!ready(lane)) return STOP_NONE;
    x = scalarLane(lane);
  }
  const records = load<i32>(q, FS_RECORDS);
  store<i32>(q, records + 1, FS_RECORDS);
  const stride = load<i32>(q, FS_STRIDE);
  if (stride == 0) store<i32>(q, 1, FS_STRIDE);
  else if (records % stride != 0) return STOP_NONE;
  let n = load<i32>(q, FS_N);
  if (n == load<i32>(q, FS_CAP)) {
    const cap = n ? n << 1 : 64;
    const room = regrow(arena, load<u32>(q, FS_T), n << 3, cap << 3);
    const more = regrow(arena, load<u32>(q, FS_X), n << 3, cap << 3);
    if (!room || !more) return STOP_MEMORY;
    store<u32>(q, <u32>room, FS_T);
    store<u32>(q, <u32>more, FS_X);
    store<i32>(q, cap, FS_CAP);
  }
  ts = load<u32>(q, FS_T);
  xs = load<u32>(q, FS_X);
  store<f64>(ts + (n << 3), t);
  store<f64>(xs + (n << 3), x);
  n++;
  const fell = (flags & Q_MONOTONIC) != 0 && records > 0 && x < load<f64>(q, FS_LAST);
  store<f64>(q, x, FS_LAST);
  if (n == FS_MAX) n = flags & Q_EVEN ? halve(q, n) : hull(n);
  store<i32>(q, n, FS_N);
  return fell ? STOP_DECREASE : STOP_NONE;
}
