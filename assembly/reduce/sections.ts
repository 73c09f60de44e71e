// Owns SECTIONS: average rates of one or two counters in equal parts of the job's time (analytics.md §2.23).

import {
  Q_LANE,
  Q_LANE2,
  SE_DATA,
  SE_END,
  SE_GAP,
  SE_K,
  SE_LAST,
  SE_LIMIT,
  SE_MARKER,
  SE_MAX,
  SE_RATES,
  SE_RECORDS,
  SE_START,
  SE_STEP,
  SE_TIME,
  SE_TIMES,
} from '../layout';
import { scalarLane } from './lane';

/** Epoch seconds of the job; length of a section; most seconds a record may lie behind a border without being a gap. */
export function setSections(q: usize, start: f64, end: f64, step: f64, limit: f64): void {
  store<f64>(q, start, SE_START);
  store<f64>(q, end, SE_END);
  store<f64>(q, step, SE_STEP);
  store<f64>(q, limit, SE_LIMIT);
}

/** One record. A metric without values counts as 0, as in the reference. */
export function sections(q: usize, t: f64): void {
  const lanes = load<u32>(q, Q_LANE2) ? 2 : 1;
  const first = load<i32>(q, SE_RECORDS) == 0;
  store<i32>(q, load<i32>(q, SE_RECORDS) + 1, SE_RECORDS);
  for (let i = 0; i < lanes; i++) {
    const y = scalarLane(load<u32>(q + Q_LANE + (i << 2)));
    store<f64>(q + SE_LAST + (i << 3), y);
    if (first) store<f64>(q + SE_DATA + (i << 3), y);
  }
  if (first) {
    const start = load<f64>(q, SE_START);
    store<f64>(q, start + load<f64>(q, SE_STEP), SE_MARKER);
    store<f64>(q, start, SE_TIME);
  }
  const marker = load<f64>(q, SE_MARKER);
  const k = load<i32>(q, SE_K);
  if (t < marker || t >= load<f64>(q, SE_END) || k == SE_MAX) return;
  // The last border decides (KEEP).
  store<i32>(q, t - marker > load<f64>(q, SE_LIMIT) ? 1 : 0, SE_GAP);
  for (let i = 0; i < lanes; i++) {
    const y = load<f64>(q + SE_LAST + (i << 3));
    const rate = (y - load<f64>(q + SE_DATA + (i << 3))) / (t - load<f64>(q, SE_TIME));
    store<f64>(q + SE_RATES + ((i * SE_MAX + k) << 3), rate);
    store<f64>(q + SE_DATA + (i << 3), y);
  }
  store<f64>(q + SE_TIMES + (k << 3), t);
  store<f64>(q, t, SE_TIME);
  store<i32>(q, k + 1, SE_K);
  store<f64>(q, marker + load<f64>(q, SE_STEP), SE_MARKER);
}
