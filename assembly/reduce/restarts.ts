// Owns telling a counter's wraps from its restarts, and bridging both (the rules are written down in src/reduce/counters.ts).

import { nameIn } from '../archive/indom';
import { NO_STRING } from '../archive/strings';
import { instanceAt, T_I32, T_I64, T_U32, T_U64 } from '../archive/values';
import {
  AGENTS,
  Agent,
  Arena,
  AWAY_MARK,
  Counter,
  FLAG_COUNTED,
  FLAG_PENDING,
  KERNEL,
  List,
  none,
  Slot,
  Structs,
  Version,
  WANT_RAW,
  Window,
  WRAP,
} from '../layout';
import { regrow } from '../memory';
import { note } from './boot';
import { isWanted } from './match';

/** @inline */
export function counterAt(w: Window, i: i32): Counter {
  return w.counters[i];
}

/** Whether the slot's integers are kept as such. @inline */
export function isExact(slot: Slot): bool {
  const type = slot.type;
  return (type == T_I64 || type == T_U64) && (slot.want & WANT_RAW) != 0 && !slot.scaled;
}

/** @inline */
export function isBelow(now: usize, before: usize, type: i32, exact: bool): bool {
  if (!exact) return load<f64>(now) < load<f64>(before);
  return type == T_U64 ? load<u64>(now) < load<u64>(before) : load<i64>(now) < load<i64>(before);
}

/** @inline */
export function valuesOf(slot: Slot, exact: bool): usize {
  return exact ? changetype<usize>(slot.raw) : changetype<usize>(slot.values);
}

export function reserveOffsets(arena: Arena, k: Counter, known: i32, cap: i32): bool {
  const offsets = regrow(arena, k.offsets, known << 3, cap << 3);
  const exact = regrow(arena, k.exactOffsets, known << 3, cap << 3);
  if (!offsets || !exact) return false;
  k.offsets = offsets;
  k.exactOffsets = exact;
  return true;
}

export function reserveFlags(arena: Arena, k: Counter, known: i32, cap: i32): bool {
  const flags = regrow(arena, k.flags, known, cap);
  if (!flags) return false;
  k.flags = flags;
  return true;
}

function widthOf(k: Counter, slot: Slot): i32 {
  const bits = k.bits;
  if (bits) return bits;
  const type = slot.type;
  return type == T_I32 || type == T_U32 ? 32 : type == T_I64 || type == T_U64 ? 64 : 0;
}

/** What counters of 32 bits count at most so fast again, and how fast a wrap must be to look unlike all before (src/reduce/counters.ts, rule 1). */
const ALIKE: f64 = 1.5;
const UNLIKE: f64 = 64;

/** Whether the counter is judged by its pace. */
export function isPaced(k: Counter, slot: Slot): bool {
  return k.bits == 0 && widthOf(k, slot) == 32;
}

/** Counted in a nanosecond; -1: not known. */
function paceOf(counted: f64, ns: i64): f64 {
  return ns > 0 ? counted / <f64>ns : -1;
}

/** Makes room for paces of instances from `known` on, which are not known. False if memory is exhausted. */
export function reservePaces(arena: Arena, k: Counter, known: i32, cap: i32): bool {
  const paces = regrow(arena, k.paces, known << 3, cap << 3);
  if (!paces) return false;
  for (let i = known; i < cap; i++) paces[i] = -1;
  k.paces = paces;
  return true;
}

/** Remembers how fast those count that have not fallen. False if memory is exhausted. */
export function keepPaces(w: Window, k: Counter, slot: Slot, ns: i64): bool {
  if (!k.paces && !reservePaces(w.arena, k, 0, k.capacity)) return false;
  face(k, slot);
  const paces = k.paces;
  const span = ns - k.before;
  for (let i = 0; i < n; i++) {
    const number = places[i];
    if (number < 0 || number >= known) continue;
    const counted = load<f64>(values + (i << 3)) - load<f64>(last + (number << 3));
    if (counted >= 0) paces[number] = paceOf(counted, span);
  }
  return true;
}

function canWrap(k: Counter, slot: Slot, before: usize, now: usize, ns: i64): bool {
  if (bits == 0) return false;
  const configured = k.bits != 0;
  if (exact) {
    const fall = load<u64>(before) - load<u64>(now);
    const half: u64 = (<u64>1) << (bits - 1);
    return ((configured && bits <= 32) || fall > half) && (bits == 64 || fall <= half << 1);
  }
  const value = load<f64>(now);
  const fall = load<f64>(before) - value;
  const range = rangeOf(bits) * slot.scale;
  if (fall > range) return false;
  if (bits > 32) return fall > range * 0.5;
  if (configured) return true;
  const counted = range - fall;
  const paces = k.paces;
  const pace = paces ? paces[<i32>(before - last) >> 3] : -1;
  if (pace < 0) return fall > range * 0.5 || (!k.away && value >= range * 0.125);
  const expected = pace * <f64>(ns - k.before);
  if (fall > range * 0.5) return value < 0 || value > 2 * expected || counted <= UNLIKE * expected;
  return counted <= ALIKE * expected && ALIKE * counted >= expected;
}

function rangeOf(bits: i32): f64 {
  return bits == 64 ? 18446744073709551616.0 : <f64>((<u64>1) << bits);
}

export function asDouble(p: usize, type: i32, exact: bool): f64 {
  if (!exact) return load<f64>(p);
  return type == T_U64 ? <f64>load<u64>(p) : <f64>load<i64>(p);
}

/** By agent (pmID domain), of the record at hand. */
const agents = changetype<Structs<Agent>>(memory.data(16384));

/** @inline */
function agentOf(slot: Slot): Agent {
  return agents[slot.agent];
}

/** The counter that is being looked at: number of values, how many instances were known before, width, type, where values lie. */
let n: i32 = 0;
let known: i32 = 0;
let bits: i32 = 0;
let type: i32 = 0;
let exact: bool = false;
let values: usize = 0;
let places = changetype<List<i32>>(0);
let last: usize = 0;

function face(k: Counter, slot: Slot): void {
  n = slot.count;
  known = k.known;
  bits = widthOf(k, slot);
  type = slot.type;
  exact = isExact(slot);
  values = valuesOf(slot, exact);
  places = k.places.at;
  last = k.last;
}

/** Adds the counter's instances that cannot but have been restarted, and those that went on, to those of its agent. */
function count(w: Window, k: Counter, slot: Slot, ns: i64): void {
  face(k, slot);
  let restarted = 0;
  let wentOn = 0;
  for (let i = 0; i < n; i++) {
    const number = places[i];
    if (number < 0 || number >= known) continue;
    const now = values + (i << 3);
    const before = last + (number << 3);
    const level = asDouble(before, type, exact);
    if (level != 0 && !isBelow(now, before, type, exact)) wentOn++;
    if (!(asDouble(now, type, exact) < level * 0.5)) continue;
    if (!canWrap(k, slot, before, now, ns)) restarted++;
  }
  const a = agentOf(slot);
  a.wentOn += wentOn;
  if (!restarted) return;
  const away = k.away;
  const to = away & AWAY_MARK ? w.markNs : away ? w.awayNs : ns;
  const from = away ? to - 1 : k.before;
  const first = a.restarted == 0;
  a.restarted += restarted;
  a.earliest = first ? from : max(from, a.earliest);
  a.latest = first ? to : min(to, a.latest);
  if (away) a.away = 1;
}

/** Whether the instance was restarted since it was last seen; it is not from now on. */
function takePending(k: Counter, number: i32): bool {
  if (!k.pending) return false;
  const flags = k.flags;
  if (!(flags[number] & FLAG_PENDING)) return false;
  flags[number] &= <u8>~FLAG_PENDING;
  k.pending--;
  return true;
}

/**
 * Adds to the offsets, and notes a wrap that is taken for a restart unless the host ran on. `most`: more counters of the agent were
 * restarted in this record than went on. False if memory is exhausted.
 */
function bridge(w: Window, k: Counter, slot: Slot, most: bool, ns: i64): bool {
  face(k, slot);
  const restarted = !k.ranOn && (most || (k.away & AWAY_MARK) != 0);
  const kernel = slot.agent == KERNEL;
  const paces = isPaced(k, slot) ? k.paces : none<List<f64>>();
  let named = -1;
  let doubted = 0;
  for (let i = 0; i < n; i++) {
    const number = places[i];
    if (number < 0 || number >= known) continue;
    const now = values + (i << 3);
    const before = last + (number << 3);
    const pending = takePending(k, number);
    const fell = isBelow(now, before, type, exact);
    if (!fell && !(pending && isBelow(before, now, type, exact))) continue;
    if (!k.offsets) {
      if (!reserveOffsets(w.arena, k, 0, k.capacity)) return false;
      w.correctedCount++;
    }
    const offsets = k.offsets;
    const exactOffsets = k.exactOffsets;
    const wraps = fell && !pending && canWrap(k, slot, before, now, ns);
    if (wraps && restarted && kernel) doubted++;
    if (wraps && !restarted) {
      const range = rangeOf(bits) * slot.scale;
      offsets[number] += range;
      if (paces) paces[number] = paceOf(load<f64>(now) - load<f64>(before) + range, ns - k.before);
      if (bits < 64) exactOffsets[number] += (<i64>1) << bits;
      continue;
    }
    if (paces) paces[number] = -1;
    if (concerns(k, slot, i)) {
      if (named < 0) named = i;
      if (!mark(w, k, number)) return false;
    }
    if (exact) {
      const step = load<i64>(before) - load<i64>(now);
      exactOffsets[number] += step;
      offsets[number] += <f64>step;
      continue;
    }
    const level = load<f64>(before) + offsets[number];
    const more = level - load<f64>(now);
    // Rounding must not make it fall after all.
    const short = level - (load<f64>(now) + more);
    offsets[number] = short > 0 ? more + 2 * short : more;
  }
  if (named >= 0) record(k, slot, named, ns);
  return !doubted || note(w, WRAP, k.before, ns, doubted, k.away != 0);
}

/** Name of an instance in the record at hand (string number). */
function nameAt(slot: Slot, i: i32): u32 {
  const version = slot.domain ? slot.version : none<Version>();
  return version ? nameIn(version, instanceAt(slot, i)) : NO_STRING;
}

/** Whether somebody looks at the instance. */
function concerns(k: Counter, slot: Slot, i: i32): bool {
  const names = k.match;
  return !names || isWanted(names, nameAt(slot, i));
}

/** Counts an instance that was restarted, once. False if memory is exhausted. */
function mark(w: Window, k: Counter, number: i32): bool {
  if (!k.flags && !reserveFlags(w.arena, k, 0, k.capacity)) return false;
  const flags = k.flags;
  if (flags[number] & FLAG_COUNTED) return true;
  flags[number] |= <u8>FLAG_COUNTED;
  k.counted++;
  return true;
}

/** Counts a record with a restart, and keeps the first one. */
function record(k: Counter, slot: Slot, i: i32, ns: i64): void {
  const count = k.restarts;
  k.restarts = count + 1;
  if (count) return;
  k.restartId = instanceAt(slot, i);
  k.restartName = nameAt(slot, i);
  k.restartDomain = slot.domain ? 1 : 0;
  k.restartNs = ns;
}

/** Some counter of the record fell: tells wraps from restarts, and adds to the offsets. False if memory is exhausted. */
export function bridgeAll(w: Window, ns: i64): bool {
  const counters = w.counterCount;
  memory.fill(changetype<usize>(agents), 0, AGENTS * offsetof<Agent>());
  for (let i = 0; i < counters; i++) {
    const k = counterAt(w, i);
    if (k.met) count(w, k, k.slot, ns);
  }
  for (let i = 0; i < counters; i++) {
    const k = counterAt(w, i);
    if (!k.met) continue;
    const slot = k.slot;
    const a = agentOf(slot);
    const restarted = a.restarted;
    if (restarted && !a.noted) {
      a.noted = 1;
      const away = a.away != 0;
      if (!note(w, slot.agent, a.earliest, a.latest, restarted, away)) return false;
    }
    if (!bridge(w, k, slot, restarted > a.wentOn, ns)) return false;
  }
  return true;
}
