// Owns telling instances apart: the list of those seen, and where the values of a record belong among them.

import { keyAt } from '../archive/identity';
import { instanceAt } from '../archive/values';
import {
  IM_CAP,
  IM_KEYS,
  IM_N,
  L_GEN,
  MAX_COLUMNS,
  MP_AT,
  MP_CAP,
  MP_GEN,
  MP_KNOWN,
  MP_N,
  MP_PLAIN,
} from '../layout';
import { take } from '../memory';

// @ts-ignore: decorator
@inline
function placeOf(key: i64, mask: u32): u32 {
  return (((<u32>key ^ (<u32>(key >> 32) * 0x85ebca6b)) * 0x9e3779b1) >>> 15) & mask;
}

/** Place of an instance, looked for first where it is expected: instances that come or go leave the others' order. -1: unseen. */
export function indexOf(m: usize, key: i64, guess: i32): i32 {
  const keys: usize = load<u32>(m, IM_KEYS);
  if (guess < load<i32>(m, IM_N) && load<i64>(keys + (guess << 3)) == key) return guess;
  const cap = load<u32>(m, IM_CAP);
  if (!cap) return -1;
  const table = keys + cap * 12;
  const mask = (cap << 1) - 1;
  let at = placeOf(key, mask);
  while (true) {
    const place = load<i32>(table + (at << 2)) - 1;
    if (place < 0 || load<i64>(keys + (place << 3)) == key) return place;
    at = (at + 1) & mask;
  }
}

/** The numbers that the instances came with first (i32[]). */
// @ts-ignore: decorator
@inline
function numbersOf(m: usize): usize {
  return <usize>load<u32>(m, IM_KEYS) + (load<u32>(m, IM_CAP) << 3);
}

function enter(m: usize, key: i64, place: i32): void {
  const cap = load<u32>(m, IM_CAP);
  const table = <usize>load<u32>(m, IM_KEYS) + cap * 12;
  const mask = (cap << 1) - 1;
  let at = placeOf(key, mask);
  while (load<i32>(table + (at << 2))) at = (at + 1) & mask;
  store<i32>(table + (at << 2), place + 1);
}

/** Adds an instance; its place, -1 if there are too many, -2 if memory is exhausted. */
export function append(arena: usize, m: usize, key: i64, number: i32): i32 {
  const n = load<i32>(m, IM_N);
  if (n == MAX_COLUMNS) return -1;
  if (n == load<i32>(m, IM_CAP)) {
    // A power of two, as the table's mask needs.
    const cap = n ? n << 1 : 16;
    const keys = take(arena, cap * 20);
    if (!keys) return -2;
    if (n) {
      memory.copy(keys, load<u32>(m, IM_KEYS), n << 3);
      memory.copy(keys + (cap << 3), numbersOf(m), n << 2);
    }
    store<u32>(m, <u32>keys, IM_KEYS);
    store<i32>(m, cap, IM_CAP);
    for (let i = 0; i < n; i++) enter(m, load<i64>(keys + (i << 3)), i);
  }
  store<i64>(<usize>load<u32>(m, IM_KEYS) + (n << 3), key);
  store<i32>(numbersOf(m) + (n << 2), number);
  store<i32>(m, n + 1, IM_N);
  enter(m, key, n);
  return n;
}

/** For each place the look at which it was last given out. */
const marks = memory.data(32768);
let look: i32 = 0;

/** A map that was never made: no slot has that generation. */
export function clearMap(map: usize): void {
  store<i32>(map, -1, MP_GEN);
}

/**
 * Brings `map` up to date for the `n` values of a slot; `grow`: unseen instances are added to the list `m`, else they have no
 * place. Costs a comparison where nothing changed. False if memory is exhausted.
 */
export function follow(arena: usize, map: usize, m: usize, slot: usize, n: i32, grow: bool): bool {
  if (load<i32>(map, MP_GEN) == load<i32>(slot, L_GEN) && load<i32>(map, MP_N) == n) {
    if (load<i32>(map, MP_KNOWN) == load<i32>(m, IM_N)) return true;
  }
  if (n > load<i32>(map, MP_CAP)) {
    const at = take(arena, n << 2);
    if (!at) return false;
    store<u32>(map, <u32>at, MP_AT);
    store<i32>(map, n, MP_CAP);
  }
  const at: usize = load<u32>(map, MP_AT);
  let plain = true;
  let twice = false;
  let next = 0;
  look++;
  for (let i = 0; i < n; i++) {
    const key = keyAt(slot, i);
    let place = indexOf(m, key, next);
    if (place < 0 && grow) {
      place = append(arena, m, key, instanceAt(slot, i));
      if (place == -2) return false;
    }
    store<i32>(at + (i << 2), place);
    if (place != i) plain = false;
    if (place < 0) continue;
    next = place + 1;
    const mark = marks + (place << 2);
    if (load<i32>(mark) == look) twice = true;
    store<i32>(mark, look);
  }
  store<i32>(map, load<i32>(slot, L_GEN), MP_GEN);
  store<i32>(map, n, MP_N);
  store<i32>(map, load<i32>(m, IM_N), MP_KNOWN);
  store<i32>(map, twice ? -1 : plain && n == load<i32>(m, IM_N) ? 1 : 0, MP_PLAIN);
  return true;
}
