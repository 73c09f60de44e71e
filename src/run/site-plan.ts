// Owns what a configuration says of a run: which resources, common options, where documents go.

import type { Config, LoadedConfig, OutputSettings, ResourceSettings } from '../config/index.ts';
import type { Selection } from '../jobs/index.ts';
import { JobsumError, type Problem } from '../kernel/index.ts';
import type { Bounds } from '../pcp/index.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './outputs.ts';

export interface SiteOptions extends CommonOptions {
  readonly loaded: LoadedConfig;
  /** Names or ids of resources; absent: all that are enabled. */
  readonly only?: readonly string[];
  readonly selection: Selection;
}

/** What a configuration says of how much is read of an archive. */
export const boundsOfConfig = ({ maxVolumeBytes, maxMetadataBytes }: Config): Partial<Bounds> => ({
  ...(maxVolumeBytes === null ? {} : { maxVolumeBytes }),
  ...(maxMetadataBytes === null ? {} : { maxMetadataBytes }),
});

/** What a configuration says for all its resources. */
export function commonOfConfig(config: Config): CommonOptions {
  const { workers, tag, analytics, patience } = config;
  return {
    patience,
    ...(workers === null ? {} : { workers }),
    ...boundsOfConfig(config),
    ...(tag === null ? {} : { tag }),
    analytics,
  };
}

/** A resource that is to run, or why it cannot. */
export type Chosen = { readonly name: string; readonly settings?: ResourceSettings; readonly problem?: Problem };

/** In the order of the file. @throws JobsumError E_CONFIG (no resources), E_USAGE (no such resource) */
export function chosen({ loaded, only }: SiteOptions): Chosen[] {
  const { config, problems } = loaded;
  const faulty = new Map<string, Problem>();
  for (const { severity, resource, message, file, line, column, key } of problems) {
    if (severity !== 'error' || resource === undefined || faulty.has(resource)) continue;
    const place = { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
    faulty.set(resource, { code: 'E_CONFIG', message: `${key}: ${message}`, ...place });
  }
  const all: Chosen[] = [
    ...config.resources.map((settings) => ({ name: settings.name, settings })),
    ...[...faulty].map(([name, problem]) => ({ name, problem })),
  ];
  if (all.length === 0) throw new JobsumError('E_CONFIG', 'the configuration has no resources', { file: config.file });
  if (!only) return all.filter((r) => r.problem || r.settings?.enabled);
  return only.map((wanted) => {
    const found = all.find((r) => r.name === wanted || String(r.settings?.id) === wanted);
    const known = all.map((r) => r.name).join(', ');
    if (!found)
      throw new JobsumError('E_USAGE', `no resource ${JSON.stringify(wanted)}`, { expected: `one of ${known}` });
    if (found.settings?.enabled === false)
      throw new JobsumError('E_USAGE', `the resource ${found.name} is disabled`, { file: config.file });
    return found;
  });
}

/** `%r` in a path is the resource's name. */
export function outputsOf(output: OutputSettings, resource: ResourceSettings): Output[] {
  const named = (path: string): string => path.replaceAll('%r', resource.name);
  switch (output.kind) {
    case 'mongodb':
      return [{ kind: 'mongodb', account: output }];
    case 'sqlite':
      return [output];
    case 'stdout':
      return [{ kind: 'ndjson', path: '-' }];
    case 'file':
      return [
        ...(output.fragments === undefined ? [] : [{ kind: 'ndjson', path: named(output.fragments) } as const]),
        ...(output.complete === undefined ? [] : [{ kind: 'json', path: named(output.complete) } as const]),
      ];
  }
}
