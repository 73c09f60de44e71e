// Owns telling instances apart: the list of those seen, and where the values of a record belong among them.

import { instanceAt } from '../archive/values';
import {
  IM_CAP,
  IM_IDS,
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
import { regrow, take } from '../memory';

// @ts-ignore: decorator
@inline
function placeOf(id: i32, mask: u32): u32 {
  return ((<u32>id * 0x9e3779b1) >>> 15) & mask;
}

/** Number of an instance, looked for first where it is expected: instances that come or go leave the others' order. -1: unseen. */
function indexOf(m: usize, id: i32, guess: i32): i32 {
  const ids: usize = load<u32>(m, IM_IDS);
  if (guess < load<i32>(m, IM_N) && load<i32>(ids + (guess << 2)) == id) return guess;
  const cap = load<u32>(m, IM_CAP);
  if (!cap) return -1;
  const table = ids + (cap << 2);
  const mask = (cap << 1) - 1;
  let at = placeOf(id, mask);
  while (true) {
    const number = load<i32>(table + (at << 2)) - 1;
    if (number < 0 || load<i32>(ids + (number << 2)) == id) return number;
    at = (at + 1) & mask;
  }
}

function enter(m: usize, id: i32, number: i32): void {
  const cap = load<u32>(m, IM_CAP);
  const table = <usize>load<u32>(m, IM_IDS) + (cap << 2);
  const mask = (cap << 1) - 1;
  let at = placeOf(id, mask);
  while (load<i32>(table + (at << 2))) at = (at + 1) & mask;
  store<i32>(table + (at << 2), number + 1);
}

/** Adds an instance; its number, -1 if there are too many, -2 if memory is exhausted. */
function append(arena: usize, m: usize, id: i32): i32 {
  const n = load<i32>(m, IM_N);
  if (n == MAX_COLUMNS) return -1;
  if (n == load<i32>(m, IM_CAP)) {
    // A power of two, as the table's mask needs.
    const cap = n ? n << 1 : 16;
    const ids = regrow(arena, load<u32>(m, IM_IDS), n << 2, 3 * (cap << 2));
    if (!ids) return -2;
    store<u32>(m, <u32>ids, IM_IDS);
    store<i32>(m, cap, IM_CAP);
    for (let i = 0; i < n; i++) enter(m, load<i32>(ids + (i << 2)), i);
  }
  store<i32>(<usize>load<u32>(m, IM_IDS) + (n << 2), id);
  store<i32>(m, n + 1, IM_N);
  enter(m, id, n);
  return n;
}

/** For each number the look at which it was last given out. */
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
    const id = instanceAt(slot, i);
    let number = indexOf(m, id, next);
    if (number < 0 && grow) {
      number = append(arena, m, id);
      if (number == -2) return false;
    }
    store<i32>(at + (i << 2), number);
    if (number != i) plain = false;
    if (number < 0) continue;
    next = number + 1;
    const mark = marks + (number << 2);
    if (load<i32>(mark) == look) twice = true;
    store<i32>(mark, look);
  }
  store<i32>(map, load<i32>(slot, L_GEN), MP_GEN);
  store<i32>(map, n, MP_N);
  store<i32>(map, load<i32>(m, IM_N), MP_KNOWN);
  store<i32>(map, twice ? -1 : plain && n == load<i32>(m, IM_N) ? 1 : 0, MP_PLAIN);
  return true;
}
