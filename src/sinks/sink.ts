// Owns what a sink is: where finished documents go. Writing the same document again replaces it.

import type { Document } from '../document/index.ts';
import type { Problem } from '../kernel/index.ts';

/** A document that the sink will not take whatever is tried, such as one beyond its size limit. */
export interface Refusal {
  readonly id: string;
  readonly problem: Problem;
}

export interface Sink {
  /**
   * Whole documents with `timeseries` inside; the series are stored before the summaries, so that no summary promises series
   * that are not there. What is not refused is durable when the promise resolves.
   * @throws JobsumError when the sink itself cannot be written: E_SERVICE if it is away, E_IO, E_STORE …
   */
  write(documents: readonly Document[]): Promise<readonly Refusal[]>;
  /** What was written is there only when it has been closed: until then no job may be called done. */
  readonly late?: boolean;
  /** May be called again. */
  close(): Promise<void>;
}
