// Owns instance domains: their versions over time, full and delta (archive-format.md §3.4), and look-ups in them.

import {
  I_CAP,
  I_CURRENT,
  I_FROM,
  I_MOST,
  I_N,
  I_SIZE,
  I_TO,
  I_VERSIONS,
  I_WORD,
  R_ARENA,
  R_CAPINDOMS,
  R_FILE,
  R_INDOMS,
  R_MEMBERS,
  R_NINDOMS,
  R_WIN,
  V_AT,
  V_IDS,
  V_KIND,
  V_N,
  V_NAMES,
  V_NS,
  V_SIZE,
  V_STAMP,
} from '../layout';
import { regrow, take } from '../memory';
import { S_INSIDE, S_MEMORY, S_MORE, W_COUNT, W_INSTANCE, W_NONE, W_OFFSET } from '../status';
import { be32, stampNs } from './bytes';
import { intern, isString, NO_STRING } from './strings';

/** V_KIND: recorded whole; changes not yet folded; changes folded into a whole version. */
export const KIND_FULL: i32 = 0;
export const KIND_DELTA: i32 = 1;
export const KIND_FOLDED: i32 = 2;

/** Why the last record was refused, for the reader's R_WHY. */
export let indomWhy: i32 = W_NONE;

/** Most instance domains of an archive: real ones have hundreds, and look-ups go through all. */
const MAX_INDOMS: u32 = 16384;

/** 0: there is none, or none can be made. */
export function findIndom(r: usize, word: u32, create: bool): usize {
  const n = load<u32>(r, R_NINDOMS);
  const list: usize = load<u32>(r, R_INDOMS);
  for (let i: u32 = 0; i < n; i++) {
    const d: usize = load<u32>(list + (i << 2));
    if (load<u32>(d, I_WORD) == word) return d;
  }
  if (!create || n == MAX_INDOMS) return 0;
  const arena = r + R_ARENA;
  if (n == load<u32>(r, R_CAPINDOMS)) {
    const cap = n ? n << 1 : 64;
    const grown = regrow(arena, list, n << 2, cap << 2);
    if (!grown) return 0;
    store<u32>(r, <u32>grown, R_INDOMS);
    store<u32>(r, cap, R_CAPINDOMS);
  }
  const d = take(arena, I_SIZE);
  if (!d) return 0;
  store<u32>(d, word, I_WORD);
  store<i64>(d, i64.MAX_VALUE, I_FROM);
  store<i64>(d, i64.MIN_VALUE, I_TO);
  store<u32>(<usize>load<u32>(r, R_INDOMS) + (n << 2), <u32>d, 0);
  store<u32>(r, n + 1, R_NINDOMS);
  return d;
}

/** Index of the newest version with stamp ≤ ns; -1 if none. */
function versionIndex(d: usize, ns: i64): i32 {
  let lo: i32 = 0;
  let hi = load<i32>(d, I_N);
  const versions: usize = load<u32>(d, I_VERSIONS);
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (load<i64>(versions + mid * V_SIZE, V_NS) <= ns) lo = mid + 1;
    else hi = mid;
  }
  return lo - 1;
}

/** The version in force at a time; 0 if the domain is first recorded later. */
export function versionAt(d: usize, ns: i64): usize {
  if (ns >= load<i64>(d, I_FROM) && ns < load<i64>(d, I_TO)) return load<u32>(d, I_CURRENT);
  const i = versionIndex(d, ns);
  const versions: usize = load<u32>(d, I_VERSIONS);
  const n = load<i32>(d, I_N);
  const v: usize = i < 0 ? 0 : versions + i * V_SIZE;
  store<u32>(d, <u32>v, I_CURRENT);
  store<i64>(d, i < 0 ? i64.MIN_VALUE : load<i64>(v, V_NS), I_FROM);
  store<i64>(d, i + 1 < n ? load<i64>(versions + (i + 1) * V_SIZE, V_NS) : i64.MAX_VALUE, I_TO);
  return v;
}

/** Name (string number) of an instance in a version; NO_STRING if it has none. */
export function nameIn(version: usize, id: i32): u32 {
  if (!version) return NO_STRING;
  const ids: usize = load<u32>(version, V_IDS);
  let lo: i32 = 0;
  let hi = load<i32>(version, V_N);
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (load<i32>(ids + (mid << 2)) < id) lo = mid + 1;
    else hi = mid;
  }
  if (lo == load<i32>(version, V_N) || load<i32>(ids + (lo << 2)) != id) return NO_STRING;
  return load<u32>(<usize>load<u32>(version, V_NAMES) + (lo << 2));
}

/** Notes that a version of the domain has so many members. */
export function noteMembers(r: usize, d: usize, n: i32): void {
  const more = n - load<i32>(d, I_MOST);
  if (more <= 0) return;
  store<i32>(d, n, I_MOST);
  store<u32>(r, load<u32>(r, R_MEMBERS) + more, R_MEMBERS);
}

/** Adds an empty version of `n` members, wherever its time is: versions are put in order when all are known. 0 if memory is exhausted. */
function addVersion(r: usize, d: usize, ns: i64, n: i32): usize {
  const arena = r + R_ARENA;
  const count = load<i32>(d, I_N);
  if (count == load<i32>(d, I_CAP)) {
    const cap = count ? count << 1 : 4;
    const grown = regrow(arena, load<u32>(d, I_VERSIONS), count * V_SIZE, cap * V_SIZE);
    if (!grown) return 0;
    store<u32>(d, <u32>grown, I_VERSIONS);
    store<i32>(d, cap, I_CAP);
  }
  const members = take(arena, n << 3);
  if (!members) return 0;
  const v = <usize>load<u32>(d, I_VERSIONS) + count * V_SIZE;
  store<i64>(v, ns, V_NS);
  store<i64>(v, ns, V_STAMP);
  store<i32>(v, n, V_N);
  store<u32>(v, <u32>members, V_IDS);
  store<u32>(v, <u32>members + ((<u32>n) << 2), V_NAMES);
  store<i32>(d, count + 1, I_N);
  forgetCurrent(d);
  return v;
}

/** The version in force may have changed: it is looked up again. */
function forgetCurrent(d: usize): void {
  store<i64>(d, i64.MAX_VALUE, I_FROM);
  store<i64>(d, i64.MIN_VALUE, I_TO);
}

/** Puts versions in the order of their times, of equal ones in that of the metadata; false if memory is exhausted. */
export function sortVersions(r: usize, d: usize): bool {
  const n = load<i32>(d, I_N);
  const list: usize = load<u32>(d, I_VERSIONS);
  let ascending = true;
  for (let i = 1; i < n && ascending; i++) {
    ascending = load<i64>(list + i * V_SIZE, V_NS) >= load<i64>(list + (i - 1) * V_SIZE, V_NS);
  }
  if (ascending) return true;
  const order = take(r + R_ARENA, n << 2);
  if (!order) return false;
  for (let i = 0; i < n; i++) store<u32>(order + (i << 2), <u32>list + i * V_SIZE);
  // Shell sort: clocks that were set leave long runs in order.
  let gap = 1;
  while (gap < n / 3) gap = gap * 3 + 1;
  for (; gap > 0; gap /= 3) {
    for (let i = gap; i < n; i++) {
      const v: usize = load<u32>(order + (i << 2));
      let j = i;
      for (; j >= gap && isBefore(v, load<u32>(order + ((j - gap) << 2))); j -= gap)
        store<u32>(order + (j << 2), load<u32>(order + ((j - gap) << 2)));
      store<u32>(order + (j << 2), <u32>v);
    }
  }
  const sorted = reorderVersions(r, d);
  if (!sorted) return false;
  for (let i = 0; i < n; i++) memory.copy(sorted + i * V_SIZE, load<u32>(order + (i << 2)), V_SIZE);
  return true;
}

function isBefore(a: usize, b: usize): bool {
  const ns = load<i64>(a, V_NS);
  const other = load<i64>(b, V_NS);
  return ns < other || (ns == other && a < b);
}

/**
 * Room for all versions of a domain in another order, which becomes that of the domain, and the old list, which stays: so that whoever
 * remembers the address of a version never meets another one there. 0 if memory is exhausted.
 */
export function reorderVersions(r: usize, d: usize): usize {
  const list = take(r + R_ARENA, load<i32>(d, I_N) * V_SIZE);
  if (!list) return 0;
  store<u32>(d, <u32>list, I_VERSIONS);
  store<i32>(d, load<i32>(d, I_N), I_CAP);
  forgetCurrent(d);
  return list;
}

/** Stable by file order, as libpcp keeps equal ids. Shell sort on (id, order) pairs in scratch memory. */
function sortMembers(r: usize, ids: usize, names: usize, n: i32): bool {
  let ascending = true;
  for (let i = 1; i < n; i++) {
    if (load<i32>(ids + (i << 2)) < load<i32>(ids + ((i - 1) << 2))) {
      ascending = false;
      break;
    }
  }
  if (ascending) return true;
  const keys = take(r + R_ARENA, n << 3);
  const copy = take(r + R_ARENA, n << 2);
  if (!keys || !copy) return false;
  memory.copy(copy, names, n << 2);
  for (let i = 0; i < n; i++) store<i64>(keys + (i << 3), ((<i64>load<i32>(ids + (i << 2))) << 32) | i);
  let gap = 1;
  while (gap < n / 3) gap = gap * 3 + 1;
  for (; gap > 0; gap /= 3) {
    for (let i = gap; i < n; i++) {
      const x = load<i64>(keys + (i << 3));
      let j = i;
      while (j >= gap && load<i64>(keys + ((j - gap) << 3)) > x) {
        store<i64>(keys + (j << 3), load<i64>(keys + ((j - gap) << 3)));
        j -= gap;
      }
      store<i64>(keys + (j << 3), x);
    }
  }
  for (let i = 0; i < n; i++) {
    const k = load<i64>(keys + (i << 3));
    store<i32>(ids + (i << 2), <i32>(k >> 32));
    store<u32>(names + (i << 2), load<u32>(copy + ((<u32>k) << 2)));
  }
  return true;
}

function nameLength(p: usize, end: usize): u32 {
  const from = p;
  while (p < end && load<u8>(p)) p++;
  return <u32>(p - from);
}

/** Stores the name at p, cheaply if it is the one the previous version had at the same place. */
function nameNumber(p: usize, end: usize, guess: u32): u32 {
  const len = nameLength(p, end);
  return isString(guess, p, len) ? guess : intern(p, len);
}

/**
 * An instance domain record at `p` of `len` bytes, framing already checked. `wide`: types 5 and 6 (12-byte stamps).
 * S_MORE (0) when done; the record is refused whole otherwise.
 */
export function readIndom(r: usize, p: usize, len: i32, wide: bool, delta: bool): i32 {
  indomWhy = W_NONE;
  const head = wide ? 28 : 24;
  indomWhy = W_COUNT;
  if (len < head + 4) return S_INSIDE;
  const ns = stampNs(p + 8, wide ? 3 : 2);
  const word = <u32>be32(p + (wide ? 20 : 16));
  const n = be32(p + head - 4);
  // Not even an empty domain: such records are ignored (trap 6).
  if (n <= 0) {
    indomWhy = W_NONE;
    return S_MORE;
  }
  if (n > (len - head - 4) >> 3) return S_INSIDE;
  const ids = p + head;
  const offsets = ids + (n << 2);
  const text = offsets + (n << 2);
  const end = p + len - 4;
  const textLen = <i32>(end - text);
  let lowest = 0;
  if (delta) lowest = -1;
  for (let i = 0; i < n; i++) {
    indomWhy = W_INSTANCE;
    if (be32(ids + (i << 2)) < 0) return S_INSIDE;
    indomWhy = W_OFFSET;
    const off = be32(offsets + (i << 2));
    if (off > textLen || off < lowest) return S_INSIDE;
  }
  indomWhy = W_NONE;
  const d = findIndom(r, word, true);
  if (!d) return S_MEMORY;
  const before = load<i32>(d, I_N);
  const v = addVersion(r, d, ns, n);
  if (!v) return S_MEMORY;
  noteMembers(r, d, n);
  store<i32>(v, delta ? KIND_DELTA : KIND_FULL, V_KIND);
  store<i64>(v, load<i64>(r, R_FILE) + <i64>(p - <usize>load<u32>(r, R_WIN)), V_AT);
  const outIds: usize = load<u32>(v, V_IDS);
  const outNames: usize = load<u32>(v, V_NAMES);
  const base: usize = before == 0 ? 0 : v - V_SIZE;
  const baseN = base ? load<i32>(base, V_N) : 0;
  const baseNames: usize = base ? <usize>load<u32>(base, V_NAMES) : 0;
  for (let i = 0; i < n; i++) {
    const offset = be32(offsets + (i << 2));
    let name = NO_STRING;
    if (offset != -1) {
      name = nameNumber(text + offset, end, i < baseN ? load<u32>(baseNames + (i << 2)) : NO_STRING);
      if (name == NO_STRING) return S_MEMORY;
    }
    store<i32>(outIds + (i << 2), be32(ids + (i << 2)));
    store<u32>(outNames + (i << 2), name);
  }
  return sortMembers(r, outIds, outNames, n) ? S_MORE : S_MEMORY;
}
