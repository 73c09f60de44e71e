// Owns what a job used, in three numbers out of its document.

import { devices, spread } from '../document/index.ts';
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
