// Owns the order of values where there are no columns: a lane's vector is as its first record has it, and later records are put in
// that order by instance. A record with other instances is of another shape.

import type { Identity } from './identity.ts';
import { IdMap } from './idmap.ts';

/** Instances of the first record of a row. */
export class Order {
  readonly #first: readonly Identity[];
  readonly #places = new IdMap();

  constructor(first: readonly Identity[]) {
    this.#first = first;
    for (const identity of first) this.#places.placeOf(identity, true);
  }

  /** For each place where its value stands in a record; null: the record has other instances. */
  positionsIn(now: readonly Identity[]): number[] | null {
    const n = this.#first.length;
    if (now.length !== n) return null;
    if (now.every((identity, i) => identity === this.#first[i])) return now.map((_, i) => i);
    // What is named twice has no place of its own.
    if (this.#places.size !== n) return null;
    const positions = new Array<number>(n).fill(-1);
    for (const [i, identity] of now.entries()) {
      const place = this.#places.placeOf(identity, false);
      if (place < 0 || positions[place]! >= 0) return null;
      positions[place] = i;
    }
    return positions;
  }
}

/** The orders of a lane's rows. */
export class RowOrders {
  readonly #orders: Order[] = [];

  /** Where the values of the rows, as they are in a record, belong; null: some row has other instances. */
  positions(rows: readonly (readonly Identity[])[]): number[][] | null {
    const positions: number[][] = [];
    for (const [r, now] of rows.entries()) {
      // The first row's order counts for rows with the same instances.
      const head = this.#orders[0];
      const order = this.#orders[r] ?? (head?.positionsIn(now) ? head : new Order(now));
      this.#orders[r] = order;
      const of = order.positionsIn(now);
      if (of === null) return null;
      positions.push(of);
    }
    return positions;
  }
}
