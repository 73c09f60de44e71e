// Owns the options that bound what is read of an archive, of every command that reads archives.

import type { Bounds } from '../pcp/index.ts';
import { usage } from './io.ts';

export interface Bounded {
  'max-volume-bytes'?: number;
  'max-metadata-bytes'?: number;
}

export const boundOptions = {
  'max-volume-bytes': {
    type: 'number',
    requiresArg: true,
    describe: 'Most bytes a compressed file may unpack to (default 64 GiB)',
  },
  'max-metadata-bytes': {
    type: 'number',
    requiresArg: true,
    describe: 'Most bytes of memory that the metadata of an archive may take (default 256 MiB)',
  },
} as const;

/** @throws JobsumError E_USAGE */
export function boundsOf(argv: Bounded): Partial<Bounds> {
  const value = (name: keyof Bounded): number | undefined => {
    const bytes = argv[name];
    if (bytes !== undefined && !(Number.isSafeInteger(bytes) && bytes > 0))
      throw usage(`--${name}: expected a whole number of bytes above 0`);
    return bytes;
  };
  const maxVolumeBytes = value('max-volume-bytes');
  const maxMetadataBytes = value('max-metadata-bytes');
  return {
    ...(maxVolumeBytes === undefined ? {} : { maxVolumeBytes }),
    ...(maxMetadataBytes === undefined ? {} : { maxMetadataBytes }),
  };
}
