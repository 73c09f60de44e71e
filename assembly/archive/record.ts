// Owns the data record: its frame, the walk over its value sets, and the full check of its inside (§5.1–5.4, 5.6).

import {
  M_NEXT, M_SLOT, NOBODY, P_CAP, P_END, P_ENTRIES, P_ENTRY_SIZE, P_FIRST, P_GEN, P_LEN, P_N, P_NFULL, P_NUNDESCRIBED, P_NWANTED, P_SINCE, P_SIZE, P_UNDESCRIBED, P_WANTED, P_WANTED_SIZE, P_WORD,
  PE_AT, PE_HEAD, PLAN_SLOTS, PW_AT, PW_METRIC, PW_SLOT, R_ARENA, R_CAP, R_END, R_EXPECTED, R_FOUND, R_HITS, R_LEN,
  R_MASK, R_MISSES, R_NMETRICS, R_NUMPMID, R_PLANS, R_POS, R_REC, R_SETS, R_SETS_END, R_TABLE, R_VERSION, R_WHY,
} from '../layout';
import { take } from '../memory';
import {
  S_GROW, S_INSIDE, S_LENGTH, S_MEMORY, S_MORE, S_RECORD, S_TRAILER, W_BLOCK, W_FILL, W_NONE, W_NUMPMID, W_SET, W_VALFMT,
} from '../status';
import { planLevel } from '../tuning';
import { be32 } from './bytes';

/** Frame of the next record: S_RECORD if it is whole in the window. Nothing is consumed. */
export function frameRecord(r: usize): i32 {
  const p: usize = load<u32>(r, R_POS);
  const have = load<i32>(r, R_END) - <i32>p;
  store<u32>(r, <u32>p, R_REC);
  if (have < 4) return S_MORE;
  const len = be32(p);
  const head = load<i32>(r, R_VERSION) == 2 ? 16 : 20;
  store<i32>(r, len, R_LEN);
  if (len < head + 4) {
    store<i64>(r, head + 4, R_EXPECTED);
    store<i64>(r, len, R_FOUND);
    return S_LENGTH;
  }
  if (len > have) return len > load<i32>(r, R_CAP) ? S_GROW : S_MORE;
  const trailer = be32(p + len - 4);
  if (trailer != len) {
    store<i64>(r, len, R_EXPECTED);
    store<i64>(r, trailer, R_FOUND);
    return S_TRAILER;
  }
  store<i32>(r, be32(p + head - 4), R_NUMPMID);
  store<u32>(r, <u32>p + head, R_SETS);
  return S_RECORD;
}

function inside(r: usize, why: i32, expected: i64, found: i64): i32 {
  store<i32>(r, why, R_WHY);
  store<i64>(r, expected, R_EXPECTED);
  store<i64>(r, found, R_FOUND);
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

/** Bytes of the i-th of `n` value sets, at an offset of the record, without its blocks; or S_INSIDE: it does not fit the record. */
// @ts-ignore: decorator
@inline
function setBytes(r: usize, rec: usize, at: i32, payload: i32, n: i32, i: i32): i32 {
  if (payload - at < 8) return inside(r, W_SET, n, i);
  const numval = be32(rec + at + 4);
  if (numval <= 0) return BARE;
  if (payload - at < 12 || numval > (payload - at - 12) >> 3) return inside(r, W_SET, (payload - at - 12) >> 3, numval);
  const format = be32(rec + at + 8);
  return format < 0 || format > 2 ? inside(r, W_VALFMT, 2, format) : 12 + (numval << 3);
}

/** Bytes of a value set without values. */
const BARE: i32 = 8;

/** The whole of §5.4 on the framed record: S_RECORD or S_INSIDE. */
export function checkRecord(r: usize): i32 {
  const rec: usize = load<u32>(r, R_REC);
  const len = load<i32>(r, R_LEN);
  const payload = len - 4;
  const n = load<i32>(r, R_NUMPMID);
  if (n < 0 || n > len) return inside(r, W_NUMPMID, len, n);
  let at = <i32>(load<u32>(r, R_SETS) - <u32>rec);
  let lowest = payload;
  let filled = 0;
  for (let i = 0; i < n; i++) {
    const bytes = setBytes(r, rec, at, payload, n, i);
    if (bytes < 0) return bytes;
    if (bytes > BARE && be32(rec + at + 8)) {
      const numval = be32(rec + at + 4);
      for (let k = 0; k < numval; k++) {
        const block = blockAt(be32(rec + at + 16 + (k << 3)), payload);
        if (block < 0) return inside(r, W_BLOCK, payload, be32(rec + at + 16 + (k << 3)));
        const vlen = be32(rec + block) & 0xffffff;
        if (vlen < 4 || vlen > payload - block) return inside(r, W_BLOCK, payload - block, vlen);
        const kind = load<u8>(rec + block);
        if ((kind == 9 || kind == 10) && !eventsFit(rec + block + 4, vlen - 4, kind == 10)) {
          return inside(r, W_BLOCK, kind, vlen);
        }
        if (block < lowest) lowest = block;
        filled += (vlen + 3) & ~3;
        if (filled > payload) return inside(r, W_FILL, payload, filled);
      }
    }
    at += bytes;
  }
  if (at > lowest || at + filled != payload || (filled && at != lowest)) return inside(r, W_FILL, payload, at + filled);
  return S_RECORD;
}

/**
 * Whether the value sets can be separated: they fit the record, and end where its blocks begin or it ends. Blocks in
 * another order than their values need the full check. S_RECORD or S_INSIDE. What this rests on is what plans compare, so that
 * a record that is taken by its plan has passed too.
 */
export function checkSets(r: usize): i32 {
  const rec: usize = load<u32>(r, R_REC);
  const payload = load<i32>(r, R_LEN) - 4;
  const n = load<i32>(r, R_NUMPMID);
  if (n < 0 || n > payload >> 3) return inside(r, W_NUMPMID, payload >> 3, n);
  let at = <i32>(load<u32>(r, R_SETS) - <u32>rec);
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
  store<i32>(r, at, R_SETS_END);
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
export function soundSet(r: usize, at: i32, type: i32): bool {
  const rec: usize = load<u32>(r, R_REC);
  const payload = load<i32>(r, R_LEN) - 4;
  const n = be32(rec + at + 4);
  if (n <= 0) return true;
  if (!be32(rec + at + 8)) return type < 2 || type == 4;
  let next = -1;
  for (let i = 0; i < n; i++) {
    const block = blockAt(be32(rec + at + 16 + (i << 3)), payload);
    if (block < load<i32>(r, R_SETS_END) || (i && block != next)) return false;
    const head = be32(rec + block);
    const vlen = head & 0xffffff;
    if (vlen < 4 || vlen > payload - block || (type >= 0 && !isOfType(type, head >>> 24, vlen))) return false;
    next = block + ((vlen + 3) & ~3);
  }
  return true;
}

/** Byte offset of a value block in its record from the stored word index; -1 if its head lies outside. */
// @ts-ignore: decorator
@inline
export function blockAt(word: i32, payload: i32): i32 {
  if (<u32>word > 0x0fffffff) return -1;
  const at = (word << 2) - 8;
  return at < 0 || at > payload - 4 ? -1 : at;
}

/** The wanted metric of a raw (big-endian) pmid; NOBODY if nobody wants it, 0 if it is not described. */
// @ts-ignore: decorator
@inline
export function wanted(table: usize, mask: u32, pmid: u32): usize {
  let at = (pmid * 0x9e3779b1) >>> 16 & mask;
  while (true) {
    const m: usize = load<u32>(table + (at << 3), 4);
    if (m == 0 || load<u32>(table + (at << 3)) == pmid) return m;
    at = (at + 1) & mask;
  }
}

/** Where the plan of the framed record is, or would be; 0 if memory is exhausted. */
export function planFor(r: usize): usize {
  const len = load<i32>(r, R_LEN);
  const numpmid = load<i32>(r, R_NUMPMID);
  const plans: usize = load<u32>(r, R_PLANS);
  const at = plans + ((((<u32>len >> 2) * 31 + numpmid) & (PLAN_SLOTS - 1)) << 2);
  let plan: usize = load<u32>(at);
  if (!plan) {
    plan = take(r + R_ARENA, P_SIZE);
    store<u32>(at, <u32>plan);
  }
  return plan;
}

/** True if every value set of the record lies where the plan says, with the same number of values and format. */
function matches(plan: usize, rec: usize): bool {
  const full = load<i32>(plan, P_NFULL);
  let e: usize = load<u32>(plan, P_ENTRIES);
  let end = e + full * P_ENTRY_SIZE;
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  // Four a turn: engines check the stack at every turn of a loop.
  for (; e + 3 * P_ENTRY_SIZE < end; e += 4 * P_ENTRY_SIZE) {
    const f = e + P_ENTRY_SIZE;
    const g = f + P_ENTRY_SIZE;
    const h = g + P_ENTRY_SIZE;
    a = v128.or(a, v128.xor(v128.load(rec + load<u32>(e, PE_AT)), v128.load(e, PE_HEAD)));
    b = v128.or(b, v128.xor(v128.load(rec + load<u32>(f, PE_AT)), v128.load(f, PE_HEAD)));
    a = v128.or(a, v128.xor(v128.load(rec + load<u32>(g, PE_AT)), v128.load(g, PE_HEAD)));
    b = v128.or(b, v128.xor(v128.load(rec + load<u32>(h, PE_AT)), v128.load(h, PE_HEAD)));
  }
  for (; e < end; e += P_ENTRY_SIZE) a = v128.or(a, v128.xor(v128.load(rec + load<u32>(e, PE_AT)), v128.load(e, PE_HEAD)));
  a = v128.or(a, b);
  // The fourth word is the first instance.
  let bits = i64x2.extract_lane(a, 0) | i32x4.extract_lane(a, 2) | (load<i32>(rec + load<u32>(plan, P_FIRST)) ^ load<i32>(plan, P_WORD));
  end = load<u32>(plan, P_ENTRIES) + load<i32>(plan, P_CAP) * P_ENTRY_SIZE;
  for (e = end - (load<i32>(plan, P_N) - full) * P_ENTRY_SIZE; e < end; e += P_ENTRY_SIZE) {
    bits |= load<i64>(rec + load<u32>(e, PE_AT)) ^ load<i64>(e, PE_HEAD);
  }
  return bits == 0;
}

/** Makes the plan (planFor) that of the framed record: it is already if all heads agree, else by walking. S_RECORD, or damage. */
export function planRecord(r: usize, plan: usize): i32 {
  if (planLevel && fits(r, plan) && matches(plan, load<u32>(r, R_REC))) {
    store<u32>(r, load<u32>(r, R_HITS) + 1, R_HITS);
    return S_RECORD;
  }
  store<u32>(r, load<u32>(r, R_MISSES) + 1, R_MISSES);
  const status = walk(r, plan);
  if (status != S_RECORD) store<i32>(plan, 0, P_LEN);
  return status;
}

/** True if the plan was made of a record of this length and number of sets. */
// @ts-ignore: decorator
@inline
export function fits(r: usize, plan: usize): bool {
  return load<i32>(plan, P_LEN) == load<i32>(r, R_LEN) && load<i32>(plan, P_N) == load<i32>(r, R_NUMPMID);
}

/** Plans made so far; 0 is the generation of none. */
let generation: i32 = 0;

function walk(r: usize, plan: usize): i32 {
  const rec: usize = load<u32>(r, R_REC);
  const len = load<i32>(r, R_LEN);
  const payload = len - 4;
  const n = load<i32>(r, R_NUMPMID);
  store<i32>(r, W_NONE, R_WHY);
  // A set takes 8 bytes at least: bounds the entries by the record itself.
  if (n < 0 || n > payload >> 3) return inside(r, W_NUMPMID, payload >> 3, n);
  if (n > load<i32>(plan, P_CAP)) {
    const cap = n + (n >> 1) + 8;
    const entries = take(r + R_ARENA, cap * P_ENTRY_SIZE);
    // A set may be wanted under several names.
    const list = take(r + R_ARENA, (cap + load<i32>(r, R_NMETRICS)) * P_WANTED_SIZE);
    if (!entries || !list) return S_MEMORY;
    store<u32>(plan, <u32>entries, P_ENTRIES);
    store<u32>(plan, <u32>list, P_WANTED);
    store<i32>(plan, cap, P_CAP);
  }
  const table: usize = load<u32>(r, R_TABLE);
  const mask = load<u32>(r, R_MASK);
  // Until the walk is done the plan is that of no record.
  store<i32>(plan, 0, P_LEN);
  let e: usize = load<u32>(plan, P_ENTRIES);
  let bare = e + load<i32>(plan, P_CAP) * P_ENTRY_SIZE;
  const list: usize = load<u32>(plan, P_WANTED);
  let nWanted = 0;
  let nFull = 0;
  let at = <i32>(load<u32>(r, R_SETS) - <u32>rec);
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
      store<i32>(e, at, PE_AT);
      v128.store(e, v128.load(rec + at), PE_HEAD);
      e += P_ENTRY_SIZE;
      nFull++;
    } else {
      bare -= P_ENTRY_SIZE;
      store<i32>(bare, at, PE_AT);
      store<u64>(bare, load<u64>(rec + at), PE_HEAD);
    }
    let m = wanted(table, mask, pmid);
    if (m <= <usize>NOBODY) {
      if (!m && bytes > BARE && nUndescribed++ == 0) undescribed = pmid;
      m = 0;
    }
    for (; m; m = load<u32>(m, M_NEXT)) {
      let known = false;
      // Only the first set of a metric counts, as for pmFetch.
      for (let k = 0; k < nWanted; k++) {
        if (load<u32>(list + k * P_WANTED_SIZE, PW_SLOT) == load<u32>(m, M_SLOT)) known = true;
      }
      if (!known) {
        const item = list + nWanted * P_WANTED_SIZE;
        store<u32>(item, load<u32>(m, M_SLOT), PW_SLOT);
        store<i32>(item, at, PW_AT);
        store<u32>(item, <u32>m, PW_METRIC);
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
  store<i32>(plan, at, P_END);
  store<i32>(plan, firstWord, P_FIRST);
  store<i32>(plan, load<i32>(rec + firstWord), P_WORD);
  store<i32>(plan, len, P_LEN);
  store<i32>(plan, n, P_N);
  store<i32>(plan, nWanted, P_NWANTED);
  store<i32>(plan, nFull, P_NFULL);
  store<i32>(plan, nUndescribed, P_NUNDESCRIBED);
  store<u32>(plan, undescribed, P_UNDESCRIBED);
  store<i32>(plan, ++generation, P_GEN);
  store<i32>(plan, 0, P_SINCE);
  return S_RECORD;
}
