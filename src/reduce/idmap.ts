// Owns telling instances apart: a number for each, in order of appearance.

import { MAX_COLUMNS } from './spec.ts';

export class IdMap {
  readonly #numbers = new Map<number, number>();

  get size(): number {
    return this.#numbers.size;
  }

  get ids(): number[] {
    return [...this.#numbers.keys()];
  }

  /** The instance's number; with `add`, unseen ones get one as long as there is room. -1: none. */
  numberOf(id: number, add: boolean): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    if (!add || this.#numbers.size >= MAX_COLUMNS) return -1;
    this.#numbers.set(id, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
