// Owns the strings of a session: each different byte string is kept once and has a number. TypeScript decodes on demand.

import { T_HASH, T_LEN, T_PTR, T_SIZE } from '../layout';
import { arenaBytes, regrow, release, take } from '../memory';

const arena = memory.data(16);
let table: usize = 0;
let mask: u32 = 0;
let entries: usize = 0;
let count: u32 = 0;
let capacity: u32 = 0;

/** No such string, or no memory for it. */
export const NO_STRING: u32 = 0xffffffff;

export function stringsAddress(): usize {
  return entries;
}

export function stringsCount(): u32 {
  return count;
}

/** Memory that the strings take. */
export function stringsBytes(): u32 {
  return arenaBytes(arena);
}

export function resetStrings(): void {
  release(arena);
  table = 0;
  mask = 0;
  entries = 0;
  count = 0;
  capacity = 0;
}

// FNV-1a over four bytes at a time with a final mix: names are short and differ in their tails.
export function hashBytes(p: usize, len: u32): u32 {
  let h: u32 = 0x811c9dc5 ^ len;
  const words = p + (len & ~3);
  const end = p + len;
  while (p < words) {
    h = (h ^ load<u32>(p)) * 0x01000193;
    h ^= h >>> 15;
    p += 4;
  }
  while (p < end) {
    h = (h ^ load<u8>(p)) * 0x01000193;
    p++;
  }
  h ^= h >>> 16;
  h *= 0x85ebca6b;
  return h ^ (h >>> 13);
}

export function sameBytes(a: usize, b: usize, len: u32): bool {
  // memory.compare goes byte by byte where the two are not aligned alike, which here they hardly ever are.
  for (; len >= 8; len -= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
  }
  for (; len; len--) if (load<u8>(a++) != load<u8>(b++)) return false;
  return true;
}

function grow(): bool {
  const bigger = capacity ? capacity << 1 : 1024;
  const e = regrow(arena, entries, count * T_SIZE, bigger * T_SIZE);
  const t = take(arena, bigger << 3);
  if (!e || !t) return false;
  entries = e;
  table = t;
  capacity = bigger;
  mask = (bigger << 1) - 1;
  for (let i: u32 = 0; i < count; i++) {
    let at = load<u32>(entries + i * T_SIZE, T_HASH) & mask;
    while (load<u32>(table + (at << 2))) at = (at + 1) & mask;
    store<u32>(table + (at << 2), i + 1);
  }
  return true;
}

/** The number of a byte string, new or known; NO_STRING if memory is exhausted. */
export function intern(p: usize, len: u32): u32 {
  if (count == capacity && !grow()) return NO_STRING;
  const h = hashBytes(p, len);
  let at = h & mask;
  while (true) {
    const e = load<u32>(table + (at << 2));
    if (!e) break;
    const s = entries + (e - 1) * T_SIZE;
    if (load<u32>(s, T_HASH) == h && load<u32>(s, T_LEN) == len && sameBytes(load<u32>(s, T_PTR), p, len)) return e - 1;
    at = (at + 1) & mask;
  }
  const copy = take(arena, len ? len : 1);
  if (!copy) return NO_STRING;
  memory.copy(copy, p, len);
  const s = entries + count * T_SIZE;
  store<u32>(s, <u32>copy, T_PTR);
  store<u32>(s, len, T_LEN);
  store<u32>(s, h, T_HASH);
  store<u32>(table + (at << 2), count + 1);
  return count++;
}

/** Whether string number `id`, which has no zero in it, lies at p, ended by a zero or by `room` bytes. */
export function isStringAt(id: u32, p: usize, room: u32): bool {
  if (id >= count) return false;
  const s = entries + id * T_SIZE;
  const len = load<u32>(s, T_LEN);
  if (len > room || (len < room && load<u8>(p + len))) return false;
  return sameBytes(load<u32>(s, T_PTR), p, len);
}

/** Whether string number `id` has these bytes: the cheap test before hashing. */
// @ts-ignore: decorator
@inline
export function isString(id: u32, p: usize, len: u32): bool {
  if (id >= count) return false;
  const s = entries + id * T_SIZE;
  return load<u32>(s, T_LEN) == len && sameBytes(load<u32>(s, T_PTR), p, len);
}

/** Puts the number of the string in a block's bytes, up to the first null byte, at a place. False: no memory. */
export function internAt(at: usize, p: usize, size: i32): bool {
  // Mostly it is what was there in the record before.
  if (isStringAt(load<u32>(at), p, size)) return true;
  let end = p;
  const limit = p + size;
  while (end < limit && load<u8>(end)) end++;
  const id = intern(p, <u32>(end - p));
  store<u32>(at, id);
  return id != NO_STRING;
}

/** Puts the number of the empty string at `n` places. False: no memory. */
export function internNone(at: usize, n: i32): bool {
  const none = intern(at, 0);
  for (let i = 0; i < n; i++) store<u32>(at + (i << 2), none);
  return none != NO_STRING;
}
