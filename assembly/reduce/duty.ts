// Owns DUTY: for each column the time in which its share of metric 0 in the sum of all metrics is above one half, and below.

import { Arena, Consumer, Duty, List, STOP_MEMORY, STOP_NONE } from '../layout';
import { regrow } from '../memory';
import { columns, columnVals } from './columns';
import { placeAll, wholeColumn, wholeRecord } from './wrapsum';

const HALF: f64 = 0.5;

function reserve(q: Duty, arena: Arena, n: i32, metrics: i32): bool {
  const old = q.capacity;
  if (n <= old) return true;
  const cap = old ? n << 1 : n;
  const prev = regrow(arena, q.before, (old * metrics) << 3, (cap * metrics) << 3);
  const above = regrow(arena, q.above, old << 3, cap << 3);
  const below = regrow(arena, q.below, old << 3, cap << 3);
  const count = regrow(arena, q.counts, old << 3, cap << 3);
  const have = regrow(arena, q.has, old, cap);
  if (!prev || !above || !below || !count || !have) return false;
  q.before = prev;
  q.above = above;
  q.below = below;
  q.counts = count;
  q.has = have;
  q.capacity = cap;
  return true;
}

/** @inline */
function add(list: List<f64>, k: i32, x: f64): void {
  list[k] += x;
}

export function duty(q: Duty, c: Consumer, arena: Arena): i32 {
  const metrics = c.metricCount;
  if (!wholeRecord(metrics)) return STOP_NONE;
  if (!placeAll(metrics) || !reserve(q, arena, columns, metrics)) return STOP_MEMORY;
  q.width = columns;
  const have = q.has;
  let sum: f64 = 0;
  for (let k = 0; k < columns; k++) {
    if (!wholeColumn(k, metrics)) continue;
    const known = have[k] != 0;
    have[k] = 1;
    let prev = changetype<usize>(q.before) + ((k * metrics) << 3);
    let own: f64 = 0;
    let total: f64 = 0;
    for (let m = 0; m < metrics; m++) {
      const x = columnVals(m)[k];
      const d = x - load<f64>(prev);
      if (m == 0) own = d;
      total += d;
      store<f64>(prev, x);
      prev += 8;
    }
    if (!known) continue;
    const share = own / total;
    add(q.counts, k, 1);
    if (share > HALF) add(q.above, k, total);
    else add(q.below, k, total);
    sum += share;
  }
  // Of a sum that is no number nothing is said; half-way goes to the even.
  const busy = nearest<f64>(sum);
  if (busy > q.most) q.most = busy;
  return STOP_NONE;
}
