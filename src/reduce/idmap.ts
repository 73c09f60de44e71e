// Owns telling instances apart: a place for each, in order of appearance.

import type { Identity } from './identity.ts';
import { MAX_COLUMNS } from './spec.ts';

export class IdMap {
  readonly #places = new Map<Identity, number>();

  get size(): number {
    return this.#places.size;
  }

  /** The instance's place; with `add`, unseen ones get one as long as there is room. -1: none. */
  placeOf(id: Identity, add: boolean): number {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    if (!add || this.#places.size >= MAX_COLUMNS) return -1;
    this.#places.set(id, this.#places.size);
    return this.#places.size - 1;
  }
}
