// Owns reading the reducers that keep tables (columns, TALLY, WRAPSUM, SECTIONS) back out of the WASM engine.

import type { Instances, ReducerResult, TallyEntry } from '../../reduce/index.ts';
import { sessionBytes } from '../archive/domains.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import type { Identities } from './identity.ts';

export interface Columns {
  readonly labels: Instances;
  readonly presence: { readonly records: number; readonly counts: readonly number[] };
}

type Bytes = Uint8Array;

/** Columns of a window's consumers: those of one domain mostly have the same instances, thousands of them, and share one list. */
export class ColumnTables {
  readonly #wasm: Wasm;
  readonly #known: { readonly align: number; readonly columns: Columns }[] = [];
  readonly #identities: Identities;

  constructor(wasm: Wasm, identities: Identities) {
    this.#wasm = wasm;
    this.#identities = identities;
  }

  /** Instances of a consumer's columns, and how often each was there. */
  collect(align: number): Columns {
    const same = this.#known.find((k) => this.#alike(k.align, align));
    const columns = same?.columns ?? this.#read(align);
    if (!same) this.#known.push({ align, columns });
    return columns;
  }

  /** Where the identities of the columns lie, the numbers that they came with first, and in how many records each was, less Alignment.plains. */
  #tables(align: number): { keys: Bytes; numbers: Int32Array; seen: Int32Array } {
    const wasm = this.#wasm;
    const n = wasm.i32(align + L.Alignment.ids + L.Instances.count);
    const keys = wasm.u32(align + L.Alignment.ids + L.Instances.keys);
    const words = (address: number) => (n === 0 ? new Int32Array() : new Int32Array(wasm.bytes.buffer, address, n));
    return {
      keys: wasm.bytes.subarray(keys, keys + 8 * n),
      numbers: words(keys + 8 * wasm.i32(align + L.Alignment.ids + L.Instances.capacity)),
      seen: words(wasm.u32(align + L.Alignment.seen)),
    };
  }

  #alike(a: number, b: number): boolean {
    if (
      [L.Alignment.records, L.Alignment.plains].some((field) => this.#wasm.i32(a + field) !== this.#wasm.i32(b + field))
    )
      return false;
    const [x, y] = [this.#tables(a), this.#tables(b)];
    const bytes = (words: Int32Array): Bytes => new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    return (
      Buffer.compare(x.keys, y.keys) === 0 &&
      Buffer.compare(bytes(x.numbers), bytes(y.numbers)) === 0 &&
      Buffer.compare(bytes(x.seen), bytes(y.seen)) === 0
    );
  }

  #read(align: number): Columns {
    const plains = this.#wasm.i32(align + L.Alignment.plains);
    const { keys, numbers, seen } = this.#tables(align);
    const ids = Array.from(numbers);
    const counts = Array.from(seen, (n) => plains + n);
    const names = this.#identities.names(keys.byteOffset, ids);
    return { labels: { ids, names }, presence: { records: this.#wasm.i32(align + L.Alignment.records), counts } };
  }
}

/** A ROLL of `n` columns; of one without values there is nothing to say. */
export function rollColumns(wasm: Wasm, q: number, n: number) {
  const [counts, mean, min, max] = Array.from({ length: 4 }, () => new Float64Array(n)) as Four;
  for (let from = 0; from < n; from += L.CHUNK_COLUMNS) {
    const chunk = wasm.u32(wasm.u32(q + L.Roll.chunks) + 4 * (from / L.CHUNK_COLUMNS));
    const of = new Float64Array(wasm.bytes.buffer, chunk, 4 * Math.min(L.CHUNK_COLUMNS, n - from));
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
  const rows = wasm.u32(q + L.Subsample.rows);
  const stride = wasm.i32(q + L.Subsample.capacity);
  if (stride === 0 || stride === width) return wasm.doubles(rows, points * width);
  const out = new Float64Array(points * width);
  for (let i = 0; i < points; i++) out.set(wasm.doubles(rows + 8 * i * stride, width), i * width);
  return out;
}

export function collectWrapSum(wasm: Wasm, q: number, metrics: number): ReducerResult {
  const n = wasm.i32(q + L.WrapSum.width);
  const acc = wasm.doubles(wasm.u32(q + L.WrapSum.sums), n * metrics);
  return {
    kind: 'WRAPSUM',
    records: wasm.i32(q + L.WrapSum.records),
    sums: Array.from({ length: metrics }, (_, m) => Float64Array.from({ length: n }, (_, k) => acc[k * metrics + m]!)),
    total: wasm.f64(q + L.WrapSum.total),
  };
}

export function collectSections(wasm: Wasm, q: number): ReducerResult {
  const records = wasm.i32(q + L.Sections.records);
  const k = wasm.i32(q + L.Sections.count);
  const lanes = wasm.u32(q + L.Reducer.lane2) === 0 ? 1 : 2;
  const left = wasm.f64(q + L.Sections.end) - wasm.f64(q + L.Sections.time);
  const rates = Array.from({ length: lanes }, (_, i) => {
    const closed = wasm.doubles(q + L.Sections.rates + 8 * i * L.MAX_SECTIONS, k);
    if (records === 0) return closed;
    const rest = wasm.f64(q + L.Sections.last + 8 * i) - wasm.f64(q + L.Sections.atStart + 8 * i);
    return Float64Array.of(...closed, rest / left);
  });
  const starts = records === 0 ? [] : [wasm.f64(q + L.Sections.start), ...wasm.doubles(q + L.Sections.times, k)];
  return {
    kind: 'SECTIONS',
    records,
    rates,
    starts: Float64Array.from(starts),
    gap: wasm.i32(q + L.Sections.gap) !== 0,
  };
}

export function collectTally(wasm: Wasm, q: number, identities: Identities): TallyEntry[] {
  const entries = wasm.u32(q + L.Tally.entries);
  const metrics = wasm.i32(q + L.Tally.metricCount);
  return Array.from({ length: wasm.i32(q + L.Tally.count) }, (_, i) => {
    const e = entries + i * L.TallyEntry.SIZE;
    return {
      instance: wasm.i32(e + L.TallyEntry.instance),
      name: identities.text(wasm.u32(e + L.TallyEntry.key)),
      strings: Array.from({ length: metrics }, (_, k) =>
        sessionBytes(wasm, wasm.u32(e + L.TallyEntry.strings + 4 * k)).toString('utf8'),
      ),
      count: wasm.i32(e + L.TallyEntry.count),
      first: wasm.i32(e + L.TallyEntry.first),
      last: wasm.i32(e + L.TallyEntry.last),
    };
  });
}
