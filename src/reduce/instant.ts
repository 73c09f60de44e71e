// Owns what counts of records at one instant, for the TypeScript engine and for whole records: assembly/instant.ts has the reasons.

/** Nanoseconds. */
const INSTANT = 1000n;

export class Instant {
  #ns: bigint | null = null;
  /** Metrics that the records at this instant had. */
  #known = new Set<string>();
  /** Sources that brought anything new, and those that had records without. */
  readonly #sources = new Set<number>();
  readonly #repeated = new Set<number>();

  /** Of the metrics of the next record in order of time those that none before had at its instant; null: it does not count. */
  fresh(source: number, ns: bigint, metrics: Iterable<string>): ReadonlySet<string> | null {
    const again = this.#ns !== null && ns - this.#ns < INSTANT;
    if (!again) {
      this.#ns = ns;
      this.#known = new Set();
    }
    const left = new Set([...metrics].filter((name) => !this.#known.has(name)));
    if (again && left.size === 0) {
      this.#repeated.add(source);
      return null;
    }
    for (const name of left) this.#known.add(name);
    this.#sources.add(source);
    return left;
  }

  /** Whether a source had records, all of them without anything new. */
  isCopy(source: number): boolean {
    return this.#repeated.has(source) && !this.#sources.has(source);
  }
}
