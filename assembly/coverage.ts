// Owns how much data a window got: first and last record, the sampling interval, gaps. src/reduce/coverage.ts is its twin.

import {
  STEP_BUCKETS,
  STEP_SIZE,
  W_FIRST_NS,
  W_GAPS,
  W_GAP_NS,
  W_INTERVAL,
  W_LAST_NS,
  W_RECORDS,
  W_SAMPLE_NS,
  W_STEPS,
} from './layout';

/** A logger writes a record per group of metrics: those within so long of a sample's first one belong to it, ns. */
const SAMPLE_NS: i64 = 500_000_000;
/** Exponent of the shortest step's bucket. */
const LEAST: i64 = 28;
/** Fewer steps do not tell the interval well: then a pause up to FEW_LIMIT is no gap. */
const FEW: i32 = 16;
const FEW_LIMIT: i64 = 60_000_000_000;

/** Takes note of a record that falls in the window. */
// @ts-ignore: decorator
@inline
export function cover(w: usize, ns: i64): void {
  const records = load<i32>(w, W_RECORDS);
  if (records == 0) {
    store<i64>(w, ns, W_FIRST_NS);
    store<i64>(w, ns, W_SAMPLE_NS);
  } else if (ns - load<i64>(w, W_SAMPLE_NS) >= SAMPLE_NS) newSample(w, ns);
  store<i64>(w, ns, W_LAST_NS);
  store<i32>(w, records + 1, W_RECORDS);
}

function newSample(w: usize, ns: i64): void {
  const step = ns - load<i64>(w, W_SAMPLE_NS);
  const exponent = 63 - clz<i64>(step);
  const place = <i32>(((exponent - LEAST) << 3) | ((step >> (exponent - 3)) & 7));
  const bucket = bucketOf(w, min(place, STEP_BUCKETS - 1));
  store<i64>(bucket, load<i64>(bucket) + step);
  store<i32>(bucket, load<i32>(bucket, 8) + 1, 8);
  store<i64>(w, ns, W_SAMPLE_NS);
}

function bucketOf(w: usize, i: i32): usize {
  return <usize>load<u32>(w, W_STEPS) + i * STEP_SIZE;
}

/** Finds the interval and the gaps at the end of the window. */
export function settleCoverage(w: usize): void {
  let n = 0;
  for (let i = 0; i < STEP_BUCKETS; i++) n += load<i32>(bucketOf(w, i), 8);
  if (n == 0) return;
  const rank = min(n, max(2, (n + 9) / 10));
  let at = STEP_BUCKETS;
  let longer = 0;
  while (longer < rank) longer += load<i32>(bucketOf(w, --at), 8);
  const interval = load<i64>(bucketOf(w, at)) / load<i32>(bucketOf(w, at), 8);
  const thrice = interval > i64.MAX_VALUE / 3 ? i64.MAX_VALUE : 3 * interval;
  const limit = max(thrice, n < FEW ? FEW_LIMIT : 0);
  let gaps = 0;
  let gapNs: i64 = 0;
  for (let i = at + 1; i < STEP_BUCKETS; i++) {
    const total = load<i64>(bucketOf(w, i));
    const count = load<i32>(bucketOf(w, i), 8);
    if (count == 0 || total / count <= limit) continue;
    gaps += count;
    gapNs += total;
  }
  store<i64>(w, interval, W_INTERVAL);
  store<i32>(w, gaps, W_GAPS);
  store<i64>(w, gapNs, W_GAP_NS);
}
