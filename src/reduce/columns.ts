// Owns columns: the values of a record put in order of their instances, so that what comes and goes does not shift the others.

import { identitiesOf } from './identity.ts';
import { IdMap } from './idmap.ts';
import type { Instances } from './result.ts';
import type { Cell } from './row.ts';

/** One metric's values by column; `there` says which the record has (null: all). */
export interface Column {
  readonly values: Float64Array;
  readonly there: readonly boolean[] | null;
}

export interface Columns {
  readonly width: number;
  readonly of: (metric: number) => Column;
}

export class ColumnOrder {
  readonly #master: number;
  readonly #steady: boolean;
  readonly #places = new IdMap();
  /** The numbers that they came with first. */
  readonly #ids: number[] = [];
  readonly #names: string[] = [];
  readonly #seen: number[] = [];
  #records = 0;
  #fixed = 0;

  constructor(master: number, steady: boolean) {
    this.#master = master;
    this.#steady = steady;
  }

  /** The record by columns; null: the number of instances is not the first record's, and must be. */
  arrange(cells: readonly (Cell | null)[], values: readonly Float64Array[]): Columns | null {
    if (this.#steady) {
      if (this.#fixed === 0) this.#fixed = Math.max(0, cells[this.#master]?.count ?? 0);
      // A metric without values too makes the record one of another shape.
      if (cells.some((cell) => (cell?.count ?? 0) !== this.#fixed)) return null;
    }
    const master = cells[this.#master];
    if (master && master.count > 0) {
      this.#records++;
      identitiesOf(master).forEach((instance, i) => {
        const id = master.ids[i]!;
        const column = this.#places.placeOf(instance, true);
        if (column < 0) return;
        if (column === this.#names.length) {
          this.#ids.push(id);
          this.#names.push(master.nameOf?.(id) ?? String(id));
        }
        this.#seen[column] = (this.#seen[column] ?? 0) + 1;
      });
    }
    const width = this.#places.size;
    return { width, of: (metric) => this.#column(cells[metric]!, values[metric]!, width) };
  }

  #column(cell: Cell, values: Float64Array, width: number): Column {
    const out = new Float64Array(width).fill(Number.NaN);
    const there = new Array<boolean>(width).fill(false);
    const instances = identitiesOf(cell);
    values.forEach((x, i) => {
      const column = this.#places.placeOf(instances[i]!, false);
      if (column < 0) return;
      out[column] = x;
      there[column] = true;
    });
    return { values: out, there };
  }

  get labels(): Instances {
    return { ids: this.#ids, names: this.#names };
  }

  get presence(): { records: number; counts: number[] } {
    return { records: this.#records, counts: [...this.#seen] };
  }
}
