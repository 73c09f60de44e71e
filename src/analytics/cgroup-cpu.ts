// Owns CgroupCpu: CPU time and cores that the job itself used, from its control group. On shared nodes the CPUs' own counters say what all jobs did.

import { type Analytic, E, failure, type Share } from './analytic.ts';
import { applies, ofJobsGroup } from './cgroup.ts';
import { energyStats, reducer } from './collect.ts';
import { jobCgroup, notFound } from './job-cgroup.ts';
import { stats } from './stats.ts';

/** Version 1 counts nanoseconds, version 2 microseconds. */
const SECONDS: Readonly<Record<string, number>> = { 'cgroup.cpuacct.usage': 1e-9, 'cgroup.cpu.stat.usage': 1e-6 };
const [V1, V2] = Object.keys(SECONDS) as [string, string];

/** Reducers a metric: points, extremes, time between the first and the last value, any group at all. */
const PER_METRIC = 4;

interface Used {
  readonly seconds: number;
  readonly cores: number;
}

/**
 * A group is made for its job, so its first value is what the job had used by then, unless that is more than the node's cores
 * could have done since the job began. A group that is created again starts from zero: then the highest value counts.
 */
function usedBy(share: Share, m: number, start: number, cores: number): Used | null {
  const { t, v } = reducer(share, PER_METRIC * m, 'SUBSAMPLE');
  const { min, max } = reducer(share, PER_METRIC * m + 1, 'ROLL');
  const { elapsed } = reducer(share, PER_METRIC * m + 2, 'INTEGRATE');
  const before = t[0]! - start;
  if (before > 0 && v[0]! <= cores * (before + 1)) return { seconds: max[0]!, cores: max[0]! / (before + elapsed) };
  return elapsed > 0 ? { seconds: max[0]! - min[0]!, cores: (max[0]! - min[0]!) / elapsed } : null;
}

export const cgroupCpu: Analytic = {
  cls: 'CgroupCpu',
  key: 'process_cpu',
  section: 'summary',
  applies,
  alternatives: [[V1], [V2]],
  optional: [V2],
  units: { [V1]: 'nanosecond', [V2]: 'microsecond' },
  counts: true,
  declare: (metrics, job, node) => ({
    ...ofJobsGroup(metrics, V2, job, node),
    // A logger asks for names after the values: groups of short jobs are gone by then, and that is nothing to this one.
    unnamed: 'ignore',
    reducers: metrics.flatMap((name, metric) => {
      const lane = { fold: 'match', rows: [{ metric }], scale: SECONDS[name]! } as const;
      return [
        { kind: 'SUBSAMPLE', value: lane },
        { kind: 'ROLL', lane },
        { kind: 'INTEGRATE', lane },
        { kind: 'LATCH', lane: { fold: 'count', rows: [{ metric }] } },
      ] as const;
    }),
  }),
  finish(shares, job, data, note) {
    const seconds: number[] = [];
    const cores: number[] = [];
    let found = 0;
    const seen = shares.filter((s) => s.metrics.some((_, m) => reducer(s, PER_METRIC * m + 3, 'LATCH').value !== null));
    if (seen.length !== job.nodeCount) return failure(E.notAllNodes);
    for (const share of seen) {
      const m = share.metrics.findIndex((_, i) => reducer(share, PER_METRIC * i + 1, 'ROLL').count > 0);
      if (m < 0) {
        note(notFound(jobCgroup(job, share.node)), share.node);
        continue;
      }
      found++;
      const used = usedBy(share, m, job.start, data.cores.get(share.node) ?? 0);
      if (!used) continue;
      seconds.push(used.seconds);
      cores.push(used.cores);
    }
    if (seconds.length === 0) return failure(found === 0 ? E.notAvailable : E.tooFewPoints);
    return { seconds: energyStats(seconds), cores: stats(cores) };
  },
};
