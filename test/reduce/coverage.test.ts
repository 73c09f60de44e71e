// Coverage of a window: what counts as the sampling interval and what as a gap.

import { describe, expect, it } from 'vitest';
import { CoverageCounter } from '../../src/reduce/index.ts';

const NS = 1_000_000_000n;

/** Records at these seconds. */
function covered(times: readonly number[]) {
  const counter = new CoverageCounter();
  for (const t of times) counter.add(BigInt(Math.round(t * 1000)) * 1_000_000n);
  const { intervalNs, gapNs, gaps, records } = counter.finish();
  return { records, interval: Number(intervalNs) / 1e9, gaps, gap: Number(gapNs) / 1e9 };
}

const every = (step: number, from: number, to: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

describe('coverage', () => {
  it('of nothing and of one record', () => {
    expect(covered([])).toEqual({ records: 0, interval: 0, gaps: 0, gap: 0 });
    expect(covered([5])).toEqual({ records: 1, interval: 0, gaps: 0, gap: 0 });
    expect(new CoverageCounter().finish()).toMatchObject({ firstNs: null, lastNs: null });
  });

  it('finds gaps of more than three intervals, at the beginning and long after', () => {
    expect(covered([0, 30, 60, 150, 180])).toMatchObject({ interval: 30 + 0, gaps: 0 });
    expect(covered([...every(30, 0, 300), ...every(30, 1200, 9000)])).toMatchObject({
      gaps: 1,
      gap: 900,
      interval: 30,
    });
    expect(covered([...every(30, 0, 9000), ...every(30, 20_000, 30_000)])).toMatchObject({ gaps: 1, gap: 11_000 });
    expect(covered(every(30, 0, 100_000))).toMatchObject({ gaps: 0, interval: 30 });
  });

  it('does not take the distances between groups of metrics for the interval', () => {
    const groups = every(30, 0, 3000).flatMap((t) => [t, t + 0.05, t + 0.1, t + 0.15]);
    expect(covered(groups)).toMatchObject({ gaps: 0, interval: 30 });
  });

  it('knows no interval where there is one step only', () => {
    expect(covered([0, 3600])).toMatchObject({ interval: 3600, gaps: 0 });
    expect(covered([0, 30, 3630])).toMatchObject({ interval: 30, gaps: 1, gap: 3600 });
  });

  /** Samples of three records each, as loggers with three groups write them. */
  const groups = (times: readonly number[]): number[] => times.flatMap((t) => [t, t + 0.004, t + 0.011]);

  it('of short jobs with begin and end archives has no gap', () => {
    const sorted = (times: readonly number[]) => covered(groups([...times].sort((a, b) => a - b)));
    expect(sorted([0.2, 8.1])).toMatchObject({ gaps: 0, interval: 7.9 });
    // The node's own sample soon after the first of the begin archive.
    expect(sorted([0.2, 1.3, 8.1])).toMatchObject({ gaps: 0 });
    const begin = [0.2, 10.2, 20.2, 30.2];
    expect(sorted([...begin, 7.5, 37.501, 67.502, 70.3])).toMatchObject({ gaps: 0 });
    expect(sorted([...begin, 35, 95, 120.3])).toMatchObject({ gaps: 0 });
    expect(sorted([...begin, ...every(60, 40, 280), 300.2])).toMatchObject({ gaps: 0, interval: 60 });
  });

  it('takes the interval of the whole window, not of its beginning', () => {
    const times = groups([...every(1, 0, 100), ...every(60, 160, 6100)]);
    expect(covered(times)).toMatchObject({ interval: 60, gaps: 0 });
    // Two gaps that are longer than all the rest are gaps all the same.
    const broken = [...every(30, 0, 600), ...every(30, 2400, 3000), ...every(30, 4800, 5400)];
    expect(covered(groups(broken))).toMatchObject({ interval: 30, gaps: 2, gap: 3600 });
  });

  it('first and last are the record times', () => {
    const counter = new CoverageCounter();
    for (const t of [3n, 4n, 9n]) counter.add(t * NS);
    expect(counter.finish()).toMatchObject({ firstNs: 3n * NS, lastNs: 9n * NS, records: 3 });
  });
});
