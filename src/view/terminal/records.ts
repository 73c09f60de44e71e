// Owns how records and single values of an archive are shown: text for people, JSON, CSV.

import { clean } from '../../kernel/clean.ts';
import { counted } from '../../kernel/index.ts';
import { type EventRecord, type PcpRecord, pmidText, TYPE_NAMES, type Value, type ValueSet } from '../../pcp/index.ts';
import { canWrap, paceOf } from '../../reduce/index.ts';
import { csvField } from './text.ts';

const isoOf = (ns: bigint): string => {
  const ms = Number(ns / 1_000_000n);
  const micro = String(((ns / 1000n) % 1_000_000n) + 1_000_000n).slice(-6);
  return Number.isFinite(new Date(ms).getTime()) ? `${new Date(ms).toISOString().slice(0, 19)}.${micro}Z` : `${ns} ns`;
};

type Json = number | string | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Exact: bigints as strings, bytes as base64, NaN and infinities as strings, events with their parameters. */
export function valueJson(value: Value): Json {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return { base64: value.toString('base64') };
  return (value as readonly EventRecord[]).map((e) => ({
    ...{ time: isoOf(e.ns), ns: String(e.ns), flags: e.flags },
    ...(e.missed === undefined
      ? {
          parameters: e.parameters.map((p) => ({
            ...{ pmid: pmidText(p.pmid), type: TYPE_NAMES[p.type] ?? String(p.type), value: valueJson(p.value) },
          })),
        }
      : { missed: e.missed }),
  }));
}

/** One line. */
function valueText(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (Buffer.isBuffer(value)) {
    const shown = value.subarray(0, 16).toString('hex');
    return `[${counted(value.length, 'byte')}${value.length > 0 ? ` ${shown}` : ''}${value.length > 16 ? '…' : ''}]`;
  }
  const events = value as readonly EventRecord[];
  return counted(events.length, 'event');
}

/** What does not fit a line: the records of an event array. */
function* detailLines(value: Value, indent: string): Generator<string> {
  if (typeof value !== 'object' || Buffer.isBuffer(value)) return;
  for (const e of value as readonly EventRecord[]) {
    if (e.missed !== undefined) yield `${indent}${isoOf(e.ns)}  ${e.missed} events missed`;
    else yield `${indent}${isoOf(e.ns)}  flags ${e.flags}`;
    for (const p of e.parameters) {
      yield `${indent}    ${pmidText(p.pmid)}: ${clean(valueText(p.value))}`;
      yield* detailLines(p.value, `${indent}        `);
    }
  }
}

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
  yield `${isoOf(record.ns)}  ${counted(sets.length, 'metric')}`;
  for (const set of sets) {
    const label = `    ${clean(set.metric.name)} (${pmidText(set.metric.pmid)})`;
    const names = record.names(set);
    if (set.error !== undefined) yield `${label}: error ${set.error}`;
    else if (set.values.length === 0) yield `${label}: no values`;
    else if (names.length === 0) {
      yield `${label}: ${set.values.map(valueText).map(clean).join(' ')}`;
      for (const value of set.values) yield* detailLines(value, '        ');
    } else {
      yield `${label}:`;
      for (const [i, value] of set.values.entries()) {
        yield `        ${set.instances[i]} ${JSON.stringify(clean(names[i]))}: ${clean(valueText(value))}`;
        yield* detailLines(value, '            ');
      }
    }
  }
}

/**
 * How instances are shown where names alone are not enough: by name; `name#number` if the domain gives several instances this name. One
 * without name is its number, `#number` if another is named like that.
 */
function instanceLabels(identities: readonly string[]): string[] {
  const named = new Set(identities);
  return identities.map((identity) => {
    const [name, id] = identity.split('\0');
    if (id === undefined) return identity;
    return name === '' && !named.has(id) ? id : `${name}#${id}`;
  });
}

/** Of equal keys the second is `key#2`, as in the canonical dump: nothing is lost. */
function distinct<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  const object = new Map<string, T>();
  for (const [key, value] of entries) {
    let free = key;
    for (let n = 2; object.has(free); n++) free = `${key}#${n}`;
    object.set(free, value);
  }
  return Object.fromEntries(object);
}

/** One JSON object a record: time, and per metric a value, or values by instance. */
export function recordJson(record: PcpRecord, sets: readonly ValueSet[]): string {
  const time = { time: isoOf(record.ns), ns: String(record.ns) };
  if (record.mark) return JSON.stringify({ ...time, mark: true });
  const metrics = distinct(
    sets.map((set): [string, Json] => {
      const { name } = set.metric;
      if (set.error !== undefined) return [name, { error: set.error }];
      const values = set.values.map(valueJson);
      const labels = instanceLabels(record.identities(set));
      if (labels.length === 0) return [name, values[0] ?? null];
      return [name, distinct(labels.map((label, i) => [label, values[i]!]))];
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

const COUNTER = 1;
/** Widths of integers by type. */
const BITS: Readonly<Record<number, number>> = { 0: 32, 1: 32, 2: 64, 3: 64 };

interface Before {
  readonly ns: bigint;
  readonly value: number | bigint;
  /** What it counted in a nanosecond, up to then; -1: not known. */
  readonly pace: number;
}

/** What a counter counted since the value before; null: it was restarted. A wrap is undone (reduce/counters.ts, rule 1). */
function increment(before: Before, value: number | bigint, type: number, ns: bigint): number | null {
  const step = typeof value === 'bigint' ? Number(value - BigInt(before.value)) : value - Number(before.value);
  const bits = BITS[type] ?? 0;
  if (!(step < 0)) return step;
  const wide = typeof value === 'bigint' ? BigInt(before.value) : Number(before.value);
  const expected = before.pace < 0 ? -1 : before.pace * Number(ns - before.ns);
  return canWrap(wide, value, bits, { expected }) ? step + 2 ** bits : null;
}

/** Counters that were restarted between two samples, for which there is no rate. */
export interface Restarted {
  readonly metric: string;
  readonly instance: string;
  readonly ns: bigint;
}

/** Samples of metrics, one a row; with `rate`, counters as change per second since the sample before (none across marks). */
export function* samplesOf(
  records: Iterable<PcpRecord>,
  rate: boolean,
  onRestart: (restarted: Restarted) => void = () => undefined,
): Generator<Sample> {
  let before = new Map<string, Before>();
  for (const record of records) {
    if (record.mark) before = new Map();
    for (const set of record.sets) {
      const identities = record.identities(set);
      const labels = instanceLabels(identities);
      for (const [i, value] of set.values.entries()) {
        const instance = labels[i] ?? '';
        const base = { ns: record.ns, metric: set.metric.name, instance };
        if (!rate || set.metric.semantics !== COUNTER || typeof value === 'string' || typeof value === 'object') {
          const plain = valueJson(value);
          const scalar = typeof plain === 'number' || typeof plain === 'string';
          yield {
            ...base,
            value: scalar ? plain : Buffer.isBuffer(value) ? value.toString('base64') : JSON.stringify(plain),
          };
          continue;
        }
        const key = `${set.metric.name}\0${identities[i] ?? ''}`;
        const last = before.get(key);
        const step = last && last.ns !== record.ns ? increment(last, value, set.metric.type, record.ns) : null;
        const pace = last && step !== null ? paceOf(step, record.ns - last.ns) : -1;
        before.set(key, { ns: record.ns, value, pace });
        if (!last || last.ns === record.ns) continue;
        if (step === null) onRestart(base);
        else yield { ...base, value: step / (Number(record.ns - last.ns) / 1e9) };
      }
    }
  }
}

export function* sampleLines(samples: Iterable<Sample>, form: 'table' | 'csv' | 'json'): Generator<string> {
  if (form === 'csv') yield 'time,metric,instance,value';
  for (const s of samples) {
    const time = isoOf(s.ns);
    if (form === 'json') yield JSON.stringify({ time, metric: s.metric, instance: s.instance || null, value: s.value });
    else if (form === 'csv') yield [time, s.metric, s.instance, String(s.value)].map(csvField).join(',');
    else yield `${time}  ${clean(s.metric)}${s.instance ? `[${clean(s.instance)}]` : ''}  ${clean(String(s.value))}`;
  }
}
