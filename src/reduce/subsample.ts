// Owns SUBSAMPLE: at most 100 points of a series, dense at both ends of the job (analytics.md §1.10).

import { type Delivery, type Halt, NO_VALUES } from './delivery.ts';
import { LaneValues } from './lane.ts';
import type { SubsampleResult } from './result.ts';
import { LEAD_POINTS, type Lead, MAX_POINTS, type ReducerSpec } from './spec.ts';

export class Subsample {
  readonly #spec: Extract<ReducerSpec, { kind: 'SUBSAMPLE' }>;
  readonly #value: LaneValues | null;
  readonly #row: LaneValues | null;
  readonly #walltime: number;
  #lead: Lead | null;
  #t: number[] = [];
  #v: number[] = [];
  #rows: Float64Array[] = [];
  #width = 0;

  constructor(spec: Extract<ReducerSpec, { kind: 'SUBSAMPLE' }>, walltime: number, lead: Lead | null) {
    this.#spec = spec;
    this.#value = spec.value ? new LaneValues(spec.value) : null;
    this.#row = spec.row ? new LaneValues(spec.row) : null;
    this.#walltime = walltime;
    this.#lead = lead;
  }

  add(d: Delivery): Halt {
    const [value, row] = [this.#value, this.#row];
    if (value && !value.ready(d)) return null;
    if (row && !row.ready(d)) return null;
    let vector: Float64Array = NO_VALUES;
    if (row) {
      const x = row.vector(d);
      // Before the point is accepted: a record with other instances is passed over (the row-shape quirk of §1.11.3 is not reproduced).
      if (x === 'shape') return null;
      if (typeof x === 'string') return x;
      this.#width = Math.max(this.#width, x.length);
      const there = row.present(d);
      vector = x.map((value, i) => (there(i) ? value : Number.NaN));
    }
    if (!this.#stores(d.t)) return null;
    this.#t.push(d.t);
    if (row) this.#rows.push(vector);
    if (value) this.#v.push(value.scalar(d));
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
