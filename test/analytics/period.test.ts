// Periods of known traffic are found, with their busy halves; noise, trends and single bursts have none.

import { describe, expect, it } from 'vitest';
import { seeded } from '../../fixtures/generate/random.ts';
import { autoperiod, findPeriod, Traffic } from '../../src/analytics/shipped/period.ts';
import { jobOf, type Sample, START, STEP, summarize, times } from '../support/nodes.ts';

/** Counter of a rate in bytes per second of the time since the start, sampled every 30 s. */
function series(n: number, rate: (seconds: number) => number): { t: number[]; x: number[] } {
  const t = times(n, (i) => START + i * STEP);
  const x = [0];
  for (let i = 1; i < n; i++) x.push(x[i - 1]! + STEP * rate((i - 0.5) * STEP));
  return { t, x };
}

const traffic = (n: number, rate: (seconds: number) => number): Traffic => {
  const s = series(n, rate);
  const all = new Traffic(s);
  all.add(s);
  return all;
};

/** Full rate in the first half of each period. */
const square =
  (period: number, shift = 0) =>
  (s: number): number =>
    (s - shift + period) % period < period / 2 ? 1e6 : 0;
/** Checkpoints: 60 s of each period. */
const pulse =
  (period: number) =>
  (s: number): number =>
    s % period < 60 ? 5e7 : 1e4;
const sine =
  (period: number) =>
  (s: number): number =>
    1e6 * (1 + Math.sin((2 * Math.PI * s) / period));

describe('periods', () => {
  it.each([
    ['square waves of 10 min in 2 h', 240, square(600), 600],
    ['square waves of 1 h in a day', 2880, square(3600), 3600],
    ['checkpoints every 15 min in 6 h', 720, pulse(900), 900],
    ['checkpoints every 7 min in 3 h', 360, pulse(420), 420],
    ['a sine of 20 min in 4 h', 480, sine(1200), 1200],
    ['a sine of 2 h in 7 h', 840, sine(7200), 7200],
  ])('are found: %s', (_, n, rate, period) => {
    const found = autoperiod(traffic(n, rate), START)!;
    expect(found).not.toBeNull();
    expect(Math.abs(found.period - period)).toBeLessThan(0.03 * period);
  });

  it.each([600, 900, 1800])('are found under noise of half their size: %i s', (period) => {
    const random = seeded(`noise${period}`);
    const found = autoperiod(
      traffic(500, (s) => square(period)(s) + 1e6 * random()),
      START,
    )!;
    expect(Math.abs(found.period - period)).toBeLessThan(0.03 * period);
  });

  it('have a busy half that begins where it does', () => {
    const found = autoperiod(traffic(480, square(1200, 300)), START)!;
    expect(found.phase_shift_guess).toBeGreaterThanOrEqual(300 - STEP);
    expect(found.phase_shift_guess).toBeLessThanOrEqual(300 + STEP);
    // 1 MB/s for 10 min.
    expect(found.on_period.avg! / 6e8).toBeCloseTo(1, 1);
    expect(found.off_period.avg! / 6e8).toBeCloseTo(0, 1);
    expect(found.on_period.sum).toBeCloseTo(found.on_period.avg! * found.on_period.cnt!, -3);
    expect(found.normalized_score).toBeGreaterThan(0.9);
  });

  it.each([
    ['a steady rate', () => 1e6],
    ['nothing', () => 0],
    ['a rate that rises', (s: number) => s],
    ['one burst', (s: number) => (s > 3000 && s < 3600 ? 1e7 : 0)],
    ['two halves', (s: number) => (s < 7200 ? 1e6 : 0)],
  ])('are not seen in %s', (_, rate) => {
    expect(autoperiod(traffic(480, rate), START)).toBeNull();
  });

  it('are hardly ever seen in noise', () => {
    let seen = 0;
    for (let i = 0; i < 100; i++) {
      const random = seeded(`white${i}`);
      if (findPeriod(Float64Array.from({ length: 200 }, () => random())) !== null) seen++;
    }
    expect(seen).toBeLessThanOrEqual(4);
  });

  it('are those of all nodes together, and of more points than are kept', () => {
    const n = 10_000;
    const counters = [square(7200), square(7200)].map((rate) => series(n, rate).x);
    const nodes = counters.map((x) =>
      x.map((bytes): Sample => ({ 'gpfs.fsios.read_bytes': { fs0: bytes }, 'gpfs.fsios.write_bytes': { fs0: 0 } })),
    );
    const { summary } = summarize(jobOf(2, (n - 1) * STEP), nodes);
    const patterns = summary.timeseries_patterns_gpfs as Record<string, { autoperiod: { period: number } | null }>;
    expect(patterns['gpfs-fsios-write_bytes']!.autoperiod).toBeNull();
    expect(Math.abs(patterns['gpfs-fsios-read_bytes']!.autoperiod!.period - 7200)).toBeLessThan(0.03 * 7200);
  });
});
