// Owns FULLSERIES: all points of a scalar series up to MAX_SERIES; beyond, those that a compaction leaves, so that a job of a
// month takes no more memory than one of a day.

import type { Delivery, Halt } from './delivery.ts';
import { LaneValues } from './lane.ts';
import type { FullSeriesResult } from './result.ts';
import { MAX_SERIES, type ReducerSpec } from './spec.ts';
import type { WrapSum } from './wrapsum.ts';

/** Points at the beginning and at the end that a compaction never drops. */
const HEAD = 4;
const TAIL = 4;
/** The point from which earlier rates are taken (analytics.md §2.14). */
const ORIGIN = 2;

export class FullSeries {
  readonly #spec: Extract<ReducerSpec, { kind: 'FULLSERIES' }>;
  readonly #from: WrapSum | null;
  readonly #lane: LaneValues | null;
  #records = 0;
  #stride = 1;
  #last = 0;
  #t: number[] = [];
  #x: number[] = [];

  constructor(spec: Extract<ReducerSpec, { kind: 'FULLSERIES' }>, from: WrapSum | null) {
    this.#spec = spec;
    this.#from = from;
    this.#lane = 'wrapsum' in spec.value ? null : new LaneValues(spec.value);
  }

  add(d: Delivery): Halt {
    let x: number;
    if (this.#from) {
      // Not every record is one for the other reducer.
      if (this.#from.records === this.#records) return null;
      x = this.#from.total;
    } else {
      const lane = this.#lane!;
      if (!lane.ready(d)) return null;
      x = lane.scalar(d);
    }
    const ordinal = this.#records++;
    if (ordinal % this.#stride !== 0) return null;
    this.#t.push(d.t);
    this.#x.push(x);
    const fell = this.#spec.monotonic === true && ordinal > 0 && x < this.#last;
    this.#last = x;
    if (this.#t.length === MAX_SERIES) this.#compact();
    return fell ? 'decrease' : null;
  }

  #compact(): void {
    if (this.#spec.keep === 'hull') {
      const kept = this.#hull();
      this.#t = kept.map((i) => this.#t[i]!);
      this.#x = kept.map((i) => this.#x[i]!);
      return;
    }
    this.#t = this.#t.filter((_, i) => i % 2 === 0);
    this.#x = this.#x.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }

  /**
   * The points that may still be the minimum of (x_e − x_i)/(t_e − t_i) : (x_i − x_s)/(t_i − t_s) for whatever end e: in the plane
   * of a = 1/(t_i − t_s) and b = 1/(x_i − x_s) that is a quotient of two linear functions, (X·b − 1)/(T·a − 1), so that its
   * least value lies on the lower hull of the points. Points level with s give infinity and are never it. For rising counters
   * the result is exact, but for a series that bends at almost every point: then every second one stays.
   */
  #hull(): number[] {
    const end = this.#t.length - TAIL;
    let kept: number[] = [];
    for (let i = HEAD; i < end; i++) {
      if (!(this.#x[i]! > this.#x[ORIGIN]!)) continue;
      while (kept.length >= 2 && !this.#below(kept.at(-2)!, kept.at(-1)!, i)) kept.pop();
      kept.push(i);
    }
    while (kept.length + HEAD > MAX_SERIES / 2) kept = kept.filter((_, k) => k % 2 === 0);
    const span = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);
    return [...span(0, HEAD), ...kept, ...span(end, this.#t.length)];
  }

  /** Whether point j lies below the line from i to k, in the plane of reciprocals. */
  #below(i: number, j: number, k: number): boolean {
    const a = (p: number): number => 1 / (this.#t[p]! - this.#t[ORIGIN]!);
    const b = (p: number): number => 1 / (this.#x[p]! - this.#x[ORIGIN]!);
    const along = (a(k) - a(i)) * (b(j) - b(i));
    const across = (b(k) - b(i)) * (a(j) - a(i));
    return along - across > 0;
  }

  finish(): FullSeriesResult {
    return { kind: 'FULLSERIES', records: this.#records, t: Float64Array.from(this.#t), x: Float64Array.from(this.#x) };
  }
}
