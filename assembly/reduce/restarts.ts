// Owns telling a counter's wraps from its restarts, and bridging both (the rules are written down in src/reduce/counters.ts).

import { nameIn } from '../archive/indom';
import { NO_STRING } from '../archive/strings';
import { instanceAt, T_I32, T_I64, T_U32, T_U64 } from '../archive/values';
import {
  AGENTS, AWAY_MARK, K_AWAY, K_BITS, K_CAP, K_DOMAIN, K_EXACT, K_ID, K_KNOWN, K_LAST, K_MAP, K_MET, K_NAME, K_NS, K_OFFSETS, K_RESTARTS,
  K_SIZE, K_SLOT, KA_AWAY, KA_RESTARTED, KA_SEEN, KA_SIZE, L_AGENT, L_COUNT, L_INDOM, L_RAW, L_SCALE, L_SCALED, L_TYPE, L_VALS, L_VERSION, L_WANT,
  MP_AT, W_ARENA, W_CORRECTED, W_COUNTERS, W_NCOUNTERS, WANT_RAW,
} from '../layout';
import { regrow } from '../memory';

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

function widthOf(k: usize, slot: usize): i32 {
  const bits = load<i32>(k, K_BITS);
  if (bits) return bits;
  const type = load<i32>(slot, L_TYPE);
  return type == T_I32 || type == T_U32 ? 32 : type == T_I64 || type == T_U64 ? 64 : 0;
}

function canWrap(k: usize, slot: usize, before: usize, now: usize, bits: i32, exact: bool): bool {
  if (bits == 0) return false;
  const fast = load<i32>(k, K_BITS) != 0 && bits <= 32;
  if (exact) {
    const fall = load<u64>(before) - load<u64>(now);
    const half: u64 = (<u64>1) << (bits - 1);
    return (fast || fall > half) && (bits == 64 || fall <= half << 1);
  }
  const fall = load<f64>(before) - load<f64>(now);
  const range = rangeOf(bits) * load<f64>(slot, L_SCALE);
  return (fast || fall > range * 0.5) && fall <= range;
}

function rangeOf(bits: i32): f64 {
  return bits == 64 ? 18446744073709551616.0 : <f64>((<u64>1) << bits);
}

function asDouble(p: usize, type: i32, exact: bool): f64 {
  if (!exact) return load<f64>(p);
  return type == T_U64 ? <f64>load<u64>(p) : <f64>load<i64>(p);
}

/** By agent (pmID domain), of the record at hand. */
const agents = memory.data(6144);

/** Counters of the record that were above 0 before, and those of them that cannot but have been restarted. */
function count(k: usize, slot: usize, agent: usize): void {
  const n = load<i32>(slot, L_COUNT);
  const exact = isExact(slot);
  const type = load<i32>(slot, L_TYPE);
  const values = valuesOf(slot, exact);
  const places: usize = load<u32>(k + K_MAP, MP_AT);
  const known = load<i32>(k, K_KNOWN);
  const bits = widthOf(k, slot);
  const away = load<i32>(k, K_AWAY);
  let seen = 0;
  let restarted = 0;
  for (let i = 0; i < n; i++) {
    const number = load<i32>(places + (i << 2));
    if (number < 0 || number >= known) continue;
    const now = values + (i << 3);
    const before = <usize>load<u32>(k, K_LAST) + (number << 3);
    const level = asDouble(before, type, exact);
    if (level > 0) seen++;
    if (!(asDouble(now, type, exact) < level * 0.5)) continue;
    if (away & AWAY_MARK || !canWrap(k, slot, before, now, bits, exact)) restarted++;
  }
  store<i32>(agent, load<i32>(agent, KA_SEEN) + seen, KA_SEEN);
  store<i32>(agent, load<i32>(agent, KA_RESTARTED) + restarted, KA_RESTARTED);
  if (restarted && away) store<i32>(agent, 1, KA_AWAY);
}

/** Adds to the offsets. `some`, `all`: counters of the agent were restarted. False if memory is exhausted. */
function bridge(w: usize, k: usize, slot: usize, some: bool, all: bool, ns: i64): bool {
  const n = load<i32>(slot, L_COUNT);
  const exact = isExact(slot);
  const type = load<i32>(slot, L_TYPE);
  const values = valuesOf(slot, exact);
  const places: usize = load<u32>(k + K_MAP, MP_AT);
  const known = load<i32>(k, K_KNOWN);
  const bits = widthOf(k, slot);
  const wraps = !some && !(load<i32>(k, K_AWAY) & AWAY_MARK);
  let named = -1;
  for (let i = 0; i < n; i++) {
    const number = load<i32>(places + (i << 2));
    if (number < 0 || number >= known) continue;
    const now = values + (i << 3);
    const before = <usize>load<u32>(k, K_LAST) + (number << 3);
    const fell = isBelow(now, before, type, exact);
    if (!fell && !(all && isBelow(before, now, type, exact))) continue;
    if (!load<u32>(k, K_OFFSETS)) {
      if (!reserveOffsets(w + W_ARENA, k, 0, load<i32>(k, K_CAP))) return false;
      store<i32>(w, load<i32>(w, W_CORRECTED) + 1, W_CORRECTED);
    }
    const offset = <usize>load<u32>(k, K_OFFSETS) + (number << 3);
    const whole = <usize>load<u32>(k, K_EXACT) + (number << 3);
    if (fell && wraps && canWrap(k, slot, before, now, bits, exact)) {
      store<f64>(offset, load<f64>(offset) + rangeOf(bits) * load<f64>(slot, L_SCALE));
      if (bits < 64) store<u64>(whole, load<u64>(whole) + ((<u64>1) << bits));
      continue;
    }
    if (named < 0) named = i;
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
  if (named >= 0) tell(k, slot, named, ns);
  return true;
}

/** Counts a restart, and notes the first one. */
function tell(k: usize, slot: usize, i: i32, ns: i64): void {
  const count = load<i32>(k, K_RESTARTS);
  store<i32>(k, count + 1, K_RESTARTS);
  if (count) return;
  const id = instanceAt(slot, i);
  const version: usize = load<u32>(slot, L_INDOM) ? <usize>load<u32>(slot, L_VERSION) : 0;
  store<i32>(k, id, K_ID);
  store<u32>(k, version ? nameIn(version, id) : NO_STRING, K_NAME);
  store<i32>(k, load<u32>(slot, L_INDOM) ? 1 : 0, K_DOMAIN);
  store<i64>(k, ns, K_NS);
}

/** Some counter of the record fell: tells wraps from restarts, and adds to the offsets. False if memory is exhausted. */
export function bridgeAll(w: usize, ns: i64): bool {
  const n = load<i32>(w, W_NCOUNTERS);
  memory.fill(agents, 0, AGENTS * KA_SIZE);
  for (let i = 0; i < n; i++) {
    const k = counterAt(w, i);
    if (!load<i32>(k, K_MET)) continue;
    const slot: usize = load<u32>(k, K_SLOT);
    count(k, slot, agents + load<i32>(slot, L_AGENT) * KA_SIZE);
  }
  for (let i = 0; i < n; i++) {
    const k = counterAt(w, i);
    if (!load<i32>(k, K_MET)) continue;
    const slot: usize = load<u32>(k, K_SLOT);
    const a = agents + load<i32>(slot, L_AGENT) * KA_SIZE;
    const times = load<i32>(a, KA_RESTARTED);
    const all = times > 0 && (load<i32>(a, KA_AWAY) != 0 || times << 1 > load<i32>(a, KA_SEEN));
    if (!bridge(w, k, slot, times > 0, all, ns)) return false;
  }
  return true;
}
