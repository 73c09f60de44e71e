// Owns the times of all records of an archive, by their heads alone.

import type { FileSet } from '../files/fileset.ts';
import { SHORTEST, stampNs } from '../files/from-behind.ts';
import { type ByteSource, isPacked, openSource } from '../files/source.ts';

/** What the heads of records say, in stored order. */
export interface Times {
  /** Index of the volume in the file set, and offset in it. */
  readonly volume: Uint32Array;
  readonly offset: Float64Array;
  readonly ns: BigInt64Array;
  /** First pmID of the record: two records of one logger at one time differ in it. 0: a mark. */
  readonly pmid: Uint32Array;
  /** Those before which something damaged was passed over, or a volume is missing. */
  readonly afterLoss: ReadonlySet<number>;
}

/** Offsets in a volume (index in the file set) behind a damaged record, at which records may start. */
export type Behind = (volume: number, offset: number) => Iterable<number>;

/** Beyond it an archive's times are not judged: 24 bytes are kept for each record. */
const MAX_RECORDS = 1 << 22;
const MAGIC = 0x50052600;
/** Head of a record as far as it is looked at: length, time, number of value sets, first pmID. */
const HEAD = 24;
const TRAILER = 4;
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

/** The heads of a volume's records. */
class Volume {
  readonly #heads: Heads;
  readonly #version: number;
  /** Where the first record is; 0: the volume has no label that could be read, and is passed over. */
  readonly begin: number;

  constructor(file: string) {
    this.#heads = new Heads(file);
    const label = this.#heads.at(0, 8, true);
    this.#version = label.length < 8 ? 0 : label.readUInt32BE(4) - MAGIC;
    const length = SHORTEST[this.#version]?.label;
    this.begin = length !== undefined && label.readInt32BE(0) === length ? length : 0;
  }

  /** The record at an offset: its length, time and first pmID; null: none that is whole. */
  record(at: number): { readonly bytes: number; readonly ns: bigint; readonly pmid: number } | null {
    const { record: least } = SHORTEST[this.#version]!;
    const head = this.#heads.at(at, HEAD, true);
    if (head.length < least) return null;
    const bytes = head.readInt32BE(0);
    if (bytes < least) return null;
    const ns = stampNs(head, 4, this.#version);
    const sets = least - TRAILER;
    const pmid = head.readInt32BE(sets - 4) === 0 || bytes < sets + TRAILER ? 0 : head.readUInt32BE(sets);
    // With the head of the next record.
    const trailer = this.#heads.at(at + bytes - TRAILER, TRAILER + HEAD, bytes < LARGE);
    return trailer.length >= TRAILER && trailer.readInt32BE(0) === bytes ? { bytes, ns, pmid } : null;
  }

  endsAt(at: number): boolean {
    return this.#heads.at(at, TRAILER, true).length < TRAILER;
  }

  close(): void {
    this.#heads.close();
  }
}

/**
 * Calls with each whole record of a volume, until it is false. What is damaged is passed over, as the reader does, and `lost` called.
 */
function walk(
  file: string,
  behind: (offset: number) => Iterable<number>,
  take: (offset: number, ns: bigint, pmid: number) => boolean,
  lost: () => void,
): void {
  let volume: Volume | undefined;
  try {
    volume = new Volume(file);
    const next = (from: number): number | undefined => {
      for (const offset of behind(from)) if (volume!.record(offset)) return offset;
      return undefined;
    };
    for (let at: number | undefined = volume.begin; at; ) {
      const record = volume.record(at);
      if (record && !take(at, record.ns, record.pmid)) return;
      if (!record && !volume.endsAt(at)) lost();
      at = record ? at + record.bytes : next(at);
    }
  } catch {
    // Whoever reads the records meets the same, and says so.
    lost();
  } finally {
    volume?.close();
  }
}

function doubled<T extends Uint32Array | Float64Array | BigInt64Array>(old: T, into: T): T {
  into.set(old as never);
  return into;
}

/** Times of all records; null: there are too many. */
export function readTimes({ volumes }: FileSet, behind: Behind): Times | null {
  let size = 1024;
  let volume = new Uint32Array(size);
  let offset = new Float64Array(size);
  let ns = new BigInt64Array(size);
  let pmid = new Uint32Array(size);
  let n = 0;
  const afterLoss = new Set<number>();
  const take = (i: number, at: number, time: bigint, first: number): boolean => {
    if (n === size) {
      if (size >= MAX_RECORDS) return false;
      size *= 2;
      volume = doubled(volume, new Uint32Array(size));
      offset = doubled(offset, new Float64Array(size));
      ns = doubled(ns, new BigInt64Array(size));
      pmid = doubled(pmid, new Uint32Array(size));
    }
    volume[n] = i;
    offset[n] = at;
    pmid[n] = first;
    ns[n++] = time;
    return true;
  };
  for (const [i, { path, number }] of volumes.entries()) {
    // A volume between is missing, which explains the pause.
    if (i > 0 && number !== volumes[i - 1]!.number + 1) afterLoss.add(n);
    walk(
      path,
      (at) => behind(i, at),
      (at, time, first) => take(i, at, time, first),
      () => afterLoss.add(n),
    );
    if (n >= MAX_RECORDS) return null;
  }
  const [v, o, t, p] = [volume.subarray(0, n), offset.subarray(0, n), ns.subarray(0, n), pmid.subarray(0, n)];
  return { volume: v, offset: o, ns: t, pmid: p, afterLoss };
}
