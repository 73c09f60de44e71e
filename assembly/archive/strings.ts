// Owns the strings of a session: each different byte string is kept once and has a number. TypeScript decodes on demand.

import { Arena, List, none, Structs, Text } from '../layout';
import { arenaBytes, regrow, release, take } from '../memory';

const arena = changetype<Arena>(memory.data(16));
let table = changetype<List<u32>>(0);
let mask: u32 = 0;
let entries = changetype<Structs<Text>>(0);
let count: u32 = 0;
let capacity: u32 = 0;

/** No such string, or no memory for it. */
export const NO_STRING: u32 = 0xffffffff;

export function stringsAddress(): Structs<Text> {
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
  table = none<List<u32>>();
  mask = 0;
  entries = none<Structs<Text>>();
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
  const e = regrow(arena, entries, count * offsetof<Text>(), bigger * offsetof<Text>());
  const t = take<List<u32>>(arena, bigger << 3);
  if (!e || !t) return false;
  entries = e;
  table = t;
  capacity = bigger;
  mask = (bigger << 1) - 1;
  for (let i: u32 = 0; i < count; i++) {
    let at = entries[i].hash & mask;
    while (table[at]) at = (at + 1) & mask;
    table[at] = i + 1;
  }
  return true;
}

/** The number of a byte string, new or known; NO_STRING if memory is exhausted. */
export function intern(p: usize, len: u32): u32 {
  if (count == capacity && !grow()) return NO_STRING;
  const h = hashBytes(p, len);
  let at = h & mask;
  while (true) {
    const e = table[at];
    if (!e) break;
    const s = entries[e - 1];
    if (s.hash == h && s.length == len && sameBytes(s.bytes, p, len)) return e - 1;
    at = (at + 1) & mask;
  }
  const stored = take<usize>(arena, len ? len : 1);
  if (!stored) return NO_STRING;
  memory.copy(stored, p, len);
  const s = entries[count];
  s.bytes = stored;
  s.length = len;
  s.hash = h;
  table[at] = count + 1;
  return count++;
}

/** Whether string number `id`, which has no zero in it, lies at p, ended by a zero or by `room` bytes. */
export function isStringAt(id: u32, p: usize, room: u32): bool {
  if (id >= count) return false;
  const s = entries[id];
  const len = s.length;
  if (len > room || (len < room && load<u8>(p + len))) return false;
  return sameBytes(s.bytes, p, len);
}

/** Whether string number `id` has these bytes: the cheap test before hashing. @inline */
export function isString(id: u32, p: usize, len: u32): bool {
  if (id >= count) return false;
  const s = entries[id];
  return s.length == len && sameBytes(s.bytes, p, len);
}

/** Puts the number of the string in a block's bytes, up to the first null byte, at place i of a list. False: no memory. */
export function internAt(list: List<u32>, i: i32, p: usize, size: i32): bool {
  // Mostly it is what was there in the record before.
  if (isStringAt(list[i], p, size)) return true;
  let end = p;
  const limit = p + size;
  while (end < limit && load<u8>(end)) end++;
  const id = intern(p, <u32>(end - p));
  list[i] = id;
  return id != NO_STRING;
}

/** Puts the number of the empty string at the first `n` places of a list. False: no memory. */
export function internNone(list: List<u32>, n: i32): bool {
  const none = intern(0, 0);
  for (let i = 0; i < n; i++) list[i] = none;
  return none != NO_STRING;
}
