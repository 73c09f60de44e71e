// Owns the text form of CPU sets, `0-7` or `1,2,4-6` (preprocessors.md §6), and which instances their CPUs are.

import type { Instances } from '../../reduce/index.ts';

/** No machine has more; bounds what a corrupt list may cost. */
const MAX_CPU = 65_535;

/** The CPUs, ascending; null if any item cannot be read, as for an empty text. */
export function parseCpuList(text: string): number[] | null {
  const cpus = new Set<number>();
  for (const item of text.split(',')) {
    const single = /^\s*([+-]?\d+)\s*$/.exec(item);
    if (single) {
      cpus.add(Number(single[1]));
      continue;
    }
    const range = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(item);
    if (!range || Number(range[2]) > MAX_CPU) return null;
    for (let cpu = Number(range[1]); cpu <= Number(range[2]); cpu++) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}

/** Where CPUs are among instances, -1 where not: `cpu3` is CPU 3 whatever its number; by number where they are called otherwise. */
export function placesOfCpus({ ids, names }: Instances, cpus: readonly number[]): number[] {
  const numbers = names.some((name) => /^cpu\d+$/.test(name))
    ? names.map((name) => Number(/^cpu(\d+)$/.exec(name)?.[1] ?? Number.NaN))
    : ids;
  const places = new Map(numbers.map((cpu, i) => [cpu, i]));
  return cpus.map((cpu) => places.get(cpu) ?? -1);
}
