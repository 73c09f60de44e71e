// Owns unpacking of LZMA without container (`.lzma`), which no package at hand does. By the LZMA specification.

import type { ByteReader } from './unpack-lzw.ts';

/** Largest dictionary accepted: that of `xz -9` is half of it. */
const MAX_DICTIONARY = 128 * 1024 * 1024;
const MIN_DICTIONARY = 4096;
const CHUNK = 64 * 1024;
const HALF = 1024;
const END = 0xffffffff;

const probabilities = (n: number): Uint16Array => new Uint16Array(n).fill(HALF);

class RangeDecoder {
  readonly #next: ByteReader;
  #range = 0xffffffff;
  #code = 0;

  constructor(next: ByteReader) {
    this.#next = next;
    if (this.#byte() !== 0) throw new Error('no LZMA data');
    for (let i = 0; i < 4; i++) this.#code = ((this.#code << 8) | this.#byte()) >>> 0;
  }

  #byte(): number {
    const byte = this.#next();
    if (byte < 0) throw new Error('unexpected end of input');
    return byte;
  }

  #normalize(): void {
    if (this.#range >= 0x1000000) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#byte()) >>> 0;
  }

  bit(p: Uint16Array, i: number): number {
    const v = p[i]!;
    const bound = (this.#range >>> 11) * v;
    const zero = this.#code < bound;
    if (zero) {
      this.#range = bound;
      p[i] = v + ((2048 - v) >> 5);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      p[i] = v - (v >> 5);
    }
    this.#normalize();
    return zero ? 0 : 1;
  }

  direct(n: number): number {
    let result = 0;
    for (let i = 0; i < n; i++) {
      this.#range >>>= 1;
      const one = this.#code >= this.#range;
      if (one) this.#code -= this.#range;
      this.#normalize();
      result = result * 2 + (one ? 1 : 0);
    }
    return result;
  }

  tree(p: Uint16Array, from: number, n: number): number {
    let m = 1;
    for (let i = 0; i < n; i++) m = (m << 1) | this.bit(p, from + m);
    return m - (1 << n);
  }

  reverse(p: Uint16Array, from: number, n: number): number {
    let m = 1;
    let symbol = 0;
    for (let i = 0; i < n; i++) {
      const b = this.bit(p, from + m);
      m = (m << 1) | b;
      symbol |= b << i;
    }
    return symbol;
  }
}

/** Lengths: two choices, 16 × 8 short, 16 × 8 middle, 256 long ones. */
class Lengths {
  readonly #p = probabilities(2 + 128 + 128 + 256);
  decode(rc: RangeDecoder, place: number): number {
    if (rc.bit(this.#p, 0) === 0) return rc.tree(this.#p, 2 + 8 * place, 3);
    if (rc.bit(this.#p, 1) === 0) return 8 + rc.tree(this.#p, 130 + 8 * place, 3);
    return 16 + rc.tree(this.#p, 258, 8);
  }
}

/** @throws Error if the data are no LZMA, or end too early */
export function* unpackLzma(next: ByteReader): Generator<Uint8Array> {
  const head = Array.from({ length: 13 }, next);
  const props = head[0]!;
  if (head[12]! < 0 || props >= 9 * 5 * 5) throw new Error('no LZMA data');
  const [lc, lp, pb] = [props % 9, Math.floor(props / 9) % 5, Math.floor(props / 45)];
  const word = (at: number, n: number): number =>
    head.slice(at, at + n).reduceRight((value, byte) => value * 256 + byte, 0);
  const size = Math.max(MIN_DICTIONARY, word(1, 4));
  if (size > MAX_DICTIONARY) throw new Error(`a dictionary of ${size} bytes`);
  // All ones: not known, the end is marked.
  const total = word(9, 4) === END && word(5, 4) === END ? Number.POSITIVE_INFINITY : word(5, 8);
  const rc = new RangeDecoder(next);
  const window = new Uint8Array(size);
  const [isMatch, isRep0Long] = [probabilities(12 * 16), probabilities(12 * 16)];
  const [isRep, isRep0, isRep1, isRep2] = Array.from({ length: 4 }, () => probabilities(12)) as [
    ...[Uint16Array, Uint16Array, Uint16Array, Uint16Array],
  ];
  const [slots, special, align] = [probabilities(4 * 64), probabilities(115), probabilities(16)];
  const [lengths, repLengths] = [new Lengths(), new Lengths()];
  const literals = probabilities(0x300 << (lc + lp));
  let [rep0, rep1, rep2, rep3] = [0, 0, 0, 0];
  let state = 0;
  let done = 0;
  let flushed = 0;
  const back = (distance: number): number => window[(done - distance + size) % size]!;
  const distanceOf = (length: number): number => {
    const slot = rc.tree(slots, 64 * Math.min(length, 3), 6);
    if (slot < 4) return slot;
    const n = (slot >> 1) - 1;
    const distance = (2 + (slot & 1)) * 2 ** n;
    if (slot < 14) return distance + rc.reverse(special, distance - slot, n);
    return distance + rc.direct(n - 4) * 16 + rc.reverse(align, 0, 4);
  };
  const literal = (): number => {
    const before = done === 0 ? 0 : back(1);
    const from = 0x300 * (((done & ((1 << lp) - 1)) << lc) + (before >> (8 - lc)));
    let symbol = 1;
    if (state >= 7) {
      for (let match = back(rep0 + 1); symbol < 0x100; match <<= 1) {
        const expected = (match >> 7) & 1;
        const b = rc.bit(literals, from + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | b;
        if (b !== expected) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | rc.bit(literals, from + symbol);
    return symbol & 0xff;
  };
  let fault: unknown;
  try {
    while (done < total) {
      const place = done & ((1 << pb) - 1);
      let length = 1;
      if (rc.bit(isMatch, 16 * state + place) === 0) {
        window[done % size] = literal();
        done++;
        state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
        length = 0;
      } else if (rc.bit(isRep, state) === 0) {
        [rep3, rep2, rep1] = [rep2, rep1, rep0];
        length = lengths.decode(rc, place);
        rep0 = distanceOf(length);
        if (rep0 === END) break;
        length += 2;
        state = state < 7 ? 7 : 10;
      } else {
        let short = false;
        if (rc.bit(isRep0, state) === 0) short = rc.bit(isRep0Long, 16 * state + place) === 0;
        else if (rc.bit(isRep1, state) === 0) [rep0, rep1] = [rep1, rep0];
        else if (rc.bit(isRep2, state) === 0) [rep0, rep1, rep2] = [rep2, rep0, rep1];
        else [rep0, rep1, rep2, rep3] = [rep3, rep0, rep1, rep2];
        if (short) state = state < 7 ? 9 : 11;
        else {
          length = repLengths.decode(rc, place) + 2;
          state = state < 7 ? 8 : 11;
        }
      }
      if (length > 0 && (rep0 >= done || rep0 >= size)) throw new Error('a match before the beginning');
      for (; length > 0 && done < total; length--) {
        window[done % size] = back(rep0 + 1);
        done++;
      }
      if (done - flushed < Math.min(CHUNK, size / 2)) continue;
      yield pending();
    }
  } catch (error) {
    fault = error;
  }
  // What precedes the damage is good.
  yield pending();
  if (fault !== undefined) throw fault;

  /** A copy of what has not been given out yet. */
  function pending(): Uint8Array {
    const bytes = Uint8Array.from({ length: done - flushed }, (_, i) => window[(flushed + i) % size]!);
    flushed = done;
    return bytes;
  }
}
