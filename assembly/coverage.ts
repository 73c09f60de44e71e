// Owns how much data a window got: first and last record, the sampling interval, gaps. src/reduce/coverage.ts is its twin.

import { STEPS, W_FIRST_NS, W_GAPS, W_GAP_NS, W_INTERVAL, W_LAST_NS, W_LIMIT, W_NSTEPS, W_RECORDS, W_STEPS } from './layout';

/** Takes note of a record that falls in the window. */
// @ts-ignore: decorator
@inline
export function cover(w: usize, ns: i64): void {
  const records = load<i32>(w, W_RECORDS);
  if (records == 0) store<i64>(w, ns, W_FIRST_NS);
  else {
    const step = ns - load<i64>(w, W_LAST_NS);
    if (step > load<i64>(w, W_LIMIT)) longStep(w, step);
  }
  store<i64>(w, ns, W_LAST_NS);
  store<i32>(w, records + 1, W_RECORDS);
}

/** W_LIMIT is -1 until the interval is known, so that the first STEPS steps come here, and afterwards only gaps do. */
function longStep(w: usize, step: i64): void {
  const n = load<i32>(w, W_NSTEPS);
  if (n < STEPS) {
    // Sorted in place, longest first.
    const steps: usize = load<u32>(w, W_STEPS);
    let at = steps + (n << 3);
    while (at > steps && load<i64>(at - 8) < step) {
      store<i64>(at, load<i64>(at - 8));
      at -= 8;
    }
    store<i64>(at, step);
    store<i32>(w, n + 1, W_NSTEPS);
    if (n + 1 == STEPS) settleCoverage(w);
    return;
  }
  store<i32>(w, load<i32>(w, W_GAPS) + 1, W_GAPS);
  store<i64>(w, load<i64>(w, W_GAP_NS) + step, W_GAP_NS);
}

/** Finds the interval from the first steps, and the gaps among them. Done once; at the end of the window if not before. */
export function settleCoverage(w: usize): void {
  const n = load<i32>(w, W_NSTEPS);
  if (n == 0 || load<i64>(w, W_LIMIT) >= 0) return;
  const steps: usize = load<u32>(w, W_STEPS);
  let rank = (n + 9) / 10;
  if (rank < 2) rank = n < 2 ? 1 : 2;
  const interval = load<i64>(steps + ((rank - 1) << 3));
  const limit = interval > 0 ? 3 * interval : i64.MAX_VALUE;
  store<i64>(w, interval, W_INTERVAL);
  store<i64>(w, limit, W_LIMIT);
  // Nothing is collected any more.
  store<i32>(w, STEPS, W_NSTEPS);
  for (let i = 0; i < n; i++) {
    const step = load<i64>(steps + (i << 3));
    if (step > limit) longStep(w, step);
  }
}
