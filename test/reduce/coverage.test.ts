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
    expect(covered(groups)).toMatchObject({ gaps: 0, interval: 29.85 });
  });

  it('knows no interval where there is one step only', () => {
    expect(covered([0, 3600])).toMatchObject({ interval: 3600, gaps: 0 });
    expect(covered([0, 30, 3630])).toMatchObject({ interval: 30, gaps: 1, gap: 3600 });
  });

  it('first and last are the record times', () => {
    const counter = new CoverageCounter();
    for (const t of [3n, 4n, 9n]) counter.add(t * NS);
    expect(counter.finish()).toMatchObject({ firstNs: 3n * NS, lastNs: 9n * NS, records: 3 });
  });
});
