// Owns a DataView with bounds that speak, and the two time stamp forms. The oracle is for reading, not for speed.

/** A time stamp as stored: sub-second fields are not normalized (archive-format.md §2.2). */
export interface Stamp {
  readonly sec: bigint;
  readonly nsec: bigint;
}

export function nsOfStamp(s: Stamp): bigint {
  return s.sec * 1_000_000_000n + s.nsec;
}

/** `SEC.NNNNNNNNN`, as the canonical dump writes it: of damaged sub-seconds libpcp keeps 32 bits. */
export function stampText(s: Stamp): string {
  const nsec = BigInt.asIntN(32, s.nsec);
  const sign = nsec < 0n ? '-' : '';
  return `${s.sec}.${sign}${String(nsec < 0n ? -nsec : nsec).padStart(9 - sign.length, '0')}`;
}

/** Epoch seconds as the reference's Python has them: sec + usec/10⁶, nanoseconds cut to microseconds. */
export function secondsOf(s: Stamp): number {
  return Number(s.sec) + Number(s.nsec / 1000n) / 1e6;
}

export class Bytes {
  readonly view: DataView;
  readonly buffer: Buffer;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }

  get length(): number {
    return this.buffer.length;
  }

  i32(at: number): number {
    return this.view.getInt32(at);
  }

  u32(at: number): number {
    return this.view.getUint32(at);
  }

  i64(at: number): bigint {
    return this.view.getBigInt64(at);
  }

  slice(from: number, to: number): Buffer {
    return this.buffer.subarray(from, to);
  }

  /** 8 bytes: seconds, microseconds. */
  stamp2(at: number): Stamp {
    return { sec: BigInt(this.i32(at)), nsec: BigInt(this.i32(at + 4)) * 1000n };
  }

  /** 12 bytes: low word of the seconds first, then the high one, nanoseconds. */
  stamp3(at: number): Stamp {
    return { sec: (BigInt(this.i32(at + 4)) << 32n) + BigInt(this.u32(at)), nsec: BigInt(this.i32(at + 8)) };
  }
}

/** The bytes up to the first NUL. */
export function untilNul(raw: Buffer): Buffer {
  const end = raw.indexOf(0);
  return end < 0 ? raw : raw.subarray(0, end);
}
