// Owns what the report says about the data themselves: completeness, skips, errors, analytics that could not be computed.

import { num, type Part, part } from '../../document/index.ts';
import { clean } from '../../kernel/clean.ts';
import { counted } from '../../kernel/index.ts';
import { coverageLines, coveredShare } from './coverage.ts';
import { percent } from './text.ts';

/** Meanings of error numbers (summary-document.md §3). */
export const MEANINGS: Readonly<Record<number, string>> = {
  1: 'metrics not available',
  2: 'job too short',
  3: 'too few data points',
  4: 'not all nodes had the metrics',
  5: "the job's CPU set is not known",
  6: 'a counter went backwards (collector restarted)',
  7: 'devices came or went during the job',
};

const FLAGS: Readonly<Record<string, string>> = {
  skipped_parallel_too_short: 'not summarised: parallel job too short',
  skipped_too_short: 'not summarised: too short',
  skipped_invalid_nodecount: 'not summarised: fewer than one node',
  skipped_job_too_big: 'not summarised: too many nodes',
  skipped_job_nodehours: 'not summarised: too many node-hours',
  skipped_too_long: 'not summarised: too long',
  skipped_noarchives: 'not summarised: no node has an archive',
  skipped_rawarchives: 'not summarised: too few nodes have archives',
  skipped_pmlogextract_error: 'not summarised: too few nodes have data in the time of the job',
  skipped_summarization_error: 'not summarised: too few nodes could be read',
};

/** The same in a word or two, for tables. */
const SHORT: Readonly<Record<string, string>> = {
  skipped_parallel_too_short: 'parallel job too short',
  skipped_too_short: 'too short',
  skipped_invalid_nodecount: 'no nodes accounted',
  skipped_job_too_big: 'too many nodes',
  skipped_job_nodehours: 'too many node-hours',
  skipped_too_long: 'too long',
  skipped_noarchives: 'no archives',
  skipped_rawarchives: 'too few nodes have archives',
  skipped_pmlogextract_error: 'none in the time of the job',
  skipped_summarization_error: 'too few nodes readable',
};

/** Nodes of which something cannot be read: they have archives, though none, or too few, that serve. */
function unreadable(doc: unknown): boolean {
  const nodes = part(doc, 'coverage')?.nodes;
  return Array.isArray(nodes) && nodes.some((n) => num(n, 'unreadable'));
}

/** Where nodes have no archives but for what cannot be read. */
const UNREADABLE: Readonly<Record<string, string>> = {
  skipped_noarchives: 'archives unreadable',
  skipped_rawarchives: 'too few archives readable',
};

/** How whole the job's data are in a few words, for tables and headlines. Documents of others have no section `coverage`. */
export function stateOf(doc: unknown): string {
  const s = part(doc, 'summarization') ?? {};
  const flag = Object.keys(FLAGS).find((f) => s[f] === true);
  if (flag) {
    const unread = unreadable(doc) ? UNREADABLE[flag] : undefined;
    return `no data: ${unread ?? SHORT[flag]}`;
  }
  const coverage = part(doc, 'coverage');
  const whole = !coverage || num(coverage, 'full') === num(coverage, 'expected');
  const lacks = [
    ...(coverage && !whole ? [`${percent(Math.floor(1000 * coveredShare(coverage)) / 1000)} of the time`] : []),
    ...(part(doc, 'cpu', 'nodecpus') ? [] : ['no CPU data']),
  ];
  if (lacks.length > 0) return `incomplete: ${lacks.join(', ')}`;
  return s.complete === true ? 'complete' : 'incomplete';
}

function failures(doc: unknown, path: readonly string[] = []): string[] {
  if (typeof doc !== 'object' || doc === null || Array.isArray(doc)) return [];
  const { error } = doc as Part;
  if (typeof error === 'number' || typeof error === 'string') {
    const meaning = typeof error === 'number' ? (MEANINGS[error] ?? `error ${error}`) : clean(error);
    return path[0] === 'procDump' ? [] : [`${path.map(clean).join('.')}: ${meaning}`];
  }
  if (path.length > 2) return [];
  return Object.entries(doc).flatMap(([key, value]) =>
    path.length === 0 && ['acct', 'coverage', 'errors', 'summarization'].includes(key)
      ? []
      : failures(value, [...path, key]),
  );
}

export function qualityLines(doc: unknown): string[] {
  const s = part(doc, 'summarization') ?? {};
  const missing = num(s, 'missingnodes');
  const lacking = (num(doc, 'coverage', 'expected') ?? 0) - (num(doc, 'coverage', 'full') ?? 0);
  const nodes = part(doc, 'coverage')?.nodes;
  const single = Array.isArray(nodes) ? nodes.filter((n) => num(n, 'records') && num(n, 'covered') === 0).length : 0;
  const why = [
    ...(missing ? [`${counted(missing, 'node')} without data`] : []),
    ...(single > 0 ? [`${counted(single, 'node')} with nothing but a single sample`] : []),
  ];
  const lines: string[] = [];
  if (s.complete === true)
    lines.push(`all nodes have data${lacking > 0 ? `, ${lacking} of them for a part of the time` : ''}`);
  else lines.push(`not complete${why.length > 0 ? `: ${why.join(', ')}` : ''}`);
  const readable = unreadable(doc) ? ' that can be read' : '';
  for (const [flag, text] of Object.entries(FLAGS))
    if (s[flag] === true) lines.push(Object.hasOwn(UNREADABLE, flag) ? `${text}${readable}` : text);
  lines.push(...coverageLines(doc));
  const bad = failures(doc);
  if (bad.length > 0) lines.push('not computed:', ...bad.map((line) => `  ${line}`));
  const errors = part(doc, 'errors') ?? {};
  for (const list of Object.values(errors)) {
    if (Array.isArray(list)) for (const text of list.slice(0, 10)) lines.push(clean(text));
  }
  return lines;
}
