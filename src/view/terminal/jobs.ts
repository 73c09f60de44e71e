// Owns the table of jobs: one line each, from summary documents.

import { usageOf } from '../../answers/index.ts';
import { num, part, shownId, stateOf } from '../../document/index.ts';
import { clean } from '../../kernel/clean.ts';
import { bytes, formatDuration, percent } from '../../kernel/index.ts';

import { table } from './text.ts';

const MAX_TEXT = 24;

export function jobTable(docs: readonly unknown[]): string[] {
  const rows = docs.map((doc) => {
    const acct = part(doc, 'acct') ?? {};
    const start = num(acct, 'start_time');
    const end = num(acct, 'end_time');
    const { cpu, memory, gpu } = usageOf(doc);
    return [
      shownId(acct),
      clean(acct.user).slice(0, MAX_TEXT),
      clean(acct.jobname).slice(0, MAX_TEXT),
      String(num(acct, 'nodes') ?? ''),
      start !== null && end !== null ? formatDuration(end - start) : '',
      cpu === null ? '-' : percent(cpu),
      memory === null ? '-' : bytes(memory),
      gpu === null ? '-' : percent(gpu),
      stateOf(doc),
    ];
  });
  return table(
    [['JOB', 'USER', 'NAME', 'NODES', 'WALLTIME', 'CPU USER', 'PEAK MEMORY', 'GPU', 'DATA'], ...rows],
    [3, 4, 5, 6, 7],
  );
}
