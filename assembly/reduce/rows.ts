// Owns the rows of a record as the current consumer sees them, after normalization: number of values and their address.

import { List } from '../layout';

/** Room for MAX_METRICS rows each. */
export const rowCount = changetype<List<i32>>(memory.data(256));
export const rowVals = changetype<List<List<f64>>>(memory.data(256));
/** What is added to the sum of the values (f64). */
export const rowShift = changetype<List<f64>>(memory.data(512));

/** @inline */
export function countOf(metric: i32): i32 {
  return rowCount[metric];
}

/** @inline */
export function shiftOf(metric: i32): f64 {
  return rowShift[metric];
}

/** @inline */
export function valsOf(metric: i32): List<f64> {
  return rowVals[metric];
}
