// Owns timing: paired runs in one loop, medians and spread, and what machine it was.

import { readFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? 0, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0, runs: sorted.length };
}

/**
 * CPU time of the process, user and system, in milliseconds: what runs beside it on the machine does not count. The subjects wait
 * for nothing (files are in the page cache), so that on an idle machine the clock on the wall shows the same.
 */
const timed = async (run: () => unknown): Promise<number> => {
  const began = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
};

/**
 * Milliseconds of each subject, one of each in every turn, so that a noisy moment hits all alike; each turn begins with another, as
 * what one leaves in the caches is there for the next. The first turns warm up.
 */
export async function together(subjects: Readonly<Record<string, () => unknown>>, turns: number, warmup = 8) {
  const names = Object.keys(subjects);
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let turn = -warmup; turn < turns; turn++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + turn + warmup) % names.length]!;
      const ms = await timed(subjects[name]!);
      if (turn >= 0) times.get(name)!.push(ms);
    }
  }
  return {
    of: (name: string): Spread => spread(times.get(name)!),
    /** Time of `a` over that of `b`, turn by turn. */
    ratio: (a: string, b: string): Spread => spread(times.get(a)!.map((x, i) => x / times.get(b)![i]!)),
  };
}

export function machine() {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    system: `${platform()} ${arch()}`,
    node: process.version,
    v8: process.versions.v8,
    jobsum: version,
  };
}
