// Owns ROLL by column: each instance has a count of its own, so that one that comes or goes does not end the others'.

import type { Delivery, Halt } from './delivery.ts';
import { LaneValues } from './lane.ts';
import type { RollResult } from './result.ts';
import type { ReducerSpec } from './spec.ts';

export class RollColumns {
  readonly #lane: LaneValues;
  readonly #skipFirst: boolean;
  #width = 0;
  #count = 0;
  readonly #counts: number[] = [];
  readonly #mean: number[] = [];
  readonly #min: number[] = [];
  readonly #max: number[] = [];

  constructor(spec: Extract<ReducerSpec, { kind: 'ROLL' }>) {
    if (spec.dropLast) throw new RangeError('ROLL by column has no dropLast');
    this.#lane = new LaneValues(spec.lane);
    this.#skipFirst = spec.skipFirst === true;
  }

  add(d: Delivery): Halt {
    if (!this.#lane.ready(d)) return null;
    const x = this.#lane.vector(d);
    if (typeof x === 'string') return x;
    this.#width = Math.max(this.#width, x.length);
    if (d.first && this.#skipFirst) return null;
    this.#count++;
    const there = this.#lane.present(d);
    x.forEach((v, i) => {
      if (there(i)) this.#push(i, v);
    });
    return null;
  }

  #push(i: number, v: number): void {
    const n = (this.#counts[i] ?? 0) + 1;
    this.#counts[i] = n;
    if (n === 1) {
      this.#mean[i] = this.#min[i] = this.#max[i] = v;
      return;
    }
    this.#mean[i]! += (v - this.#mean[i]!) * (1 / n);
    if (v < this.#min[i]! || Number.isNaN(v)) this.#min[i] = v;
    if (v > this.#max[i]! || Number.isNaN(v)) this.#max[i] = v;
  }

  finish(): RollResult {
    const width = this.#count === 0 ? 0 : this.#width;
    const array = (list: readonly number[], none: number): Float64Array =>
      Float64Array.from({ length: width }, (_, i) => list[i] ?? none);
    return {
      kind: 'ROLL',
      count: this.#count,
      mean: array(this.#mean, Number.NaN),
      min: array(this.#min, Number.NaN),
      max: array(this.#max, Number.NaN),
      counts: array(this.#counts, 0),
    };
  }
}
