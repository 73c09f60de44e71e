// Owns what `archive check` prints.

import type { Feed } from '../../analytics/index.ts';
import { clean } from '../../kernel/clean.ts';
import { counted, describeProblem } from '../../kernel/index.ts';
import type { CheckResult } from '../../pcp/index.ts';

export function* checkLines(result: CheckResult): Generator<string> {
  const { archive, findings, records, marks, values, last } = result;
  const verdict = findings.length === 0 ? 'good' : counted(findings.length, 'finding');
  yield `${clean(archive)}: ${verdict}`;
  if (result.opened)
    yield `  ${counted(records, 'record')} (${counted(marks, 'mark')}), ${counted(values, 'value')}${last ? `, last at ${last} UTC` : ''}`;
  for (const f of findings) {
    yield `  ${f.severity}: ${clean(describeProblem(f))}`;
    yield `    lost: ${f.lost}`;
    yield `    ${f.advice}`;
  }
}

/** Most metrics that are named of what an analytic lacks. */
const MAX_MISSING = 4;

/** Which analytics an archive can feed, and what the others lack. */
export function* feedLines(archive: string, feeds: readonly Feed[]): Generator<string> {
  const fed = feeds.filter((f) => f.metrics.length > 0);
  yield `${clean(archive)}: describes the metrics of ${fed.length} of ${feeds.length} analytics`;
  for (const { cls, key, metrics, missing, misfits = [] } of feeds) {
    const [least = []] = missing;
    const more = least.length > MAX_MISSING ? ` and ${least.length - MAX_MISSING} more` : '';
    const others = missing.length > 1 ? ` (or those of ${counted(missing.length - 1, 'other alternative')})` : '';
    const lacks = `no ${least.slice(0, MAX_MISSING).join(', ')}${more}${others}`;
    yield `  ${metrics.length > 0 ? 'yes' : 'no '} ${cls}${key ? ` (${key})` : ''}: ${metrics.length > 0 ? metrics.join(', ') : lacks}${misfits.map((m) => `; ${m.metric} is in ${m.found}, not in ${m.expected}`).join('')}`;
  }
}
