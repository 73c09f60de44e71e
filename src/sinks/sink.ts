// Owns what a sink is: where finished documents go. Writing the same document again replaces it.

import { type Document, toJson } from '../document/index.ts';
import { type Problem, toProblem } from '../kernel/index.ts';

/** A document that the sink will not take whatever is tried, such as one beyond its size limit. */
export interface Refusal {
  readonly id: string;
  readonly problem: Problem;
}

export interface Sink {
  /**
   * Whole documents with `timeseries` inside; the series are stored before the summaries, so that no summary promises series
   * that are not there. What is not refused is durable when the promise resolves.
   * @throws JobsumError when the sink itself cannot be written: E_SERVICE if it is unavailable, E_IO, E_STORE …
   */
  write(documents: readonly Document[]): Promise<readonly Refusal[]>;
  /** What was written is there only when it has been closed: until then no job may be called done. */
  readonly late?: boolean;
  /** May be called again. */
  close(): Promise<void>;
  /** In place of `close`, of a late one: what was written is not to appear. Nothing happens once it was closed. */
  abandon?(): Promise<void>;
}

/** A summary document with its time series inside, which are stored under an id of their own. */
export function withTimeseries<S extends object>(
  summary: S,
  series: Readonly<Record<string, unknown>> | null | undefined,
): S | (S & { timeseries: object }) {
  if (!series) return summary;
  const { _id, ...timeseries } = series;
  return { ...summary, timeseries };
}

/** The refusal of one document for what was thrown over it. */
export function refusal(job: string, message: string, cause: unknown): Refusal {
  const { message: what, found = what } = toProblem(cause);
  return { id: job, problem: { code: 'E_DOCUMENT', message, job, found } };
}

/** A document, or a part of the one with this id, as one line of JSON; its refusal if it has none. */
export function textOf(document: { readonly _id: string }, part: unknown = document): string | Refusal {
  try {
    return toJson(part);
  } catch (cause) {
    return refusal(document._id, 'the document cannot be written as JSON', cause);
  }
}
