// Owns ROLL: count, running mean, minimum and maximum per lane element (analytics.md §1.8).

import { type Delivery, type Halt, NO_VALUES } from './delivery.ts';
import { LaneValues } from './lane.ts';
import type { RollResult } from './result.ts';
import type { ReducerSpec } from './spec.ts';

export class Roll {
  readonly #spec: Extract<ReducerSpec, { kind: 'ROLL' }>;
  readonly #lane: LaneValues;
  #count = 0;
  #mean: Float64Array = NO_VALUES;
  #min: Float64Array = NO_VALUES;
  #max: Float64Array = NO_VALUES;
  #pending: Float64Array | null = null;

  constructor(spec: Extract<ReducerSpec, { kind: 'ROLL' }>) {
    this.#spec = spec;
    this.#lane = new LaneValues(spec.lane);
  }

  add(d: Delivery): Halt {
    if (!this.#lane.ready(d)) return null;
    const x = this.#lane.vector(d);
    if (typeof x === 'string') return x;
    if (d.first && this.#spec.skipFirst) return null;
    if (!this.#spec.dropLast) {
      this.#push(x);
    } else {
      if (this.#pending !== null) this.#push(this.#pending);
      this.#pending = x;
    }
    return null;
  }

  #push(x: Float64Array): void {
    this.#count++;
    if (this.#count === 1) {
      this.#mean = x.slice();
      this.#min = x.slice();
      this.#max = x.slice();
      return;
    }
    // The reciprocal, not a division, as the WASM engine does.
    const share = 1 / this.#count;
    for (let i = 0; i < x.length; i++) {
      this.#mean[i]! += (x[i]! - this.#mean[i]!) * share;
      // NaN wins for good; of two zeros the first stays.
      if (Number.isNaN(x[i])) this.#min[i] = this.#max[i] = Number.NaN;
      if (x[i]! < this.#min[i]!) this.#min[i] = x[i]!;
      if (x[i]! > this.#max[i]!) this.#max[i] = x[i]!;
    }
  }

  finish(): RollResult {
    return { kind: 'ROLL', count: this.#count, mean: this.#mean, min: this.#min, max: this.#max };
  }
}
