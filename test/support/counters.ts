// Owns small archives of counters, and what either engine makes of them.

import { join } from 'node:path';
import {
  ArchiveWriter,
  type Datum,
  decodeNode,
  decodeNodeByRows,
  type MetricSpec,
  NO_INDOM,
  type NodeWindowResult,
  pmid,
  UNITS,
  Wasm,
} from '../../src/pcp/index.ts';
import type { ConsumerSpec, FirstLastResult } from '../../src/reduce/index.ts';
import { tempDir } from './temp.ts';

const dir = tempDir();
const NS = 1_000_000_000n;
export const T0 = 1_772_409_600n;
const STEP = 30n;
let made = 0;

export const metric = (i: number, more: Partial<MetricSpec> = {}): MetricSpec => ({
  ...{ name: `c.m${i}`, pmid: pmid(60, 1, i), type: 'u64', indom: NO_INDOM, semantics: 'counter', units: UNITS.count },
  ...more,
});

export type Record = readonly (Datum | readonly (Datum | null)[] | null)[] | 'mark';

/** A record every 30 s: of each metric its value, or values by instance; null: it has none, or the instance is not there. */
export function archive(metrics: readonly MetricSpec[], records: readonly Record[], from = 0): string {
  const base = join(dir, `c${made++}`);
  const at = (i: number): bigint => (T0 + STEP * BigInt(from + i)) * NS;
  const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: at(0) });
  for (const m of metrics) w.metric(m);
  for (const indom of new Set(metrics.map((m) => m.indom).filter((d) => d !== NO_INDOM)))
    w.indom(
      indom,
      at(0),
      Array.from({ length: 8 }, (_, id) => ({ id, name: `i${id}` })),
    );
  records.forEach((record, i) => {
    if (record === 'mark') {
      w.mark(at(i));
      return;
    }
    const sets = metrics.flatMap((m, k) => {
      const value = record[k];
      if (value === null || value === undefined) return [];
      const list = (Array.isArray(value) ? value : [value]) as (Datum | null)[];
      const ids = list.flatMap((x, id) => (x === null ? [] : m.indom === NO_INDOM ? -1 : id));
      return [{ pmid: m.pmid, type: m.type, ids, values: list.filter((x) => x !== null) }];
    });
    w.record(at(i), sets);
  });
  w.close();
  return base;
}

export const ENGINES = [
  ['WebAssembly', decodeNode],
  ['TypeScript', decodeNodeByRows],
] as const;

export const readBy = (
  decode: typeof decodeNode,
  archives: readonly string[],
  specs: readonly ConsumerSpec[],
  span: readonly [number, number] = [0, 1e6],
): NodeWindowResult => {
  const wanted = [...new Set(specs.flatMap((s) => s.metrics))];
  const at = (i: number): bigint => (T0 + STEP * BigInt(i)) * NS;
  const window = { startNs: at(span[0]), endNs: at(span[1]), walltime: 600, archives: archives.map((_, i) => i) };
  return decode(new Wasm(), { archives, wanted, windows: [{ ...window, declare: () => specs }] }).windows[0]!;
};
export const ends = (metrics: readonly MetricSpec[], widths = metrics.map(() => 0)): ConsumerSpec => ({
  metrics: metrics.map((m) => m.name),
  mode: 'firstlast',
  counters: widths,
  reducers: [{ kind: 'FIRSTLAST' }],
});
/** Increments by metric and instance. */
export const deltas = (window: NodeWindowResult, i = 0): number[][] =>
  (window.consumers[i]!.reducers[0] as FirstLastResult).delta.map((d) => Array.from(d));
export const said = (window: NodeWindowResult): string[] => window.problems.map((p) => `${p.code}: ${p.message}`);
