// Owns DUTY: for each column the time in which its share of metric 0 in the sum of all metrics is above one half, and below.

import type { Delivery, Halt } from './delivery.ts';
import type { DutyResult } from './result.ts';
import { wholeColumns } from './wrapsum.ts';

const HALF = 0.5;

/** Half-way goes to the even number. */
function nearest(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest === HALF) return down % 2 === 0 ? down : down + 1;
  return rest < HALF ? down : down + 1;
}

export class Duty {
  readonly #metrics: number;
  readonly #before: (number[] | undefined)[] = [];
  readonly #above: number[] = [];
  readonly #below: number[] = [];
  readonly #count: number[] = [];
  #width = 0;
  #busiest = 0;

  constructor(metrics: number) {
    this.#metrics = metrics;
  }

  add(d: Delivery): Halt {
    if (d.counts.some((n) => n <= 0)) return null;
    this.#width = d.columns!.width;
    let sum = 0;
    for (const [k, now] of wholeColumns(d, this.#metrics)) {
      const before = this.#before[k];
      this.#before[k] = now;
      if (!before) continue;
      let total = 0;
      for (let m = 0; m < now.length; m++) total += now[m]! - before[m]!;
      const share = (now[0]! - before[0]!) / total;
      const side = share > HALF ? this.#above : this.#below;
      side[k] = (side[k] ?? 0) + total;
      this.#count[k] = (this.#count[k] ?? 0) + 1;
      sum += share;
    }
    // Of a sum that is no number nothing is said.
    const busy = nearest(sum);
    if (busy > this.#busiest) this.#busiest = busy;
    return null;
  }

  finish(): DutyResult {
    const array = (list: readonly number[]): Float64Array =>
      Float64Array.from({ length: this.#width }, (_, k) => list[k] ?? 0);
    return {
      kind: 'DUTY',
      above: array(this.#above),
      below: array(this.#below),
      count: array(this.#count),
      busiest: this.#busiest,
    };
  }
}
