// Owns making a Job from the fields of any source, and what is refused: untrusted names, impossible times.

import { isAbsolute, normalize, sep } from 'node:path';
import { expandHosts, JobsumError, MAX_HOSTS, parseInstant } from '../kernel/index.ts';
import type { Job } from './job.ts';

const MAX_ID = 128;
const MAX_NODE_NAME = 255;
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose
const CONTROL = /[\u0000-\u001f\u007f]/;

/** What schedulers write in place of a list of nodes when there is none. */
export const NO_HOSTS: ReadonlySet<string> = new Set([
  ...['', 'None assigned', 'None', '(null)', 'null', 'NULL', 'Unknown', 'N/A', 'n/a'],
]);

/** Thrown for records that never ran or have not ended: not errors. */
export class Ignored extends Error {}

/** Of those, records of jobs that did run: their accounting lacks what they are summarised by, and somebody should know. */
export class Unusable extends Ignored {}

/** Of lists and objects in each other, in what an accounting record holds; MongoDB stores no more than twice that. */
const MAX_DEPTH = 100;

/** Whether lists and objects are in each other more often than `levels`. Looks no deeper. */
const nestedMore = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => nestedMore(inner, levels - 1)));

export function refuse(message: string, expected: string, found: unknown): JobsumError {
  // What is nested more deeply than the stack reaches cannot be printed.
  const shown = nestedMore(found, MAX_DEPTH)
    ? `lists or objects nested more than ${MAX_DEPTH} deep`
    : JSON.stringify(typeof found === 'string' ? found.slice(0, 80) : found);
  return new JobsumError('E_JOB_LINE', message, { expected, found: String(shown).slice(0, 80) });
}

/** The year 5138: what is later was not meant as seconds, but as milliseconds or nanoseconds. */
const MAX_SECONDS = 1e11;

/** Epoch seconds from a number, digits, or ISO-8601 with an offset. @throws JobsumError E_JOB_LINE */
export function timeOf(value: unknown, name: string): number {
  const digits = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim());
  if (digits || typeof value === 'number') {
    const seconds = Number(value);
    if (Math.abs(seconds) < MAX_SECONDS) return seconds;
    throw refuse(`bad ${name} time`, 'epoch seconds', value);
  }
  if (typeof value === 'string' && /[T ]\d\d:\d\d.*(Z|UTC|[+-]\d\d:?\d\d)$/.test(value.trim())) {
    try {
      return parseInstant(value);
    } catch {
      // falls through to the refusal, which names the field
    }
  }
  throw refuse(`bad ${name} time`, 'epoch seconds, or ISO-8601 with an offset', value);
}

/** Nodes of a list as Slurm writes it (also `;`-separated), or of an array of names. @throws JobsumError E_JOB_LINE, E_HOSTLIST */
export function nodesOf(value: unknown): string[] {
  const plain = typeof value === 'string' ? value.replaceAll('\ufeff', '').trim() : value;
  if (typeof plain === 'string' && NO_HOSTS.has(plain)) return [];
  const list = typeof plain === 'string' ? expandHosts(plain) : plain;
  if (!Array.isArray(list)) throw refuse('bad list of nodes', 'an array of names or a node list', value);
  if (list.length > MAX_HOSTS) throw refuse('too many nodes', `at most ${MAX_HOSTS}`, list.length);
  const names = new Set<string>();
  for (const name of list) {
    const text = typeof name === 'string' ? name.replaceAll('\ufeff', '') : '';
    if (typeof name === 'string' && NO_HOSTS.has(text) && name !== '') continue;
    if (text === '' || text.length > MAX_NODE_NAME || CONTROL.test(text) || /[\s/\\()]/.test(text))
      throw refuse('bad node name', 'a host name', name);
    names.add(text);
  }
  return [...names];
}

export function idOf(value: unknown): string {
  const id = typeof value === 'number' ? String(value) : value;
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID || CONTROL.test(id)) {
    throw refuse('bad job id', `1 to ${MAX_ID} printable characters`, value);
  }
  return id;
}

/** Most archives of a job: more than a record of the largest size has names of. Each is looked for, and named if it is not there. */
const MAX_ARCHIVES = 20_000;

/** Archive bases by node: relative paths that stay below the archive root. */
export function archivesOf(value: unknown): Record<string, string[]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse('bad archives', 'an object of node: [base, …]', value);
  }
  let count = 0;
  return Object.fromEntries(
    Object.entries(value).map(([node, bases]) => {
      if (!Array.isArray(bases)) throw refuse('bad archives', 'a list of archive bases', bases);
      count += bases.length;
      if (count > MAX_ARCHIVES) throw refuse('too many archives', `at most ${MAX_ARCHIVES}`, count);
      for (const base of bases) {
        const path = typeof base === 'string' ? normalize(base) : '..';
        if (isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`) || CONTROL.test(path)) {
          throw refuse('bad archive path', 'a path below the archive root', base);
        }
      }
      return [node, bases as string[]];
    }),
  );
}

export interface JobFields {
  readonly jobId: string;
  readonly start: number;
  readonly end: number;
  readonly nodes: readonly string[];
  readonly nodeCount?: number;
  readonly walltime?: number;
  readonly acct: Record<string, unknown>;
  readonly archives?: Record<string, string[]>;
}

/** By these of the accounting record documents, archives and control groups are found: numbers or texts, never objects. */
const SIMPLE = [
  ...['id', 'local_job_id', 'local_job_array_index', 'local_job_id_raw', 'job_uniq_id', 'start_time', 'end_time'],
  ...['resource_id', 'resource_manager', 'cluster', 'user', 'uid'],
];
/** What identifies the job in the accounting record, and what is stored of the record, is checked. */
function checkAccounting(acct: Readonly<Record<string, unknown>>): void {
  for (const name of SIMPLE) {
    const value = Object.hasOwn(acct, name) ? acct[name] : null;
    if (typeof value === 'object' && value !== null) throw refuse(`bad ${name} in acct`, 'a number or a text', value);
  }
  if (Object.hasOwn(acct, 'id') && acct.id !== null) idOf(acct.id);
  if (Object.hasOwn(acct, 'end_time') && acct.end_time !== null) timeOf(acct.end_time, 'end_time');
  for (const [name, value] of Object.entries(acct))
    if (nestedMore(value, MAX_DEPTH))
      throw refuse('acct is nested too deeply', `at most ${MAX_DEPTH} levels in a member`, name);
}

/**
 * A job without nodes that ran cannot be summarised, and must not count as done: its list lacks something. One that was cancelled
 * before it started has none by right.
 * @throws Ignored, JobsumError E_JOB_LINE
 */
export function requireNodes({ nodes, start, end, acct }: Pick<JobFields, 'nodes' | 'start' | 'end' | 'acct'>): void {
  if (nodes.length > 0) return;
  const state = acct.exit_status ?? acct.state;
  if (start === end || (typeof state === 'string' && /^cancel/i.test(state)))
    throw new Ignored('no nodes: it never ran');
  throw refuse('a job without nodes', 'the names of the nodes it ran on', acct.host_list ?? null);
}

/** @throws JobsumError E_JOB_LINE */
export function buildJob(f: JobFields): Job {
  checkAccounting(f.acct);
  if (!(f.end > 0)) throw refuse('job has no end', 'end > 0', f.end);
  if (f.end < f.start) throw refuse('job ends before it starts', `end ≥ ${f.start}`, f.end);
  const nodeCount = f.nodeCount ?? f.nodes.length;
  if (!Number.isInteger(nodeCount)) throw refuse('bad number of nodes', 'an integer', nodeCount);
  const walltime = f.walltime ?? f.end - f.start;
  if (!Number.isFinite(walltime) || walltime < 0) throw refuse('bad walltime', 'seconds', walltime);
  const acct = {
    id: f.jobId,
    local_job_id: f.jobId,
    start_time: f.start,
    end_time: f.end,
    nodes: nodeCount,
    host_list: f.nodes,
    ...f.acct,
  };
  return {
    jobId: f.jobId,
    start: f.start,
    end: f.end,
    nodes: f.nodes,
    nodeCount,
    walltime,
    acct,
    ...(f.archives ? { archives: f.archives } : {}),
  };
}
