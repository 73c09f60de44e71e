// Owns the state of a site for people: last runs, backlog, failures by reason, jobs set aside, leases.

import type { Status } from '../../answers/index.ts';
import { jobOfId, reasonOf } from '../../document/index.ts';
import { clean } from '../../kernel/clean.ts';
import {
  bytes,
  counted,
  describeProblem,
  ERRORS,
  formatDuration,
  formatSeconds,
  type Problem,
} from '../../kernel/index.ts';
import type { RunRecord } from '../../ledger/index.ts';

import { table } from './text.ts';

/** Of poison jobs that are shown one by one. */
const MAX_POISON = 20;
const MAX_DIRECTORIES = 10;
/** Of jobs with a reason. */
const MAX_IDS = 5;

type Counts = Readonly<Record<string, unknown>>;
/** What is shown of a resource that was indexed, or whose scripts were stored. */
const SHOWN = ['archives', 'opened', 'files', 'matched', 'written'];

const resourcesOf = ({ counts }: Pick<RunRecord, 'counts'>): readonly Counts[] =>
  Array.isArray(counts.resources) ? (counts.resources as Counts[]) : [];

/** Jobs by what came of them; of other commands the sums over the resources. */
function countsOf(r: Omit<RunRecord, 'mark'>): string[] {
  const jobs = r.counts.jobs as Record<string, number> | undefined;
  const sum = (name: string): number => resourcesOf(r).reduce((n, one) => n + (Number(one[name]) || 0), 0);
  const shown = jobs ? Object.entries(jobs) : SHOWN.map((name) => [name, sum(name)] as const);
  return shown.filter(([, n]) => n > 0).map(([name, n]) => `${n} ${name}`);
}

/** Resources that a run could not do. */
const failuresOf = (r: Omit<RunRecord, 'mark'>): string[] =>
  resourcesOf(r).flatMap((one) => {
    const code = (one.problem as Problem | undefined)?.code;
    return code ? [`${one.resource}: ${code}`] : [];
  });

/** One that did not may leave jobs that no ledger knows of. */
const cameToItsEnd = ({ state, counts, exitCode }: Status['runs'][number]): boolean =>
  state === 'running' || (exitCode !== null && counts.interrupted !== true);

function runLine(r: Status['runs'][number]): string[] {
  const took = r.ended === null ? r.state : formatDuration(r.ended - r.started);
  const what =
    r.problem?.code ??
    [...countsOf(r), ...failuresOf(r), ...(r.counts.interrupted === true ? ['stopped before its end'] : [])].join(', ');
  return [
    formatSeconds(r.started),
    r.command,
    took,
    r.exitCode === null ? '' : `exit ${r.exitCode}`,
    clean(what),
    r.run,
  ];
}

/** `now`: epoch seconds. */
export function statusLines(s: Status, now: number): string[] {
  const lines = [`store  ${clean(s.store)}  ${bytes(s.bytes)}, ${counted(s.documents, 'document')}`, '', 'LAST RUNS'];
  lines.push(...(s.runs.length === 0 ? ['none'] : table(s.runs.map(runLine))));
  const last = s.runs.find((r) => r.command === 'summarize');
  const uncounted = last && !cameToItsEnd(last) ? '; and what the last run, which was stopped, had not come to' : '';
  for (const { of, jobs, reasons, backlog, poison } of s.ledgers) {
    lines.push('', `JOBS into ${clean(of)}`);
    const old = backlog.oldestEnd === null ? '' : `, the oldest ended ${formatDuration(now - backlog.oldestEnd)} ago`;
    const untried = backlog.untried > 0 ? ` (${backlog.untried} not tried yet)` : '';
    const open = `${jobs.partial} done in part, ${jobs.waiting} ${jobs.waiting === 1 ? 'waits' : 'wait'} for archives`;
    lines.push(`${jobs.done} done, ${open}, ${jobs.failed} failed, ${jobs.poison} set aside`);
    lines.push(`backlog: ${counted(backlog.jobs, 'job')}${untried}${old}${uncounted}`);
    const rows = reasons.map(({ state, error, code, jobs: n, ids }) => {
      const { meaning, advice } = reasonOf(error, code);
      const some = ids.slice(0, MAX_IDS).map((id) => clean(jobOfId(id)));
      return [String(n), state, meaning, `${some.join(' ')}${n > some.length ? ' …' : ''}`, advice];
    });
    if (rows.length > 0) lines.push(...table(rows, [0]));
    if (poison.length > 0) lines.push('set aside (jobsum explain JOB; --again --job JOB tries it once more):');
    lines.push(
      ...table(
        poison
          .slice(0, MAX_POISON)
          .map((r) => [
            `  ${clean(r.id)}`,
            counted(r.attempts, 'try', 'tries'),
            clean(r.problem?.code),
            clean(r.problem?.message),
          ]),
      ),
    );
    if (poison.length > MAX_POISON) lines.push(`  … and ${poison.length - MAX_POISON} more`);
  }
  if (s.problem) lines.push('', 'WAREHOUSE', clean(describeProblem(s.problem)), `  ${ERRORS[s.problem.code].advice}`);
  lines.push('', 'AT WORK');
  const holders = s.leases.map((l) => `${clean(l.name)}: process ${l.pid} on ${clean(l.host)}`);
  lines.push(...(holders.length === 0 ? ['nobody'] : holders), '', 'ARCHIVES');
  const roots = s.archives.map((a) => [
    clean(a.root),
    counted(a.archives, 'archive'),
    a.unreadable ? `${a.unreadable} unreadable` : '',
  ]);
  lines.push(...(roots.length === 0 ? ['none'] : table(roots)));
  const unread = s.archives.flatMap((a) => a.unread);
  lines.push(...unread.slice(0, MAX_DIRECTORIES).map((p) => clean(describeProblem(p))));
  if (unread.length > MAX_DIRECTORIES)
    lines.push(`… and ${counted(unread.length - MAX_DIRECTORIES, 'more directory', 'more directories')}`);
  return lines;
}
