// Owns the rows of a record as the current consumer sees them, after normalisation: number of values and their address.

/** Room for MAX_METRICS rows each. */
export const rowCount = memory.data(256);
export const rowVals = memory.data(256);
/** What is added to the sum of the values (f64). */
export const rowShift = memory.data(512);

// @ts-ignore: decorator
@inline
export function countOf(metric: i32): i32 {
  return load<i32>(rowCount + (metric << 2));
}

// @ts-ignore: decorator
@inline
export function shiftOf(metric: i32): f64 {
  return load<f64>(rowShift + (metric << 3));
}

// @ts-ignore: decorator
@inline
export function valsOf(metric: i32): usize {
  return load<u32>(rowVals + (metric << 2));
}
