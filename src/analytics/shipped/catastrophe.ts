// Owns Catastrophe: whether the job's work collapsed, from how often caches are filled (§2.14, 2.15).

import type { FullSeriesResult } from '../../reduce/index.ts';
import { type Analytic, E, failure, type Share } from '../analytic.ts';
import { reducer } from '../collect.ts';
import { counters, TACC_BITS, taccCounters } from './perf-counters.ts';
import { remembered } from './perf-event.ts';

/** The point from which the earlier rate is taken; the later one ends at the last but one. */
const START = 2;

/** Least later rate as a share of the earlier one, over all points of all nodes; null: too few points. */
function leastRatio(series: readonly FullSeriesResult[]): number | null {
  let least: number | null = null;
  for (const { t, x } of series) {
    const end = t.length - 2;
    for (let i = START + 1; i < end - 1; i++) {
      const earlier = (x[i]! - x[START]!) / (t[i]! - t[START]!);
      const later = (x[end]! - x[i]!) / (t[end]! - t[i]!);
      const ratio = later / earlier;
      // A ratio that is no number stays if it comes first, else it never counts (KEEP).
      if (least === null || ratio < least) least = ratio;
    }
  }
  return least;
}

const seriesOf = (shares: readonly Share[], place: number): FullSeriesResult[] =>
  shares.map((s) => reducer(s, place, 'FULLSERIES')).filter((f) => f.records > 0);

export const catastrophe: Analytic = {
  cls: 'Catastrophe',
  key: 'catastrophe',
  section: 'summary',
  alternatives: [
    'MEM_LOAD_RETIRED_L1D_HIT',
    'L1D_REPLACEMENT',
    'L1D_REPL',
    'DATA_CACHE_MISSES_DC_MISS_STREAMING_STORE',
  ].map((name) => counters([name])),
  counts: true,
  declare: () => ({
    mode: 'all',
    empty: 'skip',
    reducers: [{ kind: 'FULLSERIES', value: { fold: 'total', rows: [{ metric: 0 }] }, keep: 'hull', monotonic: true }],
  }),
  finish(shares, _job, data) {
    const error = remembered(shares, data, (s) => (s.result.stop?.reason === 'decrease' ? E.restarted : null));
    if (error !== null) return failure(error);
    const series = seriesOf(shares, 0);
    if (series.length === 0) return failure(E.notAvailable);
    if (series.some(({ x }) => x[0] === x.at(-1))) return failure(E.notAvailable);
    const value = leastRatio(series);
    return value === null ? failure(E.tooShort) : { value };
  },
};

export const taccCatastrophe: Analytic = {
  cls: 'TaccCatastrophe',
  key: 'catastrophe',
  section: 'summary',
  alternatives: ['MEM_LOAD_RETIRED_L1D_HIT', 'L1D_REPLACEMENT'].map((name) => taccCounters([name])),
  counts: true,
  declare: () => ({
    mode: 'all',
    columns: 'follow',
    reducers: [
      { kind: 'WRAPSUM', bits: TACC_BITS },
      { kind: 'FULLSERIES', value: { wrapsum: 0 }, keep: 'hull' },
    ],
  }),
  finish(shares) {
    const series = seriesOf(shares, 1);
    if (series.length === 0) return failure(E.notAvailable);
    const value = leastRatio(series);
    return value === null ? failure(E.tooShort) : { value };
  },
};
