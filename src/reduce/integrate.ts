// Owns INTEGRATE: each interval weighted with the value at its end (reference/analytics.md §1.9).

import { type Delivery, type Halt, NO_VALUES } from './delivery.ts';
import { ready, vectorOf } from './lane.ts';
import type { IntegrateResult } from './result.ts';
import type { Lane } from './spec.ts';

export class Integrate {
  readonly #lane: Lane;
  #records = 0;
  #total: Float64Array = NO_VALUES;
  #elapsed = 0;
  #previous = 0;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  add(d: Delivery): Halt {
    if (!ready(d, this.#lane)) return null;
    const x = vectorOf(d, this.#lane);
    if (x === null) return 'ragged';
    if (this.#records === 0) {
      this.#total = new Float64Array(x.length);
    } else {
      if (x.length !== this.#total.length) return 'shape';
      const dt = d.t - this.#previous;
      for (let i = 0; i < x.length; i++) this.#total[i]! += x[i]! * dt;
      this.#elapsed += dt;
    }
    this.#previous = d.t;
    this.#records++;
    return null;
  }

  finish(): IntegrateResult {
    return { kind: 'INTEGRATE', records: this.#records, total: this.#total, elapsed: this.#elapsed };
  }
}
