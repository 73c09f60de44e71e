// Owns what `archive check` prints.

import type { CheckResult } from '../decode/index.ts';
import { describeProblem } from '../kernel/index.ts';
import { clean } from './text.ts';

export function* checkLines(result: CheckResult): Generator<string> {
  const { archive, findings, records, marks, values, last } = result;
  const verdict = findings.length === 0 ? 'good' : `${findings.length} finding${findings.length === 1 ? '' : 's'}`;
  yield `${clean(archive)}: ${verdict}`;
  if (result.opened)
    yield `  ${records} records (${marks} marks), ${values} values${last ? `, last at ${last} UTC` : ''}`;
  for (const f of findings) {
    yield `  ${f.severity}: ${clean(describeProblem(f))}`;
    yield `    lost: ${f.lost}`;
    yield `    ${f.advice}`;
  }
}
