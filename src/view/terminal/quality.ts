// Owns what the report says about the data themselves: completeness, skips, errors, analytics that could not be computed.

import { JOB_ERRORS, type JobError, num, type Part, part, unreadable } from '../../document/index.ts';
import { clean } from '../../kernel/clean.ts';
import { counted } from '../../kernel/index.ts';
import { coverageLines } from './coverage.ts';

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
  for (const error of Object.values<JobError>(JOB_ERRORS))
    if (s[error.flag] === true) lines.push(`not summarised: ${error.reported}${error.unreadable ? readable : ''}`);
  lines.push(...coverageLines(doc));
  const bad = failures(doc);
  if (bad.length > 0) lines.push('not computed:', ...bad.map((line) => `  ${line}`));
  const errors = part(doc, 'errors') ?? {};
  for (const list of Object.values(errors)) {
    if (Array.isArray(list)) for (const text of list.slice(0, 10)) lines.push(clean(text));
  }
  return lines;
}
