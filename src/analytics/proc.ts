// Owns Proc: the job's processes by command, and the CPUs it may use (preprocessors.md §4).

import type { Job } from '../jobs/index.ts';
import type { TallyEntry } from '../reduce/index.ts';
import { E, failure, type Preprocessor, type Share } from './analytic.ts';
import { reducer } from './collect.ts';
import { parseCpuList } from './cpu-list.ts';

/** Most commands listed; the reference's limit, for the document's size. */
const MAX_COMMANDS = 150;

interface Cgroup {
  /** The job's own, as in `cgroup.cpuset.cpus`. */
  readonly path: string;
  /** Tells that a process belongs to some other job. */
  readonly other: RegExp;
}

/** §4.1; null where the resource manager's cgroups are not known. */
function jobCgroup(job: Job): Cgroup | null {
  // The id that cgroups are named by: of array tasks the accounting's own, not the one shown.
  const { resource_manager: manager, uid, id = job.jobId } = job.acct;
  if (manager === 'slurm') {
    return { path: `/slurm/uid_${uid}/job_${id}`, other: /cpuset:\/slurm\/uid_\d+\/job_\d+\// };
  }
  if (manager === 'pbs') return { path: `/torque/${id}`, other: /cpuset:\/torque\/\d+(?:\[\d+\])?/ };
  return null;
}

/** Whether the process's cgroups name the job's cpuset: as a whole path component, so that job 123 is not job 1234. */
function inCgroup(cgroups: string, path: string): boolean {
  const needle = `cpuset:${path}`;
  for (let at = cgroups.indexOf(needle); at >= 0; at = cgroups.indexOf(needle, at + 1)) {
    const next = cgroups[at + needle.length];
    if (next === undefined || /[/;,.\s]/.test(next)) return true;
  }
  return false;
}

/** Union of the CPU lists of processes in the first record where all of them can be read and name a CPU. */
function allowedCpus(entries: readonly TallyEntry[]): number[] | null {
  for (const at of [...new Set(entries.flatMap((e) => [e.first, e.last]))].sort((a, b) => a - b)) {
    const lists = entries.filter((e) => e.first <= at && at <= e.last).map((e) => parseCpuList(e.strings[0]!));
    if (lists.includes(null)) continue;
    const union = new Set(lists.flatMap((l) => l!));
    if (union.size > 0) return [...union].sort((a, b) => a - b);
  }
  return null;
}

/** The node's own record of the job's cpuset, if it has one. */
function cpusetOf(share: Share, path: string): number[] | null {
  if (share.result.reducers.length < 2) return null;
  for (const entry of reducer(share, 1, 'TALLY').entries) {
    if (entry.name !== path) continue;
    const cpus = parseCpuList(entry.strings[0]!);
    if (cpus) return cpus;
  }
  return null;
}

/** Commands, most frequent first, equals in order of appearance. */
function ranked(counts: Map<string, number>): string[] {
  return [...counts].sort((a, b) => b[1] - a[1]).map(([command]) => command);
}

export const proc: Preprocessor = {
  cls: 'Proc',
  alternatives: ['proc', 'hotproc'].map((p) => [`${p}.psinfo.cpusallowed`, `${p}.id.uid_nm`, `${p}.psinfo.cgroups`]),
  optional: ['cgroup.cpuset.cpus'],
  declare: (metrics, job) => ({
    mode: 'all',
    raw: true,
    reducers: [
      { kind: 'TALLY', metrics: [0, 1, 2], where: { metric: 1, equals: String(job.acct.user ?? '') } },
      ...(metrics.length > 3 ? [{ kind: 'TALLY' as const, metrics: [3] }] : []),
    ],
  }),
  finish(shares, job, data, nodes) {
    const cgroup = jobCgroup(job);
    const tables = { constrained: new Map<string, number>(), unconstrained: new Map<string, number>() };
    const nameless: string[] = [];
    data.cpus = new Map(nodes.map((n) => [n.node, null]));
    for (const share of shares) {
      const mine: TallyEntry[] = [];
      for (const entry of reducer(share, 0, 'TALLY').entries) {
        if (entry.name === null) {
          if (!nameless.includes(share.node)) nameless.push(share.node);
          continue;
        }
        const cgroups = entry.strings[2]!;
        const own = cgroup !== null && inCgroup(cgroups, cgroup.path);
        if (own) mine.push(entry);
        else if (cgroup?.other.test(cgroups)) continue;
        const table = own ? tables.constrained : tables.unconstrained;
        // Instances are named `012345 command …`.
        const command = entry.name.slice(entry.name.indexOf(' ') + 1);
        table.set(command, (table.get(command) ?? 0) + entry.count);
      }
      data.cpus.set(share.node, (cgroup && cpusetOf(share, cgroup.path)) ?? allowedCpus(mine));
    }
    const constrained = ranked(tables.constrained);
    const unconstrained = ranked(tables.unconstrained);
    const cut = constrained.length > MAX_COMMANDS || unconstrained.length > MAX_COMMANDS;
    const cpusallowed = Object.fromEntries(
      nodes.map(({ node }, i) => {
        const cpus = data.cpus!.get(node);
        return [`node${i}`, cpus ? { node, cpu_list: cpus.join(',') } : { node, ...failure(E.notAvailable) }];
      }),
    );
    const procDump = {
      constrained: constrained.slice(0, MAX_COMMANDS),
      unconstrained: unconstrained.slice(0, MAX_COMMANDS),
      cpusallowed,
      ...(cut ? { error: `process list limited to ${MAX_COMMANDS} procs` } : {}),
    };
    const errors =
      nameless.length > 0
        ? { proc: [`{${nameless.map((node) => `'${node}': {'missing process name'}`).join(', ')}}`] }
        : {};
    return { document: { procDump }, errors };
  },
};
