// Owns range normalisation: counters of less than 64 bits made monotone (reference/analytics.md §1.6).

/** From this many bits on there is nothing to normalise. */
const WIDEST = 64;

/** Widths as the engines take them: 0 for none. */
export function effectiveBits(bits: number | undefined): number {
  return bits !== undefined && bits > 0 && bits < WIDEST ? bits : 0;
}

export class Counter {
  readonly #range: number;
  #sum: Float64Array | null = null;
  #last: Float64Array | null = null;

  constructor(bits: number) {
    this.#range = 2 ** bits;
  }

  /** The accumulated values; null if the number of instances changed. */
  add(x: Float64Array): Float64Array | null {
    if (this.#sum === null || this.#last === null) {
      this.#sum = x.slice();
      this.#last = x.slice();
      return x;
    }
    if (x.length !== this.#sum.length) return null;
    for (let i = 0; i < x.length; i++) {
      const d = x[i]! - this.#last[i]!;
      this.#sum[i]! += d - this.#range * Math.floor(d / this.#range);
      this.#last[i] = x[i]!;
    }
    return this.#sum.slice();
  }
}
