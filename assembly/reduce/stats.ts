// Owns the statistics object S(v) over a vector (analytics.md §1.7). Names and absent keys are TypeScript's business.

/** Form of the result: 0 empty, 1 {avg, cnt} only, 2 no std, 3 all. */
const EMPTY: i32 = 0;
const FLAT: i32 = 1;
const PAIR: i32 = 2;
const FULL: i32 = 3;

function siftDown(p: usize, from: i32, n: i32): void {
  let root = from;
  while (true) {
    let child = 2 * root + 1;
    if (child >= n) return;
    if (child + 1 < n && load<f64>(p + (child << 3)) < load<f64>(p + ((child + 1) << 3))) child++;
    const a = load<f64>(p + (root << 3));
    const b = load<f64>(p + (child << 3));
    if (a >= b) return;
    store<f64>(p + (root << 3), b);
    store<f64>(p + (child << 3), a);
    root = child;
  }
}

function sort(p: usize, n: i32): void {
  for (let i = (n >> 1) - 1; i >= 0; i--) siftDown(p, i, n);
  for (let end = n - 1; end > 0; end--) {
    const x = load<f64>(p);
    store<f64>(p, load<f64>(p + (end << 3)));
    store<f64>(p + (end << 3), x);
    siftDown(p, 0, end);
  }
}

/**
 * Statistics of the `n` doubles at `p`, which are sorted in place. Writes max, avg, krt, min, skw, med, var (ddof 1) as
 * doubles to `out` and returns the form.
 */
export function statsOf(p: usize, n: i32, out: usize): i32 {
  if (n == 0) return EMPTY;
  const first = load<f64>(p);
  store<f64>(out, first, 8);
  if (n == 1) return FLAT;
  let min = first;
  let max = first;
  let sum: f64 = 0;
  let flawed = false;
  for (let i = 0; i < n; i++) {
    const x = load<f64>(p + (i << 3));
    if (x != x) flawed = true;
    if (x < min) min = x;
    if (x > max) max = x;
    sum += x;
  }
  const form = n == 2 ? PAIR : FULL;
  if (flawed) {
    for (let i = 0; i < 7; i++) store<f64>(out + (i << 3), NaN);
    return form;
  }
  if (min == max) return FLAT;
  const mean = sum / <f64>n;
  let m2: f64 = 0;
  let m3: f64 = 0;
  let m4: f64 = 0;
  for (let i = 0; i < n; i++) {
    const d = load<f64>(p + (i << 3)) - mean;
    const d2 = d * d;
    m2 += d2;
    m3 += d2 * d;
    m4 += d2 * d2;
  }
  const variance = m2 / <f64>(n - 1);
  m2 /= <f64>n;
  m3 /= <f64>n;
  m4 /= <f64>n;
  // Data that hardly differ have no shape: recent SciPy says NaN.
  const limit = 1e-15 * mean;
  const flat = m2 <= limit * limit;
  sort(p, n);
  const half = n >> 1;
  const upper = load<f64>(p + (half << 3));
  // A zero has no sign here: adding 0 takes it away.
  store<f64>(out, max + 0.0, 0);
  store<f64>(out, mean, 8);
  store<f64>(out, flat ? NaN : m4 / (m2 * m2) - 3, 16);
  store<f64>(out, min + 0.0, 24);
  store<f64>(out, flat ? NaN : m3 / (m2 * Math.sqrt(m2)), 32);
  store<f64>(out, (n & 1 ? upper : (load<f64>(p + ((half - 1) << 3)) + upper) / 2) + 0.0, 40);
  store<f64>(out, variance, 48);
  return form;
}
