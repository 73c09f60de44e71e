// Owns jobs of `sacct --json` (Slurm 21.08 and later): one object of the list as the columns that the text has. Since data_parser v0.0.39
// a number is `{set, infinite, number}` and a state a list of words; before it they are plain.

import { refuse } from './build.ts';
import type { Job } from './job.ts';
import { sacctJob } from './sacct.ts';

type Tree = Readonly<Record<string, unknown>>;

const tree = (value: unknown): Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Digits; empty: not set. */
function count(value: unknown): string {
  const { set, infinite, number } = tree(value);
  const n = typeof value === 'object' ? (set === false || infinite === true ? null : number) : value;
  return (typeof n === 'number' && Number.isFinite(n) && n >= 0) || (typeof n === 'string' && /^\d+$/.test(n))
    ? `${n}`
    : '';
}

/** Digits of what makes the job; empty: not set. @throws JobsumError E_JOB_LINE where there is something else in its place */
function sure(value: unknown, name: string): string {
  const digits = count(value);
  const unset =
    value === undefined ||
    value === null ||
    (tree(value) === value && (tree(value).set === false || tree(value).infinite === true));
  if (digits === '' && !unset) throw refuse(`bad ${name} of a job of sacct --json`, 'a number', value);
  return digits;
}

/** A list of TRES as the text has it; memory in MB. */
function resources(value: unknown): string {
  const list = Array.isArray(value) ? value.map(tree) : [];
  return list
    .filter(({ count: n }) => count(n) !== '')
    .map(
      ({ type, name, count: n }) =>
        `${text(type)}${text(name) === '' ? '' : `/${text(name)}`}=${count(n)}${type === 'mem' ? 'M' : ''}`,
    )
    .join(',');
}
const amount = (list: string, of: string): string =>
  list
    .split(',')
    .find((item) => item.startsWith(`${of}=`))
    ?.slice(of.length + 1) ?? '';

/** The id as the text shows it: an element of an array, a part of a heterogeneous job. */
function shownId(job: Tree): string {
  const { job_id: parent, task_id: task, task: waiting } = tree(job.array);
  const { job_id: leader, job_offset: offset } = tree(job.het);
  const id = count(job.job_id);
  const several = (n: unknown): boolean => Number(count(n)) > 0;
  if (several(parent) && count(task) !== '') return `${count(parent)}_${count(task)}`;
  if (several(parent) && text(waiting) !== '') return `${count(parent)}_[${text(waiting)}]`;
  return several(leader) && count(offset) !== '' ? `${count(leader)}+${count(offset)}` : id;
}

function exitCode(value: unknown): string {
  const { return_code: code, signal } = tree(value);
  const { id, signal_id: number } = tree(signal);
  return count(code) === '' && tree(value).signal === undefined
    ? ''
    : `${count(code) || 0}:${count(id ?? number) || 0}`;
}

/** Words of the state: what it is comes first, how it stands behind. One that goes on has not ended. */
function stateText(value: unknown): string {
  const words = (Array.isArray(value) ? value : [value]).map(text);
  return words.find((w) => ['COMPLETING', 'CONFIGURING', 'STAGE_OUT', 'RESIZING'].includes(w)) ?? words[0] ?? '';
}

/** Whether an object that is a line of its own is one of these. */
export const isSacctObject = (o: Tree): boolean =>
  typeof o.time === 'object' && typeof o.state === 'object' && o.start === undefined;

/** @throws Ignored, JobsumError E_JOB_LINE, E_HOSTLIST */
export function sacctObject(value: unknown, unknown: (state: string) => void): Job {
  const job = tree(value);
  if (job !== value || count(job.job_id) === '')
    throw refuse('not a job of sacct --json', 'an object with job_id', value);
  const time = tree(job.time);
  if (time !== job.time) throw refuse('bad time of a job of sacct --json', 'an object', job.time);
  if (typeof job.nodes !== 'string' && job.nodes != null)
    throw refuse('bad nodes of a job of sacct --json', 'a text', job.nodes);
  const { CPUs: required } = tree(job.required);
  const tres = tree(job.tres);
  const [allocated, requested] = [resources(tres.allocated), resources(tres.requested)];
  const columns: Readonly<Record<string, string>> = {
    jobid: shownId(job),
    jobidraw: count(job.job_id),
    cluster: text(job.cluster),
    partition: text(job.partition),
    qos: text(job.qos),
    account: text(job.account),
    group: text(job.group),
    user: text(job.user) || text(tree(job.association).user),
    uid: count(job.uid ?? job.user_id),
    gid: count(job.gid ?? job.group_id),
    submit: sure(time.submission, 'time.submission'),
    eligible: sure(time.eligible, 'time.eligible'),
    start: sure(time.start, 'time.start'),
    end: sure(time.end, 'time.end'),
    elapsedraw: count(time.elapsed),
    exitcode: exitCode(job.exit_code),
    state: stateText(tree(job.state).current ?? job.state),
    nnodes: sure(job.allocation_nodes, 'allocation_nodes') || amount(allocated, 'node'),
    ncpus: amount(allocated, 'cpu'),
    reqcpus: count(required) || amount(requested, 'cpu'),
    reqmem: amount(requested, 'mem'),
    reqtres: requested,
    alloctres: allocated,
    timelimitraw: count(time.limit),
    nodelist: text(job.nodes),
    jobname: text(job.name),
  };
  return sacctJob((name) => columns[name] ?? null, unknown);
}
