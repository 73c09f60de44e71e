// Owns counters that go back: wraps are undone and restarts bridged, so that what subtracts sees them rise only. The rules are
// written down in src/reduce/counters.ts. Costs a comparison and a copy of each counter's values; all else only when one fell.

import { T_DOUBLE, T_U64 } from '../archive/values';
import {
  AWAY_MARK, AWAY_READER, C_MATCH, E_BOOT, E_RAN_ON, FLAG_PENDING, IM_N, K_AWAY, K_BEFORE, K_BITS, K_CAP, K_EXACT, K_FLAGS, K_HOW, K_IDS, K_KNOWN, K_LAST, K_MAP,
  K_MARKS, K_MATCH, K_MET, K_OFFSETS, K_OUT, K_OUT_RAW, K_OUTCAP, K_PACES, K_PASSED, K_PENDING, K_RAN_ON, K_READER, K_SHIFT_GEN, K_SIZE, K_SLOT, KERNEL, L_AGENT, L_BAD, L_CORRECTED, L_COUNT, L_COUNTER,
  L_RAW, L_SEQ, L_TYPE, L_VALS, MO_AGENT, MO_NS, MO_SIZE, MP_AT, MP_PLAIN, R_ID, W_ARENA, W_AWAY_NS, W_CAPCOUNTERS, W_CORRECTED, W_COUNTERS, W_MARK_NS,
  W_MARKS, W_MARKS_BEFORE, W_MOMENTS, W_NCOUNTERS, W_NMOMENTS, W_READER, W_UP_NS, WATCH_COUNTS, WATCH_TOTAL,
} from '../layout';
import { regrow, take } from '../memory';
import { lookBoot, tellsUptime } from './boot';
import { clearMap, follow } from './idmap';
import { sameNames } from './match';
import { bridgeAll, counterAt, isBelow, isExact, isPaced, keepPaces, reserveFlags, reserveOffsets, reservePaces, valuesOf } from './restarts';
import { settleTotal } from './totals';

/** Follows the counter in a slot through a window for a consumer; `bits`: its width, 0 for that of its type; `how`: WATCH_*. */
export function watchCounter(w: usize, slot: usize, bits: i32, c: usize, how: i32): bool {
  const match = load<u32>(c, C_MATCH);
  const n = load<i32>(w, W_NCOUNTERS);
  for (let i = 0; i < n; i++) {
    const k = counterAt(w, i);
    if (load<u32>(k, K_SLOT) != <u32>slot) continue;
    store<i32>(k, load<i32>(k, K_HOW) | how, K_HOW);
    const known = load<i32>(k, K_BITS);
    if (bits && (!known || bits < known)) store<i32>(k, bits, K_BITS);
    if (!sameNames(load<u32>(k, K_MATCH), match)) store<u32>(k, 0, K_MATCH);
    return true;
  }
  if (n == load<i32>(w, W_CAPCOUNTERS)) {
    const cap = n ? n << 1 : 16;
    const list = regrow(w + W_ARENA, load<u32>(w, W_COUNTERS), n * K_SIZE, cap * K_SIZE);
    if (!list) return false;
    store<u32>(w, <u32>list, W_COUNTERS);
    store<i32>(w, cap, W_CAPCOUNTERS);
  }
  store<i32>(w, n + 1, W_NCOUNTERS);
  const k = counterAt(w, n);
  store<u32>(k, <u32>slot, K_SLOT);
  store<i32>(k, bits, K_BITS);
  store<i32>(k, -1, K_READER);
  store<u32>(k, match, K_MATCH);
  store<i32>(k, how, K_HOW);
  store<i32>(k, -1, K_SHIFT_GEN);
  clearMap(k + K_MAP);
  return true;
}

function reserve(arena: usize, k: usize, known: i32): bool {
  const n = load<i32>(k + K_IDS, IM_N);
  if (n <= load<i32>(k, K_CAP)) return true;
  const cap = known ? n << 1 : n;
  // Two more: vector stores write pairs.
  const last = regrow(arena, load<u32>(k, K_LAST), known << 3, (cap + 2) << 3);
  if (!last) return false;
  store<u32>(k, <u32>last, K_LAST);
  if (load<u32>(k, K_OFFSETS) && !reserveOffsets(arena, k, known, cap)) return false;
  if (load<u32>(k, K_FLAGS) && !reserveFlags(arena, k, known, cap)) return false;
  if (load<u32>(k, K_PACES) && !reservePaces(arena, k, known, cap)) return false;
  store<i32>(k, cap, K_CAP);
  return true;
}

/** Whether any of `n` values side by side is lower than before; for integers the sign bit of u64 is turned round. */
function anyBelow(now: usize, before: usize, n: i32, type: i32, exact: bool): bool {
  let below = i64x2.splat(0);
  let i = 0;
  if (!exact) {
    for (; i + 2 <= n; i += 2) below = v128.or(below, f64x2.lt(v128.load(now + (i << 3)), v128.load(before + (i << 3))));
    if (i < n && load<f64>(now + (i << 3)) < load<f64>(before + (i << 3))) return true;
  } else {
    const sign = i64x2.splat(type == T_U64 ? i64.MIN_VALUE : 0);
    for (; i + 2 <= n; i += 2) {
      const a = v128.xor(v128.load(now + (i << 3)), sign);
      below = v128.or(below, i64x2.lt_s(a, v128.xor(v128.load(before + (i << 3)), sign)));
    }
    if (i < n && isBelow(now + (i << 3), before + (i << 3), type, true)) return true;
  }
  return v128.any_true(below);
}

/** Notes that all instances were restarted since they were last seen. False if memory is exhausted. */
function expectAll(w: usize, k: usize, known: i32): bool {
  if (!load<u32>(k, K_FLAGS) && !reserveFlags(w + W_ARENA, k, 0, load<i32>(k, K_CAP))) return false;
  const flags: usize = load<u32>(k, K_FLAGS);
  for (let i = 0; i < known; i++) store<u8>(flags + i, load<u8>(flags + i) | <u8>FLAG_PENDING);
  store<i32>(k, known, K_PENDING);
  return true;
}

/** Whether a moment at which the counter was restarted lies between its last record and this one. */
function restartedSince(w: usize, k: usize, slot: usize, ns: i64): bool {
  const moments: usize = load<u32>(w, W_MOMENTS);
  const n = load<i32>(w, W_NMOMENTS);
  let passed = load<i32>(k, K_PASSED);
  let restarted = false;
  let ranOn = false;
  for (; passed < n; passed++) {
    const m = moments + passed * MO_SIZE;
    if (load<i64>(m, MO_NS) > ns) break;
    const agent = load<i32>(m, MO_AGENT);
    if (agent == E_BOOT || agent == load<i32>(slot, L_AGENT)) restarted = true;
    else if (agent == E_RAN_ON && load<i64>(m, MO_NS) == ns && load<i32>(slot, L_AGENT) == KERNEL) ranOn = true;
  }
  store<i32>(k, ranOn ? 1 : 0, K_RAN_ON);
  store<i32>(k, passed, K_PASSED);
  return restarted;
}

/** Whether record `seq` has values that are counters. */
function isMet(k: usize, slot: usize, seq: i32): bool {
  if (load<i32>(slot, L_SEQ) != seq || load<i32>(slot, L_COUNT) <= 0 || load<i32>(slot, L_BAD)) return false;
  return load<i32>(slot, L_TYPE) <= T_DOUBLE && (load<i32>(slot, L_COUNTER) || load<i32>(k, K_HOW) & WATCH_COUNTS) != 0;
}

/** Finds the instances of the record at hand. 1: some counter fell or was restarted, 0: none was, -1: no memory. */
function look(w: usize, k: usize, slot: usize, reader: i32, ns: i64): i32 {
  const arena = w + W_ARENA;
  const n = load<i32>(slot, L_COUNT);
  const known = load<i32>(k + K_IDS, IM_N);
  if (!follow(arena, k + K_MAP, k + K_IDS, slot, n, true) || !reserve(arena, k, known)) return -1;
  store<i32>(k, known, K_KNOWN);
  const marks = load<i32>(w, W_MARKS);
  const away = (load<i32>(k, K_MARKS) != marks ? AWAY_MARK : 0) | (load<i32>(k, K_READER) != reader ? AWAY_READER : 0);
  store<i32>(k, away, K_AWAY);
  store<i32>(k, reader, K_READER);
  store<i32>(k, marks, K_MARKS);
  if (load<i32>(w, W_NMOMENTS) && restartedSince(w, k, slot, ns) && known && !expectAll(w, k, known)) return -1;
  if (load<i32>(k, K_PENDING)) return 1;
  const exact = isExact(slot);
  const type = load<i32>(slot, L_TYPE);
  const now = valuesOf(slot, exact);
  const last: usize = load<u32>(k, K_LAST);
  if (load<i32>(k + K_MAP, MP_PLAIN) == 1) {
    return anyBelow(now, last, n < known ? n : known, type, exact) ? 1 : 0;
  }
  const places: usize = load<u32>(k + K_MAP, MP_AT);
  for (let i = 0; i < n; i++) {
    const number = load<i32>(places + (i << 2));
    if (number < 0 || number >= known) continue;
    if (isBelow(now + (i << 3), last + (number << 3), type, exact)) return 1;
  }
  return 0;
}

/** Remembers the record's values. */
function keep(k: usize, slot: usize, ns: i64): void {
  store<i64>(k, ns, K_BEFORE);
  const n = load<i32>(slot, L_COUNT);
  const now = valuesOf(slot, isExact(slot));
  const last: usize = load<u32>(k, K_LAST);
  if (load<i32>(k + K_MAP, MP_PLAIN) == 1) {
    let i = 0;
    for (; i + 2 <= n; i += 2) v128.store(last + (i << 3), v128.load(now + (i << 3)));
    if (i < n) store<i64>(last + (i << 3), load<i64>(now + (i << 3)));
    return;
  }
  const places: usize = load<u32>(k + K_MAP, MP_AT);
  for (let i = 0; i < n; i++) {
    const number = load<i32>(places + (i << 2));
    if (number >= 0) store<i64>(last + (number << 3), load<i64>(now + (i << 3)));
  }
}

/** Puts the values with their offsets where consumers find them (L_CORRECTED). */
function correct(w: usize, k: usize, slot: usize): bool {
  const n = load<i32>(slot, L_COUNT);
  if (n > load<i32>(k, K_OUTCAP)) {
    const out = take(w + W_ARENA, n << 3);
    const raw = take(w + W_ARENA, n << 3);
    if (!out || !raw) return false;
    store<u32>(k, <u32>out, K_OUT);
    store<u32>(k, <u32>raw, K_OUT_RAW);
    store<i32>(k, n, K_OUTCAP);
  }
  const exact = isExact(slot);
  const places: usize = load<u32>(k + K_MAP, MP_AT);
  for (let i = 0; i < n; i++) {
    const at: usize = i << 3;
    const number = load<i32>(places + (i << 2));
    const x = load<f64>(<usize>load<u32>(slot, L_VALS) + at);
    const offset: f64 = number < 0 ? 0 : load<f64>(<usize>load<u32>(k, K_OFFSETS) + (number << 3));
    store<f64>(<usize>load<u32>(k, K_OUT) + at, x + offset);
    if (!exact) continue;
    const whole: i64 = number < 0 ? 0 : load<i64>(<usize>load<u32>(k, K_EXACT) + (number << 3));
    store<i64>(<usize>load<u32>(k, K_OUT_RAW) + at, load<i64>(<usize>load<u32>(slot, L_RAW) + at) + whole);
  }
  store<u32>(slot, <u32>k, L_CORRECTED);
  return true;
}

/** Looks at the counters of the current record, before it goes to the window's consumers. False if memory is exhausted. */
export function watchCounters(w: usize, r: usize, seq: i32, ns: i64): bool {
  const n = load<i32>(w, W_NCOUNTERS);
  const reader = load<i32>(r, R_ID);
  let some = tellsUptime(w, seq);
  if (!load<i32>(w, W_READER)) store<i64>(w, ns, W_UP_NS);
  if (some && !lookBoot(w, seq, ns, reader)) return false;
  let fell = false;
  for (let i = 0; i < n; i++) {
    const k = counterAt(w, i);
    const slot: usize = load<u32>(k, K_SLOT);
    const met = isMet(k, slot, seq);
    store<i32>(k, met ? 1 : 0, K_MET);
    if (!met) continue;
    some = true;
    const status = look(w, k, slot, reader, ns);
    if (status < 0) return false;
    if (status) fell = true;
    if (isPaced(k, slot) && !keepPaces(w, k, slot, ns)) return false;
  }
  if (!some) return true;
  const marks = load<i32>(w, W_MARKS);
  if (load<i32>(w, W_MARKS_BEFORE) != marks) store<i64>(w, ns, W_MARK_NS);
  if (load<i32>(w, W_READER) != reader + 1) store<i64>(w, ns, W_AWAY_NS);
  store<i32>(w, marks, W_MARKS_BEFORE);
  store<i32>(w, reader + 1, W_READER);
  if (fell && !bridgeAll(w, ns)) return false;
  for (let i = 0; i < n; i++) {
    const k = counterAt(w, i);
    if (!load<i32>(k, K_MET)) continue;
    const slot: usize = load<u32>(k, K_SLOT);
    if (load<i32>(k, K_HOW) & WATCH_TOTAL && !settleTotal(w, k, slot)) return false;
    keep(k, slot, ns);
    if (load<u32>(k, K_OFFSETS) && !correct(w, k, slot)) return false;
  }
  return true;
}

/** The record has gone to the window's consumers: the next window has corrections of its own. */
export function uncorrect(w: usize): void {
  const n = load<i32>(w, W_NCOUNTERS);
  for (let i = 0; i < n; i++) store<u32>(<usize>load<u32>(counterAt(w, i), K_SLOT), 0, L_CORRECTED);
}
