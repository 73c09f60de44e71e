// Owns the limits on what is read, most of them set by a process for all readers of a thread.

/** Those that users set. */
export interface Bounds {
  /** Most bytes that one compressed member may unpack to. */
  maxVolumeBytes: number;
  /** Most memory that the metadata of one archive may take. */
  maxMetadataBytes: number;
}

export interface Limits extends Bounds {
  /** Unpack with the packaged decoders even where the system has programs. */
  packagedOnly: boolean;
  /** How long a reader waits for bytes of a compressed file: for whatever does not end, a tape's minutes included. */
  patienceMs: number;
  /** Bytes of a file that are read at once, and the window they lie in; records that are larger get one of their own. */
  windowBytes: number;
}

/** 1–3 bytes behind the last record are a clean end, as for PCP (trap 9). */
export const STRAY_BYTES = 3;

/** 64 GiB: a hundred times the largest volumes pmlogger writes by default. */
export const MAX_VOLUME_BYTES = 64 * 2 ** 30;

/** 256 MiB: real metadata take a few. */
export const MAX_METADATA_BYTES = 256 * 2 ** 20;

export const limits: Limits = {
  maxVolumeBytes: MAX_VOLUME_BYTES,
  maxMetadataBytes: MAX_METADATA_BYTES,
  packagedOnly: process.env.JOBSUM_UNPACK === 'packaged',
  patienceMs: 600_000,
  // 1 MiB less the head of its block: larger ones are no faster, smaller ones slower (`npm run bench -- --tuning`).
  windowBytes: 1024 * 1024 - 16,
};

/** Those that are set now: what a thread tells another. */
export const bounds = (): Bounds => ({
  maxVolumeBytes: limits.maxVolumeBytes,
  maxMetadataBytes: limits.maxMetadataBytes,
});

/** Sets them for all readers of this thread; those that are not given are the defaults. */
export function setBounds({
  maxVolumeBytes = MAX_VOLUME_BYTES,
  maxMetadataBytes = MAX_METADATA_BYTES,
}: Partial<Bounds>): void {
  limits.maxVolumeBytes = maxVolumeBytes;
  limits.maxMetadataBytes = maxMetadataBytes;
}
