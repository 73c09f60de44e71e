// Owns the text of `sacct --parsable2` (reference/accounting.md §9.1).

import { parseInstant } from '../kernel/index.ts';
import { buildJob, idOf, nodesOf, refuse } from './build.ts';
import type { Job } from './job.ts';

/** Columns that Open XDMoD's command gives, for files without header. */
const XDMOD_COLUMNS =
  'jobid,jobidraw,cluster,partition,qos,account,group,gid,user,uid,submit,eligible,start,end,elapsed,exitcode,state,nnodes,ncpus,reqcpus,reqmem,reqtres,alloctres,timelimit,nodelist,jobname'.split(
    ',',
  );
const ENDED = new Set([
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'REVOKED',
  'TIMEOUT',
]);
const NO_TIME = new Set(['', 'Unknown', 'None', '0']);

/** Thrown for records that never ran or have not ended: not errors. */
export class Ignored extends Error {}

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
    const m = /^gres\/gpu(:[^=]*)?=(\d+)$/.exec(item.trim());
    if (!m) continue;
    if (m[1] === undefined) return Number(m[2]);
    typed += Number(m[2]);
  }
  return typed;
}

export class SacctTable {
  readonly #columns: readonly string[];

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  /** The table of a file whose first line is this, and whether that line is the header. */
  static detect(line: string): { table: SacctTable; header: boolean } | null {
    const fields = line.split('|').map((f) => f.trim().toLowerCase());
    if (fields.includes('jobid') && fields.includes('end')) return { table: new SacctTable(fields), header: true };
    if (fields.length >= XDMOD_COLUMNS.length && /^\d/.test(fields[0]!)) {
      return { table: new SacctTable(XDMOD_COLUMNS), header: false };
    }
    return null;
  }

  /** Splits into as many fields as there are columns; a bar in the job name belongs to the name. */
  #fields(text: string): Map<string, string> {
    const parts = text.split('|');
    const n = this.#columns.length;
    // `--parsable` (without 2) ends each line in a bar.
    if (parts.length === n + 1 && parts[n] === '') parts.pop();
    const extra = parts.length - n;
    const name = this.#columns.indexOf('jobname');
    if (extra < 0 || (extra > 0 && name < 0)) throw refuse('wrong number of columns', String(n), parts.length);
    if (extra > 0) parts.splice(name, extra + 1, parts.slice(name, name + extra + 1).join('|'));
    return new Map(this.#columns.map((c, i) => [c, parts[i]!]));
  }

  /** @throws Ignored, JobsumError E_JOB_LINE, E_HOSTLIST */
  job(text: string): Job {
    const f = this.#fields(text);
    const get = (name: string): string => f.get(name)?.trim() ?? '';
    const shown = get('jobid');
    if (shown.includes('.')) throw new Ignored('job step');
    if (shown.includes('[')) throw new Ignored('array tasks that never ran');
    const state = get('state').split(' ')[0]!.replace(/\+$/, '');
    if (state !== '' && !ENDED.has(state)) throw new Ignored(`not ended (${state})`);
    if (NO_TIME.has(get('start')) || NO_TIME.has(get('end'))) throw new Ignored('never started or not ended');
    const nodeList = get('nodelist');
    if (nodeList === '' || nodeList === 'None assigned') throw new Ignored('no nodes assigned');
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
    const nodes = nodesOf(nodeList);
    const start = time('start');
    const end = time('end');
    const nodeCount = number('nnodes') ?? nodes.length;
    const minutes = number('timelimitraw');
    const tres = get('alloctres') || get('reqtres');
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
        ...(f.has('qos') ? { qos: get('qos') } : {}),
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
        gpus: gpusOf(tres),
        timelimit: minutes !== null ? minutes * 60 : durationOf(get('timelimit')),
        host_list: nodes,
        resource_manager: 'slurm',
      },
    });
  }
}
