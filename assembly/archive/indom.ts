// Owns instance domains: their versions over time, full and delta (archive-format.md §3.4), and look-ups in them.

import { copy, Domain, isBefore, List, none, previous, Reader, Structs, Version } from '../layout';
import { regrow, take } from '../memory';
import { S_INSIDE, S_MEMORY, S_MORE, WHY_COUNT, WHY_INSTANCE, WHY_NONE, WHY_OFFSET } from '../status';
import { be32, stampNs } from './bytes';
import { intern, isString, NO_STRING } from './strings';

/** Version.kind: recorded whole; changes not yet folded; changes folded into a whole version. */
export const KIND_FULL: i32 = 0;
export const KIND_DELTA: i32 = 1;
export const KIND_FOLDED: i32 = 2;

/** Why the last record was refused, for the reader's Reader.why. */
export let indomWhy: i32 = WHY_NONE;

/** Most instance domains of an archive: real ones have hundreds, and look-ups go through all. */
const MAX_INDOMS: u32 = 16384;

/** 0: there is none, or none can be made. */
export function findIndom(r: Reader, word: u32, create: bool): Domain {
  const n = r.domainCount;
  const list = r.domains;
  for (let i: u32 = 0; i < n; i++) {
    const d = list[i];
    if (d.word == word) return d;
  }
  if (!create || n == MAX_INDOMS) return none<Domain>();
  const arena = r.arena;
  if (n == r.domainCapacity) {
    const cap = n ? n << 1 : 64;
    const grown = regrow(arena, list, n << 2, cap << 2);
    if (!grown) return none<Domain>();
    r.domains = grown;
    r.domainCapacity = cap;
  }
  const d = take<Domain>(arena, offsetof<Domain>());
  if (!d) return none<Domain>();
  d.word = word;
  d.validFrom = i64.MAX_VALUE;
  d.validTo = i64.MIN_VALUE;
  r.domains[n] = d;
  r.domainCount = n + 1;
  return d;
}

/** Index of the newest version with stamp ≤ ns; -1 if none. */
function versionIndex(d: Domain, ns: i64): i32 {
  let lo: i32 = 0;
  let hi = d.count;
  const versions = d.versions;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (versions[mid].ns <= ns) lo = mid + 1;
    else hi = mid;
  }
  return lo - 1;
}

/** The version in force at a time; 0 if the domain is first recorded later. */
export function versionAt(d: Domain, ns: i64): Version {
  if (ns >= d.validFrom && ns < d.validTo) return d.current;
  const i = versionIndex(d, ns);
  const versions = d.versions;
  const n = d.count;
  const v = i < 0 ? none<Version>() : versions[i];
  d.current = v;
  d.validFrom = i < 0 ? i64.MIN_VALUE : v.ns;
  d.validTo = i + 1 < n ? versions[i + 1].ns : i64.MAX_VALUE;
  return v;
}

/** Name (string number) of an instance in a version; NO_STRING if it has none. */
export function nameIn(version: Version, id: i32): u32 {
  if (!version) return NO_STRING;
  const ids = version.ids;
  let lo: i32 = 0;
  let hi = version.count;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (ids[mid] < id) lo = mid + 1;
    else hi = mid;
  }
  if (lo == version.count || ids[lo] != id) return NO_STRING;
  return version.names[lo];
}

/** Notes that a version of the domain has so many members. */
export function noteMembers(r: Reader, d: Domain, n: i32): void {
  const more = n - d.most;
  if (more <= 0) return;
  d.most = n;
  r.members += more;
}

/** Adds an empty version of `n` members, wherever its time is: versions are put in order when all are known. 0 if memory is exhausted. */
function addVersion(r: Reader, d: Domain, ns: i64, n: i32): Version {
  const arena = r.arena;
  const count = d.count;
  if (count == d.capacity) {
    const cap = count ? count << 1 : 4;
    const grown = regrow(arena, d.versions, count * offsetof<Version>(), cap * offsetof<Version>());
    if (!grown) return none<Version>();
    d.versions = grown;
    d.capacity = cap;
  }
  const members = take<usize>(arena, n << 3);
  if (!members) return none<Version>();
  const v = d.versions[count];
  v.ns = ns;
  v.stamp = ns;
  v.count = n;
  v.ids = changetype<List<i32>>(members);
  v.names = changetype<List<u32>>(members + (n << 2));
  d.count = count + 1;
  forgetCurrent(d);
  return v;
}

/** The version in force may have changed: it is looked up again. */
function forgetCurrent(d: Domain): void {
  d.validFrom = i64.MAX_VALUE;
  d.validTo = i64.MIN_VALUE;
}

/** Puts versions in the order of their times, of equal ones in that of the metadata; false if memory is exhausted. */
export function sortVersions(r: Reader, d: Domain): bool {
  const n = d.count;
  const list = d.versions;
  let ascending = true;
  for (let i = 1; i < n && ascending; i++) {
    ascending = list[i].ns >= list[i - 1].ns;
  }
  if (ascending) return true;
  const order = take<List<Version>>(r.arena, n << 2);
  if (!order) return false;
  for (let i = 0; i < n; i++) order[i] = list[i];
  // Shell sort: clocks that were set leave long runs in order.
  let gap = 1;
  while (gap < n / 3) gap = gap * 3 + 1;
  for (; gap > 0; gap /= 3) {
    for (let i = gap; i < n; i++) {
      const v = order[i];
      let j = i;
      for (; j >= gap && isEarlier(v, order[j - gap]); j -= gap) order[j] = order[j - gap];
      order[j] = v;
    }
  }
  const sorted = reorderVersions(r, d);
  if (!sorted) return false;
  for (let i = 0; i < n; i++)
    memory.copy(changetype<usize>(sorted[i]), changetype<usize>(order[i]), offsetof<Version>());
  return true;
}

/** Versions are listed in the order of the metadata. */
function isEarlier(a: Version, b: Version): bool {
  const ns = a.ns;
  const other = b.ns;
  return ns < other || (ns == other && isBefore(a, b));
}

/**
 * Room for all versions of a domain in another order, which becomes that of the domain, and the old list, which stays: so that whoever
 * remembers the address of a version never meets another one there. 0 if memory is exhausted.
 */
export function reorderVersions(r: Reader, d: Domain): Structs<Version> {
  const list = take<Structs<Version>>(r.arena, d.count * offsetof<Version>());
  if (!list) return none<Structs<Version>>();
  d.versions = list;
  d.capacity = d.count;
  forgetCurrent(d);
  return list;
}

/** Stable by file order, as libpcp keeps equal ids. Shell sort on (id, order) pairs in scratch memory. */
function sortMembers(r: Reader, ids: List<i32>, names: List<u32>, n: i32): bool {
  let ascending = true;
  for (let i = 1; i < n; i++) {
    if (ids[i] < ids[i - 1]) {
      ascending = false;
      break;
    }
  }
  if (ascending) return true;
  const keys = take<List<i64>>(r.arena, n << 3);
  const before = take<List<u32>>(r.arena, n << 2);
  if (!keys || !before) return false;
  copy(before, names, n);
  for (let i = 0; i < n; i++) keys[i] = ((<i64>ids[i]) << 32) | i;
  let gap = 1;
  while (gap < n / 3) gap = gap * 3 + 1;
  for (; gap > 0; gap /= 3) {
    for (let i = gap; i < n; i++) {
      const x = keys[i];
      let j = i;
      while (j >= gap && keys[j - gap] > x) {
        keys[j] = keys[j - gap];
        j -= gap;
      }
      keys[j] = x;
    }
  }
  for (let i = 0; i < n; i++) {
    const k = keys[i];
    ids[i] = <i32>(k >> 32);
    names[i] = before[<u32>k];
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
export function readIndom(r: Reader, p: usize, len: i32, wide: bool, delta: bool): i32 {
  indomWhy = WHY_NONE;
  const head = wide ? 28 : 24;
  indomWhy = WHY_COUNT;
  if (len < head + 4) return S_INSIDE;
  const ns = stampNs(p + 8, wide ? 3 : 2);
  const word = <u32>be32(p + (wide ? 20 : 16));
  const n = be32(p + head - 4);
  // Not even an empty domain: such records are ignored (trap 6).
  if (n <= 0) {
    indomWhy = WHY_NONE;
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
    indomWhy = WHY_INSTANCE;
    if (be32(ids + (i << 2)) < 0) return S_INSIDE;
    indomWhy = WHY_OFFSET;
    const off = be32(offsets + (i << 2));
    if (off > textLen || off < lowest) return S_INSIDE;
  }
  indomWhy = WHY_NONE;
  const d = findIndom(r, word, true);
  if (!d) return S_MEMORY;
  const before = d.count;
  const v = addVersion(r, d, ns, n);
  if (!v) return S_MEMORY;
  noteMembers(r, d, n);
  v.kind = delta ? KIND_DELTA : KIND_FULL;
  v.fileOffset = r.fileOffset + <i64>(p - r.buffer);
  const outIds = v.ids;
  const outNames = v.names;
  const base = before == 0 ? none<Version>() : previous(v);
  const baseN = base ? base.count : 0;
  const baseNames = base ? base.names : none<List<u32>>();
  for (let i = 0; i < n; i++) {
    const offset = be32(offsets + (i << 2));
    let name = NO_STRING;
    if (offset != -1) {
      name = nameNumber(text + offset, end, i < baseN ? baseNames[i] : NO_STRING);
      if (name == NO_STRING) return S_MEMORY;
    }
    outIds[i] = be32(ids + (i << 2));
    outNames[i] = name;
  }
  return sortMembers(r, outIds, outNames, n) ? S_MORE : S_MEMORY;
}
