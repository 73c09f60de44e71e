// Owns the statistics object S(v) of the documents (analytics.md §1.7).

/** Absent keys mean: no `max` → equal to avg; no `cov` with `avg` → 0 (or avg ≤ 0). */
export interface Stats {
  avg?: number;
  cnt?: number;
  max?: number;
  min?: number;
  med?: number;
  std?: number;
  cov?: number;
  skw?: number;
  krt?: number;
}

/** S(v): {} for none, {avg, cnt} for one or all equal, the long form otherwise; `std` from three values on. */
export function stats(values: ArrayLike<number>): Stats {
  const n = values.length;
  if (n === 0) return {};
  const first = values[0]!;
  if (n === 1) return { avg: first, cnt: 1 };
  let min = first;
  let max = first;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const x = values[i]!;
    // NaN wins both comparisons for good.
    min = Math.min(min, x);
    max = Math.max(max, x);
    sum += x;
  }
  if (Number.isNaN(min)) {
    const flawed = { max: NaN, avg: NaN, krt: NaN, min: NaN, skw: NaN, cnt: n, med: NaN };
    return n >= 3 ? { ...flawed, std: NaN } : flawed;
  }
  if (min === max) return { avg: first, cnt: n };
  const avg = sum / n;
  // Products, not the power function: that one rounds differently from engine to engine.
  let sumSquares = 0;
  let m3 = 0;
  let m4 = 0;
  for (let i = 0; i < n; i++) {
    const d = values[i]! - avg;
    const d2 = d * d;
    sumSquares += d2;
    m3 += d2 * d;
    m4 += d2 * d2;
  }
  const m2 = sumSquares / n;
  // Data that hardly differ have no shape: recent SciPy says NaN.
  const limit = 1e-15 * avg;
  const flat = m2 <= limit * limit;
  const sorted = Float64Array.from(values).sort();
  const half = n >> 1;
  // A zero has no sign here: which of two is the larger is a matter of the engine. Adding 0 takes it away.
  const out: Stats = {
    max: max + 0,
    avg,
    krt: flat ? NaN : m4 / n / (m2 * m2) - 3,
    min: min + 0,
    skw: flat ? NaN : m3 / n / (m2 * Math.sqrt(m2)),
    cnt: n,
    med: n % 2 === 1 ? sorted[half]! + 0 : (sorted[half - 1]! + sorted[half]!) / 2 + 0,
  };
  const std = Math.sqrt(sumSquares / (n - 1));
  if (n >= 3) out.std = std;
  if (avg > 0) out.cov = std / avg;
  return out;
}
