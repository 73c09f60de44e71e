// Owns what commands of a configured site share: loading the configuration, and choosing resources.

import { existsSync } from 'node:fs';
import { type Config, firstFault, loadConfig, type ResourceSettings } from '../config/index.ts';
import { MEMORY, Store } from '../databases/index.ts';
import { ERRORS, type Problem } from '../kernel/index.ts';
import { type Logger, problemFields, SCHEMAS } from '../operate/index.ts';
import { usage } from './io.ts';
import { openStore } from './store.ts';

export const configOption = {
  type: 'string',
  alias: 'c',
  requiresArg: true,
  describe:
    'Directory with config.json, or the file (default: $JOBSUM_CONFIG_DIR, $SUPREMM_CONFIG_DIR, /etc/jobsum, /etc/supremm)',
} as const;

export const resourceOption = {
  type: 'string',
  array: true,
  alias: 'r',
  requiresArg: true,
  describe: 'Only this resource, by name or id (repeatable)',
} as const;

export interface Site {
  readonly config: Config;
  /** Enabled, and chosen. */
  readonly resources: readonly ResourceSettings[];
  /** No run takes their jobs; what there is of these jobs can be looked at. Empty where some were chosen. */
  readonly disabled: readonly ResourceSettings[];
  /** Faults that cost a resource each: to be reported, not thrown. */
  readonly faults: readonly Problem[];
}

/** A run beside resources that are not usable: they are reported, and count in its exit code. */
export async function besides<S extends { readonly problems: Problem[]; exitCode: number }>(
  faults: readonly Problem[],
  log: Logger,
  work: () => Promise<S>,
): Promise<S> {
  for (const fault of faults) log.error('config.fault', 'a resource is not usable', problemFields(fault));
  const done = await work();
  done.problems.push(...faults);
  if (faults.length > 0 && done.exitCode === 0) done.exitCode = ERRORS.E_CONFIG.exit;
  return done;
}

/**
 * The store to look into; that of a site where nothing has run yet is an empty one, as is one that is not there where it is only `besides`
 * something else. @throws JobsumError E_INPUT_MISSING
 */
export function storeToRead(site: Site | null, file: string, besides = false): Store {
  if (!site) return besides && !existsSync(file) ? new Store(MEMORY, SCHEMAS) : openStore(file);
  const { state } = site.config;
  return existsSync(state) ? openStore(state) : new Store(MEMORY, SCHEMAS);
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
    if (
      !config.resources.some((r) => r.name === name || String(r.id) === name) &&
      !problems.some((p) => p.resource === name)
    )
      throw usage(`--resource ${name}: the configuration has ${config.resources.map((r) => r.name).join(', ')}`);
  }
  for (const r of config.resources)
    if (!r.enabled && (chosen.includes(r.name) || chosen.includes(String(r.id))))
      throw usage(`--resource ${r.name}: it is disabled in ${config.file}`);
  const resources = config.resources.filter(
    (r) => r.enabled && (chosen.length === 0 || chosen.includes(r.name) || chosen.includes(String(r.id))),
  );
  const disabled = chosen.length > 0 ? [] : config.resources.filter((r) => !r.enabled);
  return { config, resources, disabled, faults };
}
