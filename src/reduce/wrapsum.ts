// Owns WRAPSUM: increments of counters of few bits summed up, by metric and column, from the second record on.

import type { Columns } from './columns.ts';
import type { Delivery, Halt } from './delivery.ts';
import { wrapped } from './normalize.ts';
import type { WrapSumResult } from './result.ts';

/** The columns of a record in which every metric has a value: column and its values. Empty if a metric has none at all. */
export function wholeColumns(d: Delivery, metrics: number): [number, number[]][] {
  if (d.counts.some((n) => n <= 0)) return [];
  const { width, of } = d.columns as Columns;
  const rows = Array.from({ length: metrics }, (_, m) => of(m));
  const whole: [number, number[]][] = [];
  for (let k = 0; k < width; k++) {
    if (rows.every(({ there }) => there === null || there[k])) whole.push([k, rows.map(({ values }) => values[k]!)]);
  }
  return whole;
}

export class WrapSum {
  readonly #range: number;
  readonly #metrics: number;
  readonly #before: (number[] | undefined)[] = [];
  readonly #sums: number[][];
  #width = 0;
  records = 0;
  total = 0;

  constructor(bits: number, metrics: number) {
    this.#range = 2 ** bits;
    this.#metrics = metrics;
    this.#sums = Array.from({ length: metrics }, () => []);
  }

  add(d: Delivery): Halt {
    if (d.counts.some((n) => n <= 0)) return null;
    this.records++;
    this.#width = d.columns!.width;
    for (const [k, now] of wholeColumns(d, this.#metrics)) {
      const before = this.#before[k];
      this.#before[k] = now;
      if (!before) continue;
      now.forEach((x, m) => {
        const step = wrapped(x, before[m]!, this.#range);
        this.#sums[m]![k] = (this.#sums[m]![k] ?? 0) + step;
        this.total += step;
      });
    }
    return null;
  }

  finish(): WrapSumResult {
    const sums = this.#sums.map((list) => Float64Array.from({ length: this.#width }, (_, k) => list[k] ?? 0));
    return { kind: 'WRAPSUM', records: this.records, sums, total: this.total };
  }
}
