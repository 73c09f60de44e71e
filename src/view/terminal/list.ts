// Owns the list of jobs: one line each with its state and the reason for it, as a table, as CSV, or as JSON.

import { errorOf, num, type Part, part, reasonOf, shownId } from '../../document/index.ts';
import { clean } from '../../kernel/clean.ts';
import { formatDuration, formatSeconds, type Problem } from '../../kernel/index.ts';
import { endOf, type JobState, type LedgerRow } from '../../ledger/index.ts';
import { usageOf } from './jobs.ts';
import { stateOf } from './quality.ts';
import { bytes, csvField, percent, table } from './text.ts';

/** As a ledger has it; `untried`: accounting has the job, and no run has dealt with it. */
export type ListedState = JobState | 'untried';

export const LISTED_STATES: readonly ListedState[] = ['done', 'partial', 'waiting', 'failed', 'poison', 'untried'];

/** What is known of one run of a job: by a ledger, by a document, by accounting, or by several of them. */
export interface KnownJob {
  /** Of its document. */
  readonly id: string;
  /** Of whoever knows it without a document. */
  readonly acct?: Part;
  /** By name; absent: the store does not know it. */
  readonly resource?: string;
  readonly ledger: LedgerRow | null;
  /** Done, or given up, by another program: its error number, 0 for none. */
  readonly marked?: number;
  /** Summary document. */
  readonly document: Part | null;
}

/** A line of the list: times are epoch seconds, memory bytes, CPU and GPU shares of 1. */
export interface ListedJob {
  readonly id: string;
  readonly job: string;
  readonly resource: string | null;
  readonly user: string | null;
  readonly account: string | null;
  readonly name: string | null;
  readonly nodes: number | null;
  readonly start: number | null;
  readonly end: number | null;
  readonly state: ListedState;
  /** Why, in words; null: there is nothing to say. */
  readonly reason: string | null;
  readonly error: number | null;
  readonly problem: Problem | null;
  readonly attempts: number;
  readonly nextTry: number | null;
  readonly lastTry: number | null;
  readonly run: string | null;
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly gpu: number | null;
  /** How whole the data are; null: there is no document. */
  readonly data: string | null;
}

/** The id of a job without the end that is in the id of its document. */
export const jobOfId = (documentId: string): string => documentId.replace(/-\d+$/, '');

const textOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;

export function listedJob({ id, acct: known, resource, ledger, marked, document }: KnownJob): ListedJob {
  const acct: Part = { ...known, ...part(document, 'acct') };
  const error = ledger ? ledger.error : marked ? marked : errorOf(document);
  const problem = ledger?.problem ?? null;
  const state = ledger?.state ?? (document || marked !== undefined ? 'done' : 'untried');
  const { cpu, memory, gpu } = usageOf(document);
  return {
    id,
    job: acct.id === undefined ? jobOfId(id) : shownId(acct),
    resource: resource ?? textOf(acct.resource_id),
    user: textOf(acct.user),
    account: textOf(acct.account),
    name: textOf(acct.jobname),
    nodes: num(acct, 'nodes'),
    start: num(acct, 'start_time'),
    end: num(acct, 'end_time') ?? endOf(id),
    state,
    reason: error === null && !problem ? null : reasonOf(error, problem?.code ?? null).meaning,
    ...{ error, problem },
    attempts: ledger?.attempts ?? 0,
    nextTry: ledger?.nextTry ?? null,
    lastTry: ledger?.finished ?? null,
    run: ledger?.run ?? null,
    ...{ cpu, memory, gpu },
    data: document ? stateOf(document) : null,
  };
}

const MAX_TEXT = 24;
const MAX_REASON = 60;

/** Why, as far as it fits a line: the code of a problem says less than its message. */
function why({ reason, problem, data }: ListedJob): string {
  if (problem) return `${problem.code}: ${clean(problem.message)}`.slice(0, MAX_REASON);
  return reason ?? clean(data ?? '');
}

export function listTable(jobs: readonly ListedJob[]): string[] {
  const rows = jobs.map((j) => [
    clean(j.job),
    clean(j.user).slice(0, MAX_TEXT),
    clean(j.name).slice(0, MAX_TEXT),
    String(j.nodes ?? ''),
    j.end === null ? '' : formatSeconds(j.end),
    j.start === null || j.end === null ? '' : formatDuration(j.end - j.start),
    j.cpu === null ? '-' : percent(j.cpu),
    j.memory === null ? '-' : bytes(j.memory),
    j.state,
    why(j),
  ]);
  const head = ['JOB', 'USER', 'NAME', 'NODES', 'ENDED (UTC)', 'WALLTIME', 'CPU USER', 'PEAK MEMORY', 'STATE', 'WHY'];
  return table([head, ...rows], [3, 5, 6, 7]);
}

const iso = (seconds: number | null): string =>
  seconds === null ? '' : `${formatSeconds(seconds).replace(' ', 'T')}Z`;

/** Name of a column → its value. */
const COLUMNS: Readonly<Record<string, (j: ListedJob) => unknown>> = {
  id: (j) => j.id,
  job: (j) => j.job,
  resource: (j) => j.resource,
  user: (j) => j.user,
  account: (j) => j.account,
  name: (j) => j.name,
  nodes: (j) => j.nodes,
  start: (j) => iso(j.start),
  end: (j) => iso(j.end),
  state: (j) => j.state,
  reason: (j) => j.reason,
  error: (j) => j.error,
  code: (j) => j.problem?.code,
  message: (j) => j.problem?.message,
  attempts: (j) => j.attempts,
  next_try: (j) => iso(j.nextTry),
  last_try: (j) => iso(j.lastTry),
  run: (j) => j.run,
  cpu_user: (j) => j.cpu,
  peak_memory_bytes: (j) => j.memory,
  gpu_active: (j) => j.gpu,
  data: (j) => j.data,
};

/** With a header. */
export const listCsv = (jobs: readonly ListedJob[]): string[] => [
  Object.keys(COLUMNS).join(','),
  ...jobs.map((job) =>
    Object.values(COLUMNS)
      .map((of) => csvField(of(job)))
      .join(','),
  ),
];
