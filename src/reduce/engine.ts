// Owns the TypeScript engine: rows of one node in time order → results of one job window. What the WASM engine is tested
// against, and what sources without archives use. Knows nothing of where rows come from.

import { Consumer } from './consumer.ts';
import { Counters } from './counters.ts';
import { type Coverage, CoverageCounter } from './coverage.ts';
import { Instant } from './instant.ts';
import { BOOT_METRICS, type Moment } from './restarts.ts';
import type { ConsumerResult } from './result.ts';
import type { Row } from './row.ts';
import type { ConsumerSpec, WindowSpec } from './spec.ts';
import type { Restart } from './watched.ts';

export class WindowEngine {
  readonly #spec: WindowSpec;
  readonly #consumers: readonly Consumer[];
  readonly #coverage = new CoverageCounter();
  readonly #counters: Counters;
  readonly #instant = new Instant();
  readonly #asked: ReadonlySet<string>;
  #last: bigint | null = null;

  constructor(spec: WindowSpec) {
    this.#spec = spec;
    this.#counters = new Counters(spec.consumers, spec.moments);
    this.#asked = askedBy(spec.consumers);
    this.#consumers = spec.consumers.map((c, i) => new Consumer(c, spec.walltime, spec.leads?.[i] ?? null));
  }

  /**
   * A row outside the window, or earlier than one before it (archive-format.md §6), is dropped, and so is what a row has of metrics that
   * one before it has at the same instant.
   */
  row(row: Row): void {
    if (row.ns < this.#spec.startNs || row.ns > this.#spec.endNs) return;
    if (this.#last !== null && row.ns < this.#last) return;
    this.#last = row.ns;
    if (row.mark) {
      this.#counters.mark();
      return;
    }
    const own = [...row.cells.keys()].filter((name) => this.#asked.has(name));
    const fresh = this.#instant.fresh(row.source ?? 0, row.ns, own);
    if (fresh) this.#take(fresh.size === own.length ? row : withOnly(row, fresh));
  }

  #take(row: Row): void {
    this.#coverage.add(row.ns);
    const corrected = this.#counters.correct(row);
    for (const consumer of this.#consumers) consumer.row(row, corrected);
  }

  /** Whether the rows of a source had nothing that others had not. */
  isCopy(source: number): boolean {
    return this.#instant.isCopy(source);
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

const withOnly = (row: Row, names: ReadonlySet<string>): Row => ({
  ...row,
  cells: new Map([...row.cells].filter(([name]) => names.has(name))),
});

/** The metrics that consumers read, by themselves or for their counters. */
export function askedBy(specs: readonly ConsumerSpec[]): Set<string> {
  const boot = specs.some((s) => s.counters) ? BOOT_METRICS : [];
  return new Set([...specs.flatMap((s) => s.metrics), ...boot]);
}

/** Reads rows, a second time if the first one tells of restarts that counters do not show themselves. */
export function reduceRows(spec: WindowSpec, rows: readonly Row[]): WindowEngine {
  const engine = new WindowEngine(spec);
  for (const row of rows) engine.row(row);
  const { moments } = engine;
  return moments.length === 0 || spec.moments ? engine : reduceRows({ ...spec, moments }, rows);
}
