// FULLSERIES of long jobs: both engines keep the same points, at most MAX_SERIES, and the least ratio of rates is that of all points.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArchiveWriter, decodeNode, NO_INDOM, pmid, UNITS, Wasm } from '../../src/pcp/index.ts';
import { type ConsumerSpec, type FullSeriesResult, MAX_SERIES, WindowEngine } from '../../src/reduce/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { rowsOf } from '../oracle/rows.ts';
import { tempDir } from '../support/temp.ts';

const START = 1_700_000_000;
const NS = 1_000_000_000n;
const dir = tempDir();

function spec(keep: 'hull' | 'even'): ConsumerSpec {
  const value = { fold: 'sum' as const, rows: [{ metric: 0 }] };
  return { metrics: ['long.x'], mode: 'all', reducers: [{ kind: 'FULLSERIES', value, keep }] };
}

function write(points: readonly number[]): string {
  const base = join(dir, `long-${points.length}`);
  const writer = new ArchiveWriter(base, { version: 2, host: 'n1', startNs: BigInt(START) * NS });
  const id = pmid(70, 1, 0);
  const metric = { name: 'long.x', pmid: id, type: 'double', indom: NO_INDOM, semantics: 'counter' } as const;
  writer.metric({ ...metric, units: UNITS.count });
  points.forEach((x, i) => {
    writer.record(BigInt(START + 30 * (i + 1)) * NS, [{ pmid: id, type: 'double', ids: [-1], values: [x] }]);
  });
  writer.close();
  return base;
}

function both(points: readonly number[], keep: 'hull' | 'even'): FullSeriesResult {
  const base = write(points);
  const span = { startNs: 0n, endNs: 2n ** 62n, walltime: 30 * points.length };
  const window = { ...span, archives: [0], declare: () => [spec(keep)] };
  const wasm = decodeNode(new Wasm(), { archives: [base], wanted: ['long.x'], windows: [window] });
  const engine = new WindowEngine({ ...span, consumers: [spec(keep)] });
  for (const row of rowsOf(decodeArchive(base))) engine.row(row);
  const [ours] = engine.finish();
  expect(wasm.windows[0]!.consumers[0]).toEqual(ours);
  return ours!.reducers[0] as FullSeriesResult;
}

/** As analytics.md §2.14 has it. */
function leastRatio(t: ArrayLike<number>, x: ArrayLike<number>): number {
  const e = t.length - 2;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 3; i < e - 1; i++) {
    const a = (x[i]! - x[2]!) / (t[i]! - t[2]!);
    const b = (x[e]! - x[i]!) / (t[e]! - t[i]!);
    if (b / a < least) least = b / a;
  }
  return least;
}

/** Rates by time; the counter is their sum. */
const SHAPES: Readonly<Record<string, (i: number, n: number) => number>> = {
  steady: () => 1000,
  noisy: (i) => 500 + ((i * 7919) % 1009),
  'collapsing in the middle': (i, n) => (i < n / 2 ? 5000 + (i % 13) : 3),
  'idle at first': (i, n) => (i < n / 3 ? 0 : 100 + (i % 7)),
  'ever faster': (i) => i,
};

describe.each(Object.entries(SHAPES))('a series that is %s', (_, rate) => {
  it.each([MAX_SERIES - 1, MAX_SERIES, 14_000])('%i points: least ratio as of all of them', (n) => {
    let sum = 0;
    const points = Array.from({ length: n }, (_, i) => {
      sum += rate(i, n);
      return sum;
    });
    const t = points.map((_, i) => START + 30 * (i + 1));
    const kept = both(points, 'hull');
    expect(kept.records).toBe(n);
    expect(kept.t.length).toBeLessThan(MAX_SERIES);
    if (n < MAX_SERIES) expect(Array.from(kept.x)).toEqual(points);
    const exact = leastRatio(t, points);
    // A curve that bends at every point is thinned: close, not equal.
    const digits = _ === 'ever faster' && n > MAX_SERIES ? 1e-5 : 1e-9;
    expect(Math.abs(leastRatio(kept.t, kept.x) - exact)).toBeLessThanOrEqual(digits * exact);
  });

  it('is thinned evenly for what wants equal distances', () => {
    const kept = both(
      Array.from({ length: 14_000 }, (_, i) => rate(i, 14_000)),
      'even',
    );
    expect(kept.t.length).toBe(3500);
    expect(kept.t[1]! - kept.t[0]!).toBe(120);
  });
});
