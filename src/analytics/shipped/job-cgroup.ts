// Owns where a job's control groups are: by resource manager, in version 1 and 2, with and without the node's name in the path.

import type { Job } from '../../jobs/index.ts';
import { nameExpression } from '../../reduce/index.ts';

/** What a job's control group is called on a node. */
export interface JobCgroup {
  /** Names to look for (see Match): the first that there is counts. Never those of steps, which are inside the job's. */
  readonly names: readonly string[];
  /** Whether a path lies in the job's group, or is it. */
  own(path: string): boolean;
  /** Whether a path lies in the group of any job of this resource manager. */
  any(path: string): boolean;
}

/**
 * Slurm: `/slurm/uid_1000/job_100` in version 1, `/system.slice/slurmstepd.scope/job_100` in version 2. Where it is built for several
 * slurmds on a host, as Debian does, the node's name is added: `slurm_n1`, `slurm/n1`, `n1_slurmstepd.scope`; that of this node is preferred.
 */
function slurm(uid: string, job: string, nodes: readonly string[]): string[] {
  return [
    ...nodes.flatMap((node) => [`slurm_${node}/uid_${uid}/job_${job}`, `slurm/${node}/uid_${uid}/job_${job}`]),
    ...['', '.*'].map((more) => `slurm/uid_${uid}/job_${job}${more}`),
    `slurm_*/uid_${uid}/job_${job}`,
    `slurm/*/uid_${uid}/job_${job}`,
    ...nodes.map((node) => `${node}_slurmstepd.scope/job_${job}`),
    `slurmstepd.scope/job_${job}`,
    `*_slurmstepd.scope/job_${job}`,
  ];
}

/** TORQUE, PBS Pro and OpenPBS: the job's id alone or with the server's name, `/torque/7.master`, `/pbs_jobs.service/jobid/7.master`. */
function pbs(job: string): string[] {
  const places = ['torque/', 'pbspro/', 'pbs_jobs/', '*.service/jobid/', '*.slice/pbspro-', '*.slice/pbs_jobs-'];
  const names = [...new Set([job, escaped(job)])];
  return places.flatMap((place) => names.flatMap((name) => [`${place}${name}`, `${place}${name}.*`]));
}

/** As systemd writes what it gives a meaning, or has none for, in the name of a unit: `n\x2d1`, `100\x5b7\x5d`. */
const escaped = (name: string): string =>
  name.replace(/[^\w:.*]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);

const anyOf = (names: readonly string[]): ((path: string) => boolean) => {
  const expressions = names.map((name) => nameExpression(name, false));
  return (path) => expressions.some((e) => e.test(path));
};

/** Null where the resource manager's control groups are not known. `node`: as accounting names it. */
export function jobCgroup(job: Job, node?: string): JobCgroup | null {
  const { resource_manager: manager, uid } = job.acct;
  // The id that groups are named by: of array tasks the accounting's own, not the one shown.
  const id = String(job.acct.id ?? job.jobId);
  // Names are patterns: what accounting says must be none.
  const literal = (text: unknown): boolean => !/[*/]/.test(String(text));
  if (id === '' || !literal(id) || !literal(uid)) return null;
  const nodes = node !== undefined && literal(node) ? [...new Set([node, escaped(node)])] : [];
  const name =
    manager === 'slurm'
      ? (whose: string, which: string) => slurm(whose, which, nodes)
      : manager === 'pbs'
        ? (_: string, which: string) => pbs(which.split('.')[0]!)
        : null;
  if (!name) return null;
  const names = name(uid === undefined || uid === null ? '*' : String(uid), id);
  return { names, own: anyOf(names), any: anyOf(name('*', '*')) };
}

/** What is said where the job's group is not among those that are recorded. */
export const notFound = (cgroup: JobCgroup | null): string =>
  `no control group of the job is recorded; looked for ${(cgroup?.names ?? []).map((name) => `/${name}`).join(', ')} also below other groups; groups of its steps alone are not added up`;
