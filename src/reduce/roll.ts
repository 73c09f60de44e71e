// Owns ROLL: count, running mean, minimum and maximum per lane element (reference/analytics.md §1.8).

import { type Delivery, type Halt, NO_VALUES } from './delivery.ts';
import { ready, vectorOf } from './lane.ts';
import type { RollResult } from './result.ts';
import type { ReducerSpec } from './spec.ts';

export class Roll {
  readonly #spec: Extract<ReducerSpec, { kind: 'ROLL' }>;
  #width = 0;
  #count = 0;
  #mean: Float64Array = NO_VALUES;
  #min: Float64Array = NO_VALUES;
  #max: Float64Array = NO_VALUES;
  #pending: Float64Array | null = null;

  constructor(spec: Extract<ReducerSpec, { kind: 'ROLL' }>) {
    this.#spec = spec;
  }

  add(d: Delivery): Halt {
    if (!ready(d, this.#spec.lane)) return null;
    const x = vectorOf(d, this.#spec.lane);
    if (x === null) return 'ragged';
    // A record that counts for nothing fixes the width all the same.
    if (this.#width === 0) this.#width = x.length;
    else if (x.length !== this.#width) return 'shape';
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
