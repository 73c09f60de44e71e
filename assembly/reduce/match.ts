// Owns the instance a consumer looks for by name, in each metric by itself. src/reduce/match.ts says what a name fits.

import { keyAt, nameOf } from '../archive/identity';
import { intern, NO_STRING, stringsAddress } from '../archive/strings';
import {
  C_MATCH,
  C_NMETRICS,
  C_SLOTS,
  C_WINDOW,
  L_GEN,
  MAX_MATCHES,
  MF_AT,
  MF_GEN,
  MF_SIZE,
  MT_COUNT,
  MT_FOUND,
  MT_NAMES,
  MT_SIZE,
  T_LEN,
  T_PTR,
  T_SIZE,
  W_ARENA,
} from '../layout';
import { take } from '../memory';
import { countOf } from './rows';

const SLASH: u8 = 0x2f;
const STAR: u8 = 0x2a;

let slots: usize = 0;
/** Of the consumer that has the record; 0: it looks for nothing. */
let wanted: usize = 0;

/** Makes a consumer look for an instance: one more name, after those it has. */
export function addMatch(c: usize, p: usize, len: u32): bool {
  let m: usize = load<u32>(c, C_MATCH);
  if (!m) {
    const arena = <usize>load<u32>(c, C_WINDOW) + W_ARENA;
    m = take(arena, MT_SIZE);
    const n = load<i32>(c, C_NMETRICS);
    const found = m ? take(arena, n * MF_SIZE) : 0;
    if (!found) return false;
    for (let i = 0; i < n; i++) store<i32>(found + i * MF_SIZE, -1, MF_GEN);
    store<u32>(m, <u32>found, MT_FOUND);
    store<u32>(c, <u32>m, C_MATCH);
  }
  const count = load<i32>(m, MT_COUNT);
  if (count == MAX_MATCHES) return false;
  store<u32>(m + (count << 2), intern(p, len), MT_NAMES);
  store<i32>(m, count + 1, MT_COUNT);
  return true;
}

/** Whether a text is what a pattern says, in which `*` stands for any bytes but a slash. */
function glob(text: usize, end: usize, pattern: usize, patternEnd: usize): bool {
  // Where to go on when what follows the last star does not fit: one byte more for the star.
  let star: usize = 0;
  let resume: usize = 0;
  while (text < end || pattern < patternEnd) {
    if (pattern < patternEnd && load<u8>(pattern) == STAR) {
      star = ++pattern;
      resume = text;
    } else if (pattern < patternEnd && text < end && load<u8>(text) == load<u8>(pattern)) {
      // A slash of the pattern is one of the text: no star reaches over it.
      if (load<u8>(text) == SLASH) star = 0;
      text++;
      pattern++;
    } else {
      if (!star || resume >= end || load<u8>(resume) == SLASH) return false;
      text = ++resume;
      pattern = star;
    }
  }
  return true;
}

/** Whether the last components of a name, as many as the pattern has, are what it says. */
function fits(name: u32, pattern: u32): bool {
  if (name == NO_STRING || pattern == NO_STRING) return false;
  if (name == pattern) return true;
  const a = stringsAddress() + name * T_SIZE;
  const b = stringsAddress() + pattern * T_SIZE;
  const text: usize = load<u32>(a, T_PTR);
  const end = text + load<u32>(a, T_LEN);
  const from: usize = load<u32>(b, T_PTR);
  const to = from + load<u32>(b, T_LEN);
  let slashes = 0;
  for (let p = from; p < to; p++) if (load<u8>(p) == SLASH) slashes++;
  let at = end;
  while (at > text) {
    if (load<u8>(at - 1) == SLASH && slashes-- == 0) break;
    at--;
  }
  return glob(at, end, from, to);
}

/** Whether a name is one of those that are looked for. */
export function isWanted(m: usize, name: u32): bool {
  for (let i = 0; i < load<i32>(m, MT_COUNT); i++) if (fits(name, load<u32>(m + (i << 2), MT_NAMES))) return true;
  return false;
}

/** Whether two consumers look for the same names; 0: for nothing. */
export function sameNames(a: usize, b: usize): bool {
  if (a == b) return true;
  const n = a ? load<i32>(a, MT_COUNT) : 0;
  if (!a || !b || n != load<i32>(b, MT_COUNT)) return false;
  for (let i = 0; i < n; i++) if (load<u32>(a + (i << 2), MT_NAMES) != load<u32>(b + (i << 2), MT_NAMES)) return false;
  return true;
}

/** Before a consumer that looks for an instance. */
export function look(c: usize): void {
  wanted = load<u32>(c, C_MATCH);
  slots = load<u32>(c, C_SLOTS);
}

/** Before a consumer that looks for nothing. */
export function lookAway(): void {
  wanted = 0;
}

/** Position among the values of a metric: of the names the first that some instance has, the shortest of those that have it. */
function find(slot: usize, n: i32): i32 {
  const count = load<i32>(wanted, MT_COUNT);
  for (let k = 0; k < count; k++) {
    const pattern = load<u32>(wanted + (k << 2), MT_NAMES);
    let best = -1;
    let shortest: u32 = u32.MAX_VALUE;
    for (let i = 0; i < n; i++) {
      const name = nameOf(keyAt(slot, i));
      if (!fits(name, pattern)) continue;
      const length = load<u32>(stringsAddress() + name * T_SIZE, T_LEN);
      if (length >= shortest) continue;
      best = i;
      shortest = length;
    }
    if (best >= 0) return best;
  }
  return -1;
}

/** Position of the instance among the values of a metric in the current record, -1 if it has none there. */
export function matchedIn(metric: i32): i32 {
  const n = countOf(metric);
  if (!wanted || n <= 0) return -1;
  const slot: usize = load<u32>(slots + (metric << 2));
  const found = <usize>load<u32>(wanted, MT_FOUND) + metric * MF_SIZE;
  if (load<i32>(found, MF_GEN) != load<i32>(slot, L_GEN)) {
    store<i32>(found, load<i32>(slot, L_GEN), MF_GEN);
    store<i32>(found, find(slot, n), MF_AT);
  }
  return load<i32>(found, MF_AT);
}
