// Owns the hardware counter analytics: operations and cycles per core, and memory traffic per node (§2.10–2.13).

import type { FirstLastResult } from '../../reduce/index.ts';
import { type Analytic, E, type Failure, failure, type Share } from '../analytic.ts';
import { matrixOf, reducer } from '../collect.ts';
import { type Stats, stats } from '../stats.ts';
import { remembered } from './perf-event.ts';

export const counters = (names: readonly string[]): string[] => names.map((n) => `perfevent.hwcounters.${n}.value`);
export const taccCounters = (names: readonly string[]): string[] =>
  names.map((n) => `taccstats_perfevent.hwcounters.${n}.value`);

/** By number of metrics: weights of the counters that are floating-point operations. */
type Weights = Readonly<Record<number, readonly (readonly [metric: number, weight: number])[]>>;

const CORE: Weights = {
  7: [
    [3, 4],
    [4, 2],
    [5, 1],
    [6, 1],
  ],
  4: [[3, 1]],
  3: [],
  2: [],
};
const TACC: Weights = {
  6: [
    [3, 4],
    [4, 2],
    [5, 1],
  ],
  4: [[3, 1]],
};

/** The reference's divisor; what comes of it is no frequency (KEEP). */
const TICKS_PER_MHZ = 1232896;

/** One core: what each metric counted. */
type Core = readonly number[];

const finiteStats = (values: readonly number[]): Stats | Failure =>
  values.every(Number.isFinite) ? stats(values) : failure(E.notAvailable);

/** Nodes of one job may have different counters; what one of them lacks the job lacks. */
function describe(nodes: readonly (readonly Core[])[], weights: Weights): Record<string, unknown> | null {
  const flops: number[] = [];
  const cpiref: number[] = [];
  const cpldref: number[] = [];
  const ticks: number[] = [];
  let withFlops = true;
  let withLoads = true;
  for (const cores of nodes) {
    for (const d of cores) {
      const rule = weights[d.length];
      if (!rule) return null;
      if (rule.length === 0) withFlops = false;
      else flops.push(rule.reduce((sum, [m, w]) => sum + w * d[m]!, 0));
      cpiref.push(d[0]! / d[1]!);
      if (d.length > 2) cpldref.push(d[0]! / d[2]!);
      else withLoads = false;
      ticks.push(d[0]! / TICKS_PER_MHZ);
    }
  }
  return {
    ...(withFlops ? { flops: weights === TACC ? finiteStats(flops) : stats(flops) } : {}),
    cpiref: finiteStats(cpiref),
    cpldref: withLoads ? finiteStats(cpldref) : failure(E.notAvailable),
    ...(weights === TACC ? {} : { clk_mhz: stats(ticks) }),
  };
}

const usable = (fl: FirstLastResult): boolean => fl.calls === 2 && fl.first.kind === 'ok' && fl.last.kind === 'ok';

/** Metrics of a record have the same number of instances, else it is none for these analytics. */
const even = (counts: readonly number[]): boolean => counts.every((n) => n === counts[0]);

/** The number of cores changed (KEEP), or one of the two records is not whole. */
function reshaped(share: Share): number | null {
  const fl = reducer(share, 0, 'FIRSTLAST');
  if (!usable(fl) || (!even(fl.firstCounts) && !even(fl.lastCounts))) return null;
  return fl.firstCounts.every((n, m) => n === fl.lastCounts[m]) ? null : E.notAvailable;
}

const columns = (rows: readonly (readonly number[])[]): Core[] =>
  Array.from({ length: rows[0]?.length ?? 0 }, (_, i) => rows.map((row) => row[i]!));

/** ARM64 lists the instructions first. */
const swapped = (share: Share): boolean => share.metrics[0]!.endsWith('perf__instructions.value');

/** §2.10 */
export const cpuPerfCounters: Analytic = {
  cls: 'CpuPerfCounters',
  key: 'cpuperf',
  section: 'summary',
  alternatives: [
    [
      ...['UNHALTED_REFERENCE_CYCLES', 'INSTRUCTIONS_RETIRED', 'MEM_LOAD_UOPS_RETIRED_L1_HIT'],
      ...['SIMD_FP_256_PACKED_DOUBLE', 'FP_COMP_OPS_EXE_SSE_FP_PACKED_DOUBLE', 'FP_COMP_OPS_EXE_SSE_SCALAR_DOUBLE'],
      'FP_COMP_OPS_EXE_X87',
    ],
    ['UNHALTED_REFERENCE_CYCLES', 'INSTRUCTIONS_RETIRED', 'MEM_LOAD_RETIRED_L1D_HIT', 'FP_COMP_OPS_EXE_SSE_FP'],
    ['UNHALTED_REFERENCE_CYCLES', 'INSTRUCTIONS_RETIRED', 'L1D_REPL', 'FP_COMP_OPS_EXE_SSE_FP'],
    ['UNHALTED_REFERENCE_CYCLES', 'INSTRUCTIONS_RETIRED', 'L1D_REPLACEMENT'],
    ['perf__instructions', 'perf__cycles'],
    [
      ...['CPU_CLK_UNHALTED', 'RETIRED_INSTRUCTIONS', 'DATA_CACHE_MISSES_DC_MISS_STREAMING_STORE'],
      'RETIRED_SSE_OPS_ALL',
    ],
    ['UNHALTED_REFERENCE_CYCLES', 'INSTRUCTION_RETIRED'],
    ['UNHALTED_REFERENCE_CYCLES', 'INSTRUCTIONS_RETIRED'],
  ].map(counters),
  counts: true,
  declare: () => ({ mode: 'firstlast', reducers: [{ kind: 'FIRSTLAST' }] }),
  finish(shares, _job, data, note) {
    const error = remembered(shares, data, reshaped);
    if (error !== null) return failure(error);
    const nodes: Core[][] = [];
    for (const share of shares) {
      const fl = reducer(share, 0, 'FIRSTLAST');
      if (!usable(fl)) continue;
      const { rows } = matrixOf(fl, share, note);
      nodes.push(columns(swapped(share) ? rows.toReversed() : rows));
    }
    if (nodes.length === 0) return failure(E.notAllNodes);
    return describe(nodes, CORE) ?? failure(E.tooFewPoints);
  },
};

/** §2.12 */
export const taccPerfCounters: Analytic = {
  cls: 'TaccPerfCounters',
  key: 'cpuperf',
  section: 'summary',
  alternatives: [
    [
      ...['UNHALTED_REFERENCE_CYCLES', 'INSTRUCTION_RETIRED', 'L1D_REPLACEMENT', 'SIMD_FP_256_PACKED_DOUBLE'],
      ...['FP_COMP_OPS_EXE_SSE_FP_PACKED_DOUBLE', 'FP_COMP_OPS_EXE_SSE_SCALAR_DOUBLE'],
    ],
    ['UNHALTED_REFERENCE_CYCLES', 'INSTRUCTIONS_RETIRED', 'MEM_LOAD_RETIRED_L1D_HIT', 'FP_COMP_OPS_EXE_SSE_FP'],
  ].map(taccCounters),
  counts: true,
  declare: () => ({ mode: 'all', columns: 'steady', reducers: [{ kind: 'WRAPSUM', bits: TACC_BITS }] }),
  finish(shares, _job, _data, note) {
    if (shares.some((s) => s.result.stop?.reason === 'shape')) return failure(E.notAvailable);
    const sums = shares.map((s) => reducer(s, 0, 'WRAPSUM')).filter((w) => w.records > 1);
    if (sums.length === 0) return failure(E.notAllNodes);
    const nodes = sums.map((w) => columns(w.sums.map((row) => Array.from(row))));
    const result = describe(nodes, TACC);
    if (result && Object.values(result).some((entry) => 'error' in (entry as object)))
      note('ratios that are no numbers are an error', shares[0]!.node);
    return result ?? failure(E.tooFewPoints);
  },
};

/** Width of the counters that tacc_stats reads. */
export const TACC_BITS = 48;
/** A cache line. */
const LINE_BYTES = 64;

const imc = (family: string): string[] =>
  [0, 1, 2, 3].flatMap((i) => ['RD', 'WR'].map((way) => `${family}_unc_imc${i}__UNC_M_CAS_COUNT_${way}`));

/** Lines read from and written to memory, by processor family. */
export const MEMORY_TRAFFIC: readonly (readonly string[])[] = [
  imc('snbep'),
  imc('ivbep'),
  ['UNC_LLC_MISS_READ', 'UNC_LLC_MISS_WRITE'],
].map(counters);

/** §2.11, bytes per node */
export const uncoreCounters: Analytic = {
  cls: 'UncoreCounters',
  key: 'uncperf',
  section: 'summary',
  alternatives: [...MEMORY_TRAFFIC, counters(['L3_CACHE_MISSES_ALL'])],
  counts: true,
  declare: () => ({ mode: 'firstlast', reducers: [{ kind: 'FIRSTLAST' }] }),
  finish(shares, _job, data, note) {
    const lines = new Map<number, number>();
    for (const share of shares) {
      const fl = reducer(share, 0, 'FIRSTLAST');
      if (!usable(fl) || !even(fl.firstCounts) || !even(fl.lastCounts) || reshaped(share) !== null) continue;
      const { rows } = matrixOf(fl, share, note);
      lines.set(
        share.index,
        rows.reduce((sum, row) => row.reduce((a, b) => a + b, sum), 0),
      );
    }
    const error = remembered(shares, data, (share) => {
      const changed = reshaped(share);
      if (changed !== null) return changed;
      const sum = lines.get(share.index);
      return sum !== undefined && !(sum >= 0) ? E.restarted : null;
    });
    if (error !== null) return failure(error);
    if (lines.size === 0) return failure(E.tooFewPoints);
    return { membw: stats([...lines.values()].map((n) => LINE_BYTES * n)) };
  },
};

/** §2.13, bytes per node */
export const taccUncoreCounters: Analytic = {
  cls: 'TaccUncoreCounters',
  key: 'uncperf',
  section: 'summary',
  alternatives: [taccCounters(['UNC_LLC_MISS_READ', 'UNC_LLC_MISS_WRITE'])],
  counts: true,
  declare: () => ({ mode: 'all', columns: 'steady', reducers: [{ kind: 'WRAPSUM', bits: TACC_BITS }] }),
  finish(shares) {
    if (shares.some((s) => s.result.stop?.reason === 'shape')) return failure(E.notAvailable);
    const sums = shares.map((s) => reducer(s, 0, 'WRAPSUM')).filter((w) => w.records > 0);
    if (sums.length === 0) return failure(E.tooFewPoints);
    return { membw: stats(sums.map((w) => LINE_BYTES * w.total)) };
  },
};
