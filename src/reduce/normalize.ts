// Owns range normalization: counters of less than 64 bits made monotone, by instance (analytics.md §1.6).

import type { Identity } from './identity.ts';
import { IdMap } from './idmap.ts';

/** From this many bits on there is nothing to normalize. */
const WIDEST = 64;

/** Widths as the engines take them: 0 for none. */
export function effectiveBits(bits: number | undefined): number {
  return bits !== undefined && bits > 0 && bits < WIDEST ? bits : 0;
}

/** now − before, modulo 2^bits, never negative. */
export function wrapped(now: number, before: number, range: number): number {
  const d = now - before;
  return d - range * Math.floor(d / range);
}

export class Counter {
  readonly #range: number;
  readonly #places = new IdMap();
  readonly #sum: number[] = [];
  readonly #last: number[] = [];

  constructor(bits: number) {
    this.#range = 2 ** bits;
  }

  /** The accumulated values; an instance begins with the value it is first seen with. */
  add(x: Float64Array, instances: readonly Identity[]): Float64Array {
    const known = this.#places.size;
    return x.map((now, k) => {
      const i = this.#places.placeOf(instances[k]!, true);
      if (i < 0) return now;
      this.#sum[i] = i >= known ? now : this.#sum[i]! + wrapped(now, this.#last[i]!, this.#range);
      this.#last[i] = now;
      return this.#sum[i]!;
    });
  }
}
