// Owns WRAPSUM: increments of counters of few bits summed up, by metric and column, from the second record on.

import { C_NMETRICS, STOP_MEMORY, STOP_NONE, WS_ACC, WS_CAP, WS_HAVE, WS_PREV, WS_RANGE, WS_RECORDS, WS_TOTAL, WS_WIDTH } from '../layout';
import { regrow } from '../memory';
import { columnMask, columns, columnVals, place } from './columns';
import { countOf } from './rows';

/** The modulus, 2^bits. */
export function setWrap(q: usize, range: f64): void {
  store<f64>(q, range, WS_RANGE);
}

function reserve(q: usize, arena: usize, n: i32, metrics: i32): bool {
  const old = load<i32>(q, WS_CAP);
  if (n <= old) return true;
  const cap = old ? n << 1 : n;
  const prev = regrow(arena, load<u32>(q, WS_PREV), (old * metrics) << 3, (cap * metrics) << 3);
  const acc = regrow(arena, load<u32>(q, WS_ACC), (old * metrics) << 3, (cap * metrics) << 3);
  const have = regrow(arena, load<u32>(q, WS_HAVE), old, cap);
  if (!prev || !acc || !have) return false;
  store<u32>(q, <u32>prev, WS_PREV);
  store<u32>(q, <u32>acc, WS_ACC);
  store<u32>(q, <u32>have, WS_HAVE);
  store<i32>(q, cap, WS_CAP);
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
    if (mask && !load<u8>(mask + k)) return false;
  }
  return true;
}

/** Whether all metrics have values in this record. */
export function wholeRecord(metrics: i32): bool {
  for (let m = 0; m < metrics; m++) if (countOf(m) <= 0) return false;
  return true;
}

export function wrapSum(q: usize, c: usize, arena: usize): i32 {
  const metrics = load<i32>(c, C_NMETRICS);
  if (!wholeRecord(metrics)) return STOP_NONE;
  if (!placeAll(metrics) || !reserve(q, arena, columns, metrics)) return STOP_MEMORY;
  store<i32>(q, load<i32>(q, WS_RECORDS) + 1, WS_RECORDS);
  store<i32>(q, columns, WS_WIDTH);
  const range = load<f64>(q, WS_RANGE);
  const have: usize = load<u32>(q, WS_HAVE);
  let total = load<f64>(q, WS_TOTAL);
  for (let k = 0; k < columns; k++) {
    if (!wholeColumn(k, metrics)) continue;
    const known = load<u8>(have + k) != 0;
    store<u8>(have + k, 1);
    let prev = <usize>load<u32>(q, WS_PREV) + ((k * metrics) << 3);
    let acc = <usize>load<u32>(q, WS_ACC) + ((k * metrics) << 3);
    for (let m = 0; m < metrics; m++) {
      const x = load<f64>(columnVals(m) + (k << 3));
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
  store<f64>(q, total, WS_TOTAL);
  return STOP_NONE;
}
