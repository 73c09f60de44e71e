// Owns reading the reducers that keep tables (columns, TALLY, WRAPSUM, SECTIONS) back out of the WASM engine.

import type { Instances, ReducerResult, TallyEntry } from '../reduce/index.ts';
import { NO_STRING, sessionBytes } from './domains.ts';
import * as L from './layout.gen.ts';
import type { Wasm } from './wasm.ts';

export interface Columns {
  readonly labels: Instances;
  readonly presence: { readonly records: number; readonly counts: readonly number[] };
}

/** Columns of a window's consumers: those of one domain mostly have the same instances, thousands of them, and share one list. */
export class ColumnTables {
  readonly #wasm: Wasm;
  readonly #known: { readonly align: number; readonly columns: Columns }[] = [];
  /** Strings met before, by their number. */
  readonly #texts = new Map<number, string>();

  constructor(wasm: Wasm) {
    this.#wasm = wasm;
  }

  /** Instances of a consumer's columns, and how often each was there. */
  collect(align: number): Columns {
    const same = this.#known.find((k) => this.#alike(k.align, align));
    const columns = same?.columns ?? this.#read(align);
    if (!same) this.#known.push({ align, columns });
    return columns;
  }

  /** A table of one word an instance, where it lies. */
  #words(align: number, field: number): Int32Array {
    const n = this.#wasm.i32(align + L.AL_IDS + L.IM_N);
    return n === 0 ? new Int32Array() : new Int32Array(this.#wasm.bytes.buffer, this.#wasm.u32(align + field), n);
  }

  #alike(a: number, b: number): boolean {
    if ([L.AL_RECORDS, L.AL_PLAINS].some((field) => this.#wasm.i32(a + field) !== this.#wasm.i32(b + field)))
      return false;
    return [L.AL_IDS + L.IM_IDS, L.AL_NAMES, L.AL_SEEN].every((field) => {
      const [x, y] = [this.#words(a, field), this.#words(b, field)];
      const bytes = (words: Int32Array): Uint8Array => new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
      return Buffer.compare(bytes(x), bytes(y)) === 0;
    });
  }

  #read(align: number): Columns {
    const plains = this.#wasm.i32(align + L.AL_PLAINS);
    const words = this.#words(align, L.AL_IDS + L.IM_IDS);
    const named = this.#words(align, L.AL_NAMES);
    const seen = this.#words(align, L.AL_SEEN);
    const ids: number[] = [];
    const names: string[] = [];
    const counts: number[] = [];
    for (let i = 0; i < words.length; i++) {
      ids.push(words[i]!);
      names.push(this.#text(named[i]! >>> 0) ?? String(words[i]));
      counts.push(plains + seen[i]!);
    }
    return { labels: { ids, names }, presence: { records: this.#wasm.i32(align + L.AL_RECORDS), counts } };
  }

  #text(number: number): string | null {
    if (number === NO_STRING) return null;
    let text = this.#texts.get(number);
    if (text === undefined) {
      text = sessionBytes(this.#wasm, number).toString('utf8');
      this.#texts.set(number, text);
    }
    return text;
  }
}

/** A ROLL of `n` columns; of one without values there is nothing to say. */
export function rollColumns(wasm: Wasm, q: number, n: number) {
  const [counts, mean, min, max] = Array.from({ length: 4 }, () => new Float64Array(n)) as Four;
  for (let from = 0; from < n; from += L.RC_SHARE) {
    const chunk = wasm.u32(wasm.u32(q + L.RO_CHUNKS) + 4 * (from / L.RC_SHARE));
    const of = new Float64Array(wasm.bytes.buffer, chunk, 4 * Math.min(L.RC_SHARE, n - from));
    for (let k = 0, i = from; k < of.length; k += 4, i++) {
      const count = of[k]!;
      counts[i] = count;
      mean[i] = count === 0 ? Number.NaN : of[k + 1]!;
      min[i] = count === 0 ? Number.NaN : of[k + 2]!;
      max[i] = count === 0 ? Number.NaN : of[k + 3]!;
    }
  }
  return { counts, mean, min, max };
}

type Four = [Float64Array, Float64Array, Float64Array, Float64Array];

/** Rows of a SUBSAMPLE, without the room between them that columns yet to come have. */
export function rowsOf(wasm: Wasm, q: number, points: number, width: number): Float64Array {
  const rows = wasm.u32(q + L.SS_ROWS);
  const stride = wasm.i32(q + L.SS_CAP);
  if (stride === 0 || stride === width) return wasm.doubles(rows, points * width);
  const out = new Float64Array(points * width);
  for (let i = 0; i < points; i++) out.set(wasm.doubles(rows + 8 * i * stride, width), i * width);
  return out;
}

export function collectWrapSum(wasm: Wasm, q: number, metrics: number): ReducerResult {
  const n = wasm.i32(q + L.WS_WIDTH);
  const acc = wasm.doubles(wasm.u32(q + L.WS_ACC), n * metrics);
  return {
    kind: 'WRAPSUM',
    records: wasm.i32(q + L.WS_RECORDS),
    sums: Array.from({ length: metrics }, (_, m) => Float64Array.from({ length: n }, (_, k) => acc[k * metrics + m]!)),
    total: wasm.f64(q + L.WS_TOTAL),
  };
}

export function collectSections(wasm: Wasm, q: number): ReducerResult {
  const records = wasm.i32(q + L.SE_RECORDS);
  const k = wasm.i32(q + L.SE_K);
  const lanes = wasm.u32(q + L.Q_LANE2) === 0 ? 1 : 2;
  const left = wasm.f64(q + L.SE_END) - wasm.f64(q + L.SE_TIME);
  const rates = Array.from({ length: lanes }, (_, i) => {
    const closed = wasm.doubles(q + L.SE_RATES + 8 * i * L.SE_MAX, k);
    if (records === 0) return closed;
    const rest = wasm.f64(q + L.SE_LAST + 8 * i) - wasm.f64(q + L.SE_DATA + 8 * i);
    return Float64Array.of(...closed, rest / left);
  });
  const starts = records === 0 ? [] : [wasm.f64(q + L.SE_START), ...wasm.doubles(q + L.SE_TIMES, k)];
  return { kind: 'SECTIONS', records, rates, starts: Float64Array.from(starts), gap: wasm.i32(q + L.SE_GAP) !== 0 };
}

export function collectTally(wasm: Wasm, q: number): TallyEntry[] {
  const entries = wasm.u32(q + L.TA_ENTRIES);
  const metrics = wasm.i32(q + L.TA_NMETRICS);
  return Array.from({ length: wasm.i32(q + L.TA_N) }, (_, i) => {
    const e = entries + i * L.TE_SIZE;
    const name = wasm.u32(e + L.TE_NAME);
    return {
      instance: wasm.i32(e + L.TE_INST),
      name: name === NO_STRING ? null : sessionBytes(wasm, name).toString('utf8'),
      strings: Array.from({ length: metrics }, (_, k) =>
        sessionBytes(wasm, wasm.u32(e + L.TE_STRS + 4 * k)).toString('utf8'),
      ),
      count: wasm.i32(e + L.TE_COUNT),
      first: wasm.i32(e + L.TE_FIRST),
      last: wasm.i32(e + L.TE_LAST),
    };
  });
}
