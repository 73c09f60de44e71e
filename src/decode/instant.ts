// Owns what counts of records of several archives at one instant, for the TypeScript engine and for whole records: assembly/instant.ts
// has the reasons.

/** Nanoseconds. */
const INSTANT = 1000n;

export class Instant {
  #ns: bigint | null = null;
  #archive = -1;
  /** Another archive had a record at this instant. */
  #again = false;
  /** Metrics that other archives had at this instant, and those of the archive being read. */
  #others = new Set<string>();
  #own = new Set<string>();
  /** Archives that brought anything new, and those that had records without. */
  readonly #sources = new Set<number>();
  readonly #repeated = new Set<number>();

  /** Of the metrics of the next record in order of time those that no other archive had before; null: it does not count. */
  fresh(archive: number, ns: bigint, metrics: Iterable<string>): ReadonlySet<string> | null {
    if (this.#ns === null || ns - this.#ns >= INSTANT) {
      this.#ns = ns;
      this.#again = false;
      this.#others = new Set();
      this.#own = new Set();
    } else if (archive !== this.#archive) {
      this.#again = true;
      for (const name of this.#own) this.#others.add(name);
      this.#own = new Set();
    }
    this.#archive = archive;
    const left = new Set([...metrics].filter((name) => !this.#others.has(name)));
    for (const name of left) this.#own.add(name);
    if (this.#again && left.size === 0) {
      this.#repeated.add(archive);
      return null;
    }
    this.#sources.add(archive);
    return left;
  }

  isCopy(archive: number): boolean {
    return this.#repeated.has(archive) && !this.#sources.has(archive);
  }
}
