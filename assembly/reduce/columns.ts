// Owns the values of a record by column, where align.ts says which instance is which: put in their places when first asked for.

import { Arena, ColumnRow, List, none } from '../layout';
import { regrow, take } from '../memory';
import { countOf, valsOf } from './rows';

/** Number of columns of the current consumer; -1: it has none. */
export let columns: i32 = -1;
let arena = changetype<Arena>(0);

/** For MAX_METRICS metrics of the record: the row, and its values by column, 0 before they are asked for. */
const rows = changetype<List<ColumnRow>>(memory.data(256));
const placed = changetype<List<List<f64>>>(memory.data(256));

export function setColumns(n: i32, memory: Arena): void {
  columns = n;
  arena = memory;
}

/** The row of a metric that has values in this record. */
export function setRow(metric: i32, row: ColumnRow): void {
  rows[metric] = row;
  placed[metric] = none<List<f64>>();
}

/** @inline */
export function rowOf(metric: i32): ColumnRow {
  return rows[metric];
}

/** Puts the values of a metric of this record in their columns; false if memory is exhausted. */
export function place(metric: i32): bool {
  if (columnVals(metric)) return true;
  const row = rowOf(metric);
  const plain = row.places.plain == 1;
  if (!plain && !scatter(row, metric)) return false;
  placed[metric] = plain ? valsOf(metric) : row.values;
  return true;
}

/** Doubles by column, once they are in place; NaN where nothing is. @inline */
export function columnVals(metric: i32): List<f64> {
  return placed[metric];
}

/** A byte a column, whether columnVals has a value there; 0: all are there. @inline */
export function columnMask(metric: i32): List<u8> {
  const row = rowOf(metric);
  return row.places.plain == 1 ? none<List<u8>>() : row.mask;
}

/** Room for all columns, of which none has a value. */
function widen(row: ColumnRow): bool {
  const cap = columns << 1;
  const vals = take<List<f64>>(arena, cap << 3);
  const mask = take<List<u8>>(arena, cap);
  if (!vals || !mask) return false;
  for (let k = 0; k < cap; k++) vals[k] = NaN;
  row.values = vals;
  row.mask = mask;
  row.capacity = cap;
  row.lastCount = 0;
  return true;
}

/** Costs as much as there are values, not columns. */
function scatter(row: ColumnRow, metric: i32): bool {
  if (columns > row.capacity && !widen(row)) return false;
  const n = countOf(metric);
  if (n > row.lastCapacity) {
    const list = regrow(arena, row.last, row.lastCount << 2, n << 3);
    if (!list) return false;
    row.last = list;
    row.lastCapacity = n << 1;
  }
  const vals = row.values;
  const mask = row.mask;
  const last = row.last;
  for (let k = 0; k < row.lastCount; k++) {
    const column = last[k];
    vals[column] = NaN;
    mask[column] = 0;
  }
  const at = row.places.at;
  const x = valsOf(metric);
  let there = 0;
  for (let k = 0; k < n; k++) {
    const column = at[k];
    if (column < 0) continue;
    vals[column] = x[k];
    mask[column] = 1;
    last[there++] = column;
  }
  row.lastCount = there;
  return true;
}
