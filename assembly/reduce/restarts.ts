// Owns telling a counter's wraps from its restarts, and bridging both (the rules are written down in src/reduce/counters.ts).

import { nameIn } from '../archive/indom';
import { NO_STRING } from '../archive/strings';
import { instanceAt, T_I32, T_I64, T_U32, T_U64 } from '../archive/values';
import {
  AGENTS, AWAY_MARK, E_WRAP, FLAG_COUNTED, FLAG_PENDING, K_AWAY, K_BEFORE, K_BITS, K_CAP, K_COUNTED, K_DOMAIN, K_EXACT, K_FLAGS, K_ID, K_KNOWN, K_LAST, K_MAP,
  K_MATCH, K_MET, K_NAME, K_NS, K_OFFSETS, K_PACES, K_PENDING, K_RAN_ON, K_RESTARTS, K_SIZE, K_SLOT, KA_AWAY, KA_FROM, KA_NOTED, KA_RESTARTED, KA_SIZE, KA_TO, KA_WENT_ON, KERNEL, L_AGENT,
  L_COUNT, L_INDOM, L_RAW, L_SCALE, L_SCALED, L_TYPE, L_VALS, L_VERSION, L_WANT, MP_AT, W_ARENA, W_AWAY_NS, W_CORRECTED, W_COUNTERS, W_MARK_NS,
  W_NCOUNTERS, WANT_RAW,
} from '../layout';
import { regrow } from '../memory';
import { note } from './boot';
import { isWanted } from './match';

// @ts-ignore: decorator
@inline
export function counterAt(w: usize, i: i32): usize {
  return <usize>load<u32>(w, W_COUNTERS) + i * K_SIZE;
}

/** Whether the slot's integers are kept as such. */
// @ts-ignore: decorator
@inline
export function isExact(slot: usize): bool {
  const type = load<i32>(slot, L_TYPE);
  return (type == T_I64 || type == T_U64) && (load<i32>(slot, L_WANT) & WANT_RAW) != 0 && !load<i32>(slot, L_SCALED);
}

// @ts-ignore: decorator
@inline
export function isBelow(now: usize, before: usize, type: i32, exact: bool): bool {
  if (!exact) return load<f64>(now) < load<f64>(before);
  return type == T_U64 ? load<u64>(now) < load<u64>(before) : load<i64>(now) < load<i64>(before);
}

// @ts-ignore: decorator
@inline
export function valuesOf(slot: usize, exact: bool): usize {
  return exact ? load<u32>(slot, L_RAW) : load<u32>(slot, L_VALS);
}

export function reserveOffsets(arena: usize, k: usize, known: i32, cap: i32): bool {
  const offsets = regrow(arena, load<u32>(k, K_OFFSETS), known << 3, cap << 3);
  const exact = regrow(arena, load<u32>(k, K_EXACT), known << 3, cap << 3);
  if (!offsets || !exact) return false;
  store<u32>(k, <u32>offsets, K_OFFSETS);
  store<u32>(k, <u32>exact, K_EXACT);
  return true;
}

export function reserveFlags(arena: usize, k: usize, known: i32, cap: i32): bool {
  const flags = regrow(arena, load<u32>(k, K_FLAGS), known, cap);
  if (!flags) return false;
  store<u32>(k, <u32>flags, K_FLAGS);
  return true;
}

function widthOf(k: usize, slot: usize): i32 {
  const bits = load<i32>(k, K_BITS);
  if (bits) return bits;
  const type = load<i32>(slot, L_TYPE);
  return type == T_I32 || type == T_U32 ? 32 : type == T_I64 || type == T_U64 ? 64 : 0;
}

/** What counters of 32 bits count at most so fast again, and how fast a wrap must be to look unlike all before (src/reduce/counters.ts, rule 1). */
const ALIKE: f64 = 1.5;
const UNLIKE: f64 = 64;

/** Whether the counter is judged by its pace. */
export function isPaced(k: usize, slot: usize): bool {
  return load<i32>(k, K_BITS) == 0 && widthOf(k, slot) == 32;
}

/** Counted in a nanosecond; -1: not known. */
function paceOf(counted: f64, ns: i64): f64 {
  return ns > 0 ? counted / <f64>ns : -1;
}

/** Makes room for paces of instances from `known` on, which are not known. False if memory is exhausted. */
export function reservePaces(arena: usize, k: usize, known: i32, cap: i32): bool {
  const paces = regrow(arena, load<u32>(k, K_PACES), known << 3, cap << 3);
  if (!paces) return false;
  for (let i = known; i < cap; i++) store<f64>(paces + (i << 3), -1);
  store<u32>(k, <u32>paces, K_PACES);
  return true;
}

/** Remembers how fast those count that have not fallen. False if memory is exhausted. */
export function keepPaces(w: usize, k: usize, slot: usize, ns: i64): bool {
  if (!load<u32>(k, K_PACES) && !reservePaces(w + W_ARENA, k, 0, load<i32>(k, K_CAP))) return false;
  face(k, slot);
  const paces: usize = load<u32>(k, K_PACES);
  const span = ns - load<i64>(k, K_BEFORE);
  for (let i = 0; i < n; i++) {
    const number = load<i32>(places + (i << 2));
    if (number < 0 || number >= known) continue;
    const counted = load<f64>(values + (i << 3)) - load<f64>(last + (number << 3));
    if (counted >= 0) store<f64>(paces + (number << 3), paceOf(counted, span));
  }
  return true;
}

function canWrap(k: usize, slot: usize, before: usize, now: usize, number: i32, ns: i64): bool {
  if (bits == 0) return false;
  const configured = load<i32>(k, K_BITS) != 0;
  if (exact) {
    const fall = load<u64>(before) - load<u64>(now);
    const half: u64 = (<u64>1) << (bits - 1);
    return ((configured && bits <= 32) || fall > half) && (bits == 64 || fall <= half << 1);
  }
  const value = load<f64>(now);
  const fall = load<f64>(before) - value;
  const range = rangeOf(bits) * load<f64>(slot, L_SCALE);
  if (fall > range) return false;
  if (bits > 32) return fall > range * 0.5;
  if (configured) return true;
  const counted = range - fall;
  const paces: usize = load<u32>(k, K_PACES);
  const pace = paces ? load<f64>(paces + (number << 3)) : -1;
  if (pace < 0) return fall > range * 0.5 || (!load<i32>(k, K_AWAY) && value >= range * 0.125);
  const expected = pace * <f64>(ns - load<i64>(k, K_BEFORE));
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
const agents = memory.data(16384);

// @ts-ignore: decorator
@inline
function agentOf(slot: usize): usize {
  return agents + load<i32>(slot, L_AGENT) * KA_SIZE;
}

/** The counter that is being looked at: number of values, how many instances were known before, width, type, where values lie. */
let n: i32 = 0;
let known: i32 = 0;
let bits: i32 = 0;
let type: i32 = 0;
let exact: bool = false;
let values: usize = 0;
let places: usize = 0;
let last: usize = 0;

function face(k: usize, slot: usize): void {
  n = load<i32>(slot, L_COUNT);
  known = load<i32>(k, K_KNOWN);
  bits = widthOf(k, slot);
  type = load<i32>(slot, L_TYPE);
  exact = isExact(slot);
  values = valuesOf(slot, exact);
  places = load<u32>(k + K_MAP, MP_AT);
  last = load<u32>(k, K_LAST);
}

/** Adds the counter's instances that cannot but have been restarted, and those that went on, to those of its agent. */
function count(w: usize, k: usize, slot: usize, ns: i64): void {
  face(k, slot);
  let restarted = 0;
  let wentOn = 0;
  for (let i = 0; i < n; i++) {
    const number = load<i32>(places + (i << 2));
    if (number < 0 || number >= known) continue;
    const now = values + (i << 3);
    const before = last + (number << 3);
    const level = asDouble(before, type, exact);
    if (level != 0 && !isBelow(now, before, type, exact)) wentOn++;
    if (!(asDouble(now, type, exact) < level * 0.5)) continue;
    if (!canWrap(k, slot, before, now, number, ns)) restarted++;
  }
  const a = agentOf(slot);
  store<i32>(a, load<i32>(a, KA_WENT_ON) + wentOn, KA_WENT_ON);
  if (!restarted) return;
  const away = load<i32>(k, K_AWAY);
  const to = away & AWAY_MARK ? load<i64>(w, W_MARK_NS) : away ? load<i64>(w, W_AWAY_NS) : ns;
  const from = away ? to - 1 : load<i64>(k, K_BEFORE);
  const first = load<i32>(a, KA_RESTARTED) == 0;
  store<i32>(a, load<i32>(a, KA_RESTARTED) + restarted, KA_RESTARTED);
  store<i64>(a, first ? from : max(from, load<i64>(a, KA_FROM)), KA_FROM);
  store<i64>(a, first ? to : min(to, load<i64>(a, KA_TO)), KA_TO);
  if (away) store<i32>(a, 1, KA_AWAY);
}

/** Whether the instance was restarted since it was last seen; it is not from now on. */
function takePending(k: usize, number: i32): bool {
  if (!load<i32>(k, K_PENDING)) return false;
  const flag = <usize>load<u32>(k, K_FLAGS) + number;
  const flags: u32 = load<u8>(flag);
  if (!(flags & FLAG_PENDING)) return false;
  store<u8>(flag, flags & ~FLAG_PENDING);
  store<i32>(k, load<i32>(k, K_PENDING) - 1, K_PENDING);
  return true;
}

/**
 * Adds to the offsets, and notes a wrap that is taken for a restart unless the host ran on. `most`: more counters of the agent were
 * restarted in this record than went on. False if memory is exhausted.
 */
function bridge(w: usize, k: usize, slot: usize, most: bool, ns: i64): bool {
  face(k, slot);
  const restarted = !load<i32>(k, K_RAN_ON) && (most || (load<i32>(k, K_AWAY) & AWAY_MARK) != 0);
  const kernel = load<i32>(slot, L_AGENT) == KERNEL;
  const paces = isPaced(k, slot) ? <usize>load<u32>(k, K_PACES) : 0;
  let named = -1;
  let doubted = 0;
  for (let i = 0; i < n; i++) {
    const number = load<i32>(places + (i << 2));
    if (number < 0 || number >= known) continue;
    const now = values + (i << 3);
    const before = last + (number << 3);
    const pending = takePending(k, number);
    const fell = isBelow(now, before, type, exact);
    if (!fell && !(pending && isBelow(before, now, type, exact))) continue;
    if (!load<u32>(k, K_OFFSETS)) {
      if (!reserveOffsets(w + W_ARENA, k, 0, load<i32>(k, K_CAP))) return false;
      store<i32>(w, load<i32>(w, W_CORRECTED) + 1, W_CORRECTED);
    }
    const offset = <usize>load<u32>(k, K_OFFSETS) + (number << 3);
    const whole = <usize>load<u32>(k, K_EXACT) + (number << 3);
    const pace: usize = paces ? paces + (number << 3) : 0;
    const wraps = fell && !pending && canWrap(k, slot, before, now, number, ns);
    if (wraps && restarted && kernel) doubted++;
    if (wraps && !restarted) {
      const range = rangeOf(bits) * load<f64>(slot, L_SCALE);
      store<f64>(offset, load<f64>(offset) + range);
      if (pace) store<f64>(pace, paceOf(load<f64>(now) - load<f64>(before) + range, ns - load<i64>(k, K_BEFORE)));
      if (bits < 64) store<u64>(whole, load<u64>(whole) + ((<u64>1) << bits));
      continue;
    }
    if (pace) store<f64>(pace, -1);
    if (concerns(k, slot, i)) {
      if (named < 0) named = i;
      if (!mark(w, k, number)) return false;
    }
    if (exact) {
      const step = load<i64>(before) - load<i64>(now);
      store<i64>(whole, load<i64>(whole) + step);
      store<f64>(offset, load<f64>(offset) + <f64>step);
      continue;
    }
    const level = load<f64>(before) + load<f64>(offset);
    const more = level - load<f64>(now);
    // Rounding must not make it fall after all.
    const short = level - (load<f64>(now) + more);
    store<f64>(offset, short > 0 ? more + 2 * short : more);
  }
  if (named >= 0) record(k, slot, named, ns);
  return !doubted || note(w, E_WRAP, load<i64>(k, K_BEFORE), ns, doubted, load<i32>(k, K_AWAY) != 0);
}

/** Name of an instance in the record at hand (string number). */
function nameAt(slot: usize, i: i32): u32 {
  const version: usize = load<u32>(slot, L_INDOM) ? <usize>load<u32>(slot, L_VERSION) : 0;
  return version ? nameIn(version, instanceAt(slot, i)) : NO_STRING;
}

/** Whether somebody looks at the instance. */
function concerns(k: usize, slot: usize, i: i32): bool {
  const names: usize = load<u32>(k, K_MATCH);
  return !names || isWanted(names, nameAt(slot, i));
}

/** Counts an instance that was restarted, once. False if memory is exhausted. */
function mark(w: usize, k: usize, number: i32): bool {
  if (!load<u32>(k, K_FLAGS) && !reserveFlags(w + W_ARENA, k, 0, load<i32>(k, K_CAP))) return false;
  const flag = <usize>load<u32>(k, K_FLAGS) + number;
  if (load<u8>(flag) & FLAG_COUNTED) return true;
  store<u8>(flag, load<u8>(flag) | <u8>FLAG_COUNTED);
  store<i32>(k, load<i32>(k, K_COUNTED) + 1, K_COUNTED);
  return true;
}

/** Counts a record with a restart, and keeps the first one. */
function record(k: usize, slot: usize, i: i32, ns: i64): void {
  const count = load<i32>(k, K_RESTARTS);
  store<i32>(k, count + 1, K_RESTARTS);
  if (count) return;
  store<i32>(k, instanceAt(slot, i), K_ID);
  store<u32>(k, nameAt(slot, i), K_NAME);
  store<i32>(k, load<u32>(slot, L_INDOM) ? 1 : 0, K_DOMAIN);
  store<i64>(k, ns, K_NS);
}

/** Some counter of the record fell: tells wraps from restarts, and adds to the offsets. False if memory is exhausted. */
export function bridgeAll(w: usize, ns: i64): bool {
  const counters = load<i32>(w, W_NCOUNTERS);
  memory.fill(agents, 0, AGENTS * KA_SIZE);
  for (let i = 0; i < counters; i++) {
    const k = counterAt(w, i);
    if (load<i32>(k, K_MET)) count(w, k, load<u32>(k, K_SLOT), ns);
  }
  for (let i = 0; i < counters; i++) {
    const k = counterAt(w, i);
    if (!load<i32>(k, K_MET)) continue;
    const slot: usize = load<u32>(k, K_SLOT);
    const a = agentOf(slot);
    const restarted = load<i32>(a, KA_RESTARTED);
    if (restarted && !load<i32>(a, KA_NOTED)) {
      store<i32>(a, 1, KA_NOTED);
      const away = load<i32>(a, KA_AWAY) != 0;
      if (!note(w, load<i32>(slot, L_AGENT), load<i64>(a, KA_FROM), load<i64>(a, KA_TO), restarted, away)) return false;
    }
    if (!bridge(w, k, slot, restarted > load<i32>(a, KA_WENT_ON), ns)) return false;
  }
  return true;
}
