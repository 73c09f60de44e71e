// Owns telling instances apart: the list of those seen, and where the values of a record belong among them.

import { keyAt } from '../archive/identity';
import { instanceAt } from '../archive/values';
import { Arena, copy, Instances, List, MAX_COLUMNS, Places, Slot } from '../layout';
import { take } from '../memory';

/*
 * Records name instances by number and in any order; results are by instance. Two structs lie in between. Instances lists those seen,
 * in order of appearance: an instance's place there never changes, and whatever is kept by instance is a list in that order. Places says
 * for a slot at which place each of its values belongs. It is made of the slot's identities (archive/identity.ts) and is right as long as the
 * slot's generation, the number of values and the number of instances seen are what they were: three comparisons a record (`follow`).
 *
 * A place is looked for first behind the place of the value before (`guess`), as instances that come or go leave the others in their
 * order; then in a hash table of twice the room, so that it is at most half full and a search ends.
 *
 * Invariants: an instance has one place; places are 0 … count - 1; there are at most MAX_COLUMNS, and instances beyond have none (-1).
 * If two values of a record are of one instance (`plain` is -1), they share a place, and callers that add must look out.
 */

/** @inline */
function placeOf(key: i64, mask: u32): u32 {
  return (((<u32>key ^ (<u32>(key >> 32) * 0x85ebca6b)) * 0x9e3779b1) >>> 15) & mask;
}

/** Place of an instance, looked for first where it is expected: instances that come or go leave the others' order. -1: unseen. */
export function indexOf(m: Instances, key: i64, guess: i32): i32 {
  const keys = m.keys;
  if (guess < m.count && keys[guess] == key) return guess;
  const cap = <u32>m.capacity;
  if (!cap) return -1;
  const table = tableOf(m);
  const mask = (cap << 1) - 1;
  let at = placeOf(key, mask);
  while (true) {
    const place = table[at] - 1;
    if (place < 0 || keys[place] == key) return place;
    at = (at + 1) & mask;
  }
}

/** The numbers that the instances came with first (i32[]). @inline */
function numbersOf(m: Instances): List<i32> {
  return changetype<List<i32>>(changetype<usize>(m.keys) + ((<u32>m.capacity) << 3));
}

/** Place + 1 by hash, 0 for none (i32[]). @inline */
function tableOf(m: Instances): List<i32> {
  return numbersOf(m).from(m.capacity);
}

function enter(m: Instances, key: i64, place: i32): void {
  const cap = <u32>m.capacity;
  const table = tableOf(m);
  const mask = (cap << 1) - 1;
  let at = placeOf(key, mask);
  while (table[at]) at = (at + 1) & mask;
  table[at] = place + 1;
}

/** Adds an instance; its place, -1 if there are too many, -2 if memory is exhausted. */
export function append(arena: Arena, m: Instances, key: i64, number: i32): i32 {
  const n = m.count;
  if (n == MAX_COLUMNS) return -1;
  if (n == m.capacity) {
    // A power of two, as the table's mask needs.
    const cap = n ? n << 1 : 16;
    const keys = take<List<i64>>(arena, cap * 20);
    if (!keys) return -2;
    if (n) {
      copy(keys, m.keys, n);
      copy(changetype<List<i32>>(keys.from(cap)), numbersOf(m), n);
    }
    m.keys = keys;
    m.capacity = cap;
    for (let i = 0; i < n; i++) enter(m, keys[i], i);
  }
  m.keys[n] = key;
  numbersOf(m)[n] = number;
  m.count = n + 1;
  enter(m, key, n);
  return n;
}

/** For each place the look at which it was last given out. */
const marks = memory.data(32768);
let look: i32 = 0;

/** A map that was never made: no slot has that generation. */
export function clearMap(map: Places): void {
  map.generation = -1;
}

/**
 * Brings `map` up to date for the values of a slot, which has some; `grow`: unseen instances are added to the list `m`, else they have no
 * place. Costs a comparison where nothing changed. False if memory is exhausted.
 */
export function follow(arena: Arena, map: Places, m: Instances, slot: Slot, grow: bool): bool {
  const n = slot.count;
  if (map.generation == slot.generation && map.count == n) {
    if (map.known == m.count) return true;
  }
  if (n > map.capacity) {
    const at = take<List<i32>>(arena, n << 2);
    if (!at) return false;
    map.at = at;
    map.capacity = n;
  }
  const at = map.at;
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
    at[i] = place;
    if (place != i) plain = false;
    if (place < 0) continue;
    next = place + 1;
    const mark = marks + (place << 2);
    if (load<i32>(mark) == look) twice = true;
    store<i32>(mark, look);
  }
  map.generation = slot.generation;
  map.count = n;
  map.known = m.count;
  map.plain = twice ? -1 : plain && n == m.count ? 1 : 0;
  return true;
}
