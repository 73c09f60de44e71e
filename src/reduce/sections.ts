// Owns SECTIONS: average rates of one or two counters in equal parts of the job's time (analytics.md §2.23).

import type { Delivery, Halt } from './delivery.ts';
import { LaneValues } from './lane.ts';
import type { SectionsResult } from './result.ts';
import { MAX_BORDERS, type ReducerSpec } from './spec.ts';

export class Sections {
  readonly #spec: Extract<ReducerSpec, { kind: 'SECTIONS' }>;
  readonly #lanes: readonly LaneValues[];
  /** Length of a section, seconds. */
  readonly #step: number;
  #records = 0;
  #marker = 0;
  /** Where the current section began: time, and value per lane. */
  #since = 0;
  #data: number[] = [];
  #last: number[] = [];
  readonly #starts: number[] = [];
  readonly #rates: number[][];
  #gap = false;

  constructor(spec: Extract<ReducerSpec, { kind: 'SECTIONS' }>) {
    this.#spec = spec;
    this.#lanes = spec.lanes.map((lane) => new LaneValues(lane));
    this.#step = (spec.end - spec.start) / spec.count;
    this.#rates = spec.lanes.map(() => []);
  }

  add(d: Delivery): Halt {
    const { start, end, limit } = this.#spec;
    // A metric without values counts as 0, as in the reference.
    this.#last = this.#lanes.map((lane) => lane.scalar(d));
    if (this.#records++ === 0) {
      this.#data = this.#last;
      this.#marker = start + this.#step;
      this.#since = start;
    }
    if (d.t < this.#marker || d.t >= end || this.#starts.length === MAX_BORDERS) return null;
    // The last border decides (KEEP).
    this.#gap = d.t - this.#marker > limit;
    this.#close(d.t);
    this.#data = this.#last;
    this.#starts.push(d.t);
    this.#since = d.t;
    this.#marker += this.#step;
    return null;
  }

  #close(t: number): void {
    this.#rates.forEach((list, i) => {
      list.push((this.#last[i]! - this.#data[i]!) / (t - this.#since));
    });
  }

  finish(): SectionsResult {
    const some = this.#records > 0;
    if (some) this.#close(this.#spec.end);
    return {
      kind: 'SECTIONS',
      records: this.#records,
      rates: this.#rates.map((list) => Float64Array.from(list)),
      starts: Float64Array.from(some ? [this.#spec.start, ...this.#starts] : []),
      gap: this.#gap,
    };
  }
}
