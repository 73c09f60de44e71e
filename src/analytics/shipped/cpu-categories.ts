// Owns CpuCategories: how many CPUs a job keeps busy, and whether always the same ones (§2.9).

import { type Analytic, E, failure, unitsOf } from '../analytic.ts';
import { notePartial, reducer } from '../collect.ts';
import { distinct, documentKeys } from '../keys.ts';

/** Fewest intervals of a CPU that tell something. */
const MIN_COUNT = 5;
const BUSY = 0.5;
const IDLE = 0.1;
/** CPUs whose duty cycles differ by less carry the same load. */
const SPREAD = 0.1;

function category(duties: readonly number[]): string {
  if (!duties.some((d) => d < BUSY)) return 'GOOD';
  const working = duties.filter((d) => d >= IDLE).sort((a, b) => a - b);
  if (working.length === 0) return 'LOW';
  if (working.length === 1) return working[0]! >= BUSY ? 'PINNED' : 'UNPINNED';
  return working.at(-1)! - working[0]! < SPREAD ? 'PINNED' : 'UNPINNED';
}

const METRICS = ['user', 'nice', 'sys', 'idle', 'wait.total', 'intr', 'irq.soft', 'irq.hard'].map(
  (n) => `kernel.percpu.cpu.${n}`,
);

export const cpuCategories: Analytic = {
  cls: 'CpuCategories',
  key: 'cpucategories',
  section: 'summary',
  alternatives: [METRICS],
  units: unitsOf('millisecond', METRICS),
  counts: true,
  declare: () => ({ mode: 'all', columns: 'follow', reducers: [{ kind: 'DUTY' }] }),
  finish(shares, _job, _data, note) {
    const dutycycles = new Map<string, Record<string, number>>();
    const all: number[] = [];
    let maxcores = 0;
    for (const share of shares) {
      const { above, below, count, busiest } = reducer(share, 0, 'DUTY');
      if (!((count[0] ?? 0) >= MIN_COUNT)) return failure(E.tooFewPoints);
      const duties = Array.from(above, (x, i) => x / (x + below[i]!));
      const cpus = distinct(share.result.labels!);
      const keys = documentKeys(cpus);
      dutycycles.set(share.node, Object.fromEntries(duties.map((d, i) => [keys.get(cpus[i]!) ?? `cpu${i}`, d])));
      all.push(...duties);
      maxcores += busiest;
      notePartial(share, note);
    }
    return { dutycycles: Object.fromEntries(dutycycles), category: category(all), maxcores };
  },
};
