// Owns LATCH: the first value of a scalar lane.

import type { Delivery, Halt } from './delivery.ts';
import { ready, scalarOf } from './lane.ts';
import type { LatchResult } from './result.ts';
import type { ReducerSpec } from './spec.ts';

export class Latch {
  readonly #spec: Extract<ReducerSpec, { kind: 'LATCH' }>;
  #value: number | null = null;

  constructor(spec: Extract<ReducerSpec, { kind: 'LATCH' }>) {
    this.#spec = spec;
  }

  add(d: Delivery): Halt {
    if (this.#value !== null || (this.#spec.skipFirst && d.first)) return null;
    if (ready(d, this.#spec.lane)) this.#value = scalarOf(d, this.#spec.lane);
    return null;
  }

  finish(): LatchResult {
    return { kind: 'LATCH', value: this.#value };
  }
}
