// Owns the TypeScript engine: rows of one node in time order → results of one job window. What the WASM engine is tested
// against, and what sources without archives use. Knows nothing of where rows come from.

import { Consumer } from './consumer.ts';
import { Counters } from './counters.ts';
import { type Coverage, CoverageCounter } from './coverage.ts';
import type { Moment } from './restarts.ts';
import type { ConsumerResult } from './result.ts';
import type { Row } from './row.ts';
import type { WindowSpec } from './spec.ts';
import type { Restart } from './watched.ts';

export class WindowEngine {
  readonly #spec: WindowSpec;
  readonly #consumers: readonly Consumer[];
  readonly #coverage = new CoverageCounter();
  readonly #counters: Counters;
  #last: bigint | null = null;

  constructor(spec: WindowSpec) {
    this.#spec = spec;
    this.#counters = new Counters(spec.consumers, spec.moments);
    this.#consumers = spec.consumers.map((c, i) => new Consumer(c, spec.walltime, spec.leads?.[i] ?? null));
  }

  /** A row outside the window, or earlier than one before it (archive-format.md §6), is dropped. */
  row(row: Row): void {
    if (row.ns < this.#spec.startNs || row.ns > this.#spec.endNs) return;
    if (this.#last !== null && row.ns < this.#last) return;
    this.#last = row.ns;
    if (row.mark) {
      this.#counters.mark();
      return;
    }
    this.#coverage.add(row.ns);
    const corrected = this.#counters.correct(row);
    for (const consumer of this.#consumers) consumer.row(row, corrected);
  }

  coverage(): Coverage {
    return this.#coverage.finish();
  }

  get restarts(): Restart[] {
    return this.#counters.restarts;
  }

  /** If there are any, the rows have to be read again by an engine that knows them. */
  get moments(): Moment[] {
    return this.#counters.moments;
  }

  /** Parallel to the consumers of the spec. */
  finish(): ConsumerResult[] {
    return this.#consumers.map((c) => c.finish());
  }
}

/** Reads rows, a second time if the first one tells of restarts that counters do not show themselves. */
export function reduceRows(spec: WindowSpec, rows: readonly Row[]): WindowEngine {
  const engine = new WindowEngine(spec);
  for (const row of rows) engine.row(row);
  const { moments } = engine;
  return moments.length === 0 || spec.moments ? engine : reduceRows({ ...spec, moments }, rows);
}
