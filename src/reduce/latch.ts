// Owns LATCH: the first value of a scalar lane.

import type { Delivery, Halt } from './delivery.ts';
import { LaneValues } from './lane.ts';
import type { LatchResult } from './result.ts';
import type { ReducerSpec } from './spec.ts';

export class Latch {
  readonly #lane: LaneValues;
  readonly #skipFirst: boolean;
  #value: number | null = null;

  constructor(spec: Extract<ReducerSpec, { kind: 'LATCH' }>) {
    this.#lane = new LaneValues(spec.lane);
    this.#skipFirst = spec.skipFirst === true;
  }

  add(d: Delivery): Halt {
    if (this.#value !== null || (this.#skipFirst && d.first)) return null;
    if (this.#lane.ready(d)) this.#value = this.#lane.scalar(d);
    return null;
  }

  finish(): LatchResult {
    return { kind: 'LATCH', value: this.#value };
  }
}
