// Owns a record of sacct (accounting.md §9.1) as a job, by the names of its columns: which ran, which is none, what its fields mean.

import { parseInstant } from '../kernel/index.ts';
import { buildJob, Ignored, idOf, NO_HOSTS, nodesOf, refuse, Unusable } from './build.ts';
import type { Job } from './job.ts';

/** States of a run that is over. Requeued jobs ran before; what ran is in the record. */
const ENDED = [
  ...[
    'BOOT_FAIL',
    'CANCELLED',
    'COMPLETED',
    'DEADLINE',
    'FAILED',
    'NODE_FAIL',
    'OUT_OF_MEMORY',
    'PREEMPTED',
    'REVOKED',
  ],
  ...['TIMEOUT', 'REQUEUED', 'REQUEUE_HOLD', 'REQUEUE_FED', 'SPECIAL_EXIT'],
];
const NOT_ENDED = new Set([
  ...[
    'PENDING',
    'RUNNING',
    'SUSPENDED',
    'COMPLETING',
    'CONFIGURING',
    'RESIZING',
    'RESV_DEL_HOLD',
    'SIGNALING',
    'STAGE_OUT',
  ],
  ...['STOPPED', 'POWER_UP_NODE', 'UPDATE_DB', 'EXPEDITING'],
]);
const KNOWN = new Set([...ENDED, ...NOT_ENDED]);
const NO_TIME = new Set(['', 'Unknown', 'None', 'N/A', '(null)', '0', '1970-01-01T00:00:00']);

/** Seconds of `[DD-[HH:]]MM:SS`; null for UNLIMITED and the like. */
export function durationOf(text: string): number | null {
  const m = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)(?:\.\d+)?$/.exec(text);
  if (!m) return null;
  return Number(m[1] ?? 0) * 86400 + Number(m[2] ?? 0) * 3600 + Number(m[3]) * 60 + Number(m[4]);
}

/** GPUs of a TRES list: the untyped entry if there is one, else the sum of the typed. */
export function gpusOf(tres: string): number {
  let typed = 0;
  for (const item of tres.split(',')) {
    const m = /^gres\/gpu(:[^=]*)?=(\d+(?:\.\d+)?)([KMG]?)$/.exec(item.trim());
    if (!m) continue;
    const count = Math.round(Number(m[2]) * 1024 ** ['', 'K', 'M', 'G'].indexOf(m[3]!));
    if (m[1] === undefined) return count;
    typed += count;
  }
  return typed;
}

/**
 * The state without who cancelled, written out where it was cut (`CANCELLED+`). One that we do not know is the job's all the same: it has an end.
 * @throws JobsumError E_JOB_LINE for what is no state
 */
function stateOf(text: string): { state: string; known: boolean } {
  const m = /^([A-Za-z_]+)(\+?)(?: by \S+)?$/.exec(text);
  const word = (m?.[1] ?? '').toUpperCase();
  const known = KNOWN.has(word) ? word : m?.[2] === '+' && [...KNOWN].find((s) => s.startsWith(word));
  if (known) return { state: known, known: true };
  // States are written in capitals; anything else stands in the wrong column.
  if (m && m[1] === word && word.length > 2) return { state: word, known: false };
  throw refuse('no state of a job', 'COMPLETED, FAILED, …', text);
}

/** A record by its columns' names, in lower case; null: there is no such column. */
export type Get = (name: string) => string | null;

/** What a job is summarised by and the record has not; null: nothing. */
function lackOf(get: (name: string) => string): string | null {
  if (NO_TIME.has(get('start'))) return 'no start';
  if (NO_TIME.has(get('end'))) return 'no end';
  return NO_HOSTS.has(get('nodelist')) ? 'no list of nodes' : null;
}

/** Whether time was spent on nodes, as far as the record says: one cancelled in the queue has the nodes that it asked for, but no time. */
function ran(column: Get, get: (name: string) => string): boolean {
  const elapsed = get('elapsedraw') || durationOf(get('elapsed'));
  const [start, end] = [get('start'), get('end')].map((t) => (NO_TIME.has(t) ? Number.NaN : parseInstant(t)));
  const nodes = column('nnodes') ?? column('allocnodes');
  return Number(elapsed ?? end! - start!) > 0 && (nodes === null || Number(nodes) > 0);
}

/**
 * @param unknown - is called with a state that is not known
 * @throws Ignored, JobsumError E_JOB_LINE, E_HOSTLIST
 */
export function sacctJob(column: Get, unknown: (state: string) => void): Job {
  const get = (name: string): string => column(name)?.trim() ?? '';
  const shown = get(column('jobid') === null ? 'jobidraw' : 'jobid');
  if (shown.includes('.')) throw new Ignored('job step');
  if (shown.includes('[')) throw new Ignored('array tasks that never ran');
  if (!/^\d+(?:[_+]\d+)?$/.test(shown)) throw refuse('bad job id', '500, 500_3 or 500+1', shown);
  const { state, known } = column('state') === null ? { state: '', known: true } : stateOf(get('state'));
  if (!known) unknown(state);
  if (NOT_ENDED.has(state)) throw new Ignored(`not ended (${state})`);
  const lacks = lackOf(get);
  if (lacks !== null) throw ran(column, get) ? new Unusable(lacks) : new Ignored('never ran');
  const time = (name: string): number => {
    try {
      return parseInstant(get(name));
    } catch {
      throw refuse(`bad ${name} time`, 'epoch seconds or YYYY-MM-DDTHH:MM:SS in UTC', get(name));
    }
  };
  const optionalTime = (name: string): number | null => (NO_TIME.has(get(name)) ? null : time(name));
  const number = (name: string): number | null => (/^\d+$/.test(get(name)) ? Number(get(name)) : null);
  const array = /^(\d+)_(\d+)$/.exec(shown);
  const het = /^(\d+)\+(\d+)$/.exec(shown);
  const raw = get('jobidraw') || (array || het ? '' : shown);
  const jobId = idOf(raw || shown);
  const nodes = nodesOf(get('nodelist'));
  const start = time('start');
  const end = time('end');
  const nodeCount = number('nnodes') ?? number('allocnodes') ?? nodes.length;
  const minutes = number('timelimitraw');
  return buildJob({
    jobId,
    start,
    end,
    nodes,
    nodeCount,
    acct: {
      id: jobId,
      job_uniq_id: jobId,
      local_job_id: array?.[1] ?? shown,
      local_job_array_index: array ? Number(array[2]) : -1,
      local_job_id_raw: /^\d+$/.test(raw) ? Number(raw) : null,
      ...(het ? { het_job_id: het[1], het_job_offset: Number(het[2]) } : {}),
      cluster: get('cluster') || null,
      partition: get('partition'),
      ...(column('qos') === null ? {} : { qos: get('qos') }),
      account: get('account'),
      group: get('group'),
      gid: number('gid'),
      user: get('user'),
      uid: number('uid'),
      jobname: get('jobname'),
      submit: optionalTime('submit'),
      eligible: optionalTime('eligible'),
      start_time: start,
      end_time: end,
      exit_code: get('exitcode'),
      exit_status: state,
      nodes: nodeCount,
      ncpus: number('ncpus') ?? number('alloccpus'),
      reqcpus: number('reqcpus'),
      reqmem: get('reqmem') || null,
      gpus: gpusOf(get('alloctres') || get('reqtres')),
      timelimit: minutes !== null ? minutes * 60 : durationOf(get('timelimit')),
      host_list: nodes,
      resource_manager: 'slurm',
    },
  });
}
