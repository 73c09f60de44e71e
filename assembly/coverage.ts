// Owns how much data a window got: first and last record, the sampling interval, gaps. src/reduce/coverage.ts is its twin.

import { STEP_BUCKETS, StepBucket, Window } from './layout';

/** A logger writes a record per group of metrics: those within so long of a sample's first one belong to it, ns. */
const SAMPLE_NS: i64 = 500_000_000;
/** Exponent of the shortest step's bucket. */
const LEAST: i64 = 28;
/** Fewer steps do not tell the interval well: then a pause up to FEW_LIMIT is no gap. */
const FEW: i32 = 16;
const FEW_LIMIT: i64 = 60_000_000_000;

/** Takes note of a record that falls in the window. @inline */
export function cover(w: Window, ns: i64): void {
  const records = w.records;
  if (records == 0) {
    w.firstNs = ns;
    w.sampleNs = ns;
  } else if (ns - w.sampleNs >= SAMPLE_NS) newSample(w, ns);
  w.lastNs = ns;
  w.records = records + 1;
}

function newSample(w: Window, ns: i64): void {
  const step = ns - w.sampleNs;
  const exponent = 63 - clz<i64>(step);
  const place = <i32>(((exponent - LEAST) << 3) | ((step >> (exponent - 3)) & 7));
  const bucket = bucketOf(w, min(place, STEP_BUCKETS - 1));
  bucket.sumNs += step;
  bucket.count++;
  w.sampleNs = ns;
}

function bucketOf(w: Window, i: i32): StepBucket {
  return w.steps[i];
}

/** Finds the interval and the gaps at the end of the window. */
export function settleCoverage(w: Window): void {
  let n = 0;
  for (let i = 0; i < STEP_BUCKETS; i++) n += bucketOf(w, i).count;
  if (n == 0) return;
  const rank = min(n, max(2, (n + 9) / 10));
  let at = STEP_BUCKETS;
  let longer = 0;
  while (longer < rank) longer += bucketOf(w, --at).count;
  const interval = bucketOf(w, at).sumNs / bucketOf(w, at).count;
  const thrice = interval > i64.MAX_VALUE / 3 ? i64.MAX_VALUE : 3 * interval;
  const limit = max(thrice, n < FEW ? FEW_LIMIT : 0);
  let gaps = 0;
  let gapNs: i64 = 0;
  for (let i = at + 1; i < STEP_BUCKETS; i++) {
    const total = bucketOf(w, i).sumNs;
    const count = bucketOf(w, i).count;
    if (count == 0 || total / count <= limit) continue;
    gaps += count;
    gapNs += total;
  }
  w.intervalNs = interval;
  w.gaps = gaps;
  w.gapNs = gapNs;
}
