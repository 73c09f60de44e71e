// Owns TimeseriesPatternsGpfs: how a job's file system traffic spreads over the quarters of its time (§2.23).

import { type Analytic, E, failure, trafficUnits } from '../analytic.ts';
import { noteTotals, reducer } from '../collect.ts';
import { stats } from '../stats.ts';
import { autoperiod, Traffic } from './period.ts';

const SECTIONS = 4;
/** Most seconds that a record may lie behind the border of a section. */
const MAX_LAG = 60;
/** Shorter jobs have no pattern, seconds. */
const MIN_SPAN = 600;
/** Nodes with no more records are left out. */
const MIN_RECORDS = 20;

const METRICS = ['gpfs.fsios.read_bytes', 'gpfs.fsios.write_bytes'];

export const gpfsPatterns: Analytic = {
  cls: 'TimeseriesPatternsGpfs',
  key: 'timeseries_patterns_gpfs',
  section: 'summary',
  alternatives: [METRICS],
  units: trafficUnits(METRICS),
  counts: true,
  declare: (_metrics, job) => ({
    mode: 'all',
    columns: 'follow',
    reducers: [
      {
        kind: 'SECTIONS',
        lanes: [
          { fold: 'total', rows: [{ metric: 0 }] },
          { fold: 'total', rows: [{ metric: 1 }] },
        ],
        start: job.start,
        end: job.end,
        count: SECTIONS,
        limit: MAX_LAG,
      },
      ...METRICS.map((_, metric) => ({
        kind: 'FULLSERIES' as const,
        value: { fold: 'total' as const, rows: [{ metric }] },
        keep: 'even' as const,
      })),
    ],
  }),
  finish(shares, job, _data, note) {
    if (job.end - job.start < MIN_SPAN) return failure(E.tooShort);
    const starts: number[][] = Array.from({ length: SECTIONS }, () => []);
    const averages = METRICS.map((): number[][] => Array.from({ length: SECTIONS }, () => []));
    const used = METRICS.map(() => 0);
    const traffic: (Traffic | null)[] = METRICS.map(() => null);
    for (const share of shares) {
      noteTotals(share, note);
      const s = reducer(share, 0, 'SECTIONS');
      s.starts.forEach((t, k) => {
        starts[k]?.push(t);
      });
      if (s.records <= MIN_RECORDS || s.gap) continue;
      s.rates.forEach((rates, m) => {
        if (rates.length !== SECTIONS) return;
        used[m]!++;
        const series = reducer(share, 1 + m, 'FULLSERIES');
        traffic[m] ??= new Traffic(series);
        traffic[m].add(series);
        rates.forEach((rate, k) => {
          averages[m]![k]!.push(rate);
        });
      });
    }
    return Object.fromEntries(
      METRICS.map((name, m) => [
        name.replaceAll('.', '-'),
        used[m] === 0
          ? failure(E.tooFewPoints)
          : {
              nodes_used: used[m],
              sections: averages[m]!.map((list) => stats(list)),
              section_start_timestamps: starts.map((list) => stats(list)),
              autoperiod: traffic[m] ? autoperiod(traffic[m], job.start) : null,
            },
      ]),
    );
  },
};
