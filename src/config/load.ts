// Owns the way from a directory to a configuration: finding the file, including the portal's sections, checking each part by itself.

import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { JobsumError, toProblem } from '../kernel/index.ts';
import { check, Faults, type Source } from './check.ts';
import { portalSection } from './ini.ts';
import { normalizationOf, outputOf, resourceOf, warehouseOf } from './resolve.ts';
import * as schema from './schema.ts';
import type { LoadedConfig, ResourceSettings } from './settings.ts';
import { ConfigText } from './text.ts';

const FILE = 'config.json';
const PATIENCE = 300;
const LEASE = 300;
const GRACE = 172_800;
const ATTEMPTS = 5;

/**
 * The configuration file: `given` (a directory or a file), else config.json in the first of $JOBSUM_CONFIG_DIR, $SUPREMM_CONFIG_DIR,
 * /etc/jobsum, /etc/supremm that has one.
 * @throws JobsumError E_CONFIG
 */
export function findConfig(given?: string): string {
  const { JOBSUM_CONFIG_DIR: ours, SUPREMM_CONFIG_DIR: theirs } = process.env;
  const places = given !== undefined ? [given] : [ours, theirs, '/etc/jobsum', '/etc/supremm'];
  const tried: string[] = [];
  for (const place of places) {
    if (place === undefined || place === '') continue;
    const stat = statSync(place, { throwIfNoEntry: false });
    const file = stat?.isFile() ? place : join(place, FILE);
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return resolve(file);
    tried.push(file);
  }
  throw new JobsumError('E_CONFIG', 'no configuration', { expected: `one of ${tried.join(', ')}`, found: 'none' });
}

function readText(file: string): ConfigText {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new JobsumError(
      'E_CONFIG',
      'cannot read the configuration',
      { file, found: (cause as Error).message },
      { cause },
    );
  }
  return new ConfigText(file, text);
}

/** A section with what it includes in its place. */
function section(value: unknown, source: Source, root: string | undefined, faults: Faults): [unknown, Source] | null {
  const include = (value as { include?: unknown } | null)?.include;
  if (include === undefined) return [value, source];
  const m = /^xdmod:\/\/(.+)$/.exec(String(include));
  if (!m) {
    faults.add('error', 'an include must read "xdmod://SECTION"', source, ['include']);
    return null;
  }
  if (root === undefined) {
    faults.add('error', "this include needs the key xdmodroot, the directory of the portal's settings", source, [
      'include',
    ]);
    return null;
  }
  for (const key of Object.keys(value as object)) {
    if (key !== 'include')
      faults.add('warning', `the section is included: ${JSON.stringify(key)} has no effect`, source, [key]);
  }
  try {
    return [portalSection(root, m[1]!), { ...source, included: `[${m[1]}] below ${root}` }];
  } catch (error) {
    const { message, file, line } = toProblem(error);
    faults.add('error', `${message} (${file}${line === undefined ? '' : `, line ${line}`})`, source, ['include']);
    return null;
  }
}

/** What is left of the file without its faulty keys: the other sections are checked all the same. */
function rest(text: ConfigText, faults: Faults): schema.Whole {
  const bad = new Set(faults.problems.filter((p) => p.severity === 'error').map((p) => p.key?.split('.')[0]));
  const good = Object.entries(text.value ?? {}).filter(([key]) => !bad.has(key));
  return check(schema.whole, Object.fromEntries(good), { text, path: [] }, new Faults()) ?? {};
}

/** Runs what may throw a coded error and notes it as a fault of the section. */
function noted<T>(body: () => T, source: Source, faults: Faults): T | null {
  try {
    return body();
  } catch (error) {
    const { message, file, found, record } = toProblem(error);
    const where = [file, found].filter((x) => x !== undefined).join(': ');
    faults.add('error', where === '' ? message : `${message} (${where})`, source, record?.split('.'));
    return null;
  }
}

/**
 * Reads and checks a configuration. Faults of one resource cost that resource only; others are in the problems as errors without a
 * resource, and then nothing can run (`firstFault`).
 * @throws JobsumError E_CONFIG: there is no such file, or it is not JSON
 */
export function loadConfig(given?: string): LoadedConfig {
  const file = findConfig(given);
  const base = dirname(file);
  const text = readText(file);
  const faults = new Faults();
  for (const { path } of text.duplicates())
    faults.add('warning', 'the key stands twice: the last one counts', { text, path });
  const top: Source = { text, path: [] };
  const all = check(schema.whole, text.value, top, faults) ?? rest(text, faults);

  const part = <T, R>(key: keyof schema.Whole, type: Parameters<typeof check<T>>[0], to: (value: T) => R): R | null => {
    if (all[key] === undefined) return null;
    const source: Source = { text, path: [key] };
    const found = section(all[key], source, all.xdmodroot, faults);
    const value = found && check(type, found[0], found[1], faults);
    return value ? noted(() => to(value), found![1], faults) : null;
  };
  const warehouse = part('datawarehouse', schema.datawarehouse, (w) => warehouseOf(w, base));
  const output = part('outputdatabase', schema.outputdatabase, (o) => outputOf(o, base));

  const normalization = normalizationOf(all.normalization);
  const resources: ResourceSettings[] = [];
  for (const [name, value] of Object.entries(all.resources ?? {})) {
    const source: Source = { text, path: ['resources', name], resource: name };
    const found = section(value, source, all.xdmodroot, faults);
    const one = found && check(schema.resource, found[0], found[1], faults);
    const resource = one && noted(() => resourceOf(name, one, all, base), source, faults);
    if (resource) resources.push(resource);
    if (one && one.datasource === undefined) faults.add('warning', 'no datasource: "pcp" is assumed', source);
  }
  const ids = new Map<number, string>();
  for (const { id, name } of resources) {
    const other = ids.get(id);
    const source: Source = { text, path: ['resources', name], resource: name };
    if (other !== undefined) faults.add('error', `resource_id ${id} is also that of ${other}`, source, ['resource_id']);
    ids.set(id, name);
  }
  if (!warehouse && resources.some((r) => r.enabled && r.source.kind === 'xdmod')) {
    if (all.datawarehouse === undefined) faults.add('error', 'resources of XDMoD need the section datawarehouse', top);
  }
  const here = (path: string): string => resolve(base, path);
  const stateDirectory = process.env.STATE_DIRECTORY?.split(':')[0] ?? '/var/lib/jobsum';
  return {
    problems: faults.problems,
    config: {
      file,
      warehouse,
      output,
      resources: resources.filter((r) => !faults.problems.some((p) => p.severity === 'error' && p.resource === r.name)),
      normalization,
      analytics: (all.analytics ?? []).map(here),
      state: all.state === undefined ? join(stateDirectory, 'jobsum.db') : here(all.state),
      workers: all.workers ?? null,
      patience: all.patience ?? PATIENCE,
      lease: all.lease ?? LEASE,
      retry: { grace: all.retry?.grace ?? GRACE, attempts: all.retry?.attempts ?? ATTEMPTS },
      textfile: all.textfile === undefined ? null : here(all.textfile),
      minNodeFraction: all.min_node_fraction ?? null,
      maxVolumeBytes: all.max_volume_bytes ?? null,
      maxMetadataBytes: all.max_metadata_bytes ?? null,
      tag: all.tag ?? null,
    },
  };
}

/** The first fault that no resource can run with, as an error to throw. */
export function firstFault({ problems }: LoadedConfig): JobsumError | null {
  const fault = problems.find((p) => p.severity === 'error' && p.resource === undefined);
  if (!fault) return null;
  const { message, file, line, column, key } = fault;
  const place = { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
  return new JobsumError('E_CONFIG', key === undefined ? message : `${key}: ${message}`, place);
}
