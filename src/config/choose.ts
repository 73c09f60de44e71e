// Owns choosing resources of a configuration: those that a run takes, and those that a command looks into.

import type { Problem } from '../kernel/index.ts';
import { JobsumError } from '../kernel/index.ts';
import { firstFault, loadConfig } from './load.ts';
import type { Config, LoadedConfig, ResourceSettings } from './settings.ts';
/** A resource that is to run, or why it cannot. */
export type ChosenResource = {
  readonly name: string;
  readonly settings?: ResourceSettings;
  readonly problem?: Problem;
};

/** Resources are chosen by name or by number. */
const isCalled = ({ name, id }: Pick<ResourceSettings, 'name' | 'id'>, wanted: string): boolean =>
  name === wanted || String(id) === wanted;

/** In the order of the file. @throws JobsumError E_CONFIG (no resources), E_USAGE (no such resource) */
export function chosenResources(loaded: LoadedConfig, only: readonly string[] | undefined): ChosenResource[] {
  const { config, problems } = loaded;
  const faulty = new Map<string, Problem>();
  for (const { severity, resource, message, file, line, column, key } of problems) {
    if (severity !== 'error' || resource === undefined || faulty.has(resource)) continue;
    const place = { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
    faulty.set(resource, { code: 'E_CONFIG', message: `${key}: ${message}`, ...place });
  }
  const all: ChosenResource[] = [
    ...config.resources.map((settings) => ({ name: settings.name, settings })),
    ...[...faulty].map(([name, problem]) => ({ name, problem })),
  ];
  if (all.length === 0) throw new JobsumError('E_CONFIG', 'the configuration has no resources', { file: config.file });
  if (!only) return all.filter((r) => r.problem || r.settings?.enabled);
  return only.map((wanted) => {
    const found = all.find((r) => (r.settings ? isCalled(r.settings, wanted) : r.name === wanted));
    const known = all.map((r) => r.name).join(', ');
    if (!found)
      throw new JobsumError('E_USAGE', `no resource ${JSON.stringify(wanted)}`, { expected: `one of ${known}` });
    if (found.settings?.enabled === false)
      throw new JobsumError('E_USAGE', `the resource ${found.name} is disabled`, { file: config.file });
    return found;
  });
}

export interface Site {
  readonly config: Config;
  /** Enabled, and chosen. */
  readonly resources: readonly ResourceSettings[];
  /** No run takes their jobs; what there is of these jobs can be looked at. Empty where some were chosen. */
  readonly disabled: readonly ResourceSettings[];
  /** Faults that cost a resource each: to be reported, not thrown. */
  readonly faults: readonly Problem[];
}

/** @throws JobsumError E_CONFIG, E_USAGE (no such resource, a disabled one) */
export function loadSite(given: string | undefined, chosen: readonly string[] = []): Site {
  const loaded = loadConfig(given);
  const fault = firstFault(loaded);
  if (fault) throw fault;
  const { config, problems } = loaded;
  const faults = problems
    .filter((p) => p.severity === 'error')
    .map(({ message, file, line, key }): Problem => {
      const text = key === undefined ? message : `${key}: ${message}`;
      return { code: 'E_CONFIG', message: text, file, ...(line === undefined ? {} : { line }) };
    });
  for (const name of chosen) {
    if (!config.resources.some((r) => isCalled(r, name)) && !problems.some((p) => p.resource === name))
      throw new JobsumError(
        'E_USAGE',
        `--resource ${name}: the configuration has ${config.resources.map((r) => r.name).join(', ')}`,
      );
  }
  const isChosen = (r: ResourceSettings): boolean => chosen.some((name) => isCalled(r, name));
  for (const r of config.resources)
    if (!r.enabled && isChosen(r))
      throw new JobsumError('E_USAGE', `--resource ${r.name}: it is disabled in ${config.file}`);
  const resources = config.resources.filter((r) => r.enabled && (chosen.length === 0 || isChosen(r)));
  const disabled = chosen.length > 0 ? [] : config.resources.filter((r) => !r.enabled);
  return { config, resources, disabled, faults };
}
