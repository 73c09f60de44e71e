// Owns the energy of processors and memory as RAPL counts it and PCP's agent denki records it: which instances count, and wraps. Joules.

import type { ConsumerSpec } from '../../reduce/index.ts';
import type { Share } from '../analytic.ts';
import { reducer } from '../collect.ts';
import { instanceName } from '../keys.ts';
import { foldRates, rates } from '../points.ts';

/*
 * The agent counts in whole joules, and has read them from two places since 2025: `sysfs` and the registers themselves (`msr`). Until then
 * there were two names for the former. Instances are `package-0`, `core`, `dram` (`package_energy`, `cores_energy`, `dram_energy`), with the
 * number of the socket before them where there are several: `0-package-0`, `1-dram`. They overlap, so their sum is nothing:
 *
 * - package: a socket with its cores (core, PP0), the graphics of client processors (uncore, PP1), and its caches. It always counts,
 *   its parts never do.
 * - dram: the memory of a socket, which on servers has its own supply and is added. On client processors, which are those
 *   that have an uncore, the package has it inside.
 * - psys: the whole platform, packages and memory included, where the board is wired for it; elsewhere it counts nothing or
 *   little. So it is taken in place of all others if it is more than they are together.
 *
 * The hardware counts in 32 bits of 2^-14 or 2^-16 J, or another power of two, hence from 0 again after 262,144 or 65,536 J: with 200 W
 * every 22 or 5 minutes. Which of them is not recorded, but follows from the values: a counter that wraps has been near its end, so the end is
 * the least of these powers of two above all values. How often it wrapped is counted in records, with a trick: normalized to 32 bits
 * a counter rises by 2^32 in each record in which it is lower than before, so that any value is what it then was and how often it had
 * fallen since the beginning.
 */
export const RAPL: readonly string[] = ['sysfs', 'msr', 'raw', 'rate'].map((of) => `denki.rapl.${of}`);

/** What is said where a counter was. */
export const RESTARTED = 'a counter of RAPL was restarted: what was used meanwhile is not known and does not count';

const MODULO_BITS = 32;
const MODULO = 2 ** MODULO_BITS;
/** Fewest joules that a counter can hold. */
const LEAST_RANGE = 2 ** 16;

const lane = { fold: 'each', rows: [{ metric: 0 }] } as const;
const POINTS = 0;
const RISE = 1;
const TIME = 2;

export const raplConsumer: Omit<ConsumerSpec, 'metrics'> = {
  mode: 'all',
  normalize: [MODULO_BITS],
  empty: 'skip',
  columns: 'follow',
  reducers: [
    { kind: 'SUBSAMPLE', row: lane },
    { kind: 'WRAPSUM', bits: MODULO_BITS },
    { kind: 'INTEGRATE', lane },
  ],
};

/** What a node used between its first and its last record. */
export interface RaplEnergy {
  readonly joules: number;
  readonly seconds: number;
  /** Mean power between each two stored points. */
  readonly watts: readonly number[];
  /** A counter began again before its end: what it counted around that is missing. */
  readonly restarted: boolean;
}

/** Columns that add up to the node's, and those of the platform. */
function columnsOf(names: readonly string[]): { parts: number[]; platform: number[] } {
  const parsed = names.map((name) => /^(?:(\d+)-)?(package|dram|uncore|psys)(?:[-_]|$)/.exec(name));
  const sockets = (component: string) => new Set(parsed.flatMap((m) => (m?.[2] === component ? [m[1]] : [])));
  const client = sockets('uncore');
  const places = (counts: (component: string, socket: string | undefined) => boolean): number[] =>
    parsed.flatMap((m, i) => (m && counts(m[2]!, m[1]) ? [i] : []));
  return {
    parts: places((c, socket) => c === 'package' || (c === 'dram' && !client.has(socket))),
    platform: places((c) => c === 'psys'),
  };
}

/** Most by which a counter that wraps can have been below its end in the stored points before, in largest steps between two of them. */
const NEAR = 2;

/** Where a counter with these stored values begins again, if it does; one that is not near any end was restarted, and goes on from its highest value. */
function endOf(values: readonly number[]): { at: number; restarted: boolean } {
  const there = values.filter((x) => !Number.isNaN(x));
  const top = Math.max(0, ...there);
  const step = Math.max(0, ...there.slice(1).map((x, k) => x - there[k]!));
  const range = Math.max(LEAST_RANGE, 2 ** Math.ceil(Math.log2(top + 1)));
  const fell = there.some((x, k) => k > 0 && x < there[k - 1]!);
  const restarted = fell && range - top > NEAR * step;
  return { at: restarted ? top : range, restarted };
}

/** Null: fewer than two records, or nothing that counts. */
export function raplEnergy(share: Share): RaplEnergy | null {
  const { labels } = share.result;
  const { elapsed } = reducer(share, TIME, 'INTEGRATE');
  if (!labels || !(elapsed > 0)) return null;
  const { t, rows, width } = reducer(share, POINTS, 'SUBSAMPLE');
  const rise = reducer(share, RISE, 'WRAPSUM').sums[0]!;
  const stored = Array.from({ length: width }, (_, i) => Array.from(t, (__, k) => rows[k * width + i]!));
  const ends = stored.map((values) => endOf(values.map((x) => x % MODULO)));
  /** Takes for each fall what it was in place of 2^32. */
  const counted = (value: number, i: number, falls: number): number => value - falls * (MODULO - (ends[i]?.at ?? 0));
  const joules = Array.from(rise, (sum, i) => counted(sum, i, Math.round(sum / MODULO)));
  const total = (columns: readonly number[]): number => columns.reduce((sum, i) => sum + joules[i]!, 0);
  const { parts, platform } = columnsOf(joules.map((_, i) => instanceName(labels, i)));
  const columns = total(platform) > total(parts) ? platform : parts;
  if (columns.length === 0) return null;
  const watts = foldRates(
    columns.map((i) =>
      rates(
        (stored[i] ?? []).map((x) => counted(x, i, Math.floor(x / MODULO))),
        t,
      ),
    ),
    false,
  );
  return { joules: total(columns), seconds: elapsed, watts, restarted: columns.some((i) => ends[i]?.restarted) };
}
