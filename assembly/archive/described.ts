// Owns which metrics of an archive have a descriptor, and which of them are wanted: a hash table by pmid.

import { Described, Domain, Metric, NOBODY, none, Reader, Structs } from '../layout';
import { take } from '../memory';
import { slotAt } from '../select';
import { findIndom } from './indom';

/** A larger table with the same entries. False if memory is exhausted. */
export function resizeTable(r: Reader, entries: u32): bool {
  const old = r.described;
  const oldEntries = old ? r.describedMask + 1 : 0;
  const table = take<Structs<Described>>(r.arena, entries * offsetof<Described>());
  if (!table) return false;
  r.described = table;
  r.describedMask = entries - 1;
  for (let i: u32 = 0; i < oldEntries; i++) {
    const m = old[i].metric;
    if (m) placeOf(table, entries - 1, old[i].pmid).metric = m;
  }
  return true;
}

/** Where the search for a pmid begins: all bits of both count, as a table may have millions of places. @inline */
function firstPlace(pmid: u32, mask: u32): u32 {
  let h = pmid * 0x9e3779b1;
  h = (h ^ (h >>> 15)) * 0x85ebca6b;
  return (h ^ (h >>> 13)) & mask;
}

/** The entry of a pmid in a table with room; it has it, and no metric yet if it is a new one. */
function placeOf(table: Structs<Described>, mask: u32, pmid: u32): Described {
  let at = firstPlace(pmid, mask);
  while (table[at].metric && table[at].pmid != pmid) at = (at + 1) & mask;
  table[at].pmid = pmid;
  return table[at];
}

/** The entry of a described metric; 0 if memory is exhausted. */
function describe(r: Reader, raw: u32): Described {
  const n = r.describedCount + 1;
  if ((<u32>n) << 1 > r.describedMask && !resizeTable(r, (r.describedMask + 1) << 1)) return none<Described>();
  const entry = placeOf(r.described, r.describedMask, raw);
  if (!entry.metric) {
    entry.metric = changetype<Metric>(NOBODY);
    r.describedCount = n;
  }
  return entry;
}

/** Takes note of a descriptor, wanted or not. False if memory is exhausted. */
export function describeMetric(r: Reader, pmid: u32): bool {
  return describe(r, bswap<u32>(pmid)) != none<Described>();
}

/** Wants a metric: values of `pmid`, times `scale`, go to `slot`. It may have several names, with a slot each. */
export function wantMetric(r: Reader, pmid: u32, type: i32, indom: u32, counter: bool, slot: i32, scale: f64): bool {
  const raw = bswap<u32>(pmid);
  const entry = describe(r, raw);
  if (!entry) return false;
  let before = changetype<usize>(entry.metric) == NOBODY ? none<Metric>() : entry.metric;
  while (before) {
    if (before.slot == slotAt(slot)) return true;
    if (!before.next) break;
    before = before.next;
  }
  const m = take<Metric>(r.arena, offsetof<Metric>());
  if (!m) return false;
  const domain = indom == 0xffffffff ? none<Domain>() : findIndom(r, indom, true);
  if (indom != 0xffffffff && !domain) return false;
  m.slot = slotAt(slot);
  m.type = type;
  m.counter = counter ? 1 : 0;
  m.scale = scale;
  if (scale != 1) slotAt(slot).scaled = 1;
  m.domain = domain;
  m.pmid = raw;
  if (before) before.next = m;
  else entry.metric = m;
  r.wantedCount++;
  return true;
}

/** The wanted metric of a raw (big-endian) pmid; NOBODY if nobody wants it, 0 if it is not described. @inline */
export function wanted(table: Structs<Described>, mask: u32, pmid: u32): Metric {
  let at = firstPlace(pmid, mask);
  while (true) {
    const m = table[at].metric;
    if (!m || table[at].pmid == pmid) return m;
    at = (at + 1) & mask;
  }
}
