// Owns the times of all records of an archive, by their heads alone, and which of them cannot be right.

import { NS } from '../kernel/index.ts';
import type { FileSet } from './fileset.ts';
import { SHORTEST, stampNs } from './from-behind.ts';
import { type ByteSource, isPacked, openSource } from './source.ts';

/** Times of records in stored order. */
interface Times {
  /** Index of the volume in the file set, and offset in it. */
  readonly volume: Uint32Array;
  readonly offset: Float64Array;
  readonly ns: BigInt64Array;
}

/** Records whose times are left out, one behind the other in the file. */
export interface Misplaced {
  readonly volume: number;
  readonly offset: number;
  readonly count: number;
  /** Times of the first and the last of them. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  /** Times of the records around them; null: the archive begins or ends there. */
  readonly beforeNs: bigint | null;
  readonly afterNs: bigint | null;
}

export interface Timeline {
  /** Per volume the offsets of the records that are left out. */
  readonly dropped: readonly ReadonlySet<number>[];
  readonly misplaced: readonly Misplaced[];
  /** Earliest and latest time of the others; null: there are none. */
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
}

/** One archive is not written for longer: ten years. */
export const LIFETIME_NS = 315_576_000n * NS;
/** Beyond it an archive's times are not judged: 16 bytes are kept for each record. */
const MAX_RECORDS = 1 << 22;
const MAGIC = 0x50052600;
/** Trailer of one record and head of the next. */
const STEP_BYTES = 4 + 16;
const CHUNK = 64 * 1024;
/** Of larger records only the heads are read, of smaller ones everything. */
const LARGE = 4096;

/** Bytes of a file, read ahead as long as they are used. */
class Heads {
  readonly #source: ByteSource;
  readonly #packed: boolean;
  readonly #chunk = Buffer.alloc(CHUNK);
  #from = 0;
  #have = 0;

  constructor(file: string) {
    this.#source = openSource(file);
    this.#packed = isPacked(file);
  }

  /** `bytes` at a position, or fewer at the end of the file. `ahead`: what follows will be wanted too. */
  at(position: number, bytes: number, ahead: boolean): Buffer {
    if (position < this.#from || position + bytes > this.#from + this.#have) {
      // What is kept is not unpacked again.
      const kept = this.#packed && position >= this.#from && position < this.#from + this.#have;
      const rest = kept ? this.#from + this.#have - position : 0;
      if (kept) this.#chunk.copyWithin(0, position - this.#from, this.#have);
      this.#from = position;
      this.#have = rest;
      const room = ahead ? CHUNK : bytes;
      while (this.#have < bytes) {
        const n = this.#source.read(this.#chunk, this.#have, room - this.#have, position + this.#have);
        if (n === 0) break;
        this.#have += n;
      }
    }
    const from = position - this.#from;
    return this.#chunk.subarray(from, Math.min(from + bytes, this.#have));
  }

  close(): void {
    this.#source.close();
  }
}

/** Calls with each record of a volume whose frame is whole; false: a frame is not, and nothing behind it is read. */
function walk(file: string, take: (offset: number, ns: bigint) => boolean): boolean {
  const heads = new Heads(file);
  try {
    const label = heads.at(0, 8, true);
    const version = label.length < 8 ? 0 : label.readUInt32BE(4) - MAGIC;
    const length = SHORTEST[version]?.label;
    // A volume without label is passed over.
    if (length === undefined || label.readInt32BE(0) !== length) return true;
    const least = SHORTEST[version]!.record;
    let at = length;
    let head = heads.at(at, STEP_BYTES - 4, true);
    while (head.length >= 16) {
      const bytes = head.readInt32BE(0);
      if (bytes < least) return false;
      const ns = stampNs(head, 4, version);
      const next = heads.at(at + bytes - 4, STEP_BYTES, bytes < LARGE);
      if (next.length < 4 || next.readInt32BE(0) !== bytes) return false;
      if (!take(at, ns)) return false;
      at += bytes;
      head = next.subarray(4);
    }
    return head.length < 4;
  } catch {
    // Whoever reads the records meets the same, and says so.
    return false;
  } finally {
    heads.close();
  }
}

/** Times of all records up to the first damaged frame; null: there are too many. */
function readTimes({ volumes }: FileSet): Times | null {
  let size = 1024;
  let volume = new Uint32Array(size);
  let offset = new Float64Array(size);
  let ns = new BigInt64Array(size);
  let n = 0;
  for (const [i, { path }] of volumes.entries()) {
    const whole = walk(path, (at, time) => {
      if (n === size) {
        if (size >= MAX_RECORDS) return false;
        size *= 2;
        const grown = [new Uint32Array(size), new Float64Array(size), new BigInt64Array(size)] as const;
        grown[0].set(volume);
        grown[1].set(offset);
        grown[2].set(ns);
        [volume, offset, ns] = grown;
      }
      volume[n] = i;
      offset[n] = at;
      ns[n++] = time;
      return true;
    });
    if (n >= MAX_RECORDS) return null;
    if (!whole) break;
  }
  return { volume: volume.subarray(0, n), offset: offset.subarray(0, n), ns: ns.subarray(0, n) };
}

/**
 * Which times are kept: the longest sequence that never goes back. A record with a wild time is so the one that costs least to leave
 * out, and where the clock was set back (or forward and back again) the longer part of what overlaps is kept. Of equally long ones
 * that which keeps the earlier records, as PCP does. Times further than an archive is ever written from the middle one do not count.
 *
 * From the end to the beginning: `best[k]` is the latest time at which a sequence of k + 1 records can begin, so that a record
 * begins one that is longer by one than the longest that begins at or after it. From the beginning again the first record that
 * begins a sequence of the length still needed is taken.
 */
export function keptTimes(ns: BigInt64Array): Uint8Array {
  const kept = new Uint8Array(ns.length);
  if (ns.length === 0) return kept;
  const middle = ns.slice().sort()[ns.length >> 1]!;
  const far = (t: bigint): boolean => t - middle > LIFETIME_NS || middle - t > LIFETIME_NS;
  // Doubles are exact for a hundred days around the middle, and keep the order everywhere.
  const t = Float64Array.from(ns, (x) => (far(x) ? Number.NaN : Number(x - middle)));
  const best: number[] = [];
  const length = new Uint32Array(ns.length);
  for (let i = ns.length - 1; i >= 0; i--) {
    if (Number.isNaN(t[i]!)) continue;
    // Times in `best` fall: how many of them are at or after this one.
    let low = 0;
    let high = best.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (best[mid]! >= t[i]!) low = mid + 1;
      else high = mid;
    }
    best[low] = t[i]!;
    length[i] = low + 1;
  }
  let needed = best.length;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < ns.length && needed > 0; i++) {
    if (length[i] !== needed || t[i]! < last) continue;
    kept[i] = 1;
    last = t[i]!;
    needed--;
  }
  return kept;
}

/** Reads and judges the times of an archive; null: there are too many. */
export function judgeTimes(files: FileSet): Timeline | null {
  const times = readTimes(files);
  return times && timelineOf(files, times);
}

function timelineOf({ volumes }: FileSet, { volume, offset, ns }: Times): Timeline {
  const kept = keptTimes(ns);
  const dropped = volumes.map(() => new Set<number>());
  const misplaced: Misplaced[] = [];
  let firstNs: bigint | null = null;
  let lastNs: bigint | null = null;
  for (let i = 0; i < ns.length; ) {
    if (kept[i]) {
      firstNs ??= ns[i]!;
      lastNs = ns[i]!;
      i++;
      continue;
    }
    const from = i;
    for (; i < ns.length && !kept[i]; i++) dropped[volume[i]!]!.add(offset[i]!);
    misplaced.push({
      ...{ volume: volume[from]!, offset: offset[from]!, count: i - from },
      ...{ firstNs: ns[from]!, lastNs: ns[i - 1]!, beforeNs: lastNs, afterNs: i < ns.length ? ns[i]! : null },
    });
  }
  return { dropped, misplaced, firstNs, lastNs };
}
