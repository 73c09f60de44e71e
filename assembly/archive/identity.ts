// Owns what an instance is: the name that its domain has for its number at the record's time, whatever the number, and whole. (PCP
// cuts names at the first space, but only to look up what somebody typed; `001234 sort` and `001234 make` are two processes.)

import {
  L_DOMAIN, L_GEN, L_KEYED, L_KEYED_BY, L_KEYS, L_PAIRS, T_MARK, T_SIZE, V_IDS, V_N, V_NAMES, V_TWINS,
} from '../layout';
import { be32 } from './bytes';
import { NO_STRING, stringsAddress } from './strings';

/**
 * An identity is 64 bits, equal for the same instance in all records and archives of a session. Low word: the name's string number.
 * High word: 0; the number + 1 where a domain gives the name to several members, as it then tells nothing by itself. Without a name:
 * NO_STRING and the number. The value of a metric without domain is one thing, whatever is stored as its number.
 */
const ALONE: i64 = 0xfffffffe;
/** The low word of an identity is no name from here on. */
const NO_NAME: u32 = 0xfffffffe;

const TWINS_NONE: i32 = 1;
const TWINS_SOME: i32 = 2;

/** The name (string number) in an identity; NO_STRING if it has none. */
// @ts-ignore: decorator
@inline
export function nameOf(key: i64): u32 {
  return <u32>key >= NO_NAME ? NO_STRING : <u32>key;
}

// @ts-ignore: decorator
@inline
export function keyAt(slot: usize, i: i32): i64 {
  return load<i64>(<usize>load<u32>(slot, L_KEYS) + (i << 3));
}

/** Two marks a pass: 2p for a name met once, 2p + 1 for one met again. */
let pass: u32 = 0;

/** Marks the names of a version; whether one of them is met again. */
function markNames(version: usize): bool {
  const n = load<i32>(version, V_N);
  const names: usize = load<u32>(version, V_NAMES);
  const strings = stringsAddress();
  pass += 2;
  let again = false;
  for (let i = 0; i < n; i++) {
    const at = strings + load<u32>(names + (i << 2)) * T_SIZE;
    const met = load<u32>(at, T_MARK) >>> 1 == pass >>> 1;
    store<u32>(at, met ? pass | 1 : pass, T_MARK);
    if (met) again = true;
  }
  return again;
}

/** Place of a number among the members of a version, looked for first where it is expected; -1: not there. */
function memberAt(version: usize, id: i32, guess: i32): i32 {
  const n = load<i32>(version, V_N);
  const ids: usize = load<u32>(version, V_IDS);
  // Of a number listed twice the first counts.
  if (guess > 0 && guess < n && load<i32>(ids + (guess << 2)) == id && load<i32>(ids + ((guess - 1) << 2)) != id) return guess;
  let lo: i32 = 0;
  let hi = n;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (load<i32>(ids + (mid << 2)) < id) lo = mid + 1;
    else hi = mid;
  }
  return lo < n && load<i32>(ids + (lo << 2)) == id ? lo : -1;
}

/**
 * Brings the identities of a slot's `n` values up to date; `fresh`: their numbers are others than before. Costs a comparison while
 * numbers and version stay, and a look at the names when one of them changes.
 */
export function identify(slot: usize, version: usize, reader: i32, n: i32, fresh: bool): void {
  if (!fresh && load<u32>(slot, L_KEYED) == <u32>version && load<i32>(slot, L_KEYED_BY) == reader) return;
  store<u32>(slot, <u32>version, L_KEYED);
  store<i32>(slot, reader, L_KEYED_BY);
  const bare = load<i32>(slot, L_DOMAIN) < 0;
  let twins = false;
  if (version && load<i32>(version, V_TWINS) != TWINS_NONE) {
    twins = markNames(version);
    store<i32>(version, twins ? TWINS_SOME : TWINS_NONE, V_TWINS);
  }
  const names: usize = version ? <usize>load<u32>(version, V_NAMES) : 0;
  const keys: usize = load<u32>(slot, L_KEYS);
  const pairs: usize = load<u32>(slot, L_PAIRS);
  let changed = false;
  let next = 0;
  for (let i = 0; i < n; i++) {
    let key = ALONE;
    if (!bare) {
      const id = be32(pairs + (i << 3));
      const at = version ? memberAt(version, id, next) : -1;
      next = at + 1;
      key = ((<i64>id) << 32) | 0xffffffff;
      if (at >= 0) {
        const name = load<u32>(names + (at << 2));
        const shared = twins && load<u32>(stringsAddress() + name * T_SIZE, T_MARK) & 1;
        key = shared ? ((<i64>id + 1) << 32) | <i64>name : <i64>name;
      }
    }
    if (load<i64>(keys + (i << 3)) != key) changed = true;
    store<i64>(keys + (i << 3), key);
  }
  if (changed || fresh) store<u32>(slot, load<u32>(slot, L_GEN) + 1, L_GEN);
}
