// Owns the table of jobs: one line each, from summary documents.

import { devices, num, part, shownId, spread } from '../../document/index.ts';
import { clean } from '../../kernel/clean.ts';
import { formatDuration } from '../../kernel/index.ts';
import { stateOf } from './quality.ts';
import { bytes, percent, table } from './text.ts';

const MAX_TEXT = 24;

/** What a job used: shares of its CPUs and GPUs from 0 to 1, bytes of its fullest node. */
export interface Usage {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly gpu: number | null;
}

export function usageOf(doc: unknown): Usage {
  const cpu = spread(doc, 'cpu', 'jobcpus', 'user') ?? spread(doc, 'cpu', 'nodecpus', 'user');
  const memory = spread(doc, 'nodememory', 'maxused');
  const gpus = devices(doc, 'gpu').flatMap(([, d]) => spread(d, 'gpuactive')?.avg ?? []);
  return {
    cpu: cpu?.avg ?? null,
    memory: memory ? memory.max * 1024 : null,
    gpu: gpus.length > 0 ? gpus.reduce((a, b) => a + b, 0) / gpus.length / 100 : null,
  };
}

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
