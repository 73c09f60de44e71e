// Owns ROLL by column: each instance has a count of its own, so that one that comes or goes does not end the others'.

import type { Delivery, Halt } from './delivery.ts';
import { presentIn, ready, vectorOf } from './lane.ts';
import type { RollResult } from './result.ts';
import type { ReducerSpec } from './spec.ts';

export class RollColumns {
  readonly #spec: Extract<ReducerSpec, { kind: 'ROLL' }>;
  #width = 0;
  #count = 0;
  readonly #counts: number[] = [];
  readonly #mean: number[] = [];
  readonly #min: number[] = [];
  readonly #max: number[] = [];

  constructor(spec: Extract<ReducerSpec, { kind: 'ROLL' }>) {
    if (spec.dropLast) throw new RangeError('ROLL by column has no dropLast');
    this.#spec = spec;
  }

  add(d: Delivery): Halt {
    const { lane, skipFirst } = this.#spec;
    if (!ready(d, lane)) return null;
    const x = vectorOf(d, lane);
    if (x === null) return 'ragged';
    this.#width = Math.max(this.#width, x.length);
    if (d.first && skipFirst) return null;
    this.#count++;
    const there = presentIn(d, lane);
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
