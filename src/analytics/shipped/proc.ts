// Owns Proc: the job's processes by command, and the CPUs it may use (preprocessors.md §4).

import { nameExpression, type TallyEntry } from '../../reduce/index.ts';
import { E, failure, type Preprocessor, type Share } from '../analytic.ts';
import { reducer } from '../collect.ts';
import { parseCpuList } from './cpu-list.ts';
import { type JobCgroup, jobCgroup } from './job-cgroup.ts';

/** Most commands listed; the reference's limit, for the document's size. */
const MAX_COMMANDS = 150;

/** Paths of `proc.psinfo.cgroups`: `cpuset:/a/b;memory:/a/c` of version 1, `:/a/b` of version 2. */
const pathsOf = (cgroups: string): string[] =>
  cgroups.split(/[;,\s]/).map((entry) => entry.slice(entry.indexOf(':') + 1));

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
function cpusetOf(share: Share, cgroup: JobCgroup): number[] | null {
  if (share.result.reducers.length < 2) return null;
  const { entries } = reducer(share, 1, 'TALLY');
  for (const name of cgroup.names) {
    const fits = nameExpression(name);
    for (const entry of entries) {
      const cpus = entry.name !== null && fits.test(entry.name) ? parseCpuList(entry.strings[0]!) : null;
      if (cpus) return cpus;
    }
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
    const tables = { constrained: new Map<string, number>(), unconstrained: new Map<string, number>() };
    const nameless: string[] = [];
    data.cpus = new Map(nodes.map((n) => [n.node, null]));
    for (const share of shares) {
      const cgroup = jobCgroup(job, share.node);
      const mine: TallyEntry[] = [];
      for (const entry of reducer(share, 0, 'TALLY').entries) {
        if (entry.name === null) {
          if (!nameless.includes(share.node)) nameless.push(share.node);
          continue;
        }
        const paths = cgroup ? pathsOf(entry.strings[2]!) : [];
        const own = paths.some((path) => cgroup!.own(path));
        if (own) mine.push(entry);
        else if (paths.some((path) => cgroup!.any(path))) continue;
        const table = own ? tables.constrained : tables.unconstrained;
        // Instances are named `012345 command …`.
        const command = entry.name.slice(entry.name.indexOf(' ') + 1);
        table.set(command, (table.get(command) ?? 0) + entry.count);
      }
      data.cpus.set(share.node, (cgroup && cpusetOf(share, cgroup)) ?? allowedCpus(mine));
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
