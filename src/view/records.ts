// Owns how records and single values of an archive are shown: text for people, JSON, CSV.

import { type PcpRecord, pmidText, type Value, type ValueSet } from '../pcp/index.ts';
import { clean } from './text.ts';

const isoOf = (ns: bigint): string => {
  const ms = Number(ns / 1_000_000n);
  const micro = String(((ns / 1000n) % 1_000_000n) + 1_000_000n).slice(-6);
  return Number.isFinite(new Date(ms).getTime()) ? `${new Date(ms).toISOString().slice(0, 19)}.${micro}Z` : `${ns} ns`;
};

/** Exact: bigints as strings, bytes as base64, NaN and infinities as strings. */
export function valueJson(value: Value): number | string | { base64: string } {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'string' ? value : { base64: value.toString('base64') };
}

const valueText = (value: Value): string =>
  typeof value === 'object'
    ? `[${value.length} bytes]`
    : typeof value === 'string'
      ? JSON.stringify(value)
      : String(value);

/** Sets cut down to the instances that a predicate takes, by name; sets without any left are dropped. */
export function filterInstances(record: PcpRecord, takes: (name: string) => boolean): ValueSet[] {
  return record.sets.flatMap((set) => {
    const names = record.names(set);
    if (names.length === 0) return [];
    const keep = names.map(takes);
    const values = set.values.filter((_, i) => keep[i]);
    const instances = set.instances.filter((_, i) => keep[i]);
    return values.length === 0 ? [] : [{ ...set, values, instances }];
  });
}

export function* recordLines(record: PcpRecord, sets: readonly ValueSet[]): Generator<string> {
  if (record.mark) {
    yield `${isoOf(record.ns)}  mark: a gap in the data`;
    return;
  }
  yield `${isoOf(record.ns)}  ${sets.length} metrics`;
  for (const set of sets) {
    const label = `    ${clean(set.metric.name)} (${pmidText(set.metric.pmid)})`;
    const names = record.names(set);
    if (set.error !== undefined) yield `${label}: error ${set.error}`;
    else if (set.values.length === 0) yield `${label}: no values`;
    else if (names.length === 0) yield `${label}: ${set.values.map(valueText).map(clean).join(' ')}`;
    else {
      yield `${label}:`;
      for (const [i, value] of set.values.entries())
        yield `        ${set.instances[i]} ${JSON.stringify(clean(names[i]))}: ${clean(valueText(value))}`;
    }
  }
}

/** One JSON object a record: time, and per metric a value, or values by instance. */
export function recordJson(record: PcpRecord, sets: readonly ValueSet[]): string {
  const time = { time: isoOf(record.ns), ns: String(record.ns) };
  if (record.mark) return JSON.stringify({ ...time, mark: true });
  const metrics = Object.fromEntries(
    sets.map((set) => {
      const names = record.names(set);
      if (set.error !== undefined) return [set.metric.name, { error: set.error }];
      const values = set.values.map(valueJson);
      if (names.length === 0) return [set.metric.name, values[0] ?? null];
      return [set.metric.name, Object.fromEntries(names.map((name, i) => [name, values[i]]))];
    }),
  );
  return JSON.stringify({ ...time, metrics });
}

export interface Sample {
  readonly ns: bigint;
  readonly metric: string;
  /** Empty without instance domain. */
  readonly instance: string;
  readonly value: number | string;
}

/** Samples of metrics, one a row; with `rate`, counters as change per second since the sample before (none across marks). */
export function* samplesOf(records: Iterable<PcpRecord>, rate: boolean): Generator<Sample> {
  const COUNTER = 1;
  let before = new Map<string, { ns: bigint; value: number | bigint }>();
  for (const record of records) {
    if (record.mark) before = new Map();
    for (const set of record.sets) {
      const names = record.names(set);
      for (const [i, value] of set.values.entries()) {
        const instance = names[i] ?? '';
        const base = { ns: record.ns, metric: set.metric.name, instance };
        if (!rate || set.metric.semantics !== COUNTER || typeof value === 'string' || typeof value === 'object') {
          const plain = valueJson(value);
          yield { ...base, value: typeof plain === 'object' ? plain.base64 : plain };
          continue;
        }
        const key = `${set.metric.name}\0${instance}`;
        const last = before.get(key);
        before.set(key, { ns: record.ns, value });
        if (!last || last.ns === record.ns) continue;
        const change = typeof value === 'bigint' ? Number(value - BigInt(last.value)) : value - Number(last.value);
        // A counter that fell was reset or has wrapped: there is no rate to tell.
        if (change >= 0) yield { ...base, value: change / (Number(record.ns - last.ns) / 1e9) };
      }
    }
  }
}

const csvField = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export function* sampleLines(samples: Iterable<Sample>, form: 'table' | 'csv' | 'json'): Generator<string> {
  if (form === 'csv') yield 'time,metric,instance,value';
  for (const s of samples) {
    const time = isoOf(s.ns);
    if (form === 'json') yield JSON.stringify({ time, metric: s.metric, instance: s.instance || null, value: s.value });
    else if (form === 'csv') yield [time, s.metric, s.instance, String(s.value)].map(csvField).join(',');
    else yield `${time}  ${clean(s.metric)}${s.instance ? `[${clean(s.instance)}]` : ''}  ${clean(String(s.value))}`;
  }
}
