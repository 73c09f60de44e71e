// Owns the instance a consumer looks for by name: that of the name itself, or of one that a dot continues (analytics.md §2.19).

import { nameIn } from '../archive/indom';
import { intern, NO_STRING, sameBytes, stringsAddress } from '../archive/strings';
import { instanceAt } from '../archive/values';
import {
  C_MATCH,
  C_SLOTS,
  C_WINDOW,
  L_GEN,
  L_INDOM,
  L_VERSION,
  MT_AT,
  MT_GEN,
  MT_ID,
  MT_NAME,
  MT_SIZE,
  MT_VERSION,
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
let id: i32 = 0;

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
  const version: usize = load<u32>(slot, L_INDOM) ? <usize>load<u32>(slot, L_VERSION) : 0;
  if (load<i32>(m, MT_GEN) != load<i32>(slot, L_GEN) || load<u32>(m, MT_VERSION) != <u32>version) {
    store<i32>(m, load<i32>(slot, L_GEN), MT_GEN);
    store<u32>(m, <u32>version, MT_VERSION);
    store<i32>(m, -1, MT_AT);
    for (let i = 0; i < countOf(0); i++) {
      if (!fits(nameIn(version, instanceAt(slot, i)), load<u32>(m, MT_NAME))) continue;
      store<i32>(m, i, MT_AT);
      store<i32>(m, instanceAt(slot, i), MT_ID);
      break;
    }
  }
  found = load<i32>(m, MT_AT);
  id = load<i32>(m, MT_ID);
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
  if (found < n && instanceAt(slot, found) == id) return found;
  for (let i = 0; i < n; i++) if (instanceAt(slot, i) == id) return i;
  return -1;
}
