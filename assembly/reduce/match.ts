// Owns the instance a consumer looks for by name: that of the name itself, or of one that a dot continues (analytics.md §2.19).

import { keyAt, nameOf } from '../archive/identity';
import { intern, NO_STRING, sameBytes, stringsAddress } from '../archive/strings';
import {
  C_MATCH,
  C_SLOTS,
  C_WINDOW,
  L_GEN,
  MT_AT,
  MT_GEN,
  MT_KEY,
  MT_NAME,
  MT_SIZE,
  T_LEN,
  T_PTR,
  T_SIZE,
  W_ARENA,
} from '../layout';
import { take } from '../memory';
import { countOf } from './rows';

const DOT: u8 = 0x2e;

let slots: usize = 0;
let found: i32 = -1;
let key: i64 = 0;

/** Makes a consumer look for an instance of its metric 0. */
export function setMatch(c: usize, p: usize, len: u32): bool {
  const m = take(<usize>load<u32>(c, C_WINDOW) + W_ARENA, MT_SIZE);
  if (!m) return false;
  store<u32>(m, intern(p, len), MT_NAME);
  store<i32>(m, -1, MT_GEN);
  store<u32>(c, <u32>m, C_MATCH);
  return true;
}

function fits(name: u32, wanted: u32): bool {
  if (name == NO_STRING || wanted == NO_STRING) return false;
  if (name == wanted) return true;
  const a = stringsAddress() + name * T_SIZE;
  const b = stringsAddress() + wanted * T_SIZE;
  const n = load<u32>(b, T_LEN);
  if (load<u32>(a, T_LEN) <= n) return false;
  const text: usize = load<u32>(a, T_PTR);
  return load<u8>(text + n) == DOT && sameBytes(text, load<u32>(b, T_PTR), n);
}

/** Finds the instance in the current record; the first in stored order counts. */
export function look(c: usize): void {
  const m: usize = load<u32>(c, C_MATCH);
  slots = load<u32>(c, C_SLOTS);
  found = -1;
  if (countOf(0) <= 0) return;
  const slot: usize = load<u32>(slots);
  if (load<i32>(m, MT_GEN) != load<i32>(slot, L_GEN)) {
    store<i32>(m, load<i32>(slot, L_GEN), MT_GEN);
    store<i32>(m, -1, MT_AT);
    for (let i = 0; i < countOf(0); i++) {
      if (!fits(nameOf(keyAt(slot, i)), load<u32>(m, MT_NAME))) continue;
      store<i32>(m, i, MT_AT);
      store<i64>(m, keyAt(slot, i), MT_KEY);
      break;
    }
  }
  found = load<i32>(m, MT_AT);
  key = load<i64>(m, MT_KEY);
}

/** Before a consumer that looks for nothing. */
export function lookAway(): void {
  found = -1;
}

/** Position of the instance among the values of a metric, -1 if it has none there. */
export function matchedIn(metric: i32): i32 {
  if (found < 0) return -1;
  if (metric == 0) return found;
  const slot: usize = load<u32>(slots + (metric << 2));
  const n = countOf(metric);
  if (found < n && keyAt(slot, found) == key) return found;
  for (let i = 0; i < n; i++) if (keyAt(slot, i) == key) return i;
  return -1;
}
