// Owns what counts of records of several archives at one instant, for the TypeScript engine: assembly/scan.ts has the reasons.

import type { Cell, Row } from '../reduce/index.ts';

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

  /** The next row in order of time, less what is known already; null if nothing is left. */
  fresh(archive: number, row: Row): Row | null {
    if (this.#ns === null || row.ns - this.#ns >= INSTANT) {
      this.#ns = row.ns;
      this.#again = false;
      this.#others = new Set();
      this.#own = new Set();
    } else if (archive !== this.#archive) {
      this.#again = true;
      for (const name of this.#own) this.#others.add(name);
      this.#own = new Set();
    }
    this.#archive = archive;
    const again = this.#again;
    const cells = new Map<string, Cell>([...row.cells].filter(([name]) => !this.#others.has(name)));
    for (const name of cells.keys()) this.#own.add(name);
    if (again && cells.size === 0) {
      this.#repeated.add(archive);
      return null;
    }
    this.#sources.add(archive);
    return again ? { ...row, cells } : row;
  }

  isCopy(archive: number): boolean {
    return this.#repeated.has(archive) && !this.#sources.has(archive);
  }
}
