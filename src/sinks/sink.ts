// Owns what a sink is: where finished documents go. Writing the same document again replaces it.

import type { Document } from '../document/index.ts';

export interface Sink {
  /** Whole documents with `timeseries` inside. Durable when the promise resolves. */
  write(documents: readonly Document[]): Promise<void>;
  close(): Promise<void>;
}
