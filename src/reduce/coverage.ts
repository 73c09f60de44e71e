// Owns how much data a window got: first and last record, the sampling interval, gaps. assembly/coverage.ts is its twin.

/** How much of a window there are records for. */
export interface Coverage {
  /** Records (marks aside) in the window; 0: no data. */
  readonly records: number;
  /** Times of the first and last of them, ns; null if none. */
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  /**
   * The sampling interval, ns: of the first 64 distances between records nine tenths are no longer, and at least one other
   * is as long. So neither the short ones between groups of metrics count, nor a single gap. 0: fewer than two records.
   */
  readonly intervalNs: bigint;
  /** Distances of more than three intervals, and how long they are together, ns. */
  readonly gaps: number;
  readonly gapNs: bigint;
}

/** Distances from which the interval is taken. */
const STEPS = 64;
const FOREVER = 2n ** 63n - 1n;

export class CoverageCounter {
  #records = 0;
  #firstNs: bigint | null = null;
  #lastNs: bigint | null = null;
  #steps: bigint[] = [];
  #intervalNs = 0n;
  #limit: bigint | null = null;
  #gaps = 0;
  #gapNs = 0n;

  add(ns: bigint): void {
    if (this.#lastNs === null) this.#firstNs = ns;
    else this.#step(ns - this.#lastNs);
    this.#lastNs = ns;
    this.#records++;
  }

  #step(step: bigint): void {
    if (this.#limit === null) {
      this.#steps.push(step);
      if (this.#steps.length === STEPS) this.#settle();
    } else if (step > this.#limit) {
      this.#gaps++;
      this.#gapNs += step;
    }
  }

  #settle(): void {
    const steps = this.#steps.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
    this.#steps = [];
    const rank = Math.min(steps.length, Math.max(2, Math.ceil(steps.length / 10)));
    this.#intervalNs = steps[rank - 1]!;
    this.#limit = this.#intervalNs > 0n ? 3n * this.#intervalNs : FOREVER;
    for (const step of steps) this.#step(step);
  }

  finish(): Coverage {
    if (this.#limit === null && this.#steps.length > 0) this.#settle();
    return {
      records: this.#records,
      firstNs: this.#firstNs,
      lastNs: this.#lastNs,
      intervalNs: this.#intervalNs,
      gaps: this.#gaps,
      gapNs: this.#gapNs,
    };
  }
}
