// Owns FULLSERIES: all points of a scalar series up to MAX_POINTS; beyond, those that a compaction leaves (reduce/fullseries.ts says which).

import {
  Arena,
  EVEN,
  FullSeries,
  HEAD_POINTS,
  List,
  MAX_POINTS,
  MONOTONIC,
  STOP_DECREASE,
  STOP_MEMORY,
  STOP_NONE,
  TAIL_POINTS,
  WrapSum,
} from '../layout';
import { regrow } from '../memory';
import { ready, scalarLane } from './lane';

/** Takes the running total of a WRAPSUM of the same consumer instead of a lane. */
export function linkReducer(q: FullSeries, from: WrapSum): void {
  q.source = from;
}

let ts = changetype<List<f64>>(0);
let xs: usize = 0;

/** @inline */
function move(from: i32, to: i32): void {
  ts[to] = ts[from];
  store<f64>(xs + (to << 3), load<f64>(xs + (from << 3)));
}

/** @inline */
function inverse(list: usize, i: i32): f64 {
  return 1.0 / (load<f64>(list + (i << 3)) - load<f64>(list + 16));
}

/** Whether point j lies below the line from i to k, in the plane of reciprocals. */
function below(i: i32, j: i32, k: i32): bool {
  const a = inverse(changetype<usize>(ts), i);
  const b = inverse(xs, i);
  const along = (inverse(changetype<usize>(ts), k) - a) * (inverse(xs, j) - b);
  const across = (inverse(xs, k) - b) * (inverse(changetype<usize>(ts), j) - a);
  return along - across > 0;
}

/** Keeps what may be the minimum of a ratio of rates: the lower hull of the inner points. Returns how many points are left. */
function hull(n: i32): i32 {
  const end = n - TAIL_POINTS;
  let w = HEAD_POINTS;
  for (let i = HEAD_POINTS; i < end; i++) {
    if (!(load<f64>(xs + (i << 3)) > load<f64>(xs + 16))) continue;
    while (w - HEAD_POINTS >= 2 && !below(w - 2, w - 1, i)) w--;
    move(i, w++);
  }
  // A hull of almost all points has hardly a bend in it: every second one tells as much.
  while (w > MAX_POINTS >> 1) {
    let to = HEAD_POINTS;
    for (let i = HEAD_POINTS; i < w; i += 2) move(i, to++);
    w = to;
  }
  for (let i = end; i < n; i++) move(i, w++);
  return w;
}

function halve(q: FullSeries, n: i32): i32 {
  for (let i = 0; i < n >> 1; i++) move(i << 1, i);
  q.stride <<= 1;
  return n >> 1;
}

export function fullSeries(q: FullSeries, arena: Arena, t: f64): i32 {
  const flags = q.flags;
  const from = q.source;
  const lane = q.lane;
  let x: f64;
  if (from) {
    // Not every record is one for the other reducer.
    if (from.records == q.records) return STOP_NONE;
    x = from.total;
  } else {
    if (!ready(lane)) return STOP_NONE;
    x = scalarLane(lane);
  }
  const records = q.records;
  q.records = records + 1;
  const stride = q.stride;
  if (stride == 0) q.stride = 1;
  else if (records % stride != 0) return STOP_NONE;
  let n = q.count;
  if (n == q.capacity) {
    const cap = n ? n << 1 : 64;
    const room = regrow(arena, q.times, n << 3, cap << 3);
    const more = regrow(arena, q.values, n << 3, cap << 3);
    if (!room || !more) return STOP_MEMORY;
    q.times = room;
    q.values = more;
    q.capacity = cap;
  }
  ts = q.times;
  xs = changetype<usize>(q.values);
  ts[n] = t;
  store<f64>(xs + (n << 3), x);
  n++;
  const fell = (flags & MONOTONIC) != 0 && records > 0 && x < q.last;
  q.last = x;
  if (n == MAX_POINTS) n = flags & EVEN ? halve(q, n) : hull(n);
  q.count = n;
  return fell ? STOP_DECREASE : STOP_NONE;
}
