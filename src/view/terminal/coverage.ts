// Owns what the report says about coverage: how much data stand behind the document, and which nodes lack some.

import { coveredShare, num, type Part, part, reachOf, SLACK_INTERVALS } from '../../document/index.ts';
import { clean } from '../../kernel/clean.ts';
import { bytes, count, counted, formatDuration, percent } from '../../kernel/index.ts';

const MAX_NODES = 10;
const entriesOf = (value: unknown): Part[] => (Array.isArray(value) ? value.map((v: unknown) => part(v) ?? {}) : []);

/** What a node lacks; null: nothing. */
function lack(node: Part, acct: Part, window: number): string | null {
  const name = clean(node.node);
  const records = num(node, 'records') ?? 0;
  const bad = num(node, 'unreadable') ?? 0;
  const unread = bad > 0 ? `, ${counted(bad, 'archive')} or director${bad === 1 ? 'y' : 'ies'} cannot be read` : '';
  if (records === 0) {
    const none = unread === '' ? ', no archive' : '';
    return `${name}: no data${num(node, 'archives') ? ' in the time of the job' : none}${unread}`;
  }
  const [first = 0, last = 0, interval = 0] = ['first', 'last', 'interval'].map((key) => num(node, key) ?? 0);
  // As the document counts it.
  const slack = SLACK_INTERVALS * reachOf(first, last, interval);
  const late = first - (num(acct, 'start_time') ?? 0);
  const early = (num(acct, 'end_time') ?? 0) + 1 - last;
  const gaps = num(node, 'gaps') ?? 0;
  const what = [
    ...(late > slack ? [`begins ${formatDuration(late)} late`] : []),
    ...(early > slack ? [`ends ${formatDuration(early)} early`] : []),
    ...(gaps > 0 ? [`${counted(gaps, 'gap')}, ${formatDuration(num(node, 'gap_seconds') ?? 0)}`] : []),
  ];
  if (what.length === 0) return null;
  return `${name}: ${percent((num(node, 'covered') ?? 0) / Math.max(1, window))} of the time: ${what.join('; ')}${unread}`;
}

/** Empty for documents without the section, which others write. */
export function coverageLines(doc: unknown): string[] {
  const coverage = part(doc, 'coverage');
  if (!coverage) return [];
  const acct = part(doc, 'acct') ?? {};
  const expected = num(coverage, 'expected') ?? 0;
  const window = num(coverage, 'window') ?? 0;
  const lines: string[] = [];
  if (num(coverage, 'records')) {
    const archives = num(coverage, 'archives') ?? 0;
    const share = window > 0 ? `${percent(coveredShare(coverage))} of the time of ` : '';
    lines.push(
      `${share}${counted(expected, 'node')}: ${count(num(coverage, 'records') ?? 0)} record${num(coverage, 'records') === 1 ? '' : 's'} of ${counted(archives, 'archive')}, ${bytes(num(coverage, 'bytes') ?? 0)}`,
    );
  }
  const lacking = entriesOf(coverage.nodes).flatMap((node) => lack(node, acct, window) ?? []);
  lines.push(...lacking.slice(0, MAX_NODES).map((line) => `  ${line}`));
  const full = num(coverage, 'full') ?? 0;
  if (lacking.length > 0 && expected - full > Math.min(lacking.length, MAX_NODES))
    lines.push(`  … and ${expected - full - Math.min(lacking.length, MAX_NODES)} more`);
  const analytics = Object.entries(part(coverage, 'analytics') ?? {}).flatMap(([cls, value]) => {
    const c = part(value);
    const nodes = num(c, 'nodes') ?? 0;
    const partial = Array.isArray(c?.partial) ? c.partial.length : 0;
    const reporting = num(coverage, 'reporting') ?? 0;
    if (!c || (nodes === reporting && partial === 0)) return [];
    const incomplete = partial > 0 ? `, ${partial} of them in part` : '';
    return [`  ${clean(cls)}: ${nodes} of ${counted(reporting, 'node')}${incomplete}`];
  });
  if (analytics.length > 0) lines.push('with data of some nodes only:', ...analytics);
  return lines;
}
