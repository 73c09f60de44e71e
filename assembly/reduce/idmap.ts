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

/** Number of an instance, looked for in a circle from the guess: instances that come or go leave the others' order. -1: unseen. */
function indexOf(m: usize, id: i32, guess: i32): i32 {
  const n = load<i32>(m, IM_N);
  const ids: usize = load<u32>(m, IM_IDS);
  for (let i = guess; i < n; i++) if (load<i32>(ids + (i << 2)) == id) return i;
  const end = guess < n ? guess : n;
  for (let i = 0; i < end; i++) if (load<i32>(ids + (i << 2)) == id) return i;
  return -1;
}

/** Adds an instance; its number, -1 if there are too many, -2 if memory is exhausted. */
function append(arena: usize, m: usize, id: i32): i32 {
  const n = load<i32>(m, IM_N);
  if (n == MAX_COLUMNS) return -1;
  if (n == load<i32>(m, IM_CAP)) {
    const cap = n ? n << 1 : 16;
    const ids = regrow(arena, load<u32>(m, IM_IDS), n << 2, cap << 2);
    if (!ids) return -2;
    store<u32>(m, <u32>ids, IM_IDS);
    store<i32>(m, cap, IM_CAP);
  }
  store<i32>(<usize>load<u32>(m, IM_IDS) + (n << 2), id);
  store<i32>(m, n + 1, IM_N);
  return n;
}

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
  let next = 0;
  for (let i = 0; i < n; i++) {
    const id = instanceAt(slot, i);
    let number = indexOf(m, id, next);
    if (number < 0 && grow) {
      number = append(arena, m, id);
      if (number == -2) return false;
    }
    store<i32>(at + (i << 2), number);
    if (number != i) plain = false;
    if (number >= 0) next = number + 1;
  }
  store<i32>(map, load<i32>(slot, L_GEN), MP_GEN);
  store<i32>(map, n, MP_N);
  store<i32>(map, load<i32>(m, IM_N), MP_KNOWN);
  store<i32>(map, plain && n == load<i32>(m, IM_N) ? 1 : 0, MP_PLAIN);
  return true;
}
