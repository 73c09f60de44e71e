// Owns lane expressions: rows of a record → one number or a vector (spec.ts, Lane). Order of operations as in the WASM engine.

import type { Delivery } from './delivery.ts';
import type { Lane } from './spec.ts';

/** True if every metric of the lane has values in this record. */
export function ready(d: Delivery, lane: Lane): boolean {
  return lane.rows.every(({ metric }) => d.counts[metric]! > 0);
}

/** Four partial sums, then the rest: the order of the vector unit, so that both engines round alike. */
export function sumOf(x: Float64Array): number {
  const whole = x.length - (x.length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += x[i]!;
    b += x[i + 1]!;
    c += x[i + 2]!;
    d += x[i + 3]!;
  }
  let sum = a + c + (b + d);
  for (let i = whole; i < x.length; i++) sum += x[i]!;
  return sum;
}

/** A lane that is not `each`; the caller has checked ready(). */
export function scalarOf(d: Delivery, lane: Lane): number {
  const head = lane.rows[0]!.metric;
  if (lane.fold === 'count') return d.counts[head]!;
  let sum = 0;
  for (const { metric, weight = 1 } of lane.rows) {
    const x = d.values[metric]!;
    sum += weight * (lane.fold === 'first' ? x[0]! : sumOf(x));
  }
  if (lane.fold === 'mean') sum /= d.counts[head]!;
  return sum * (lane.scale ?? 1);
}

/** A lane as a vector, scalars having width 1; null if its rows differ in length. The caller has checked ready(). */
export function vectorOf(d: Delivery, lane: Lane): Float64Array | null {
  if (lane.fold !== 'each') return Float64Array.of(scalarOf(d, lane));
  const width = d.counts[lane.rows[0]!.metric]!;
  if (lane.rows.some(({ metric }) => d.counts[metric] !== width)) return null;
  const scale = lane.scale ?? 1;
  return Float64Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (const { metric, weight = 1 } of lane.rows) sum += weight * d.values[metric]![i]!;
    return sum * scale;
  });
}
