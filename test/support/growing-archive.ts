// Owns archives that grow as a logger's do: a counter of a block device every 30 s, written through as it comes.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ArchiveWriter, indomId, pmid, UNITS } from '../../src/pcp/index.ts';

const NS = 1_000_000_000n;
const STEP = 30;
const INDOM = indomId(60, 1);
const READ = pmid(60, 0, 38);

export class GrowingArchive {
  readonly #writer: ArchiveWriter;
  #next: number;

  /** `start`: epoch seconds of the label and of the first record. */
  constructor(path: string, host: string, start: number) {
    mkdirSync(dirname(path), { recursive: true });
    this.#next = start;
    this.#writer = new ArchiveWriter(path, { version: 3, host, startNs: BigInt(start) * NS });
    this.#writer.metric({
      ...{ name: 'disk.dev.read_bytes', pmid: READ, type: 'u64', indom: INDOM, semantics: 'counter' },
      units: UNITS.kbyte,
    });
    this.#writer.indom(INDOM, BigInt(start) * NS, [{ id: 0, name: 'sda' }]);
  }

  /** Records up to a time, inclusive; none of those from `without` until before `until`. */
  to(end: number, without = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY): this {
    for (; this.#next <= end; this.#next += STEP) {
      if (this.#next >= without && this.#next < until) continue;
      const values = [BigInt(this.#next) * 10n];
      this.#writer.record(BigInt(this.#next) * NS, [{ pmid: READ, type: 'u64', ids: [0], values }]);
    }
    this.#writer.flush();
    return this;
  }

  close(): void {
    this.#writer.close();
  }
}

/** A whole archive of that kind. */
export function wholeArchive(path: string, host: string, start: number, end: number): void {
  new GrowingArchive(path, host, start).to(end).close();
}
