// Owns what commands of a configured site share: loading the configuration, and choosing resources.

import { openPresent, siteStore } from '../catalog/index.ts';
import type { Site } from '../config/index.ts';
import type { Store } from '../databases/index.ts';
import { ERRORS, type Problem } from '../kernel/index.ts';
import { type Logger, problemFields } from '../operate/index.ts';

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
  if (site) return siteStore(site.config.state);
  return besides ? siteStore(file) : openPresent(file);
}
