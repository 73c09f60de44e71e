// Owns the explanation of a job for people: stage by stage, and at the end what to do.

import type { Explained, PassedOver } from '../../answers/index.ts';
import { errorOfFlag, reasonOf, shownId } from '../../document/index.ts';
import { clean } from '../../kernel/clean.ts';
import { compressHosts, counted, describeProblem, ERRORS, formatDuration, formatSeconds } from '../../kernel/index.ts';
import { coverageLines } from './coverage.ts';
import { MEANINGS } from './quality.ts';
import { table } from './text.ts';

/** Nodes that are shown one by one: those with something amiss first. */
const MAX_NODES = 8;

function accountingLines(a: Explained['accounting']): string[] {
  const who = ['user', 'account', 'partition', 'exit_status'].flatMap((k) =>
    a.acct[k] === undefined || a.acct[k] === null || a.acct[k] === '' ? [] : [`${k} ${clean(a.acct[k])}`],
  );
  return [
    `ACCOUNTING  from ${clean(a.from)}`,
    `  ${formatSeconds(a.start)} to ${formatSeconds(a.end)} UTC, ${formatDuration(a.end - a.start)}${who.length > 0 ? `; ${who.join(', ')}` : ''}`,
    `NODES  ${a.nodeCount} accounted, ${a.nodes.length} named: ${clean(compressHosts(a.nodes))}`,
  ];
}

function archiveLines(x: NonNullable<Explained['archives']>): string[] {
  const where = x.from === 'tree' ? `below ${clean(x.root)}` : "in the warehouse's tables";
  const known = x.from === 'tree' ? `${x.known} known` : `${x.known} of about that time`;
  const lines = [
    `ARCHIVES  ${where} (${known}): ${x.withArchives} of ${counted(x.nodes.length, 'node')} ${x.nodes.length === 1 ? 'has' : 'have'} some that serve`,
  ];
  const sorted = [...x.nodes].sort((a, b) => a.archives.length - b.archives.length);
  for (const { node, window, archives, rejected } of sorted.slice(0, MAX_NODES)) {
    lines.push(`  ${clean(node)}: ${formatSeconds(window[0])} to ${formatSeconds(window[1])}`);
    const rows = archives.map((a) => [
      '    uses',
      clean(a.base),
      `${formatSeconds(a.start)} to ${a.end === null ? 'an unknown end' : formatSeconds(a.end)}`,
    ]);
    const others = rejected.map((r) => [
      '    not',
      clean(r.base),
      r.problem ? `${r.why}: ${r.problem.code}: ${clean(r.problem.message)}` : r.why,
    ]);
    lines.push(...table([...rows, ...others]));
    if (rows.length === 0 && others.length === 0) lines.push('    no archive of this node is known at all');
  }
  if (x.nodes.length > MAX_NODES) lines.push(`  … and ${counted(x.nodes.length - MAX_NODES, 'more node')}`);
  return lines;
}

function documentLines({ document: d, unread, accounting: { acct } }: Explained): string[] {
  if (!d) return [`DOCUMENT  ${unread ? `cannot be read: ${clean(describeProblem(unread))}` : 'none'}`];
  const made = d.created === null ? '' : `, made ${formatSeconds(d.created)}`;
  const state = d.flag ? clean(d.flag).replaceAll('_', ' ') : d.state;
  const lines = [`DOCUMENT  ${clean(d.id)}: ${state}${made}`];
  const coverage = coverageLines({ coverage: d.coverage, acct });
  if (coverage.length > 0) lines.push('COVERAGE', ...coverage.map((l) => `  ${l}`));
  const without = Object.entries(d.without).map(([name, e]) => [
    `  ${clean(name)}`,
    typeof e === 'number' ? (MEANINGS[e] ?? `error ${e}`) : clean(e),
  ]);
  lines.push('ANALYTICS WITHOUT A RESULT', ...(without.length === 0 ? ['  none'] : table(without)));
  if (d.errors) lines.push(`ERRORS  ${clean(JSON.stringify(d.errors)).slice(0, 1000)}`);
  return lines;
}

function ledgerLines(rows: Explained['ledger']): string[] {
  if (rows.length === 0) return ['LEDGER  no run has dealt with it'];
  return rows.flatMap((r) => {
    const before = r.seen === null ? '' : ', or when there is more of its archives';
    const next = r.nextTry === null ? '' : `, next try ${formatSeconds(r.nextTry)}${before}`;
    const { meaning } = reasonOf(r.error, r.problem?.code ?? null);
    const why =
      r.error === null && !r.problem ? '' : `: ${meaning}${r.problem ? ` (${clean(r.problem.message)})` : ''}`;
    return [
      `LEDGER  ${clean(r.of)}: ${r.state}, ${counted(r.attempts, 'try', 'tries')}, last ${formatSeconds(r.finished)}${next}${why}`,
    ];
  });
}

/** Seconds between samples where there is no document that says so: as `setup collector` has it. */
const USUAL_INTERVAL = 30;

/** Of a job that its nodes' loggers, which take a sample now and then, cannot have seen: why; null: they can. */
function unseen({ accounting: { start, end }, archives, document }: Explained): string | null {
  if (end === start) return 'Nothing: it ended when it began, and there is no time that data could be of.';
  const nodes = (document?.coverage as { nodes?: { interval?: number }[] } | null)?.nodes ?? [];
  const interval = Math.max(0, ...nodes.map((n) => n.interval ?? 0)) || USUAL_INTERVAL;
  const own = archives?.nodes.some((n) => n.archives.some(({ base }) => /(?:^|\/)job-/.test(base))) ?? false;
  if (end - start >= 2 * interval || own) return null;
  return `It lasted ${formatDuration(end - start)}, less than two samples of its nodes' loggers (about every ${formatDuration(interval)}): such jobs have data only where a prolog and an epilog write archives of their own, as \`jobsum setup collector\` makes them.`;
}

/** What somebody could do, most useful first; empty: nothing need be done. `now`: epoch seconds. */
export function adviceOn(e: Explained, now: number): string[] {
  if (e.accounting.end > now && !e.document)
    return ['Nothing: by accounting it has not ended yet; a run takes it when it has.'];
  const short = unseen(e);
  const lacks =
    !e.document || e.document.flag !== null || Object.values(e.document.without).some((n) => n === 2 || n === 3);
  if (short && lacks && (!e.archives || e.archives.enough || e.accounting.end === e.accounting.start)) return [short];
  const advice: string[] = e.unread ? [ERRORS[e.unread.code].advice] : [];
  const failed = e.ledger.find((r) => r.state === 'poison' || r.state === 'failed');
  if (failed?.problem) advice.push(reasonOf(null, failed.problem.code).advice);
  if (failed?.state === 'poison') advice.push('Correct the cause, then: jobsum summarize --again --job JOB.');
  if (e.archives === null) advice.push('No tree of archives is known: jobsum index --archives DIR, or --config.');
  else if (e.archives.known === 0 && e.archives.from === 'tree')
    advice.push('No archive of this tree is catalogued yet: jobsum index, or the next jobsum summarize.');
  else if (!e.archives.enough) {
    const bare = e.archives.nodes.filter((n) => n.archives.length === 0);
    if (bare.some((n) => n.rejected.length === 0))
      advice.push(
        'Some nodes have no archive at all: compare their names with those in the tree, and look at their loggers.',
      );
    if (bare.some((n) => n.rejected.some((r) => r.problem)))
      advice.push(
        `Look into what cannot be read: jobsum archive check ARCHIVE. When it can be read: ${
          e.ledger.every((r) => r.state === 'done')
            ? 'jobsum summarize --again --job JOB.'
            : 'the next run does the job again by itself.'
        }`,
      );
    if (bare.some((n) => n.rejected.some((r) => !r.problem)))
      advice.push('Some loggers did not run in the time of the job: look at their logs of that time.');
  } else if (e.document?.flag && errorOfFlag(e.document.flag) === 15)
    advice.push('Archives have come since: jobsum summarize --again --job JOB.');
  const error = e.document?.flag ? errorOfFlag(e.document.flag) : undefined;
  if (error !== undefined && advice.length === 0) advice.push(reasonOf(error, null).advice);
  const waiting = e.ledger.find((r) => r.state === 'waiting');
  if (e.archives?.nodes.some((n) => n.rejected.some((r) => r.problem?.code === 'E_IO')))
    advice.unshift('Make what cannot be read readable: the job stays open until then.');
  if (waiting) advice.push('Nothing, if the archives are still to come: it is tried again by itself.');
  if (e.ledger.some((r) => r.state === 'partial'))
    advice.push('Some of its data are not there (see COVERAGE). If they come, it is summarised again by itself.');
  if (!e.document && !e.unread && e.ledger.length === 0)
    advice.push('Run jobsum summarize: the job has not been dealt with yet.');
  return [...new Set(advice.filter((a) => a !== ''))];
}

/** As its scheduler shows it, and by its raw id, which names archives and documents. */
function headOf({ id, acct }: Explained['accounting']): string {
  const shown = shownId({ id, ...acct });
  return shown === clean(id) ? shown : `${shown} (raw id ${clean(id)})`;
}

export function explainLines(runs: readonly Explained[], now: number): string[] {
  return runs.flatMap((e, i) => {
    const advice = adviceOn(e, now);
    return [
      ...(i > 0 ? [''] : []),
      `JOB ${headOf(e.accounting)}`,
      ...accountingLines(e.accounting),
      ...(e.archives ? archiveLines(e.archives) : ['ARCHIVES  no tree is known']),
      ...documentLines(e),
      ...ledgerLines(e.ledger),
      'WHAT TO DO',
      ...(advice.length === 0 ? ['  nothing'] : advice.map((a) => `  ${a}`)),
    ];
  });
}

/** What the reason for passing a job over asks of anybody. */
function passedOverAdvice({ reason, problem }: PassedOver): string {
  if (problem) return ERRORS[problem.code].advice;
  if (/^not ended|never started or not ended/.test(reason))
    return 'Nothing: a job is summarised when it has ended; one that is still pending or running is left to a later run.';
  if (/ is disabled in /.test(reason)) return 'Enable the resource, if its jobs are to be summarised.';
  return 'Nothing: a job that never ran has no data.';
}

/** Of jobs that accounting has, and that have neither been summarised nor ever will be, as they stand. */
export function passedOverLines(jobs: readonly PassedOver[]): string[] {
  return jobs.flatMap((p, i) => [
    ...(i > 0 ? [''] : []),
    `JOB ${clean(p.job)}`,
    `ACCOUNTING  from ${clean(p.from)}`,
    `  passed over: ${p.problem ? clean(describeProblem(p.problem)) : clean(p.reason)}`,
    'WHAT TO DO',
    `  ${passedOverAdvice(p)}`,
  ]);
}
