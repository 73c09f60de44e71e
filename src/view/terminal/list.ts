// Owns the list of jobs: one line each with its state and the reason for it, as a table, as CSV, or as JSON.

import type { ListedJob } from '../../answers/index.ts';
import { clean } from '../../kernel/clean.ts';
import { bytes, formatDuration, formatSeconds, percent } from '../../kernel/index.ts';

import { csvField, table } from './text.ts';

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
