// Owns the order of values where there are no columns: a lane's vector is as its first record has it, and later records are put in
// that order by instance. A record with other instances is of another shape.

import { keyAt } from '../archive/identity';
import { instanceAt } from '../archive/values';
import {
  C_SLOTS, IM_N, L_COUNT, L_GEN, L_KEYS, OR_AT, OR_BASE, OR_CAP, OR_GEN, OR_IDS, OR_KEYS, OR_N, OR_NOW, OR_STATE, OR_VALS,
} from '../layout';
import { take } from '../memory';
import { append, indexOf } from './idmap';
import { countOf, valsOf } from './rows';

/** The values are in the order as they lie; they were put in it; the record has other instances; no memory. */
export const ORDER_PLAIN: i32 = 0;
const ORDER_MOVED: i32 = 1;
export const ORDER_OTHER: i32 = 2;
export const ORDER_MEMORY: i32 = 3;

/** The consumer's slots (pointers), for the record in work. */
let slots: usize = 0;

export function orderFor(c: usize): void {
  slots = load<u32>(c, C_SLOTS);
}

// @ts-ignore: decorator
@inline
function slotOf(metric: i32): usize {
  return load<u32>(slots + (metric << 2));
}

/** Makes the record's order that of the row. Instances named twice, or beyond MAX_COLUMNS, have no place of their own. */
function begin(arena: usize, o: usize, slot: usize, n: i32): bool {
  const keys = take(arena, n << 3);
  if (!keys) return false;
  memory.copy(keys, load<u32>(slot, L_KEYS), n << 3);
  store<u32>(o, <u32>keys, OR_KEYS);
  store<i32>(o, n, OR_N);
  for (let i = 0; i < n; i++) {
    const key = keyAt(slot, i);
    if (indexOf(o + OR_IDS, key, i) < 0 && append(arena, o + OR_IDS, key, instanceAt(slot, i)) == -2) return false;
  }
  return true;
}

function equal(a: usize, b: usize, n: i32): bool {
  for (let i = 0; i < n; i++) if (load<i64>(a + (i << 3)) != load<i64>(b + (i << 3))) return false;
  return true;
}

/** Where the values of the slot belong in the order of `o`, into OR_AT of `row`: one to one, else it is ORDER_OTHER. */
function compare(arena: usize, row: usize, o: usize, slot: usize, n: i32): i32 {
  if (n != load<i32>(o, OR_N)) return ORDER_OTHER;
  if (equal(load<u32>(slot, L_KEYS), load<u32>(o, OR_KEYS), n)) return ORDER_PLAIN;
  if (load<i32>(o + OR_IDS, IM_N) != n) return ORDER_OTHER;
  if (n > load<i32>(row, OR_CAP)) {
    const at = take(arena, n << 2);
    const vals = take(arena, n << 3);
    if (!at || !vals) return ORDER_MEMORY;
    store<u32>(row, <u32>at, OR_AT);
    store<u32>(row, <u32>vals, OR_VALS);
    store<i32>(row, n, OR_CAP);
  }
  const at: usize = load<u32>(row, OR_AT);
  memory.fill(at, 0xff, n << 2);
  let next = 0;
  for (let i = 0; i < n; i++) {
    const place = indexOf(o + OR_IDS, keyAt(slot, i), next);
    if (place < 0 || load<i32>(at + (place << 2)) >= 0) return ORDER_OTHER;
    store<i32>(at + (place << 2), i);
    next = place + 1;
  }
  return ORDER_MOVED;
}

/**
 * Puts the values of a metric that has some in the order of its row, where OR_NOW then is; `first`: the order of the lane's first
 * row, which counts for a row with the same instances. ORDER_*.
 */
export function arrange(arena: usize, o: usize, first: usize, metric: i32): i32 {
  const slot = slotOf(metric);
  const n = countOf(metric);
  let state = load<i32>(o, OR_STATE);
  if (load<i32>(o, OR_GEN) != load<i32>(slot, L_GEN)) {
    let base: usize = load<u32>(o, OR_BASE);
    if (!base) {
      base = o;
      if (o != first) {
        const like = compare(arena, o, first, slot, n);
        if (like == ORDER_MEMORY) return like;
        if (like != ORDER_OTHER) base = first;
      }
      if (base == o && !begin(arena, o, slot, n)) return ORDER_MEMORY;
      store<u32>(o, <u32>base, OR_BASE);
    }
    state = compare(arena, o, base, slot, n);
    if (state == ORDER_MEMORY) return state;
    store<i32>(o, state, OR_STATE);
    store<i32>(o, load<i32>(slot, L_GEN), OR_GEN);
  }
  store<u32>(o, <u32>valsOf(metric), OR_NOW);
  if (state != ORDER_MOVED) return state;
  const at: usize = load<u32>(o, OR_AT);
  const vals: usize = load<u32>(o, OR_VALS);
  for (let i = 0; i < n; i++) store<f64>(vals + (i << 3), load<f64>(valsOf(metric) + (load<i32>(at + (i << 2)) << 3)));
  store<u32>(o, <u32>vals, OR_NOW);
  return state;
}

/** Whether the values of the slot are in the order as they lie. */
export function isPlain(o: usize, slot: usize): bool {
  return load<i32>(o, OR_GEN) == load<i32>(slot, L_GEN) && load<i32>(o, OR_STATE) == ORDER_PLAIN;
}

/** Position of the instance that was the first in the first record of the fold FIRST; -1: the record does not have it, -2: no memory. */
export function firstAt(arena: usize, o: usize, metric: i32): i32 {
  const slot = slotOf(metric);
  if (load<i32>(o, OR_GEN) == load<i32>(slot, L_GEN)) return load<i32>(o, OR_STATE);
  if (!load<i32>(o, OR_N) && !begin(arena, o, slot, 1)) return -2;
  const key = load<i64>(load<u32>(o, OR_KEYS));
  const n = load<i32>(slot, L_COUNT);
  let at = 0;
  while (at < n && keyAt(slot, at) != key) at++;
  store<i32>(o, load<i32>(slot, L_GEN), OR_GEN);
  store<i32>(o, at < n ? at : -1, OR_STATE);
  return load<i32>(o, OR_STATE);
}
