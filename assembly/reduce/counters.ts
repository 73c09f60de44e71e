// Owns counters that go back: wraps are undone and restarts bridged, so that what subtracts sees them rise only. The rules are
// written down in src/reduce/counters.ts. Costs a comparison and a copy of each counter's values; all else only when one fell.

import { T_DOUBLE, T_U64 } from '../archive/values';
import {
  Arena,
  AWAY_MARK,
  AWAY_READER,
  BOOT,
  Consumer,
  Counter,
  FLAG_PENDING,
  KERNEL,
  List,
  Match,
  none,
  RAN_ON,
  Reader,
  Slot,
  WATCH_COUNTS,
  WATCH_TOTAL,
  Window,
} from '../layout';
import { regrow, take } from '../memory';
import { lookBoot, tellsUptime } from './boot';
import { clearMap, follow } from './idmap';
import { sameNames } from './match';
import {
  bridgeAll,
  counterAt,
  isBelow,
  isExact,
  isPaced,
  keepPaces,
  reserveFlags,
  reserveOffsets,
  reservePaces,
  valuesOf,
} from './restarts';
import { settleTotal } from './totals';

/** Follows the counter in a slot through a window for a consumer; `bits`: its width, 0 for that of its type; `how`: WATCH_*. */
export function watchCounter(w: Window, slot: Slot, bits: i32, c: Consumer, how: i32): bool {
  const match = c.match;
  const n = w.counterCount;
  for (let i = 0; i < n; i++) {
    const k = counterAt(w, i);
    if (k.slot != slot) continue;
    k.how |= how;
    const known = k.bits;
    if (bits && (!known || bits < known)) k.bits = bits;
    if (!sameNames(k.match, match)) k.match = none<Match>();
    return true;
  }
  if (n == w.counterCapacity) {
    const cap = n ? n << 1 : 16;
    const list = regrow(w.arena, w.counters, n * offsetof<Counter>(), cap * offsetof<Counter>());
    if (!list) return false;
    w.counters = list;
    w.counterCapacity = cap;
  }
  w.counterCount = n + 1;
  const k = counterAt(w, n);
  k.slot = slot;
  k.bits = bits;
  k.reader = -1;
  k.match = match;
  k.how = how;
  k.shiftGeneration = -1;
  clearMap(k.places);
  return true;
}

function reserve(arena: Arena, k: Counter, known: i32): bool {
  const n = k.ids.count;
  if (n <= k.capacity) return true;
  const cap = known ? n << 1 : n;
  // Two more: vector stores write pairs.
  const last = regrow(arena, k.last, known << 3, (cap + 2) << 3);
  if (!last) return false;
  k.last = last;
  if (k.offsets && !reserveOffsets(arena, k, known, cap)) return false;
  if (k.flags && !reserveFlags(arena, k, known, cap)) return false;
  if (k.paces && !reservePaces(arena, k, known, cap)) return false;
  k.capacity = cap;
  return true;
}

/** Whether any of `n` values side by side is lower than before; for integers the sign bit of u64 is turned round. */
function anyBelow(now: usize, before: usize, n: i32, type: i32, exact: bool): bool {
  let below = i64x2.splat(0);
  let i = 0;
  if (!exact) {
    for (; i + 2 <= n; i += 2)
      below = v128.or(below, f64x2.lt(v128.load(now + (i << 3)), v128.load(before + (i << 3))));
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
function expectAll(w: Window, k: Counter, known: i32): bool {
  if (!k.flags && !reserveFlags(w.arena, k, 0, k.capacity)) return false;
  const flags = k.flags;
  for (let i = 0; i < known; i++) flags[i] |= <u8>FLAG_PENDING;
  k.pending = known;
  return true;
}

/** Whether a moment at which the counter was restarted lies between its last record and this one. */
function restartedSince(w: Window, k: Counter, slot: Slot, ns: i64): bool {
  const moments = w.moments;
  const n = w.momentCount;
  let passed = k.passed;
  let restarted = false;
  let ranOn = false;
  for (; passed < n; passed++) {
    const m = moments[passed];
    if (m.ns > ns) break;
    const agent = m.agent;
    if (agent == BOOT || agent == slot.agent) restarted = true;
    else if (agent == RAN_ON && m.ns == ns && slot.agent == KERNEL) ranOn = true;
  }
  k.ranOn = ranOn ? 1 : 0;
  k.passed = passed;
  return restarted;
}

/** Whether record `seq` has values that are counters. */
function isMet(k: Counter, slot: Slot, seq: i32): bool {
  if (slot.seq != seq || slot.count <= 0 || slot.bad) return false;
  return slot.type <= T_DOUBLE && (slot.counter || k.how & WATCH_COUNTS) != 0;
}

/** Finds the instances of the record at hand. 1: some counter fell or was restarted, 0: none was, -1: no memory. */
function look(w: Window, k: Counter, slot: Slot, reader: i32, ns: i64): i32 {
  const arena = w.arena;
  const n = slot.count;
  const known = k.ids.count;
  if (!follow(arena, k.places, k.ids, slot, true) || !reserve(arena, k, known)) return -1;
  k.known = known;
  const marks = w.marks;
  const away = (k.marks != marks ? AWAY_MARK : 0) | (k.reader != reader ? AWAY_READER : 0);
  k.away = away;
  k.reader = reader;
  k.marks = marks;
  if (w.momentCount && restartedSince(w, k, slot, ns) && known && !expectAll(w, k, known)) return -1;
  if (k.pending) return 1;
  const exact = isExact(slot);
  const type = slot.type;
  const now = valuesOf(slot, exact);
  const last = k.last;
  if (k.places.plain == 1) {
    return anyBelow(now, last, n < known ? n : known, type, exact) ? 1 : 0;
  }
  const places = k.places.at;
  for (let i = 0; i < n; i++) {
    const number = places[i];
    if (number < 0 || number >= known) continue;
    if (isBelow(now + (i << 3), last + (number << 3), type, exact)) return 1;
  }
  return 0;
}

/** Remembers the record's values. */
function keep(k: Counter, slot: Slot, ns: i64): void {
  k.before = ns;
  const n = slot.count;
  const now = valuesOf(slot, isExact(slot));
  const last = k.last;
  if (k.places.plain == 1) {
    let i = 0;
    for (; i + 2 <= n; i += 2) v128.store(last + (i << 3), v128.load(now + (i << 3)));
    if (i < n) store<i64>(last + (i << 3), load<i64>(now + (i << 3)));
    return;
  }
  const places = k.places.at;
  for (let i = 0; i < n; i++) {
    const number = places[i];
    if (number >= 0) store<i64>(last + (number << 3), load<i64>(now + (i << 3)));
  }
}

/** Puts the values with their offsets where consumers find them (Slot.corrected). */
function correct(w: Window, k: Counter, slot: Slot): bool {
  const n = slot.count;
  if (n > k.outCapacity) {
    const out = take<List<f64>>(w.arena, n << 3);
    const raw = take<List<i64>>(w.arena, n << 3);
    if (!out || !raw) return false;
    k.out = out;
    k.outRaw = raw;
    k.outCapacity = n;
  }
  const exact = isExact(slot);
  const places = k.places.at;
  for (let i = 0; i < n; i++) {
    const number = places[i];
    const offset: f64 = number < 0 ? 0 : k.offsets[number];
    k.out[i] = slot.values[i] + offset;
    if (!exact) continue;
    const whole: i64 = number < 0 ? 0 : k.exactOffsets[number];
    k.outRaw[i] = slot.raw[i] + whole;
  }
  slot.corrected = k;
  return true;
}

/** Looks at the counters of the current record, before it goes to the window's consumers. False if memory is exhausted. */
export function watchCounters(w: Window, r: Reader, seq: i32, ns: i64): bool {
  const n = w.counterCount;
  const reader = r.id;
  let some = tellsUptime(w, seq);
  if (!w.reader) w.upNs = ns;
  if (some && !lookBoot(w, seq, ns, reader)) return false;
  let fell = false;
  for (let i = 0; i < n; i++) {
    const k = counterAt(w, i);
    const slot = k.slot;
    const met = isMet(k, slot, seq);
    k.met = met ? 1 : 0;
    if (!met) continue;
    some = true;
    const status = look(w, k, slot, reader, ns);
    if (status < 0) return false;
    if (status) fell = true;
    if (isPaced(k, slot) && !keepPaces(w, k, slot, ns)) return false;
  }
  if (!some) return true;
  const marks = w.marks;
  if (w.marksBefore != marks) w.markNs = ns;
  if (w.reader != reader + 1) w.awayNs = ns;
  w.marksBefore = marks;
  w.reader = reader + 1;
  if (fell && !bridgeAll(w, ns)) return false;
  for (let i = 0; i < n; i++) {
    const k = counterAt(w, i);
    if (!k.met) continue;
    const slot = k.slot;
    if (k.how & WATCH_TOTAL && !settleTotal(w, k, slot)) return false;
    keep(k, slot, ns);
    if (k.offsets && !correct(w, k, slot)) return false;
  }
  return true;
}

/** The record has gone to the window's consumers: the next window has corrections of its own. */
export function uncorrect(w: Window): void {
  const n = w.counterCount;
  for (let i = 0; i < n; i++) counterAt(w, i).slot.corrected = none<Counter>();
}
