// Owns CgroupCpu: CPU time and cores that the job itself used, from its control group. On shared nodes the CPUs' own counters say what all jobs did.

import { type Analytic, E, failure, type Share, unitsOf } from '../analytic.ts';
import { energyStats, reducer } from '../collect.ts';
import { stats } from '../stats.ts';
import { applies, ofJobsGroup } from './cgroup.ts';
import { jobCgroup, notFound } from './job-cgroup.ts';

/**
 * Where the CPU time of a group may be, best first: version 1, version 2, and of either the time in user and in system mode, where only
 * they are recorded. On hybrid mounts names of both versions have values, of different groups: the first that has the job's counts alone.
 */
const SOURCES = [
  ['cgroup.cpuacct.usage'],
  ['cgroup.cpu.stat.usage'],
  ['cgroup.cpuacct.stat.user', 'cgroup.cpuacct.stat.system'],
  ['cgroup.cpu.stat.user', 'cgroup.cpu.stat.system'],
] as const;
const NAMES = SOURCES.flat();

/** Version 1 counts nanoseconds, version 2 microseconds. */
const isV1 = (name: string): boolean => name.startsWith('cgroup.cpuacct.');

/** Those that a node has. */
const sourcesIn = (metrics: readonly string[]) => SOURCES.filter((names) => names.every((n) => metrics.includes(n)));

/** Reducers a source: points, extremes, time between the first and the last value, any group at all. */
const PER_SOURCE = 4;

interface Used {
  readonly seconds: number;
  readonly cores: number;
}

/**
 * A group is made for its job, so its first value is what the job had used by then, unless that is more than the node's cores
 * could have done since the job began. A group that is created again starts from zero: then the highest value counts.
 */
function usedBy(share: Share, s: number, start: number, cores: number): Used | null {
  const { t, v } = reducer(share, PER_SOURCE * s, 'SUBSAMPLE');
  const { min, max } = reducer(share, PER_SOURCE * s + 1, 'ROLL');
  const { elapsed } = reducer(share, PER_SOURCE * s + 2, 'INTEGRATE');
  const before = t[0]! - start;
  if (before > 0 && v[0]! <= cores * (before + 1)) return { seconds: max[0]!, cores: max[0]! / (before + elapsed) };
  return elapsed > 0 ? { seconds: max[0]! - min[0]!, cores: (max[0]! - min[0]!) / elapsed } : null;
}

export const cgroupCpu: Analytic = {
  cls: 'CgroupCpu',
  key: 'process_cpu',
  section: 'summary',
  applies,
  alternatives: SOURCES,
  optional: NAMES,
  units: {
    ...unitsOf('nanosecond', NAMES.filter(isV1)),
    ...unitsOf(
      'microsecond',
      NAMES.filter((n) => !isV1(n)),
    ),
  },
  counts: true,
  declare: (metrics, job, node) => ({
    ...ofJobsGroup(metrics.length > 1, job, node),
    // A logger asks for names after the values: groups of short jobs are gone by then, and that is nothing to this one.
    unnamed: 'ignore',
    reducers: sourcesIn(metrics).flatMap((names) => {
      const rows = names.map((name) => ({ metric: metrics.indexOf(name) }));
      const lane = { fold: 'match', rows, scale: isV1(names[0]) ? 1e-9 : 1e-6 } as const;
      return [
        { kind: 'SUBSAMPLE', value: lane },
        { kind: 'ROLL', lane },
        { kind: 'INTEGRATE', lane },
        { kind: 'LATCH', lane: { fold: 'count', rows } },
      ] as const;
    }),
  }),
  finish(shares, job, data, note) {
    const seconds: number[] = [];
    const cores: number[] = [];
    let found = 0;
    const seen = shares.filter((share) =>
      sourcesIn(share.metrics).some((_, i) => reducer(share, PER_SOURCE * i + 3, 'LATCH').value !== null),
    );
    if (seen.length !== job.nodeCount) return failure(E.notAllNodes);
    for (const share of seen) {
      const s = sourcesIn(share.metrics).findIndex((_, i) => reducer(share, PER_SOURCE * i + 1, 'ROLL').count > 0);
      if (s < 0) {
        note(notFound(jobCgroup(job, share.node)), share.node);
        continue;
      }
      found++;
      const used = usedBy(share, s, job.start, data.cores.get(share.node) ?? 0);
      if (!used) continue;
      seconds.push(used.seconds);
      cores.push(used.cores);
    }
    if (seconds.length === 0) return failure(found === 0 ? E.notAvailable : E.tooFewPoints);
    return { seconds: energyStats(seconds), cores: stats(cores) };
  },
};
