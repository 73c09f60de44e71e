// Owns the big-endian building blocks of archive files: stamps, labels, frames (archive-format.md §2, 8).

import { JobsumError } from '../../kernel/index.ts';

/** Of the archive format. */
export type Version = 2 | 3;

const MAGIC = 0x50052600;
const NS = 1_000_000_000n;

export const LABEL_BYTES: Readonly<Record<Version, number>> = { 2: 132, 3: 808 };
/** Offset and room of the zone name in a label of version 3. */
const ZONEINFO_AT = 548;
const ZONEINFO_MAX = 256;
export const STAMP_BYTES: Readonly<Record<Version, number>> = { 2: 8, 3: 12 };

/** Writes a time stamp and returns the offset behind it. Version 3 stores the low word of the seconds first. */
export function putStamp(b: Buffer, at: number, ns: bigint, version: Version): number {
  const fraction = ((ns % NS) + NS) % NS;
  const seconds = (ns - fraction) / NS;
  if (version === 2) {
    if (seconds !== BigInt.asIntN(32, seconds)) {
      throw new JobsumError('E_USAGE', 'a time does not fit an archive of version 2; write version 3', {
        expected: 'seconds of 32 bits',
        found: String(seconds),
      });
    }
    b.writeInt32BE(Number(seconds), at);
    return b.writeInt32BE(Number(fraction / 1000n), at + 4);
  }
  b.writeUInt32BE(Number(BigInt.asUintN(32, seconds)), at);
  b.writeInt32BE(Number(seconds >> 32n), at + 4);
  return b.writeInt32BE(Number(fraction), at + 8);
}

export interface LabelFields {
  readonly version: Version;
  readonly pid: number;
  readonly startNs: bigint;
  /** Text, or bytes as another archive has them. */
  readonly host: string | Buffer;
  readonly timezone: string | Buffer;
  /** `:Europe/Berlin`; version 3 only. */
  readonly zoneinfo?: string;
}

/** `volume`: -1 metadata, -2 index, n ≥ 0 data. */
export function label(f: LabelFields, volume: number): Buffer {
  const length = LABEL_BYTES[f.version];
  const b = Buffer.alloc(length);
  b.writeInt32BE(length, 0);
  b.writeUInt32BE(MAGIC | f.version, 4);
  b.writeInt32BE(f.pid, 8);
  const at = putStamp(b, 12, f.startNs, f.version);
  b.writeInt32BE(volume, at);
  const [hostAt, hostMax, zoneAt, zoneMax] = f.version === 2 ? [24, 64, 88, 40] : [36, 256, 292, 256];
  const put = (text: string | Buffer, from: number, max: number): void => {
    Buffer.from(text as string).copy(b, from, 0, max - 1);
  };
  put(f.host, hostAt, hostMax);
  put(f.timezone, zoneAt, zoneMax);
  if (f.version === 3) put(f.zoneinfo ?? '', ZONEINFO_AT, ZONEINFO_MAX);
  b.writeInt32BE(length, length - 4);
  return b;
}

/** A metadata record: length, payload, length. */
export function frame(payload: Buffer): Buffer {
  const b = Buffer.alloc(payload.length + 8);
  b.writeInt32BE(b.length, 0);
  payload.copy(b, 4);
  b.writeInt32BE(b.length, b.length - 4);
  return b;
}
