// Owns the job's memory control group: usage, limit and their ratio, as numbers and as a series (§2.19, 2.32).

import type { Job } from '../../jobs/index.ts';
import type { Lane, ReducerSpec } from '../../reduce/index.ts';
import { type Analytic, E, failure, type Share, unitsOf } from '../analytic.ts';
import { reducer } from '../collect.ts';
import { seriesForm } from '../envelope.ts';
import { gather, levelOf, timesOf } from '../points.ts';
import { stats } from '../stats.ts';
import { jobCgroup, notFound } from './job-cgroup.ts';

const USAGE = 'cgroup.memory.usage';
const LIMIT = 'cgroup.memory.limit';
/** Of version 2, whose limit PCP does not have. A collector has the names of both versions, and values of the one its node runs. */
const CURRENT = 'cgroup.memory.current';

export const applies = (job: Job): boolean => jobCgroup(job) !== null;

/** How a consumer of groups is declared. `several`: metrics of both versions are recorded, of which either may be without values. */
export function ofJobsGroup(several: boolean, job: Job, node: string | undefined) {
  const empty = several ? ('ignore' as const) : ('skip' as const);
  return { mode: 'all' as const, empty, match: jobCgroup(job, node)!.names };
}

const lane = (fold: Lane['fold'], ...rows: Lane['rows']): Lane => ({ fold, rows });
const latch = (of: Lane): ReducerSpec => ({ kind: 'LATCH', lane: of });
const roll = (of: Lane): ReducerSpec => ({ kind: 'ROLL', lane: of, skipFirst: true });

/** Reducers on the metric in use, in this order: any group at all, the job's, its memory. Version 1 has more of them. */
const ANY = 0;
const FOUND = 1;
const USED = 2;
const ALL_USED = 3;
const LIMITS = 4;
const RATIO = 5;
const OF_V1 = 6;

/** Where the reducers of the version with values begin: the job's group if it has one, else any. */
function versionOf(share: Share): { at: number; limited: boolean } {
  const old = share.metrics.includes(USAGE);
  const starts = [...(old ? [0] : []), ...(share.metrics.includes(CURRENT) ? [old ? OF_V1 : 0] : [])];
  const has = (k: number) => (at: number) => reducer(share, at + k, 'LATCH').value !== null;
  const at = starts.find(has(FOUND)) ?? starts.find(has(ANY)) ?? 0;
  return { at, limited: old && at === 0 };
}

export const cgroupMemory: Analytic = {
  cls: 'CgroupMemory',
  key: 'process_memory',
  section: 'summary',
  applies,
  alternatives: [[USAGE, LIMIT], [CURRENT]],
  optional: [CURRENT],
  units: unitsOf('byte', [USAGE, LIMIT, CURRENT]),
  declare(metrics, job, node) {
    const [usage, limit, current] = [USAGE, LIMIT, CURRENT].map((name) => ({ metric: metrics.indexOf(name) })) as [
      { metric: number },
      { metric: number },
      { metric: number },
    ];
    const first = metrics.includes(USAGE)
      ? [
          latch(lane('count', usage)),
          latch(lane('match', usage)),
          // The limit's weight is nothing: only records that have one count.
          roll(lane('match', usage, { ...limit, weight: 0 })),
          roll(lane('match', usage)),
          roll(lane('match', limit)),
          roll(lane('ratio', usage, limit)),
        ]
      : [];
    const second = metrics.includes(CURRENT)
      ? [latch(lane('count', current)), latch(lane('match', current)), roll(lane('match', current))]
      : [];
    return { ...ofJobsGroup(metrics.includes(CURRENT), job, node), reducers: [...first, ...second] };
  },
  finish(shares, job, _data, note) {
    const usage = { avg: [] as number[], max: [] as number[] };
    const ratios = { avg: [] as number[], max: [] as number[] };
    const limits: number[] = [];
    const versions = shares.map((share) => ({ share, ...versionOf(share) }));
    const seen = versions.filter(({ share, at }) => reducer(share, at + ANY, 'LATCH').value !== null);
    if (seen.length !== job.nodeCount) return failure(E.notAllNodes);
    let found = 0;
    for (const { share, at, limited } of seen) {
      if (reducer(share, at + FOUND, 'LATCH').value === null) {
        note(notFound(jobCgroup(job, share.node)), share.node);
        continue;
      }
      found++;
      const used = reducer(share, at + USED, 'ROLL');
      const missing = limited ? reducer(share, at + ALL_USED, 'ROLL').count - used.count : 0;
      if (missing > used.count) return failure(E.cpusetUnknown);
      if (used.count === 0) continue;
      usage.avg.push(used.mean[0]!);
      usage.max.push(used.max[0]!);
      if (!limited) continue;
      limits.push(reducer(share, at + LIMITS, 'ROLL').max[0]!);
      const ratio = reducer(share, at + RATIO, 'ROLL');
      ratios.avg.push(ratio.mean[0]!);
      ratios.max.push(ratio.max[0]!);
    }
    if (usage.avg.length === 0) return failure(found === 0 ? E.notAvailable : E.tooFewPoints);
    return {
      usage: { avg: stats(usage.avg), max: stats(usage.max) },
      ...(limits.length === 0
        ? {}
        : { limit: stats(limits), usageratio: { avg: stats(ratios.avg), max: stats(ratios.max) } }),
    };
  },
};

const GIB = 1 / 1073741824;

export const cgroupMemSeries: Analytic = {
  cls: 'CgroupMemTimeseries',
  key: 'process_mem_usage',
  section: 'timeseries',
  applies,
  alternatives: [[USAGE], [CURRENT]],
  optional: [CURRENT],
  units: unitsOf('byte', [USAGE, CURRENT]),
  declare: (metrics, job, node) => ({
    ...ofJobsGroup(metrics.includes(CURRENT), job, node),
    reducers: metrics.flatMap((_, metric): ReducerSpec[] => [
      { kind: 'SUBSAMPLE', value: { fold: 'match', rows: [{ metric }], scale: GIB } },
      latch(lane('count', { metric })),
    ]),
  }),
  finish(shares, job) {
    // Two reducers a metric: that of the version with points counts.
    const at = new Map(
      shares.map((share) => [
        share,
        2 *
          Math.max(
            0,
            share.metrics.findIndex((_, m) => reducer(share, 2 * m, 'SUBSAMPLE').t.length > 0),
          ),
      ]),
    );
    const seen = (s: Share): boolean => s.metrics.some((_, m) => reducer(s, 2 * m + 1, 'LATCH').value !== null);
    const { nodes, length } = gather(shares, job.nodeCount, seen, (s) => at.get(s)!);
    if (nodes.length !== job.nodeCount) return failure(E.notAvailable);
    return seriesForm(
      timesOf(nodes, length),
      nodes.map((p) => levelOf(p, length)),
    );
  },
};
