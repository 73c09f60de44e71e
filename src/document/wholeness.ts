// Owns how whole the data behind a document are, in a few words.

import { percent } from '../kernel/index.ts';
import type { Part } from './fields.ts';
import { num, part } from './fields.ts';
import { jobErrorOf } from './job-errors.ts';
/** Of the nodes' time, from 0 to 1. */
export function coveredShare(coverage: Part): number {
  const window = num(coverage, 'window') ?? 0;
  return window > 0 ? Math.min(1, (num(coverage, 'covered') ?? 0) / window) : 0;
}

/** Nodes of which something cannot be read: they have archives, though none, or too few, that serve. */
export function unreadable(doc: unknown): boolean {
  const nodes = part(doc, 'coverage')?.nodes;
  return Array.isArray(nodes) && nodes.some((n) => num(n, 'unreadable'));
}

/** How whole the job's data are in a few words, for tables and headlines. Documents of others have no section `coverage`. */
export function stateOf(doc: unknown): string {
  const error = jobErrorOf(doc);
  if (error) return `no data: ${(unreadable(doc) ? error.unreadable : undefined) ?? error.brief}`;
  const coverage = part(doc, 'coverage');
  const whole = !coverage || num(coverage, 'full') === num(coverage, 'expected');
  const lacks = [
    ...(coverage && !whole ? [`${percent(Math.floor(1000 * coveredShare(coverage)) / 1000)} of the time`] : []),
    ...(part(doc, 'cpu', 'nodecpus') ? [] : ['no CPU data']),
  ];
  if (lacks.length > 0) return `incomplete: ${lacks.join(', ')}`;
  return part(doc, 'summarization')?.complete === true ? 'complete' : 'incomplete';
}
