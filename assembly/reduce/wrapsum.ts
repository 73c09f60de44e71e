// Owns WRAPSUM: increments of counters of few bits summed up, by metric and column, from the second record on.

import { Arena, Consumer, STOP_MEMORY, STOP_NONE, WrapSum } from '../layout';
import { regrow } from '../memory';
import { columnMask, columns, columnVals, place } from './columns';
import { countOf } from './rows';

/** The modulus, 2^bits. */
export function setWrap(q: WrapSum, range: f64): void {
  q.range = range;
}

function reserve(q: WrapSum, arena: Arena, n: i32, metrics: i32): bool {
  const old = q.capacity;
  if (n <= old) return true;
  const cap = old ? n << 1 : n;
  const prev = regrow(arena, q.before, (old * metrics) << 3, (cap * metrics) << 3);
  const acc = regrow(arena, q.sums, (old * metrics) << 3, (cap * metrics) << 3);
  const have = regrow(arena, q.has, old, cap);
  if (!prev || !acc || !have) return false;
  q.before = prev;
  q.sums = acc;
  q.has = have;
  q.capacity = cap;
  return true;
}

/** Puts the values of all metrics in their columns; false if memory is exhausted. */
export function placeAll(metrics: i32): bool {
  for (let m = 0; m < metrics; m++) if (!place(m)) return false;
  return true;
}

/** Whether all metrics have a value in column k of this record. */
export function wholeColumn(k: i32, metrics: i32): bool {
  for (let m = 0; m < metrics; m++) {
    const mask = columnMask(m);
    if (mask && !mask[k]) return false;
  }
  return true;
}

/** Whether all metrics have values in this record. */
export function wholeRecord(metrics: i32): bool {
  for (let m = 0; m < metrics; m++) if (countOf(m) <= 0) return false;
  return true;
}

export function wrapSum(q: WrapSum, c: Consumer, arena: Arena): i32 {
  const metrics = c.metricCount;
  if (!wholeRecord(metrics)) return STOP_NONE;
  if (!placeAll(metrics) || !reserve(q, arena, columns, metrics)) return STOP_MEMORY;
  q.records++;
  q.width = columns;
  const range = q.range;
  const have = q.has;
  let total = q.total;
  for (let k = 0; k < columns; k++) {
    if (!wholeColumn(k, metrics)) continue;
    const known = have[k] != 0;
    have[k] = 1;
    let prev = changetype<usize>(q.before) + ((k * metrics) << 3);
    let acc = changetype<usize>(q.sums) + ((k * metrics) << 3);
    for (let m = 0; m < metrics; m++) {
      const x = columnVals(m)[k];
      if (known) {
        const d = x - load<f64>(prev);
        const step = d - range * Math.floor(d / range);
        store<f64>(acc, load<f64>(acc) + step);
        total += step;
      }
      store<f64>(prev, x);
      prev += 8;
      acc += 8;
    }
  }
  q.total = total;
  return STOP_NONE;
}
