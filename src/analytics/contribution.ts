// Owns which nodes an analytic got data from: the part of a document's coverage that only results can tell.

import type { ConsumerResult } from '../reduce/index.ts';
import { acceptedRecords } from './analytic.ts';

/** Indices of nodes. */
export interface Contribution {
  /** Nodes whose data are in the result, those in `partial` included. */
  nodes: number;
  /** Reading ended early on these, or records had to be passed over. */
  readonly partial: number[];
  /** These have data in the time of the job, but none that this analytic can use. */
  readonly missing: number[];
}

/** By class of preprocessor or analytic. */
export type Contributions = Record<string, Contribution>;

type Use = 'all' | 'part' | 'none';

function useOf(result: ConsumerResult): Use {
  const ends = result.reducers[0];
  if (ends?.kind === 'FIRSTLAST') {
    const whole = ends.calls === 2 && ends.first.kind === 'ok' && ends.last.kind === 'ok';
    return whole && result.stop === null ? 'all' : 'none';
  }
  if (acceptedRecords(result) <= 0) return 'none';
  return result.stop === null && result.skipped === 0 ? 'all' : 'part';
}

/** Counts nodes one after the other; nodes without the analytic's metrics are those that never come. */
export class ContributionCounter {
  readonly #nodes: readonly number[];
  readonly #table = new Map<string, Map<number, Use>>();

  /** `nodes`: indices of all that have data. */
  constructor(nodes: readonly number[]) {
    this.#nodes = nodes;
  }

  add(cls: string, node: number, result: ConsumerResult): void {
    const uses = this.#table.get(cls) ?? new Map<number, Use>();
    this.#table.set(cls, uses.set(node, useOf(result)));
  }

  finish(): Contributions {
    return Object.fromEntries(
      [...this.#table].map(([cls, uses]): [string, Contribution] => {
        const missing = this.#nodes.filter((node) => (uses.get(node) ?? 'none') === 'none');
        const partial = this.#nodes.filter((node) => uses.get(node) === 'part');
        return [cls, { nodes: this.#nodes.length - missing.length, partial, missing }];
      }),
    );
  }
}
