// Owns lane expressions: rows of a record → one number or a vector (spec.ts, Lane). Order of operations as in the WASM engine.

import type { Columns } from './columns.ts';
import type { Delivery, Halt } from './delivery.ts';
import { type Identity, identitiesOf } from './identity.ts';
import { RowOrders } from './order.ts';
import type { Lane, LaneRow } from './spec.ts';

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

function picked(x: Float64Array, { step, count }: NonNullable<LaneRow['pick']>): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += x[i * step]!;
  return sum;
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

const identitiesIn = (d: Delivery, metric: number): readonly Identity[] => identitiesOf(d.cells[metric]!);

/** A lane over the records of a window, which remembers the order that the values of the first one had. */
export class LaneValues {
  readonly #lane: Lane;
  readonly #orders = new RowOrders();
  /** Of the fold `first`: which instance of each row that was. */
  readonly #firsts: Identity[] = [];

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  /** True if every metric of the lane has values in this record, those of a certain instance if only that counts. */
  ready(d: Delivery): boolean {
    const { fold, rows } = this.#lane;
    const matched = fold === 'match' || fold === 'ratio';
    const enough = ({ metric, pick }: LaneRow): boolean =>
      d.counts[metric]! > 0 && (!pick || d.counts[metric]! > pick.step * (pick.count - 1));
    if (!rows.every((row) => enough(row) && (!matched || matchedIn(d, row.metric) >= 0))) return false;
    return fold !== 'first' || rows.every((_, r) => this.#firstIn(d, r) >= 0);
  }

  /** Position of the instance that was a row's first in the first record; -1: this one does not have it. */
  #firstIn(d: Delivery, r: number): number {
    const identities = identitiesIn(d, this.#lane.rows[r]!.metric);
    this.#firsts[r] ??= identities[0]!;
    return identities.indexOf(this.#firsts[r]);
  }

  /** A lane that is not `each`; the caller has checked ready(). */
  scalar(d: Delivery): number {
    const { fold, rows, scale = 1 } = this.#lane;
    const head = rows[0]!.metric;
    if (fold === 'count') return d.counts[head]!;
    if (fold === 'ratio') {
      const at = (metric: number): number => d.values[metric]![matchedIn(d, metric)]!;
      const below = at(rows[1]!.metric);
      return below > 0 ? (at(head) / below) * scale : 0;
    }
    let sum = 0;
    for (const [r, row] of rows.entries()) sum += (row.weight ?? 1) * this.#folded(d, row, r);
    if (fold === 'mean') sum /= d.counts[head]!;
    return sum * scale;
  }

  #folded(d: Delivery, { metric, pick }: LaneRow, r: number): number {
    const x = d.values[metric]!;
    const { fold } = this.#lane;
    if (fold === 'total') return sumOf(x) + (d.cells[metric]?.shift ?? 0);
    if (fold === 'match') return x[matchedIn(d, metric)]!;
    if (fold === 'first') return x[this.#firstIn(d, r)]!;
    return fold === 'sum' && pick ? picked(x, pick) : sumOf(x);
  }

  /**
   * A lane as a vector, scalars having width 1. `ragged`: its rows differ in length; `shape`: the record has other instances than the
   * first. The caller has checked ready().
   */
  vector(d: Delivery): Float64Array | Extract<Halt, string> {
    const { fold, rows, scale = 1 } = this.#lane;
    if (fold !== 'each') return Float64Array.of(this.scalar(d));
    if (d.columns) return columnLane(d.columns, this.#lane);
    const width = d.counts[rows[0]!.metric]!;
    if (rows.some(({ metric }) => d.counts[metric] !== width)) return 'ragged';
    const positions = this.#orders.positions(rows.map(({ metric }) => identitiesIn(d, metric)));
    if (positions === null) return 'shape';
    return Float64Array.from({ length: width }, (_, i) => {
      let sum = 0;
      for (const [r, { metric, weight = 1 }] of rows.entries()) sum += weight * d.values[metric]![positions[r]![i]!]!;
      return sum * scale;
    });
  }

  /** Which elements of the vector are there: with columns, those that all rows have. */
  present(d: Delivery): (i: number) => boolean {
    if (!d.columns || this.#lane.fold !== 'each') return () => true;
    const masks = this.#lane.rows.map(({ metric }) => d.columns!.of(metric).there);
    return (i) => masks.every((mask) => mask === null || mask[i]!);
  }
}
