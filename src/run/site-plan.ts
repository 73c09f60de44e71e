// Owns what a configuration says of a run: which resources, common options, where documents go.

import type { Config, LoadedConfig, OutputSettings, ResourceSettings } from '../config/index.ts';
import type { Selection } from '../jobs/index.ts';
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
