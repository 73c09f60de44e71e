// Owns INTEGRATE: each interval weighted with the value at its end (analytics.md §1.9).

import { type Delivery, type Halt, NO_VALUES } from './delivery.ts';
import { LaneValues } from './lane.ts';
import type { IntegrateResult } from './result.ts';
import type { Lane } from './spec.ts';

export class Integrate {
  readonly #lane: LaneValues;
  #records = 0;
  #total: Float64Array = NO_VALUES;
  #elapsed = 0;
  #previous = 0;
  /** Per column: when its last value was. */
  readonly #times: (number | undefined)[] = [];

  constructor(lane: Lane) {
    this.#lane = new LaneValues(lane);
  }

  add(d: Delivery): Halt {
    if (!this.#lane.ready(d)) return null;
    const x = this.#lane.vector(d);
    if (typeof x === 'string') return x;
    if (d.columns) this.#addColumns(d, x);
    else if (this.#records === 0) {
      this.#total = new Float64Array(x.length);
    } else {
      const dt = d.t - this.#previous;
      for (let i = 0; i < x.length; i++) this.#total[i]! += x[i]! * dt;
    }
    if (this.#records > 0) this.#elapsed += d.t - this.#previous;
    this.#previous = d.t;
    this.#records++;
    return null;
  }

  /** Each column from its own last value on. */
  #addColumns(d: Delivery, x: Float64Array): void {
    const there = this.#lane.present(d);
    if (x.length > this.#total.length) {
      const wider = new Float64Array(x.length);
      wider.set(this.#total);
      this.#total = wider;
    }
    for (let i = 0; i < x.length; i++) {
      if (!there(i)) continue;
      const before = this.#times[i];
      if (before !== undefined) this.#total[i]! += x[i]! * (d.t - before);
      this.#times[i] = d.t;
    }
  }

  finish(): IntegrateResult {
    return { kind: 'INTEGRATE', records: this.#records, total: this.#total, elapsed: this.#elapsed };
  }
}
