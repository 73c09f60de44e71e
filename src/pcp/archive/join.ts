// Owns the join of several archives of a host into one stream in order of time, with marks between them (archive-format.md §7.3, 7.4).

import { type Collector, markBetween } from './records.ts';

export interface Timed {
  readonly ns: bigint;
  readonly mark: boolean;
  readonly collector?: Collector;
}

export interface Span {
  /** Inclusive, nanoseconds. */
  readonly from: bigint;
  readonly to: bigint;
}

/** A record of an input, or (`record` null) the gap behind the last one of it. */
export interface Joined<R> {
  readonly input: number;
  readonly ns: bigint;
  readonly record: R | null;
}

interface Input<R> {
  readonly index: number;
  readonly records: Iterator<R>;
  head: R | null;
  /** The latest that one of its records named. */
  collector: Collector | undefined;
  /** Time of its last record, once there are no more: where a mark may be due. */
  endedAt: bigint | null;
}

const same = (a: Collector | undefined, b: Collector | undefined): boolean =>
  a !== undefined && b !== undefined && a.pid === b.pid && a.seqnum === b.seqnum;

/**
 * Records of all inputs within the span; at equal times the input given first goes first. Behind an input that ends there is a
 * mark, unless nothing precedes it, nothing follows, or the input that goes on had the same pmcd, not restarted between. Each
 * input's records must be in order of time; it stands at a record while that is given out.
 */
export function* join<R extends Timed>(inputs: readonly Iterator<R>[], { from, to }: Span): Generator<Joined<R>> {
  const all = inputs.map(
    (records, index): Input<R> => ({
      ...{ index, records, head: null, collector: undefined, endedAt: null },
    }),
  );
  const advance = (input: Input<R>): void => {
    const { done, value } = input.records.next();
    input.head = done ? null : value;
    input.collector = input.head?.collector ?? input.collector;
  };
  for (const input of all) advance(input);
  let begun = false;
  for (;;) {
    const next = earliest(all);
    if (!next) return;
    if (next.head) {
      const record = next.head;
      if (record.ns > to) return;
      if (record.ns >= from) {
        begun = true;
        yield { input: next.index, ns: record.ns, record };
      }
      advance(next);
      if (!next.head) next.endedAt = record.ns;
      continue;
    }
    const ended = next.endedAt!;
    next.endedAt = null;
    const follower = earliest(all.filter((i) => i.head !== null));
    if (!begun || !follower || same(next.collector, follower.collector)) continue;
    const ns = markBetween(ended, follower.head!.ns);
    if (ns >= from && follower.head!.ns <= to) yield { input: next.index, ns, record: null };
  }
}

function earliest<R extends Timed>(inputs: readonly Input<R>[]): Input<R> | null {
  let best: Input<R> | null = null;
  let bestNs = 0n;
  for (const input of inputs) {
    const ns = input.head?.ns ?? input.endedAt;
    if (ns === null || (best && ns >= bestNs)) continue;
    best = input;
    bestNs = ns;
  }
  return best;
}
