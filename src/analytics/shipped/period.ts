// Owns finding a period in a job's traffic, and how much of it falls into the busy half of each period.

import { type Stats, stats } from '../stats.ts';

/**
 * The method is AUTOPERIOD (Vlachos, Yu, Castelli: On Periodicity Detection and Structural Periodic Similarity, 2005), with a
 * threshold in closed form instead of permutations:
 *
 * 1. The traffic of all nodes is summed up in equal bins, about as long as the sampling interval, at most MAX_BINS.
 * 2. Its periodogram gives candidates: frequencies with more power than the strongest of as many frequencies of white noise
 *    of the same variance has in 99 of 100 cases (those powers are exponentially distributed).
 * 3. A candidate counts if the autocorrelation has a hill between the neighbouring frequencies' periods, above what noise has.
 *    That sorts out harmonics and leakage. The highest hill wins; its place, made finer by those at its multiples, is the period.
 * 4. Of all ways to put windows of half a period at distances of a period, the one that catches most traffic is "on".
 */
const MAX_BINS = 1024;
const CONFIDENCE = 0.99;
/** Fewer periods than these are no period; nor are those of fewer bins. */
const MIN_CYCLES = 3;
const MIN_BINS = 4;

interface Series {
  readonly t: ArrayLike<number>;
  readonly x: ArrayLike<number>;
}

/** Increments of counters, spread evenly over the time between their records, in bins. */
export class Traffic {
  readonly start: number;
  /** Seconds. */
  readonly step: number;
  /** Bytes. */
  readonly bins: Float64Array;

  /** Bins for a series and others of about the same time. */
  constructor({ t }: Series) {
    const n = Math.max(0, Math.min(MAX_BINS, t.length - 1));
    this.start = t[0] ?? 0;
    this.step = n === 0 ? 1 : (t[t.length - 1]! - this.start) / n;
    this.bins = new Float64Array(n);
  }

  add({ t, x }: Series): void {
    for (let i = 1; i < t.length; i++) {
      const [from, to] = [(t[i - 1]! - this.start) / this.step, (t[i]! - this.start) / this.step];
      // A counter that falls was reset: what it had counted since is not known.
      const bytes = Math.max(0, x[i]! - x[i - 1]!);
      if (!(to > from) || bytes === 0) continue;
      for (let k = Math.max(0, Math.floor(from)); k < Math.min(to, this.bins.length); k++)
        this.bins[k]! += (bytes * Math.max(0, Math.min(to, k + 1) - Math.max(from, k))) / (to - from);
    }
  }
}

/** Power by frequency, from 0 to half the number of values. */
function periodogram(values: Float64Array): Float64Array {
  const n = values.length;
  const cosine = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sine = Float64Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * i) / n));
  return Float64Array.from({ length: (n >> 1) + 1 }, (_, k) => {
    let re = 0;
    let im = 0;
    for (let i = 0; i < n; i++) {
      const at = (i * k) % n;
      re += values[i]! * cosine[at]!;
      im += values[i]! * sine[at]!;
    }
    return (re * re + im * im) / n;
  });
}

/** By lag; 1 at none. */
function autocorrelation(values: Float64Array, variance: number): Float64Array {
  const n = values.length;
  return Float64Array.from({ length: n }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += values[i]! * values[i - lag]!;
    return sum / (n * variance);
  });
}

/** The hill's top between two lags; null if the highest point is not inside. */
function hill(acf: Float64Array, from: number, to: number): number | null {
  const [low, high] = [Math.max(1, Math.floor(from)), Math.min(acf.length - 2, Math.ceil(to))];
  let top = low;
  for (let lag = low; lag <= high; lag++) if (acf[lag]! > acf[top]!) top = lag;
  return acf[top]! > acf[top - 1]! && acf[top]! >= acf[top + 1]! ? top : null;
}

/** Where the parabola through a top and its neighbours is highest. */
function summit(acf: Float64Array, top: number): number {
  const [a, b, c] = [acf[top - 1]!, acf[top]!, acf[top + 1]!];
  const bend = a - 2 * b + c;
  return bend < 0 ? top + (a - c) / (2 * bend) : top;
}

/** The period in bins; null: none. */
export function findPeriod(bins: Float64Array): number | null {
  const n = bins.length;
  if (n < MIN_CYCLES * MIN_BINS) return null;
  const mean = bins.reduce((a, b) => a + b, 0) / n;
  const values = bins.map((x) => x - mean);
  const variance = values.reduce((a, x) => a + x * x, 0) / n;
  if (!(variance > 0)) return null;
  const power = periodogram(values);
  const threshold = -variance * Math.log(1 - CONFIDENCE ** (1 / (power.length - 1)));
  const acf = autocorrelation(values, variance);
  let best: number | null = null;
  for (let k = MIN_CYCLES; k <= n / MIN_BINS; k++) {
    if (power[k]! <= threshold) continue;
    const top = hill(acf, n / (k + 1), n / (k - 1));
    if (top !== null && acf[top]! > 2 / Math.sqrt(n) && (best === null || acf[top]! > acf[best]!)) best = top;
  }
  if (best === null) return null;
  let period = summit(acf, best);
  for (let m = 2; m * period < n / 2; m++) {
    const top = hill(acf, (m - 0.25) * period, (m + 0.25) * period);
    if (top !== null) period = summit(acf, top) / m;
  }
  return period;
}

type Sums = Stats & { readonly sum: number };

export interface Autoperiod {
  /** Seconds. */
  readonly period: number;
  /** Seconds from the job's start to the beginning of its first busy half. */
  readonly phase_shift_guess: number;
  /** Bytes moved in the busy halves of the periods, and in the others. */
  readonly on_period: Sums;
  readonly off_period: Sums;
  /** (on − off) / (on + off): 1 if all traffic is in the busy halves, 0 if they are not busier. */
  readonly normalized_score: number;
}

const sumsOf = (values: readonly number[]): Sums => ({ ...stats(values), sum: values.reduce((a, b) => a + b, 0) });

/** Bytes in halves of a period that begin at `shift` bins and a half apart, alternately on and off; whole halves only. */
function halves(bins: Float64Array, period: number, shift: number): { on: number[]; off: number[] } {
  const total = [0];
  for (const x of bins) total.push(total.at(-1)! + x);
  const upTo = (at: number): number => {
    const k = Math.min(bins.length, Math.floor(at));
    return total[k]! + (at - k) * (bins[k] ?? 0);
  };
  const out = { on: [] as number[], off: [] as number[] };
  for (let i = 0; shift + ((i + 1) * period) / 2 <= bins.length + 1e-9; i++) {
    const from = shift + (i * period) / 2;
    (i % 2 === 0 ? out.on : out.off).push(upTo(Math.min(from + period / 2, bins.length)) - upTo(from));
  }
  return out;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The period of a job's traffic and its busy halves; null if it has none. `start`: of the job, epoch seconds. */
export function autoperiod({ bins, step, start: origin }: Traffic, start: number): Autoperiod | null {
  const period = findPeriod(bins);
  if (period === null) return null;
  let shift = 0;
  let contrast = Number.NEGATIVE_INFINITY;
  for (let s = 0; s < period; s++) {
    const { on, off } = halves(bins, period, s);
    if (mean(on) - mean(off) > contrast) [shift, contrast] = [s, mean(on) - mean(off)];
  }
  const { on, off } = halves(bins, period, shift);
  const [busy, idle] = [sumsOf(on), sumsOf(off)];
  const seconds = period * step;
  const phase = (origin + shift * step - start) % seconds;
  return {
    period: seconds,
    phase_shift_guess: phase < 0 ? phase + seconds : phase,
    on_period: busy,
    off_period: idle,
    normalized_score: (busy.sum - idle.sum) / (busy.sum + idle.sum),
  };
}
