// Owns the values of one wanted metric in one record: instances compared with the last record's, numbers made doubles.
// The fast paths rest on two facts checked for every record: the (instance, word) pairs equal the remembered ones,
// and the heads of the value blocks are those of the metric's type. Whatever differs takes the general path.

import { Arena, List, none, Reader, Slot, Version, WANT_KEYS, WANT_RAW, WANT_STRS, Wanted } from '../layout';
import { take } from '../memory';
import { S_RECORD } from '../status';
import { be32, be64 } from './bytes';
import { identify } from './identity';
import { versionAt } from './indom';
import { blockAt, checkRecord } from './record';
import { internAt, internNone } from './strings';

export const T_I32: i32 = 0;
export const T_U32: i32 = 1;
export const T_I64: i32 = 2;
export const T_U64: i32 = 3;
export const T_FLOAT: i32 = 4;
export const T_DOUBLE: i32 = 5;
export const T_STRING: i32 = 6;

/** fillSlot: the record contradicts itself (Reader.why), and this set is not sound (record.ts, soundSet): what was filled is void. */
export const FILL_DAMAGED: i32 = -1;
/** fillSlot: no memory. */
export const FILL_MEMORY: i32 = -2;

function reserve(arena: Arena, slot: Slot, n: i32): bool {
  let cap = slot.capacity;
  cap = cap * 2 > n ? cap * 2 : n;
  // Two elements more than needed: vector stores write pairs.
  const pairs = take<usize>(arena, (cap + 2) << 3);
  const vals = take<List<f64>>(arena, (cap + 2) << 3);
  const raw = take<List<i64>>(arena, (cap + 2) << 3);
  const strs = take<List<u32>>(arena, slot.want & WANT_STRS ? cap << 2 : 4);
  const keys = take<List<i64>>(arena, slot.want & WANT_KEYS ? cap << 3 : 8);
  if (!vals || !raw || !pairs || !strs || !keys) return false;
  if (slot.want & WANT_STRS) memory.fill(changetype<usize>(strs), 0xff, cap << 2);
  slot.values = vals;
  slot.home = vals;
  slot.raw = raw;
  slot.homeRaw = raw;
  slot.pairs = pairs;
  slot.strings = strs;
  slot.keys = keys;
  slot.capacity = cap;
  slot.pairCount = -1;
  return true;
}

/** Remembers the pairs of a set. */
function remember(slot: Slot, pairs: usize, n: i32): void {
  memory.copy(slot.pairs, pairs, n << 3);
  slot.pairCount = n;
  slot.blocks = 0;
}

/** Bits in which the instances (bit 0 of the result) and the words (bit 1) differ from the remembered pairs. */
function differs(slot: Slot, pairs: usize, n: i32): i32 {
  const known = slot.pairs;
  let acc = i64x2.splat(0);
  let i = 0;
  // Four vectors a turn: engines check the stack at every turn of a loop.
  for (; i + 8 <= n; i += 8) {
    const p = pairs + (i << 3);
    const q = known + (i << 3);
    const a = v128.or(v128.xor(v128.load(p), v128.load(q)), v128.xor(v128.load(p, 16), v128.load(q, 16)));
    const b = v128.or(v128.xor(v128.load(p, 32), v128.load(q, 32)), v128.xor(v128.load(p, 48), v128.load(q, 48)));
    acc = v128.or(acc, v128.or(a, b));
  }
  for (; i + 2 <= n; i += 2) acc = v128.or(acc, v128.xor(v128.load(pairs + (i << 3)), v128.load(known + (i << 3))));
  let bits = <u64>(i64x2.extract_lane(acc, 0) | i64x2.extract_lane(acc, 1));
  if (i < n) bits |= load<u64>(pairs + (i << 3)) ^ load<u64>(known + (i << 3));
  return (<u32>bits ? 1 : 0) | (bits >>> 32 ? 2 : 0);
}

/** The same for a single value, without loops: most metrics have one, and a mispredicted loop costs more than the value. @inline */
function refillOne(slot: Slot, rec: usize, len: i32, pairs: usize): bool {
  const type = slot.type;
  const change = load<u64>(pairs) ^ load<u64>(slot.pairs);
  const vals = slot.values;
  if (load<i32>(pairs - 4) == 0) {
    if (<u32>change || type > T_U32) return false;
    const word = be32(pairs + 4);
    vals[0] = type == T_U32 ? <f64>(<u32>word) : <f64>word;
    return true;
  }
  const block = slot.blocks;
  if (change || !block || block + 12 > len - 4) return false;
  if (load<i32>(rec + block) != bswap<i32>((type << 24) | 12)) return false;
  const x = be64(rec + block + 4);
  slot.raw[0] = x;
  vals[0] = type == T_DOUBLE ? f64.reinterpret_i64(x) : type == T_I64 ? <f64>x : <f64>(<u64>x);
  return true;
}

/** Whether the version of its instance domain that the slot was filled by is in force at a time. @inline */
export function isInForce(slot: Slot, ns: i64): bool {
  const domain = slot.domain;
  if (!domain) return true;
  if (domain.current != slot.version) return false;
  return ns >= domain.validFrom && ns < domain.validTo;
}

/**
 * Fills the slot again from a record of the plan it was filled by last time, at which the same version is in force. False: something is not as it was, take fillSlot.
 *
 * @inline
 */
export function refillSlot(slot: Slot, seq: i32, rec: usize, len: i32, off: i32): bool {
  const n = slot.count;
  const pairs = rec + off + 12;
  if (n == 1) {
    if (!refillOne(slot, rec, len, pairs)) return false;
    slot.seq = seq;
    return true;
  }
  const change = differs(slot, pairs, n);
  if (load<i32>(pairs - 4) == 0) {
    if (change & 1 || slot.bad) return false;
    takeWords(slot.type, pairs + 4, changetype<usize>(slot.values), n);
  } else {
    const blocks = slot.blocks;
    if (change || !blocks || blocks + n * 12 > len - 4 || !fillRun(slot, rec + blocks, n)) return false;
  }
  slot.seq = seq;
  return true;
}

/**
 * Fills the slot of a wanted set from the record that the reader stands at. 0, or FILL_*. Values that cannot be converted to the
 * metric's type set Slot.bad (archive-format.md §5.5).
 */
export function fillSlot(arena: Arena, r: Reader, item: Wanted, seq: i32): i32 {
  const slot = item.slot;
  const m = item.metric;
  const set = r.record + item.at;
  const n = be32(set + 4);
  const type = m.type;
  slot.seq = seq;
  slot.count = n;
  slot.type = type;
  slot.bad = 0;
  slot.counter = m.counter;
  slot.agent = (bswap<u32>(m.pmid) >>> 22) & 0x1ff;
  slot.domain = m.domain;
  const domain = m.domain;
  let v = none<Version>();
  if (domain) {
    v = versionAt(domain, r.ns);
    slot.version = v;
    slot.members = v ? v.count : 0;
  } else {
    slot.members = -1;
  }
  if (n <= 0) return 0;
  if (n > slot.capacity && !reserve(arena, slot, n)) return FILL_MEMORY;
  const pairs = set + 12;
  const change = n == slot.pairCount ? differs(slot, pairs, n) : 3;
  const words = be32(set + 8) == 0;
  if (words ? change & 1 : change) remember(slot, pairs, n);
  if (slot.want & WANT_KEYS) identify(slot, v, r.id, n, (change & 1) != 0);
  if (words) {
    if (takeWords(type, pairs + 4, changetype<usize>(slot.values), n)) return 0;
    slot.bad = 1;
    if (!clear(slot, n)) return FILL_MEMORY;
    return checkRecord(r) == S_RECORD ? 0 : FILL_DAMAGED;
  }
  if (change == 0) {
    const blocks = slot.blocks;
    if (blocks >= r.setsEnd && blocks + n * 12 <= r.length - 4 && fillRun(slot, r.record + blocks, n)) return 0;
  }
  return fillBlocks(r, slot, pairs);
}

/** Values that cannot be converted are no numbers and empty texts, and not what another record had. */
function clear(slot: Slot, n: i32): bool {
  const vals = slot.values;
  for (let i = 0; i < n; i++) vals[i] = NaN;
  if (!(slot.want & WANT_STRS)) return true;
  return internNone(slot.strings, n);
}

/** Words in (instance, word) pairs, the first at p, as doubles. False: this type is not stored so. */
export function takeWords(type: i32, p: usize, out: usize, n: i32): bool {
  let i = 0;
  if (type == T_U32) {
    for (; i + 2 <= n; i += 2) {
      const x = v128.load(p + (i << 3) - 4);
      const y = i8x16.shuffle(x, x, 7, 6, 5, 4, 15, 14, 13, 12, 7, 6, 5, 4, 15, 14, 13, 12);
      v128.store(out + (i << 3), f64x2.convert_low_i32x4_u(y));
    }
    if (i < n) store<f64>(out + (i << 3), <f64>(<u32>be32(p + (i << 3))));
  } else if (type == T_I32) {
    for (; i < n; i++) store<f64>(out + (i << 3), <f64>be32(p + (i << 3)));
  } else if (type == T_FLOAT) {
    for (; i < n; i++) store<f64>(out + (i << 3), <f64>f32.reinterpret_i32(be32(p + (i << 3))));
  } else {
    return false;
  }
  return true;
}

/** Head of a block with a 64-bit value, as it lies there. @inline */
export function headOf(type: i32): i32 {
  return bswap<i32>((type << 24) | 12);
}

function fillRun(slot: Slot, p: usize, n: i32): bool {
  const keep = (slot.want & WANT_RAW) != 0;
  return takeRun(slot.type, keep, p, changetype<usize>(slot.values), changetype<usize>(slot.raw), n);
}

/**
 * 64-bit values in blocks that follow each other: head, high word, low word, 12 bytes each. False: a head is another, or an
 * integer is not below 2^52; then what was stored is void.
 */
export function takeRun(type: i32, keep: bool, p: usize, vals: usize, raw: usize, n: i32): bool {
  const head = headOf(type);
  const heads = i32x4.replace_lane(i32x4.splat(0), 0, head);
  let wrong = i32x4.splat(0);
  let all = i64x2.splat(0);
  let i = 0;
  let q = p;
  if (type == T_DOUBLE) {
    for (; i + 2 <= n; i += 2) {
      const a = v128.load(q);
      const b = v128.load(q, 12);
      wrong = v128.or(wrong, v128.or(v128.xor(a, heads), v128.xor(b, heads)));
      v128.store(vals + (i << 3), i8x16.shuffle(a, b, 11, 10, 9, 8, 7, 6, 5, 4, 27, 26, 25, 24, 23, 22, 21, 20));
      q += 24;
    }
    if (i < n) {
      if (load<i32>(q) != head) return false;
      store<f64>(vals + (i << 3), f64.reinterpret_i64(be64(q + 4)));
    }
    return i32x4.extract_lane(wrong, 0) == 0;
  }
  // Integers below 2^52 become doubles by giving them the exponent of 2^52 and subtracting it.
  const exponent = i64x2.splat(0x4330000000000000);
  const two52 = f64x2.splat(4503599627370496.0);
  if (!keep) {
    for (; i + 4 <= n; i += 4) {
      const a = v128.load(q);
      const b = v128.load(q, 12);
      const c = v128.load(q, 24);
      const d = v128.load(q, 36);
      wrong = v128.or(wrong, v128.or(v128.xor(a, heads), v128.xor(b, heads)));
      wrong = v128.or(wrong, v128.or(v128.xor(c, heads), v128.xor(d, heads)));
      const x = i8x16.shuffle(a, b, 11, 10, 9, 8, 7, 6, 5, 4, 27, 26, 25, 24, 23, 22, 21, 20);
      const y = i8x16.shuffle(c, d, 11, 10, 9, 8, 7, 6, 5, 4, 27, 26, 25, 24, 23, 22, 21, 20);
      all = v128.or(all, v128.or(x, y));
      v128.store(vals + (i << 3), f64x2.sub(v128.or(x, exponent), two52));
      v128.store(vals + (i << 3), f64x2.sub(v128.or(y, exponent), two52), 16);
      q += 48;
    }
  }
  for (; i + 2 <= n; i += 2) {
    const a = v128.load(q);
    const b = v128.load(q, 12);
    wrong = v128.or(wrong, v128.or(v128.xor(a, heads), v128.xor(b, heads)));
    const x = i8x16.shuffle(a, b, 11, 10, 9, 8, 7, 6, 5, 4, 27, 26, 25, 24, 23, 22, 21, 20);
    all = v128.or(all, x);
    if (keep) v128.store(raw + (i << 3), x);
    v128.store(vals + (i << 3), f64x2.sub(v128.or(x, exponent), two52));
    q += 24;
  }
  let bits = i64x2.extract_lane(all, 0) | i64x2.extract_lane(all, 1);
  if (i < n) {
    if (load<i32>(q) != head) return false;
    const x = be64(q + 4);
    bits |= x;
    if (keep) store<i64>(raw + (i << 3), x);
    store<f64>(vals + (i << 3), type == T_I64 ? <f64>x : <f64>(<u64>x));
  }
  return i32x4.extract_lane(wrong, 0) == 0 && (bits & 0xfff0000000000000) == 0;
}

/** The same, one by one and without a limit. False: a head is another. */
export function takeRunExactly(type: i32, p: usize, vals: usize, raw: usize, n: i32): bool {
  for (let i = 0; i < n; i++) {
    if (load<i32>(p) != headOf(type)) return false;
    const x = be64(p + 4);
    store<i64>(raw, x);
    store<f64>(vals, type == T_DOUBLE ? f64.reinterpret_i64(x) : type == T_I64 ? <f64>x : <f64>(<u64>x));
    p += 12;
    vals += 8;
    raw += 8;
  }
  return true;
}

/** Values in blocks, wherever they lie. */
function fillBlocks(r: Reader, slot: Slot, pairs: usize): i32 {
  const rec = r.record;
  const payload = r.length - 4;
  const type = slot.type;
  const n = slot.count;
  const want = slot.want;
  const vals = slot.values;
  const raw = slot.raw;
  const strs = slot.strings;
  const size = type == T_I64 || type == T_U64 || type == T_DOUBLE ? 8 : type == T_FLOAT ? 4 : 0;
  const setsEnd = r.setsEnd;
  let first = 0;
  let next = 0;
  let run = size == 8;
  // As soundSet: one behind the other, of the metric's type.
  let sound = true;
  for (let i = 0; i < n; i++) {
    const block = blockAt(be32(pairs + (i << 3) + 4), payload);
    const head = block < 0 ? 0 : be32(rec + block);
    const vlen = head & 0xffffff;
    const vtype = head >>> 24;
    if (vlen < 4 || vlen > payload - block) return checkRecord(r) == S_RECORD ? 0 : FILL_DAMAGED;
    if (block < setsEnd || (i && block != next)) sound = false;
    next = block + ((vlen + 3) & ~3);
    if (i == 0) first = block;
    else if (block != first + i * 12) run = false;
    const p = rec + block + 4;
    if (type == T_STRING) {
      const isText = vtype == T_STRING || vtype == 0;
      if (!isText) sound = false;
      if (want & WANT_STRS && !isText) slot.bad = 1;
      if (want & WANT_STRS && !internAt(strs, i, p, isText ? vlen - 4 : 0)) return FILL_MEMORY;
    } else if (size == 0 || vlen != 4 + size || (vtype != type && vtype != 0)) {
      slot.bad = 1;
      vals[i] = NaN;
      run = false;
      sound = false;
    } else if (size == 4) {
      vals[i] = <f64>f32.reinterpret_i32(be32(p));
    } else {
      const x = be64(p);
      raw[i] = x;
      vals[i] = type == T_DOUBLE ? f64.reinterpret_i64(x) : type == T_I64 ? <f64>x : <f64>(<u64>x);
    }
  }
  if (!sound && checkRecord(r) != S_RECORD) return FILL_DAMAGED;
  slot.blocks = run ? first : 0;
  return 0;
}

/** Instance id of the i-th value of a slot. @inline */
export function instanceAt(slot: Slot, i: i32): i32 {
  return be32(slot.pairs + (i << 3));
}
