// Owns the order of values where there are no columns: a lane's vector is as its first record has it, and later records are put in
// that order by instance. A record with other instances is of another shape.

import { keyAt } from '../archive/identity';
import { instanceAt } from '../archive/values';
import { Arena, Consumer, copy, List, Order, Slot } from '../layout';
import { take } from '../memory';
import { append, indexOf } from './idmap';
import { countOf, valsOf } from './rows';

/** The values are in the order as they lie; they were put in it; the record has other instances; no memory. */
export const ORDER_PLAIN: i32 = 0;
const ORDER_MOVED: i32 = 1;
export const ORDER_OTHER: i32 = 2;
export const ORDER_MEMORY: i32 = 3;

/** The consumer's slots (pointers), for the record in work. */
let slots = changetype<List<Slot>>(0);

export function orderFor(c: Consumer): void {
  slots = c.slots;
}

/** @inline */
function slotOf(metric: i32): Slot {
  return slots[metric];
}

/** Makes the record's order that of the row. Instances named twice, or beyond MAX_COLUMNS, have no place of their own. */
function begin(arena: Arena, o: Order, slot: Slot, n: i32): bool {
  const keys = take<List<i64>>(arena, n << 3);
  if (!keys) return false;
  copy(keys, slot.keys, n);
  o.keys = keys;
  o.count = n;
  for (let i = 0; i < n; i++) {
    const key = keyAt(slot, i);
    if (indexOf(o.ids, key, i) < 0 && append(arena, o.ids, key, instanceAt(slot, i)) == -2) return false;
  }
  return true;
}

function equal(a: List<i64>, b: List<i64>, n: i32): bool {
  for (let i = 0; i < n; i++) if (a[i] != b[i]) return false;
  return true;
}

/** Where the values of the slot belong in the order of `o`, into Order.at of `row`: one to one, else it is ORDER_OTHER. */
function compare(arena: Arena, row: Order, o: Order, slot: Slot, n: i32): i32 {
  if (n != o.count) return ORDER_OTHER;
  if (equal(slot.keys, o.keys, n)) return ORDER_PLAIN;
  if (o.ids.count != n) return ORDER_OTHER;
  if (n > row.capacity) {
    const at = take<List<i32>>(arena, n << 2);
    const vals = take<List<f64>>(arena, n << 3);
    if (!at || !vals) return ORDER_MEMORY;
    row.at = at;
    row.values = vals;
    row.capacity = n;
  }
  const at = row.at;
  memory.fill(changetype<usize>(at), 0xff, n << 2);
  let next = 0;
  for (let i = 0; i < n; i++) {
    const place = indexOf(o.ids, keyAt(slot, i), next);
    if (place < 0 || at[place] >= 0) return ORDER_OTHER;
    at[place] = i;
    next = place + 1;
  }
  return ORDER_MOVED;
}

/**
 * Puts the values of a metric that has some in the order of its row, where Order.now then is; `first`: the order of the lane's first
 * row, which counts for a row with the same instances. ORDER_*.
 */
export function arrange(arena: Arena, o: Order, first: Order, metric: i32): i32 {
  const slot = slotOf(metric);
  const n = countOf(metric);
  let state = o.state;
  if (o.generation != slot.generation) {
    let base = o.base;
    if (!base) {
      base = o;
      if (o != first) {
        const like = compare(arena, o, first, slot, n);
        if (like == ORDER_MEMORY) return like;
        if (like != ORDER_OTHER) base = first;
      }
      if (base == o && !begin(arena, o, slot, n)) return ORDER_MEMORY;
      o.base = base;
    }
    state = compare(arena, o, base, slot, n);
    if (state == ORDER_MEMORY) return state;
    o.state = state;
    o.generation = slot.generation;
  }
  o.now = valsOf(metric);
  if (state != ORDER_MOVED) return state;
  const at = o.at;
  const vals = o.values;
  for (let i = 0; i < n; i++) vals[i] = valsOf(metric)[at[i]];
  o.now = vals;
  return state;
}

/** Whether the values of the slot are in the order as they lie. */
export function isPlain(o: Order, slot: Slot): bool {
  return o.generation == slot.generation && o.state == ORDER_PLAIN;
}

/** Position of the instance that was the first in the first record of the fold FIRST; -1: the record does not have it, -2: no memory. */
export function firstAt(arena: Arena, o: Order, metric: i32): i32 {
  const slot = slotOf(metric);
  if (o.generation == slot.generation) return o.state;
  if (!o.count && !begin(arena, o, slot, 1)) return -2;
  const key = o.keys[0];
  const n = slot.count;
  let at = 0;
  while (at < n && keyAt(slot, at) != key) at++;
  o.generation = slot.generation;
  o.state = at < n ? at : -1;
  return o.state;
}
