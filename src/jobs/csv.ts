// Owns jobs as CSV (RFC 4180) with a header of accounting names (reference/accounting.md §9.4, §3.1).

import { buildJob, idOf, nodesOf, refuse, timeOf } from './build.ts';
import type { Job } from './job.ts';

/** Columns that are numbers when they look like one; all else stays text. */
const NUMBERS = new Set([
  'resource_id',
  'start_time',
  'end_time',
  'submit',
  'eligible',
  'uid',
  'gid',
  'nodes',
  'ncpus',
  'gpus',
  'reqcpus',
  'timelimit',
  'local_job_array_index',
  'local_job_id_raw',
]);
const NAMES = {
  id: ['job_id', 'id', 'job_uniq_id', 'local_job_id'],
  start: ['start_time', 'start'],
  end: ['end_time', 'end'],
  nodes: ['host_list', 'node_list', 'nodelist'],
};

/** Fields of one record; null if a quoted field is still open at the end of the text. */
export function splitCsv(text: string): string[] | null {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (c === '"' && field === '') quoted = true;
    else if (c === ',') {
      fields.push(field);
      field = '';
    } else field += c;
  }
  return quoted ? null : [...fields, field];
}

export class CsvTable {
  readonly #header: readonly string[];

  constructor(header: readonly string[]) {
    this.#header = header.map((h) => h.trim().toLowerCase());
  }

  /** @throws JobsumError E_JOB_LINE, E_HOSTLIST */
  job(fields: readonly string[]): Job {
    if (fields.length !== this.#header.length) {
      throw refuse('wrong number of columns', String(this.#header.length), fields.length);
    }
    const acct: Record<string, unknown> = {};
    this.#header.forEach((name, i) => {
      const text = fields[i]!;
      acct[name] = text === '' ? null : NUMBERS.has(name) && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    });
    const pick = (names: readonly string[]): unknown =>
      names.map((n) => acct[n]).find((v) => v !== undefined && v !== null);
    const start = timeOf(pick(NAMES.start), 'start');
    const end = timeOf(pick(NAMES.end), 'end');
    const nodes = nodesOf(pick(NAMES.nodes) ?? '');
    const count = acct.nodes;
    const jobId = idOf(pick(NAMES.id));
    return buildJob({
      jobId,
      start,
      end,
      nodes,
      ...(typeof count === 'number' ? { nodeCount: count } : {}),
      acct: { ...acct, id: jobId, start_time: start, end_time: end, host_list: nodes, nodes: count ?? nodes.length },
    });
  }
}
