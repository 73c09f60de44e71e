// Owns SUBSAMPLE: at most 100 points of a series, dense at both ends of the job (reference/analytics.md §1.10).

import { type Delivery, type Halt, NO_VALUES } from './delivery.ts';
import { presentIn, ready, scalarOf, vectorOf } from './lane.ts';
import type { SubsampleResult } from './result.ts';
import { LEAD_POINTS, type Lead, MAX_POINTS, type ReducerSpec } from './spec.ts';

export class Subsample {
  readonly #spec: Extract<ReducerSpec, { kind: 'SUBSAMPLE' }>;
  readonly #walltime: number;
  #lead: Lead | null;
  #t: number[] = [];
  #v: number[] = [];
  #rows: Float64Array[] = [];
  #width = 0;

  constructor(spec: Extract<ReducerSpec, { kind: 'SUBSAMPLE' }>, walltime: number, lead: Lead | null) {
    this.#spec = spec;
    this.#walltime = walltime;
    this.#lead = lead;
  }

  add(d: Delivery): Halt {
    const { value, row } = this.#spec;
    if (value && !ready(d, value)) return null;
    if (row && !ready(d, row)) return null;
    let vector: Float64Array = NO_VALUES;
    if (row) {
      const x = vectorOf(d, row);
      if (x === null) return 'ragged';
      if (d.columns) this.#width = Math.max(this.#width, x.length);
      else if (this.#width === 0) this.#width = x.length;
      // Before the point is accepted: a record with another number of instances is passed over (§1.11.3, mended).
      if (!d.columns && x.length !== this.#width) return null;
      const there = presentIn(d, row);
      vector = x.map((value, i) => (there(i) ? value : Number.NaN));
    }
    if (!this.#stores(d.t)) return null;
    this.#t.push(d.t);
    if (row) this.#rows.push(vector);
    if (value) this.#v.push(scalarOf(d, value));
    return this.#spec.monotonic && this.#fell() ? 'decrease' : null;
  }

  /** Whether the last point is below the one before it; the second one may be (KEEP). */
  #fell(): boolean {
    const n = this.#t.length;
    if (n < 3) return false;
    if (this.#spec.monotonic === 'value') return this.#v[n - 1]! < this.#v[n - 2]!;
    const before = this.#rows[n - 2];
    return this.#rows[n - 1]?.some((x, i) => x < (before![i] ?? Number.NaN)) ?? false;
  }

  #stores(t: number): boolean {
    const times = this.#t;
    if (times.length <= LEAD_POINTS) return true;
    if (this.#lead === null) {
      const leadin = times[LEAD_POINTS]! - times[0]!;
      this.#lead = {
        window: (this.#walltime - 2 * leadin) / (MAX_POINTS - 2 * LEAD_POINTS),
        leadout: times[0]! + this.#walltime - leadin,
      };
    }
    if (times.length >= MAX_POINTS) return false;
    return t > this.#lead.leadout || t > times.at(-1)! + this.#lead.window;
  }

  finish(): SubsampleResult {
    const rows = new Float64Array(this.#rows.length * this.#width).fill(Number.NaN);
    this.#rows.forEach((row, i) => {
      rows.set(row, i * this.#width);
    });
    const width = this.#spec.row ? this.#width : 0;
    return {
      kind: 'SUBSAMPLE',
      t: Float64Array.from(this.#t),
      v: Float64Array.from(this.#v),
      rows,
      width,
      lead: this.#lead,
    };
  }
}
