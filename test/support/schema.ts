// Owns checking documents against the shipped JSON Schemas, and what JSON Schema cannot say of them.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { SUMMARY_SCHEMA, TIMESERIES_SCHEMA, toJson } from '../../src/document/index.ts';

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: false });
/** A document of the shipped analytics has no other keys. */
const closed = (schema: object): object => ({ ...schema, $id: undefined, additionalProperties: false });
const summary = ajv.compile(closed(SUMMARY_SCHEMA));
const timeseries = ajv.compile(closed(TIMESERIES_SCHEMA));

interface Series {
  readonly times: readonly unknown[];
  readonly hosts: Readonly<Record<string, Host>>;
  readonly max?: readonly (readonly [unknown, number])[];
  readonly min?: readonly (readonly [unknown, number])[];
  readonly med?: readonly (readonly [unknown, number])[];
}

interface Host {
  readonly all: readonly unknown[];
  readonly dev?: Readonly<Record<string, readonly unknown[]>>;
  readonly names?: Readonly<Record<string, string>>;
}

/** Lengths and indices that belong together (summary-document.md §7). */
function seriesFaults(key: string, series: Series, hosts: Readonly<Record<string, string>>): string[] {
  const faults: string[] = [];
  const k = series.times.length;
  const equal = (what: string, values: readonly unknown[]): void => {
    if (values.length !== k) faults.push(`${key}: ${what} has ${values.length} values for ${k} times`);
  };
  for (const [index, host] of Object.entries(series.hosts)) {
    if (!(index in hosts)) faults.push(`${key}: host ${index} has no name`);
    equal(`host ${index}`, host.all);
    for (const [id, values] of Object.entries(host.dev ?? {})) {
      equal(`device ${id} of host ${index}`, values);
      if (host.names?.[id] === undefined) faults.push(`${key}: device ${id} of host ${index} has no name`);
    }
  }
  for (const list of [series.min, series.max, series.med]) {
    if (!list) continue;
    equal('envelope', list);
    for (const [, index] of list) if (!(index in hosts)) faults.push(`${key}: host ${index} has no name`);
  }
  return faults;
}

/** Everything wrong with a document; series may be inside or not. `own`: keys of the site's analytics, passed over. */
export function schemaFaults(document: unknown, own: readonly string[] = []): string[] {
  // As it is stored: numbers that are none are text, absent is absent.
  const stored = JSON.parse(toJson(document)) as Record<string, unknown>;
  for (const key of own) delete stored[key];
  const faults: string[] = [];
  const check = (validate: typeof summary, value: unknown, name: string): void => {
    if (validate(value)) return;
    for (const e of validate.errors ?? [])
      faults.push(`${name}${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
  };
  check(summary, stored, '');
  const inside = stored.timeseries as Record<string, unknown> | undefined;
  if (inside) {
    check(timeseries, inside, 'timeseries');
    const hosts = inside.hosts as Record<string, string>;
    for (const [key, value] of Object.entries(inside)) {
      if (typeof value === 'object' && value !== null && 'times' in value)
        faults.push(...seriesFaults(key, value as Series, hosts));
    }
  }
  return faults;
}
