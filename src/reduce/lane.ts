// Owns lane expressions: rows of a record → one number or a vector (spec.ts, Lane). Order of operations as in the WASM engine.

import type { Columns } from './columns.ts';
import type { Delivery } from './delivery.ts';
import type { Lane, LaneRow } from './spec.ts';

/** True if every metric of the lane has values in this record. */
export function ready(d: Delivery, lane: Lane): boolean {
  const matched = lane.fold === 'match' || lane.fold === 'ratio';
  const enough = ({ metric, pick }: LaneRow): boolean =>
    d.counts[metric]! > 0 && (!pick || d.counts[metric]! > pick.step * (pick.count - 1));
  return lane.rows.every((row) => enough(row) && (!matched || matchedIn(d, row.metric) >= 0));
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

function matchedIn(d: Delivery, metric: number): number {
  return d.matched?.(metric) ?? -1;
}

/** Lanes of the instance that the consumer looks for. */
function matchedLane(d: Delivery, lane: Lane): number {
  const at = (metric: number): number => d.values[metric]![matchedIn(d, metric)]!;
  if (lane.fold === 'ratio') {
    const below = at(lane.rows[1]!.metric);
    return below > 0 ? (at(lane.rows[0]!.metric) / below) * (lane.scale ?? 1) : 0;
  }
  let sum = 0;
  for (const { metric, weight = 1 } of lane.rows) sum += weight * at(metric);
  return sum * (lane.scale ?? 1);
}

function picked(x: Float64Array, { step, count }: NonNullable<LaneRow['pick']>): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += x[i * step]!;
  return sum;
}

/** A lane that is not `each`; the caller has checked ready(). */
export function scalarOf(d: Delivery, lane: Lane): number {
  const head = lane.rows[0]!.metric;
  if (lane.fold === 'count') return d.counts[head]!;
  if (lane.fold === 'match' || lane.fold === 'ratio') return matchedLane(d, lane);
  let sum = 0;
  for (const { metric, weight = 1, pick } of lane.rows) {
    const x = d.values[metric]!;
    const some = pick && lane.fold === 'sum';
    sum += weight * (lane.fold === 'first' ? x[0]! : some ? picked(x, pick) : sumOf(x));
  }
  if (lane.fold === 'mean') sum /= d.counts[head]!;
  return sum * (lane.scale ?? 1);
}

/** A lane as a vector, scalars having width 1; null if its rows differ in length. The caller has checked ready(). */
export function vectorOf(d: Delivery, lane: Lane): Float64Array | null {
  if (lane.fold !== 'each') return Float64Array.of(scalarOf(d, lane));
  if (d.columns) return columnLane(d.columns, lane);
  const width = d.counts[lane.rows[0]!.metric]!;
  if (lane.rows.some(({ metric }) => d.counts[metric] !== width)) return null;
  const scale = lane.scale ?? 1;
  return Float64Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (const { metric, weight = 1 } of lane.rows) sum += weight * d.values[metric]![i]!;
    return sum * scale;
  });
}

/** The same by column: never ragged; absent values are NaN. */
function columnLane(columns: Columns, lane: Lane): Float64Array {
  const rows = lane.rows.map(({ metric, weight = 1 }) => ({ weight, values: columns.of(metric).values }));
  const scale = lane.scale ?? 1;
  if (rows.length === 1 && scale * rows[0]!.weight === 1) return rows[0]!.values;
  return Float64Array.from({ length: columns.width }, (_, i) => {
    let sum = 0;
    for (const { weight, values } of rows) sum += weight * values[i]!;
    return sum * scale;
  });
}

/** Which elements of the lane's vector are there: with columns, those that all its rows have. */
export function presentIn(d: Delivery, lane: Lane): (i: number) => boolean {
  if (!d.columns || lane.fold !== 'each') return () => true;
  const masks = lane.rows.map(({ metric }) => d.columns!.of(metric).there);
  return (i) => masks.every((mask) => mask === null || mask[i]!);
}
