// Owns encoding a data record (archive-format.md §5, 8.2).

import type { RawSet } from '../archive/records.ts';
import { putStamp, STAMP_BYTES, type Version } from './frames.ts';
import { type Datum, TYPES, type TypeName, type WrittenSet } from './types.ts';

const IN_SITU = new Set<TypeName>(['i32', 'u32']);
/** Bytes behind the head of a value block. */
const FIXED: Partial<Record<TypeName, number>> = { i64: 8, u64: 8, double: 8, float: 4 };
/** PCP pads blocks with this. */
const PAD = 0x7e;

const padded = (n: number): number => (n + 3) & ~3;

function blockBytes(type: TypeName, value: Datum): number {
  const fixed = FIXED[type];
  if (fixed !== undefined) return 4 + fixed;
  if (Buffer.isBuffer(value)) return 4 + value.length;
  return 5 + Buffer.byteLength(String(value), 'utf8');
}

/** Encodes records into one buffer that is used again for the next. */
export class RecordEncoder {
  readonly #version: Version;
  #buffer = Buffer.alloc(64 * 1024);

  constructor(version: Version) {
    this.#version = version;
  }

  /** The record's bytes; valid until the next call. No sets: a mark. */
  encode(ns: bigint, sets: readonly WrittenSet[]): Buffer {
    const head = 8 + STAMP_BYTES[this.#version];
    let setBytes = 0;
    let blocks = 0;
    for (const s of sets) {
      const n = s.error !== undefined ? 0 : s.values.length;
      setBytes += n === 0 ? 8 : 12 + 8 * n;
      if (IN_SITU.has(s.type)) continue;
      const fixed = FIXED[s.type];
      if (fixed !== undefined) blocks += n * (4 + fixed);
      else for (let i = 0; i < n; i++) blocks += padded(blockBytes(s.type, s.values[i]!));
    }
    const length = head + setBytes + blocks + 4;
    if (this.#buffer.length < length) this.#buffer = Buffer.alloc(length * 2);
    const b = this.#buffer;
    b.writeInt32BE(length, 0);
    let at = putStamp(b, 4, ns, this.#version);
    at = b.writeInt32BE(sets.length, at);
    let block = head + setBytes;
    for (const s of sets) {
      at = b.writeUInt32BE(s.pmid, at);
      const n = s.values.length;
      if (s.error !== undefined || n === 0) {
        at = b.writeInt32BE(s.error ?? 0, at);
        continue;
      }
      at = b.writeInt32BE(n, at);
      const inSitu = IN_SITU.has(s.type);
      at = b.writeInt32BE(inSitu ? 0 : 1, at);
      for (let i = 0; i < n; i++) {
        at = b.writeInt32BE(s.ids[i]!, at);
        if (inSitu) {
          at =
            s.type === 'u32'
              ? b.writeUInt32BE(Number(s.values[i]) >>> 0, at)
              : b.writeInt32BE(Number(s.values[i]) | 0, at);
          continue;
        }
        // The index counts words from two words before the record.
        at = b.writeUInt32BE((block + 8) >> 2, at);
        block = this.#block(block, s.type, s.values[i]!);
      }
    }
    b.writeInt32BE(length, length - 4);
    return b.subarray(0, length);
  }

  /** Sets as they were read; valid until the next call. */
  encodeRaw(ns: bigint, sets: readonly RawSet[]): Buffer {
    const head = 8 + STAMP_BYTES[this.#version];
    const setBytes = sets.reduce((sum, s) => sum + (s.count > 0 ? 12 + 8 * s.count : 8), 0);
    const blocks = sets.flatMap((s) => s.blocks);
    const length = head + setBytes + blocks.reduce((sum, b) => sum + b.length, 0) + 4;
    const b = Buffer.alloc(length);
    b.writeInt32BE(length, 0);
    let at = b.writeInt32BE(sets.length, putStamp(b, 4, ns, this.#version));
    let block = head + setBytes;
    for (const s of sets) {
      at = b.writeInt32BE(s.count, b.writeUInt32BE(s.metric.pmid, at));
      if (s.count <= 0) continue;
      at = b.writeInt32BE(s.format, at);
      for (const [i, instance] of s.instances.entries()) {
        at = b.writeInt32BE(instance, at);
        const bytes = s.blocks[i];
        at = b.writeUInt32BE(bytes ? (block + 8) >> 2 : s.words[i]!, at);
        if (bytes) block += bytes.copy(b, block);
      }
    }
    b.writeInt32BE(length, length - 4);
    return b;
  }

  #block(at: number, type: TypeName, value: Datum): number {
    const b = this.#buffer;
    const size = blockBytes(type, value);
    b.writeUInt32BE(((TYPES[type] << 24) | size) >>> 0, at);
    const body = at + 4;
    if (type === 'u64') {
      if (typeof value === 'bigint') b.writeBigUInt64BE(BigInt.asUintN(64, value), body);
      else {
        // Counters up to 2^53 without a bigint each.
        const x = Number(value);
        b.writeUInt32BE(Math.floor(x / 4294967296) >>> 0, body);
        b.writeUInt32BE((x % 4294967296) >>> 0, body + 4);
      }
    } else if (type === 'i64') b.writeBigInt64BE(BigInt(value as number | bigint), body);
    else if (type === 'double') b.writeDoubleBE(Number(value), body);
    else if (type === 'float') b.writeFloatBE(Number(value), body);
    else if (Buffer.isBuffer(value)) value.copy(b, body);
    else b[body + b.write(String(value), body, 'utf8')] = 0;
    const end = at + padded(size);
    b.fill(PAD, at + size, end);
    return end;
  }
}
