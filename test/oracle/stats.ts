// Owns the statistics object written down a second time, by its definition (analytics.md §1.7), for comparison with the product's.

import type { Stats } from '../../src/analytics/index.ts';

/** Two passes; a value that is no number makes all but the count one. */
export function statsByDefinition(values: readonly number[]): Stats {
  const cnt = values.length;
  const first = values[0];
  if (first === undefined) return {};
  const sorted = Float64Array.from(values).sort();
  const min = sorted[0]!;
  const max = sorted[cnt - 1]!;
  const flawed = values.some(Number.isNaN);
  // What is the same everywhere has no spread and no shape.
  if (cnt === 1 || (!flawed && min === max)) return { avg: first, cnt };
  if (flawed) {
    const none = Number.NaN;
    return {
      ...{ max: none, avg: none, krt: none, min: none, skw: none, med: none, cnt },
      ...(cnt > 2 ? { std: none } : {}),
    };
  }
  const avg = values.reduce((sum, x) => sum + x, 0) / cnt;
  const moment = (power: (d: number) => number) => values.reduce((sum, x) => sum + power(x - avg), 0);
  const squares = moment((d) => d * d);
  const m2 = squares / cnt;
  const m3 = moment((d) => d * d * d) / cnt;
  const m4 = moment((d) => d * d * (d * d)) / cnt;
  const limit = 1e-15 * avg;
  const flat = m2 <= limit * limit;
  const half = cnt >> 1;
  // Adding 0 takes the sign from a zero.
  return {
    max: max + 0,
    avg,
    krt: flat ? Number.NaN : m4 / (m2 * m2) - 3,
    min: min + 0,
    skw: flat ? Number.NaN : m3 / (m2 * Math.sqrt(m2)),
    med: (cnt & 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2) + 0,
    cnt,
    ...(cnt > 2 ? { std: Math.sqrt(squares / (cnt - 1)) } : {}),
    ...(avg > 0 ? { cov: Math.sqrt(squares / (cnt - 1)) / avg } : {}),
  };
}
