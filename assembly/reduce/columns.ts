// Owns the values of a record by column, where align.ts says which instance is which: put in their places when first asked for.

import {
  AR_CAP,
  AR_LAST,
  AR_LASTCAP,
  AR_MAP,
  AR_MASK,
  AR_NLAST,
  AR_VALS,
  MP_AT,
  MP_PLAIN,
} from '../layout';
import { regrow, take } from '../memory';
import { countOf, valsOf } from './rows';

/** Number of columns of the current consumer; -1: it has none. */
export let columns: i32 = -1;
let arena: usize = 0;

/** For MAX_METRICS metrics of the record: the row (AR_*), and the address of its values by column, 0 before they are asked for. */
const rows = memory.data(256);
const placed = memory.data(256);

export function setColumns(n: i32, memory: usize): void {
  columns = n;
  arena = memory;
}

/** The row of a metric that has values in this record. */
export function setRow(metric: i32, row: usize): void {
  store<u32>(rows + (metric << 2), <u32>row);
  store<u32>(placed + (metric << 2), 0);
}

// @ts-ignore: decorator
@inline
export function rowOf(metric: i32): usize {
  return load<u32>(rows + (metric << 2));
}

/** Puts the values of a metric of this record in their columns; false if memory is exhausted. */
export function place(metric: i32): bool {
  if (columnVals(metric)) return true;
  const row = rowOf(metric);
  const plain = load<i32>(row + AR_MAP, MP_PLAIN) == 1;
  if (!plain && !scatter(row, metric)) return false;
  store<u32>(placed + (metric << 2), plain ? <u32>valsOf(metric) : load<u32>(row, AR_VALS));
  return true;
}

/** Doubles by column, once they are in place; NaN where nothing is. */
// @ts-ignore: decorator
@inline
export function columnVals(metric: i32): usize {
  return load<u32>(placed + (metric << 2));
}

/** A byte a column, whether columnVals has a value there; 0: all are there. */
// @ts-ignore: decorator
@inline
export function columnMask(metric: i32): usize {
  const row = rowOf(metric);
  return load<i32>(row + AR_MAP, MP_PLAIN) == 1 ? 0 : <usize>load<u32>(row, AR_MASK);
}

/** Room for all columns, of which none has a value. */
function widen(row: usize): bool {
  const cap = columns << 1;
  const vals = take(arena, cap << 3);
  const mask = take(arena, cap);
  if (!vals || !mask) return false;
  for (let k = 0; k < cap; k++) store<f64>(vals + (k << 3), NaN);
  store<u32>(row, <u32>vals, AR_VALS);
  store<u32>(row, <u32>mask, AR_MASK);
  store<i32>(row, cap, AR_CAP);
  store<i32>(row, 0, AR_NLAST);
  return true;
}

/** Costs as much as there are values, not columns. */
function scatter(row: usize, metric: i32): bool {
  if (columns > load<i32>(row, AR_CAP) && !widen(row)) return false;
  const n = countOf(metric);
  if (n > load<i32>(row, AR_LASTCAP)) {
    const list = regrow(arena, load<u32>(row, AR_LAST), load<i32>(row, AR_NLAST) << 2, n << 3);
    if (!list) return false;
    store<u32>(row, <u32>list, AR_LAST);
    store<i32>(row, n << 1, AR_LASTCAP);
  }
  const vals: usize = load<u32>(row, AR_VALS);
  const mask: usize = load<u32>(row, AR_MASK);
  const last: usize = load<u32>(row, AR_LAST);
  for (let k = 0; k < load<i32>(row, AR_NLAST); k++) {
    const column = load<i32>(last + (k << 2));
    store<f64>(vals + (column << 3), NaN);
    store<u8>(mask + column, 0);
  }
  const at: usize = load<u32>(row + AR_MAP, MP_AT);
  const x = valsOf(metric);
  let there = 0;
  for (let k = 0; k < n; k++) {
    const column = load<i32>(at + (k << 2));
    if (column < 0) continue;
    store<f64>(vals + (column << 3), load<f64>(x + (k << 3)));
    store<u8>(mask + column, 1);
    store<i32>(last + (there++ << 2), column);
  }
  store<i32>(row, there, AR_NLAST);
  return true;
}
