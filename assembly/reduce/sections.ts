// Owns SECTIONS: average rates of one or two counters in equal parts of the job's time (analytics.md §2.23).

import { MAX_SECTIONS, Sections } from '../layout';
import { scalarLane } from './lane';

/** Epoch seconds of the job; length of a section; most seconds a record may lie behind a border without being a gap. */
export function setSections(q: Sections, start: f64, end: f64, step: f64, limit: f64): void {
  q.start = start;
  q.end = end;
  q.step = step;
  q.limit = limit;
}

/** One record. A metric without values counts as 0, as in the reference. */
export function sections(q: Sections, t: f64): void {
  const lanes = q.lane2 ? 2 : 1;
  const first = q.records == 0;
  q.records++;
  for (let i = 0; i < lanes; i++) {
    const y = scalarLane(i ? q.lane2 : q.lane);
    q.last[i] = y;
    if (first) q.atStart[i] = y;
  }
  if (first) {
    const start = q.start;
    q.marker = start + q.step;
    q.time = start;
  }
  const marker = q.marker;
  const k = q.count;
  if (t < marker || t >= q.end || k == MAX_SECTIONS) return;
  // The last border decides (KEEP).
  q.gap = t - marker > q.limit ? 1 : 0;
  for (let i = 0; i < lanes; i++) {
    const y = q.last[i];
    const rate = (y - q.atStart[i]) / (t - q.time);
    q.rates[i * MAX_SECTIONS + k] = rate;
    q.atStart[i] = y;
  }
  q.times[k] = t;
  q.time = t;
  q.count = k + 1;
  q.marker = marker + q.step;
}
