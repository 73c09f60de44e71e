// Owns the job's memory control group: usage, limit and their ratio, as numbers and as a series (§2.19, 2.32).

import type { Job } from '../jobs/index.ts';
import { type Analytic, E, failure } from './analytic.ts';
import { reducer } from './collect.ts';
import { seriesForm } from './envelope.ts';
import { gather, levelOf, timesOf } from './points.ts';
import { stats } from './stats.ts';

/** Instance name of the job's control group; null where the resource manager's are not known. */
export function memoryCgroup(job: Job): string | null {
  const { resource_manager: manager, uid, id } = job.acct;
  if (manager === 'slurm') return `/slurm/uid_${uid}/job_${id ?? job.jobId}`;
  if (manager === 'pbs') return `/torque/${id ?? job.jobId}`;
  return null;
}

/** Whether there was any record with control groups at all. */
const ANY = { kind: 'LATCH', lane: { fold: 'count', rows: [{ metric: 0 }] } } as const;

const applies = (job: Job): boolean => memoryCgroup(job) !== null;

export const cgroupMemory: Analytic = {
  cls: 'CgroupMemory',
  key: 'process_memory',
  section: 'summary',
  applies,
  alternatives: [['cgroup.memory.usage', 'cgroup.memory.limit']],
  declare(_metrics, job) {
    const roll = (fold: 'match' | 'ratio', rows: readonly { metric: number; weight?: number }[]) =>
      ({ kind: 'ROLL', lane: { fold, rows }, skipFirst: true }) as const;
    return {
      mode: 'all',
      empty: 'skip',
      match: memoryCgroup(job)!,
      reducers: [
        roll('match', [{ metric: 0 }]),
        // The limit's weight is nothing: only records that have one count.
        roll('match', [{ metric: 0 }, { metric: 1, weight: 0 }]),
        roll('match', [{ metric: 1 }]),
        roll('ratio', [{ metric: 0 }, { metric: 1 }]),
        ANY,
      ],
    };
  },
  finish(shares, job) {
    const usage = { avg: [] as number[], max: [] as number[] };
    const ratios = { avg: [] as number[], max: [] as number[] };
    const limits: number[] = [];
    const seen = shares.filter((s) => reducer(s, 4, 'LATCH').value !== null);
    if (seen.length !== job.nodeCount) return failure(E.notAllNodes);
    for (const share of seen) {
      const used = reducer(share, 1, 'ROLL');
      const missing = reducer(share, 0, 'ROLL').count - used.count;
      if (missing > used.count) return failure(E.cpusetUnknown);
      if (used.count === 0) continue;
      usage.avg.push(used.mean[0]!);
      usage.max.push(used.max[0]!);
      limits.push(reducer(share, 2, 'ROLL').max[0]!);
      const ratio = reducer(share, 3, 'ROLL');
      ratios.avg.push(ratio.mean[0]!);
      ratios.max.push(ratio.max[0]!);
    }
    if (usage.avg.length === 0) return failure(E.tooFewPoints);
    return {
      usage: { avg: stats(usage.avg), max: stats(usage.max) },
      limit: stats(limits),
      usageratio: { avg: stats(ratios.avg), max: stats(ratios.max) },
    };
  },
};

const GIB = 1 / 1073741824;

export const cgroupMemSeries: Analytic = {
  cls: 'CgroupMemTimeseries',
  key: 'process_mem_usage',
  section: 'timeseries',
  applies,
  alternatives: [['cgroup.memory.usage']],
  declare: (_metrics, job) => ({
    mode: 'all',
    empty: 'skip',
    match: memoryCgroup(job)!,
    reducers: [{ kind: 'SUBSAMPLE', value: { fold: 'match', rows: [{ metric: 0 }], scale: GIB } }, ANY],
  }),
  finish(shares, job) {
    const { nodes, length } = gather(shares, job.nodeCount, (s) => reducer(s, 1, 'LATCH').value !== null);
    if (nodes.length !== job.nodeCount) return failure(E.notAvailable);
    return seriesForm(
      timesOf(nodes, length),
      nodes.map((p) => levelOf(p, length)),
    );
  },
};
