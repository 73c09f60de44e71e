// Owns TALLY: how often each combination of an instance and its strings occurs; for process lists.

import { keyAt } from '../archive/identity';
import { NO_STRING } from '../archive/strings';
import { instanceAt, T_STRING } from '../archive/values';
import { Arena, Consumer, List, MAX_TALLY, none, Slot, TALLY_METRICS, Tally, TallyEntry } from '../layout';
import { regrow, take } from '../memory';

/** Slots of the record's metrics (TALLY_METRICS), and the combination being looked up (an entry). */
const slots = changetype<List<Slot>>(memory.data(16));
const wanted = changetype<TallyEntry>(memory.data(40));

function grow(q: Tally, arena: Arena): bool {
  const n = <u32>q.count;
  const cap = n ? n << 1 : 64;
  const entries = regrow(arena, q.entries, n * offsetof<TallyEntry>(), cap * offsetof<TallyEntry>());
  const table = take<List<u32>>(arena, cap << 3);
  if (!entries || !table) return false;
  const mask = (cap << 1) - 1;
  for (let i: u32 = 0; i < n; i++) {
    let at = hashOf(entries[i]) & mask;
    while (table[at]) at = (at + 1) & mask;
    table[at] = i + 1;
  }
  q.entries = entries;
  q.table = table;
  q.mask = mask;
  q.capacity = cap;
  return true;
}

function mix(h: u32, x: u32): u32 {
  h = (h ^ x) * 0x85ebca6b;
  return h ^ (h >>> 15);
}

function hashOf(e: TallyEntry): u32 {
  let h = mix(<u32>e.key, <u32>(e.key >>> 32));
  for (let i: u32 = 0; i < <u32>TALLY_METRICS; i++) h = mix(h, e.strings[i]);
  return h;
}

/** Position of an instance in a slot, looking first where it is expected. -1: not there. */
function position(slot: Slot, n: i32, guess: i32, instance: i64): i32 {
  if (keyAt(slot, guess) == instance) return guess;
  for (let i = 0; i < n; i++) if (keyAt(slot, i) == instance) return i;
  return -1;
}

/** One record; `ordinal` counts the consumer's records from 0. False if memory is exhausted. */
export function tally(q: Tally, c: Consumer, arena: Arena, seq: i32, ordinal: i32): bool {
  const n = q.metricCount;
  const packed = q.metrics;
  const consumerSlots = c.slots;
  let count = -1;
  for (let i = 0; i < n; i++) {
    const slot = consumerSlots[(packed >>> (i << 3)) & 0xff];
    const k = slot.seq == seq && slot.count > 0 ? slot.count : 0;
    // What is no text is none.
    if ((count >= 0 && k != count) || slot.type != T_STRING) return true;
    count = k;
    slots[i] = slot;
  }
  if (count <= 0) return true;
  const where = q.where;
  const equals = q.equals;
  for (let i = 0; i < count; i++) {
    if (where >= 0 && slots[where].strings[i] != equals) continue;
    // The filter's own position says which instance; the other metrics are matched to it.
    const anchor = slots[where >= 0 ? where : 0];
    const instance = keyAt(anchor, i);
    wanted.key = instance;
    wanted.instance = instanceAt(anchor, i);
    let whole = true;
    for (let k = 0; k < TALLY_METRICS; k++) {
      let s: u32 = NO_STRING;
      if (k < n) {
        const slot = slots[k];
        const at = position(slot, count, i, instance);
        if (at < 0) whole = false;
        else s = slot.strings[at];
      }
      wanted.strings[k] = s;
    }
    if (whole && !add(q, arena, ordinal)) return false;
  }
  return true;
}

function add(q: Tally, arena: Arena, ordinal: i32): bool {
  if (<u32>q.count == <u32>q.capacity) {
    if (q.count >= MAX_TALLY) {
      q.overflow = 1;
      if (!find(q)) return true;
    } else if (!grow(q, arena)) {
      return false;
    }
  }
  let e = find(q);
  if (!e) {
    const n = <u32>q.count;
    e = q.entries[n];
    memory.copy(changetype<usize>(e), changetype<usize>(wanted), offsetof<TallyEntry>());
    e.count = 0;
    e.first = ordinal;
    q.table[free] = n + 1;
    q.count = n + 1;
  }
  e.count++;
  e.last = ordinal;
  return true;
}

let free: u32 = 0;

/** The entry equal to the key; 0 if none, then `free` is its place in the table. */
function find(q: Tally): TallyEntry {
  const table = q.table;
  const mask = q.mask;
  const entries = q.entries;
  let at = hashOf(wanted) & mask;
  while (true) {
    const i = table[at];
    if (!i) {
      free = at;
      return none<TallyEntry>();
    }
    const e = entries[i - 1];
    if (e.isOf(wanted)) return e;
    at = (at + 1) & mask;
  }
}
