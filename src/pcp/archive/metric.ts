// Owns the types of what an archive says about itself: label, metrics, instance domains.

/** What the label of an archive says. */
export interface ArchiveLabel {
  readonly version: 2 | 3;
  readonly pid: number;
  readonly host: string;
  /** As stored: not all are UTF-8. */
  readonly hostBytes: Buffer;
  readonly timezone: string;
  readonly timezoneBytes: Buffer;
  /** `:America/New_York`; empty in version 2 and where the logger did not know. */
  readonly zoneinfo: string;
  /** Nanoseconds since the epoch. Advisory: earlier records do occur. */
  readonly startNs: bigint;
  /** As stored, seconds and nanoseconds with a dot, in quotes: sub-second fields may be out of range. */
  readonly startText: string;
}

/** A metric under one of its names. */
export interface Metric {
  readonly name: string;
  /** The name's bytes, for sorting and for names that are not UTF-8. */
  readonly nameBytes: Buffer;
  readonly pmid: number;
  /** Type code (archive-format.md §3.3). */
  readonly type: number;
  /** 0xffffffff: none. */
  readonly indom: number;
  readonly semantics: number;
  readonly units: number;
}

/** Semantics of a metric that counts. */
export const COUNTER = 1;

export const NO_INDOM = 0xffffffff;

/** `domain.cluster.item`. */
export function pmidText(pmid: number): string {
  return `${(pmid >>> 22) & 0x1ff}.${(pmid >>> 10) & 0xfff}.${pmid & 0x3ff}`;
}

/** `domain.serial`. */
export function indomText(indom: number): string {
  return `${(indom >>> 22) & 0x1ff}.${indom & 0x3fffff}`;
}
