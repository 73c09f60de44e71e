// Owns the data record: its frame, and the full check of its inside (§5.1–5.4, 5.6). plan.ts takes what has the shape of one before.

import { Reader } from '../layout';
import {
  S_GROW,
  S_INSIDE,
  S_LENGTH,
  S_MORE,
  S_RECORD,
  S_TRAILER,
  WHY_BLOCK,
  WHY_FILL,
  WHY_NUMPMID,
  WHY_SET,
  WHY_VALFMT,
} from '../status';
import { be32 } from './bytes';

/** Frame of the next record: S_RECORD if it is whole in the window. Nothing is consumed. */
export function frameRecord(r: Reader): i32 {
  const p = r.position;
  const have = <i32>r.end - <i32>p;
  r.record = p;
  if (have < 4) return S_MORE;
  const len = be32(p);
  const head = r.version == 2 ? 16 : 20;
  r.length = len;
  if (len < head + 4) {
    r.expected = head + 4;
    r.found = len;
    return S_LENGTH;
  }
  if (len > have) return len > <i32>r.capacity ? S_GROW : S_MORE;
  const trailer = be32(p + len - 4);
  if (trailer != len) {
    r.expected = len;
    r.found = trailer;
    return S_TRAILER;
  }
  r.setCount = be32(p + head - 4);
  r.sets = p + head;
  return S_RECORD;
}

export function inside(r: Reader, why: i32, expected: i64, found: i64): i32 {
  r.why = why;
  r.expected = expected;
  r.found = found;
  return S_INSIDE;
}

/** Whether an event array payload (behind the block's 4-byte head) is consistent. `wide`: type 10. */
function eventsFit(p: usize, size: i32, wide: bool): bool {
  if (size < 4) return false;
  const head = wide ? 24 : 16;
  const end = p + size;
  const n = be32(p);
  let q = p + 4;
  for (let i = 0; i < n; i++) {
    if (<i32>(end - q) < head) return false;
    const flags = <u32>be32(q + head - 8);
    const params = be32(q + head - 4);
    q += head;
    if (flags & 0x80000000) continue;
    for (let k = 0; k < params; k++) {
      if (<i32>(end - q) < 8) return false;
      const len = be32(q + 4) & 0xffffff;
      if (len < 4 || ((len + 3) & ~3) > <i32>(end - q) - 4) return false;
      q += 4 + ((len + 3) & ~3);
    }
  }
  return n >= 0;
}

/** Bytes of the i-th of `n` value sets, at an offset of the record, without its blocks; or S_INSIDE: it does not fit the record. @inline */
export function setBytes(r: Reader, at: i32, payload: i32, n: i32, i: i32): i32 {
  const rec = r.record;
  if (payload - at < 8) return inside(r, WHY_SET, n, i);
  const numval = be32(rec + at + 4);
  if (numval <= 0) return BARE;
  if (payload - at < 12 || numval > (payload - at - 12) >> 3)
    return inside(r, WHY_SET, (payload - at - 12) >> 3, numval);
  const format = be32(rec + at + 8);
  return format < 0 || format > 2 ? inside(r, WHY_VALFMT, 2, format) : 12 + (numval << 3);
}

/** Bytes of a value set without values. */
export const BARE: i32 = 8;

/** The whole of §5.4 on the framed record: S_RECORD or S_INSIDE. */
export function checkRecord(r: Reader): i32 {
  const rec = r.record;
  const len = r.length;
  const payload = len - 4;
  const n = r.setCount;
  if (n < 0 || n > len) return inside(r, WHY_NUMPMID, len, n);
  let at = <i32>(r.sets - <u32>rec);
  let lowest = payload;
  let filled = 0;
  for (let i = 0; i < n; i++) {
    const bytes = setBytes(r, at, payload, n, i);
    if (bytes < 0) return bytes;
    if (bytes > BARE && be32(rec + at + 8)) {
      const numval = be32(rec + at + 4);
      for (let k = 0; k < numval; k++) {
        const block = blockAt(be32(rec + at + 16 + (k << 3)), payload);
        if (block < 0) return inside(r, WHY_BLOCK, payload, be32(rec + at + 16 + (k << 3)));
        const vlen = be32(rec + block) & 0xffffff;
        if (vlen < 4 || vlen > payload - block) return inside(r, WHY_BLOCK, payload - block, vlen);
        const kind = load<u8>(rec + block);
        if ((kind == 9 || kind == 10) && !eventsFit(rec + block + 4, vlen - 4, kind == 10)) {
          return inside(r, WHY_BLOCK, kind, vlen);
        }
        if (block < lowest) lowest = block;
        filled += (vlen + 3) & ~3;
        if (filled > payload) return inside(r, WHY_FILL, payload, filled);
      }
    }
    at += bytes;
  }
  if (at > lowest || at + filled != payload || (filled && at != lowest))
    return inside(r, WHY_FILL, payload, at + filled);
  return S_RECORD;
}

/**
 * Whether the value sets can be separated: they fit the record, and end where its blocks begin or it ends. Blocks in
 * another order than their values need the full check. S_RECORD or S_INSIDE. What this rests on is what plans compare, so that
 * a record that is taken by its plan has passed too.
 */
export function checkSets(r: Reader): i32 {
  const rec = r.record;
  const payload = r.length - 4;
  const n = r.setCount;
  if (n < 0 || n > payload >> 3) return inside(r, WHY_NUMPMID, payload >> 3, n);
  let at = <i32>(r.sets - <u32>rec);
  let firstBlock = payload;
  let blocks = false;
  for (let i = 0; i < n; i++) {
    const bytes = setBytes(r, at, payload, n, i);
    if (bytes < 0) return bytes;
    if (bytes > BARE && !blocks && be32(rec + at + 8)) {
      blocks = true;
      firstBlock = blockAt(be32(rec + at + 16), payload);
    }
    at += bytes;
  }
  r.setsEnd = at;
  return at == firstBlock ? S_RECORD : checkRecord(r);
}

/** Whether a block of this kind and length can be a value of a metric of this type: not as far as it would need a look inside. */
function isOfType(type: i32, kind: i32, vlen: i32): bool {
  if (kind != type && kind != 0) return false;
  return type == 6 || (type == 4 ? vlen == 8 : (type == 2 || type == 3 || type == 5) && vlen == 12);
}

/**
 * Whether a value set can be trusted in a record that contradicts itself, which has passed checkSets: words of a type that is stored
 * so, or blocks that lie behind the sets, one behind the other, each as its type has it. `type`: -1 if nobody knows it.
 */
export function soundSet(r: Reader, at: i32, type: i32): bool {
  const rec = r.record;
  const payload = r.length - 4;
  const n = be32(rec + at + 4);
  if (n <= 0) return true;
  if (!be32(rec + at + 8)) return type < 2 || type == 4;
  let next = -1;
  for (let i = 0; i < n; i++) {
    const block = blockAt(be32(rec + at + 16 + (i << 3)), payload);
    if (block < r.setsEnd || (i && block != next)) return false;
    const head = be32(rec + block);
    const vlen = head & 0xffffff;
    if (vlen < 4 || vlen > payload - block || (type >= 0 && !isOfType(type, head >>> 24, vlen))) return false;
    next = block + ((vlen + 3) & ~3);
  }
  return true;
}

/** Byte offset of a value block in its record from the stored word index; -1 if its head lies outside. @inline */
export function blockAt(word: i32, payload: i32): i32 {
  if (<u32>word > 0x0fffffff) return -1;
  const at = (word << 2) - 8;
  return at < 0 || at > payload - 4 ? -1 : at;
}
