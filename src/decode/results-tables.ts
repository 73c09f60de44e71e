// Owns reading the reducers that keep tables (columns, TALLY, WRAPSUM, SECTIONS) back out of the WASM engine.

import type { Instances, ReducerResult, TallyEntry } from '../reduce/index.ts';
import { NO_STRING, sessionBytes } from './domains.ts';
import * as L from './layout.gen.ts';
import type { Wasm } from './wasm.ts';

/** Instances of a consumer's columns, and how often each was there. `texts`: strings met before, by their number. */
export function collectColumns(
  wasm: Wasm,
  align: number,
  texts: Map<number, string>,
): { labels: Instances; presence: { records: number; counts: number[] } } {
  const n = wasm.i32(align + L.AL_IDS + L.IM_N);
  const plains = wasm.i32(align + L.AL_PLAINS);
  const words = (field: number): number[] => {
    const found: number[] = [];
    if (n === 0) return found;
    const view = new Int32Array(wasm.bytes.buffer, wasm.u32(align + field), n);
    for (let i = 0; i < n; i++) found.push(view[i]!);
    return found;
  };
  const ids = words(L.AL_IDS + L.IM_IDS);
  const nameOf = (word: number, i: number): string => {
    const name = word >>> 0;
    if (name === NO_STRING) return String(ids[i]);
    let text = texts.get(name);
    if (text === undefined) {
      text = sessionBytes(wasm, name).toString('utf8');
      texts.set(name, text);
    }
    return text;
  };
  return {
    labels: { ids, names: words(L.AL_NAMES).map(nameOf) },
    presence: {
      records: wasm.i32(align + L.AL_RECORDS),
      counts: words(L.AL_SEEN).map((seen) => plains + seen),
    },
  };
}

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
