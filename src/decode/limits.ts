// Owns the limits a process sets on what it reads, the same for all readers of a thread.

export interface Limits {
  /** Most bytes that one compressed member may unpack to. */
  maxVolumeBytes: number;
  /** Unpack with the packaged decoders even where the system has programs. */
  packagedOnly: boolean;
}

/** 64 GiB: a hundred times the largest volumes pmlogger writes by default. */
export const MAX_VOLUME_BYTES = 64 * 2 ** 30;

export const limits: Limits = {
  maxVolumeBytes: MAX_VOLUME_BYTES,
  packagedOnly: process.env.JOBSUM_UNPACK === 'packaged',
};
