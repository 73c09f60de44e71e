// Owns TALLY: how often each combination of an instance and its strings occurs; for process lists.

import { keyAt } from '../archive/identity';
import { NO_STRING } from '../archive/strings';
import { instanceAt, T_STRING } from '../archive/values';
import {
  C_SLOTS,
  L_COUNT,
  L_SEQ,
  L_STRS,
  L_TYPE,
  TA_CAP,
  TA_ENTRIES,
  TA_EQUALS,
  TA_MASK,
  TA_MAX_ENTRIES,
  TA_MAX_METRICS,
  TA_METRICS,
  TA_N,
  TA_NMETRICS,
  TA_OVERFLOW,
  TA_TABLE,
  TA_WHERE,
  TE_COUNT,
  TE_FIRST,
  TE_INST,
  TE_KEY,
  TE_LAST,
  TE_SIZE,
  TE_STRS,
} from '../layout';
import { regrow, take } from '../memory';

/** Slots of the record's metrics (TA_MAX_METRICS), and the combination being looked up (an entry). */
const slots = memory.data(16);
const key = memory.data(40);

function grow(q: usize, arena: usize): bool {
  const n = load<u32>(q, TA_N);
  const cap = n ? n << 1 : 64;
  const entries = regrow(arena, load<u32>(q, TA_ENTRIES), n * TE_SIZE, cap * TE_SIZE);
  const table = take(arena, cap << 3);
  if (!entries || !table) return false;
  const mask = (cap << 1) - 1;
  for (let i: u32 = 0; i < n; i++) {
    let at = hashOf(entries + i * TE_SIZE) & mask;
    while (load<u32>(table + (at << 2))) at = (at + 1) & mask;
    store<u32>(table + (at << 2), i + 1);
  }
  store<u32>(q, <u32>entries, TA_ENTRIES);
  store<u32>(q, <u32>table, TA_TABLE);
  store<u32>(q, mask, TA_MASK);
  store<u32>(q, cap, TA_CAP);
  return true;
}

function mix(h: u32, x: u32): u32 {
  h = (h ^ x) * 0x85ebca6b;
  return h ^ (h >>> 15);
}

function hashOf(e: usize): u32 {
  let h = mix(load<u32>(e, TE_KEY), load<u32>(e, TE_KEY + 4));
  for (let i: u32 = 0; i < <u32>TA_MAX_METRICS; i++) h = mix(h, load<u32>(e + (i << 2), TE_STRS));
  return h;
}

/** Position of an instance in a slot, looking first where it is expected. -1: not there. */
function position(slot: usize, n: i32, guess: i32, instance: i64): i32 {
  if (keyAt(slot, guess) == instance) return guess;
  for (let i = 0; i < n; i++) if (keyAt(slot, i) == instance) return i;
  return -1;
}

/** One record; `ordinal` counts the consumer's records from 0. False if memory is exhausted. */
export function tally(q: usize, c: usize, arena: usize, seq: i32, ordinal: i32): bool {
  const n = load<i32>(q, TA_NMETRICS);
  const packed = load<i32>(q, TA_METRICS);
  const consumerSlots: usize = load<u32>(c, C_SLOTS);
  let count = -1;
  for (let i = 0; i < n; i++) {
    const slot: usize = load<u32>(consumerSlots + (((packed >>> (i << 3)) & 0xff) << 2));
    const k = load<i32>(slot, L_SEQ) == seq && load<i32>(slot, L_COUNT) > 0 ? load<i32>(slot, L_COUNT) : 0;
    // What is no text is none.
    if ((count >= 0 && k != count) || load<i32>(slot, L_TYPE) != T_STRING) return true;
    count = k;
    store<u32>(slots + (i << 2), <u32>slot);
  }
  if (count <= 0) return true;
  const where = load<i32>(q, TA_WHERE);
  const equals = load<u32>(q, TA_EQUALS);
  for (let i = 0; i < count; i++) {
    if (where >= 0) {
      const s: usize = load<u32>(slots + (where << 2));
      if (load<u32>(<usize>load<u32>(s, L_STRS) + (i << 2)) != equals) continue;
    }
    // The filter's own position says which instance; the other metrics are matched to it.
    const anchor: usize = load<u32>(slots + ((where >= 0 ? <usize>where : 0) << 2));
    const instance = keyAt(anchor, i);
    store<i64>(key, instance, TE_KEY);
    store<i32>(key, instanceAt(anchor, i), TE_INST);
    let whole = true;
    for (let k = 0; k < TA_MAX_METRICS; k++) {
      let s: u32 = NO_STRING;
      if (k < n) {
        const slot: usize = load<u32>(slots + (k << 2));
        const at = position(slot, count, i, instance);
        if (at < 0) whole = false;
        else s = load<u32>(<usize>load<u32>(slot, L_STRS) + (at << 2));
      }
      store<u32>(key + (k << 2), s, TE_STRS);
    }
    if (whole && !add(q, arena, ordinal)) return false;
  }
  return true;
}

function add(q: usize, arena: usize, ordinal: i32): bool {
  if (load<u32>(q, TA_N) == load<u32>(q, TA_CAP)) {
    if (load<i32>(q, TA_N) >= TA_MAX_ENTRIES) {
      store<i32>(q, 1, TA_OVERFLOW);
      if (!find(q)) return true;
    } else if (!grow(q, arena)) {
      return false;
    }
  }
  let e = find(q);
  if (!e) {
    const n = load<u32>(q, TA_N);
    e = <usize>load<u32>(q, TA_ENTRIES) + n * TE_SIZE;
    memory.copy(e, key, TE_SIZE);
    store<u32>(e, 0, TE_COUNT);
    store<i32>(e, ordinal, TE_FIRST);
    store<u32>(<usize>load<u32>(q, TA_TABLE) + (free << 2), n + 1);
    store<u32>(q, n + 1, TA_N);
  }
  store<u32>(e, load<u32>(e, TE_COUNT) + 1, TE_COUNT);
  store<i32>(e, ordinal, TE_LAST);
  return true;
}

let free: u32 = 0;

/** The entry equal to the key; 0 if none, then `free` is its place in the table. */
function find(q: usize): usize {
  const table: usize = load<u32>(q, TA_TABLE);
  const mask = load<u32>(q, TA_MASK);
  const entries: usize = load<u32>(q, TA_ENTRIES);
  let at = hashOf(key) & mask;
  while (true) {
    const i = load<u32>(table + (at << 2));
    if (!i) {
      free = at;
      return 0;
    }
    const e = entries + (i - 1) * TE_SIZE;
    if (
      load<i64>(e, TE_KEY) == load<i64>(key, TE_KEY) &&
      load<u64>(e, TE_STRS) == load<u64>(key, TE_STRS) &&
      load<u64>(e, TE_STRS + 8) == load<u64>(key, TE_STRS + 8)
    ) {
      return e;
    }
    at = (at + 1) & mask;
  }
}
