// Owns the data record: its frame, the walk over its value sets, and the full check of its inside (§5.1–5.4, 5.6).

import {
  ahead,
  Described,
  isBefore,
  Metric,
  NOBODY,
  next,
  none,
  PLAN_SLOTS,
  Plan,
  PlanEntry,
  previous,
  Reader,
  Structs,
  Wanted,
} from '../layout';
import { take } from '../memory';
import {
  S_GROW,
  S_INSIDE,
  S_LENGTH,
  S_MEMORY,
  S_MORE,
  S_RECORD,
  S_TRAILER,
  WHY_BLOCK,
  WHY_FILL,
  WHY_NONE,
  WHY_NUMPMID,
  WHY_SET,
  WHY_VALFMT,
} from '../status';
import { planLevel } from '../tuning';
import { be32 } from './bytes';

/** Frame of the next record: S_RECORD if it is whole in the window. Nothing is consumed. */
export function frameRecord(r: Reader): i32 {
  const p = r.position;
  const have = <i32>r.end - <i32>p;
  r.record = p;
  if (have < 4) return S_MORE;
  const len = be32(p);
  const head = r.version == 2 ? 16 : 20;
  r.length = len;
  if (len < head + 4) {
    r.expected = head + 4;
    r.found = len;
    return S_LENGTH;
  }
  if (len > have) return len > <i32>r.capacity ? S_GROW : S_MORE;
  const trailer = be32(p + len - 4);
  if (trailer != len) {
    r.expected = len;
    r.found = trailer;
    return S_TRAILER;
  }
  r.setCount = be32(p + head - 4);
  r.sets = p + head;
  return S_RECORD;
}

function inside(r: Reader, why: i32, expected: i64, found: i64): i32 {
  r.why = why;
  r.expected = expected;
  r.found = found;
  return S_INSIDE;
}

/** Whether an event array payload (behind the block's 4-byte head) is consistent. `wide`: type 10. */
function eventsFit(p: usize, size: i32, wide: bool): bool {
  if (size < 4) return false;
  const head = wide ? 24 : 16;
  const end = p + size;
  const n = be32(p);
  let q = p + 4;
  for (let i = 0; i < n; i++) {
    if (<i32>(end - q) < head) return false;
    const flags = <u32>be32(q + head - 8);
    const params = be32(q + head - 4);
    q += head;
    if (flags & 0x80000000) continue;
    for (let k = 0; k < params; k++) {
      if (<i32>(end - q) < 8) return false;
      const len = be32(q + 4) & 0xffffff;
      if (len < 4 || ((len + 3) & ~3) > <i32>(end - q) - 4) return false;
      q += 4 + ((len + 3) & ~3);
    }
  }
  return n >= 0;
}

/** Bytes of the i-th of `n` value sets, at an offset of the record, without its blocks; or S_INSIDE: it does not fit the record. @inline */
function setBytes(r: Reader, rec: usize, at: i32, payload: i32, n: i32, i: i32): i32 {
  if (payload - at < 8) return inside(r, WHY_SET, n, i);
  const numval = be32(rec + at + 4);
  if (numval <= 0) return BARE;
  if (payload - at < 12 || numval > (payload - at - 12) >> 3)
    return inside(r, WHY_SET, (payload - at - 12) >> 3, numval);
  const format = be32(rec + at + 8);
  return format < 0 || format > 2 ? inside(r, WHY_VALFMT, 2, format) : 12 + (numval << 3);
}

/** Bytes of a value set without values. */
const BARE: i32 = 8;

/** The whole of §5.4 on the framed record: S_RECORD or S_INSIDE. */
export function checkRecord(r: Reader): i32 {
  const rec = r.record;
  const len = r.length;
  const payload = len - 4;
  const n = r.setCount;
  if (n < 0 || n > len) return inside(r, WHY_NUMPMID, len, n);
  let at = <i32>(r.sets - <u32>rec);
  let lowest = payload;
  let filled = 0;
  for (let i = 0; i < n; i++) {
    const bytes = setBytes(r, rec, at, payload, n, i);
    if (bytes < 0) return bytes;
    if (bytes > BARE && be32(rec + at + 8)) {
      const numval = be32(rec + at + 4);
      for (let k = 0; k < numval; k++) {
        const block = blockAt(be32(rec + at + 16 + (k << 3)), payload);
        if (block < 0) return inside(r, WHY_BLOCK, payload, be32(rec + at + 16 + (k << 3)));
        const vlen = be32(rec + block) & 0xffffff;
        if (vlen < 4 || vlen > payload - block) return inside(r, WHY_BLOCK, payload - block, vlen);
        const kind = load<u8>(rec + block);
        if ((kind == 9 || kind == 10) && !eventsFit(rec + block + 4, vlen - 4, kind == 10)) {
          return inside(r, WHY_BLOCK, kind, vlen);
        }
        if (block < lowest) lowest = block;
        filled += (vlen + 3) & ~3;
        if (filled > payload) return inside(r, WHY_FILL, payload, filled);
      }
    }
    at += bytes;
  }
  if (at > lowest || at + filled != payload || (filled && at != lowest))
    return inside(r, WHY_FILL, payload, at + filled);
  return S_RECORD;
}

/**
 * Whether the value sets can be separated: they fit the record, and end where its blocks begin or it ends. Blocks in
 * another order than their values need the full check. S_RECORD or S_INSIDE. What this rests on is what plans compare, so that
 * a record that is taken by its plan has passed too.
 */
export function checkSets(r: Reader): i32 {
  const rec = r.record;
  const payload = r.length - 4;
  const n = r.setCount;
  if (n < 0 || n > payload >> 3) return inside(r, WHY_NUMPMID, payload >> 3, n);
  let at = <i32>(r.sets - <u32>rec);
  let firstBlock = payload;
  let blocks = false;
  for (let i = 0; i < n; i++) {
    const bytes = setBytes(r, rec, at, payload, n, i);
    if (bytes < 0) return bytes;
    if (bytes > BARE && !blocks && be32(rec + at + 8)) {
      blocks = true;
      firstBlock = blockAt(be32(rec + at + 16), payload);
    }
    at += bytes;
  }
  r.setsEnd = at;
  return at == firstBlock ? S_RECORD : checkRecord(r);
}

/** Whether a block of this kind and length can be a value of a metric of this type: not as far as it would need a look inside. */
function isOfType(type: i32, kind: i32, vlen: i32): bool {
  if (kind != type && kind != 0) return false;
  return type == 6 || (type == 4 ? vlen == 8 : (type == 2 || type == 3 || type == 5) && vlen == 12);
}

/**
 * Whether a value set can be trusted in a record that contradicts itself, which has passed checkSets: words of a type that is stored
 * so, or blocks that lie behind the sets, one behind the other, each as its type has it. `type`: -1 if nobody knows it.
 */
export function soundSet(r: Reader, at: i32, type: i32): bool {
  const rec = r.record;
  const payload = r.length - 4;
  const n = be32(rec + at + 4);
  if (n <= 0) return true;
  if (!be32(rec + at + 8)) return type < 2 || type == 4;
  let next = -1;
  for (let i = 0; i < n; i++) {
    const block = blockAt(be32(rec + at + 16 + (i << 3)), payload);
    if (block < r.setsEnd || (i && block != next)) return false;
    const head = be32(rec + block);
    const vlen = head & 0xffffff;
    if (vlen < 4 || vlen > payload - block || (type >= 0 && !isOfType(type, head >>> 24, vlen))) return false;
    next = block + ((vlen + 3) & ~3);
  }
  return true;
}

/** Byte offset of a value block in its record from the stored word index; -1 if its head lies outside. @inline */
export function blockAt(word: i32, payload: i32): i32 {
  if (<u32>word > 0x0fffffff) return -1;
  const at = (word << 2) - 8;
  return at < 0 || at > payload - 4 ? -1 : at;
}

/** The wanted metric of a raw (big-endian) pmid; NOBODY if nobody wants it, 0 if it is not described. @inline */
export function wanted(table: Structs<Described>, mask: u32, pmid: u32): Metric {
  let at = ((pmid * 0x9e3779b1) >>> 16) & mask;
  while (true) {
    const m = table[at].metric;
    if (!m || table[at].pmid == pmid) return m;
    at = (at + 1) & mask;
  }
}

/** Where the plan of the framed record is, or would be; 0 if memory is exhausted. */
export function planFor(r: Reader): Plan {
  const len = r.length;
  const numpmid = r.setCount;
  const plans = changetype<usize>(r.plans);
  const at = plans + ((((<u32>len >> 2) * 31 + numpmid) & (PLAN_SLOTS - 1)) << 2);
  let plan = changetype<Plan>(load<u32>(at));
  if (!plan) {
    plan = take<Plan>(r.arena, offsetof<Plan>());
    store<u32>(at, changetype<usize>(plan));
  }
  return plan;
}

/** True if every value set of the record lies where the plan says, with the same number of values and format. */
function matches(plan: Plan, rec: usize): bool {
  const full = plan.fullCount;
  let e = plan.entries[0];
  let end = ahead(e, full);
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  // Four a turn: engines check the stack at every turn of a loop.
  for (; isBefore(ahead(e, 3), end); e = ahead(e, 4)) {
    const f = next(e);
    const g = next(f);
    const h = next(g);
    a = v128.or(a, v128.xor(v128.load(rec + e.at), e.head));
    b = v128.or(b, v128.xor(v128.load(rec + f.at), f.head));
    a = v128.or(a, v128.xor(v128.load(rec + g.at), g.head));
    b = v128.or(b, v128.xor(v128.load(rec + h.at), h.head));
  }
  for (; isBefore(e, end); e = next(e)) a = v128.or(a, v128.xor(v128.load(rec + e.at), e.head));
  a = v128.or(a, b);
  // The fourth word is the first instance.
  let bits = i64x2.extract_lane(a, 0) | i32x4.extract_lane(a, 2) | (load<i32>(rec + plan.firstWord) ^ plan.word);
  end = plan.entries[plan.capacity];
  for (e = ahead(end, full - plan.setCount); isBefore(e, end); e = next(e)) {
    bits |= load<i64>(rec + e.at) ^ e.bareHead;
  }
  return bits == 0;
}

/** Makes the plan (planFor) that of the framed record: it is already if all heads agree, else by walking. S_RECORD, or damage. */
export function planRecord(r: Reader, plan: Plan): i32 {
  if (planLevel && fits(r, plan) && matches(plan, r.record)) {
    r.planHits++;
    return S_RECORD;
  }
  r.planMisses++;
  const status = walk(r, plan);
  if (status != S_RECORD) plan.length = 0;
  return status;
}

/** True if the plan was made of a record of this length and number of sets. @inline */
export function fits(r: Reader, plan: Plan): bool {
  return plan.length == r.length && plan.setCount == r.setCount;
}

/** Plans made so far; 0 is the generation of none. */
let generation: i32 = 0;

function walk(r: Reader, plan: Plan): i32 {
  const rec = r.record;
  const len = r.length;
  const payload = len - 4;
  const n = r.setCount;
  r.why = WHY_NONE;
  // A set takes 8 bytes at least: bounds the entries by the record itself.
  if (n < 0 || n > payload >> 3) return inside(r, WHY_NUMPMID, payload >> 3, n);
  if (n > plan.capacity) {
    const cap = n + (n >> 1) + 8;
    const entries = take<Structs<PlanEntry>>(r.arena, cap * offsetof<PlanEntry>());
    // A set may be wanted under several names.
    const list = take<Structs<Wanted>>(r.arena, (cap + r.wantedCount) * offsetof<Wanted>());
    if (!entries || !list) return S_MEMORY;
    plan.entries = entries;
    plan.wanted = list;
    plan.capacity = cap;
  }
  const table = r.described;
  const mask = r.describedMask;
  // Until the walk is done the plan is that of no record.
  plan.length = 0;
  let e = plan.entries[0];
  let bare = ahead(e, plan.capacity);
  const list = plan.wanted;
  let nWanted = 0;
  let nFull = 0;
  let at = <i32>(r.sets - <u32>rec);
  let firstBlock = payload;
  let firstWord = 0;
  let nUndescribed = 0;
  let undescribed: u32 = 0;
  for (let i = 0; i < n; i++) {
    const bytes = setBytes(r, rec, at, payload, n, i);
    if (bytes < 0) return bytes;
    const pmid = load<u32>(rec + at);
    if (bytes > BARE) {
      if (!firstWord && be32(rec + at + 8)) {
        firstWord = at + 16;
        firstBlock = blockAt(be32(rec + firstWord), payload);
      }
      e.at = at;
      e.head = v128.load(rec + at);
      e = next(e);
      nFull++;
    } else {
      bare = previous(bare);
      bare.at = at;
      bare.bareHead = load<u64>(rec + at);
    }
    let m = wanted(table, mask, pmid);
    if (changetype<usize>(m) <= <usize>NOBODY) {
      if (!m && bytes > BARE && nUndescribed++ == 0) undescribed = pmid;
      m = none<Metric>();
    }
    for (; m; m = m.next) {
      let known = false;
      // Only the first set of a metric counts, as for pmFetch.
      for (let k = 0; k < nWanted; k++) {
        if (list[k].slot == m.slot) known = true;
      }
      if (!known) {
        const item = list[nWanted];
        item.slot = m.slot;
        item.at = at;
        item.metric = m;
        nWanted++;
      }
    }
    at += bytes;
  }
  // As checkSets.
  if (at != firstBlock) {
    const status = checkRecord(r);
    if (status != S_RECORD) return status;
  }
  plan.setsEnd = at;
  plan.firstWord = firstWord;
  plan.word = load<i32>(rec + firstWord);
  plan.length = len;
  plan.setCount = n;
  plan.wantedCount = nWanted;
  plan.fullCount = nFull;
  plan.undescribedCount = nUndescribed;
  plan.undescribed = undescribed;
  plan.generation = ++generation;
  plan.since = 0;
  return S_RECORD;
}
