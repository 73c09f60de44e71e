// Owns steady plans: while records of one shape keep coming with the same instances, what is checked and what is taken are flat
// lists, and the values of all metrics lie side by side (which group.ts rests on). Whatever differs goes slot by slot (values.ts).

import {
  I_CURRENT, I_FROM, I_TO, L_BLOCKS, L_COUNT, L_HOME, L_HOME_RAW, L_INDOM, L_OWNER, L_PLAN, L_RAW, L_SEQ, L_TYPE, L_VALS,
  L_VERSION, L_WANT, P_CAP, P_ENTRIES, P_ENTRY_SIZE, P_FIRST, P_FROM, P_GEN, P_IMAGES, P_N, P_NFULL, P_NHEADS, P_NIDS, P_NREST,
  P_NRUNS, P_NSLOTS, P_NWANTED, P_NWHOLE, P_OFFSETS, P_REST, P_ROOM, P_ROOM_SIZE, P_RUNS, P_SINCE, P_SLOTS, P_STEADY,
  P_STEADY_GEN, P_TO, P_VALUES, P_WAIT, P_WANTED, P_WANTED_SIZE, P_WIDTH, P_WORD, PE_AT, PE_HEAD, PLAN_SLOTS, PW_AT, PW_SLOT,
  R_ARENA, R_PLANS, R_REC, RN_AT, RN_KEEP, RN_N, RN_RAW, RN_SIZE, RN_TYPE, RN_VALUES, WANT_RAW,
} from '../layout';
import { take } from '../memory';
import { be32, be64 } from './bytes';
import { headOf, T_DOUBLE, T_FLOAT, T_I64, T_U32, takeRun, takeRunExactly, takeWords } from './values';

/** Records of a shape before its steady form is made; doubled, up to the limit, each time it did not last. */
const FIRST_WAIT: i32 = 3;
const MAX_WAIT: i32 = 1024;
/** Records that a steady form must serve to have been worth making. */
const WORTH: i32 = 64;

let number: i32 = 0;

/** Bits in which the record differs from `n` images of 16 bytes. */
function differing(rec: usize, offset: usize, image: usize, n: i32): v128 {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  let i = 0;
  // Eight a turn: engines check the stack at every turn of a loop.
  for (; i + 8 <= n; i += 8) {
    a = v128.or(a, v128.xor(v128.load(rec + load<u32>(offset)), v128.load(image)));
    b = v128.or(b, v128.xor(v128.load(rec + load<u32>(offset, 4)), v128.load(image, 16)));
    a = v128.or(a, v128.xor(v128.load(rec + load<u32>(offset, 8)), v128.load(image, 32)));
    b = v128.or(b, v128.xor(v128.load(rec + load<u32>(offset, 12)), v128.load(image, 48)));
    a = v128.or(a, v128.xor(v128.load(rec + load<u32>(offset, 16)), v128.load(image, 64)));
    b = v128.or(b, v128.xor(v128.load(rec + load<u32>(offset, 20)), v128.load(image, 80)));
    a = v128.or(a, v128.xor(v128.load(rec + load<u32>(offset, 24)), v128.load(image, 96)));
    b = v128.or(b, v128.xor(v128.load(rec + load<u32>(offset, 28)), v128.load(image, 112)));
    offset += 32;
    image += 128;
  }
  for (; i < n; i++) {
    a = v128.or(a, v128.xor(v128.load(rec + load<u32>(offset)), v128.load(image)));
    offset += 4;
    image += 16;
  }
  return v128.or(a, b);
}

/** Whether all sets lie where they did, those of the slots with the same instances and blocks at the same places. */
function agrees(plan: usize, rec: usize): bool {
  let offset: usize = load<u32>(plan, P_OFFSETS);
  let image: usize = load<u32>(plan, P_IMAGES);
  const whole = load<i32>(plan, P_NWHOLE);
  const heads = load<i32>(plan, P_NHEADS);
  let all = differing(rec, offset, image, whole);
  offset += whole << 2;
  image += whole << 4;
  all = v128.or(all, v128.and(differing(rec, offset, image, heads), i32x4(-1, -1, -1, 0)));
  offset += heads << 2;
  image += heads << 4;
  all = v128.or(all, v128.and(differing(rec, offset, image, load<i32>(plan, P_NIDS)), i32x4(-1, 0, -1, 0)));
  let bits = i64x2.extract_lane(all, 0) | i64x2.extract_lane(all, 1);
  bits |= load<i32>(rec + load<u32>(plan, P_FIRST)) ^ load<i32>(plan, P_WORD);
  const end: usize = load<u32>(plan, P_ENTRIES) + load<i32>(plan, P_CAP) * P_ENTRY_SIZE;
  for (let e = end - (load<i32>(plan, P_N) - load<i32>(plan, P_NFULL)) * P_ENTRY_SIZE; e < end; e += P_ENTRY_SIZE) {
    bits |= load<i64>(rec + load<u32>(e, PE_AT)) ^ load<i64>(e, PE_HEAD);
  }
  return bits == 0;
}

/** Values of all runs. False: the head of a block is another. */
function takeRuns(plan: usize, rec: usize): bool {
  let run: usize = load<u32>(plan, P_RUNS);
  const end = run + load<i32>(plan, P_NRUNS) * RN_SIZE;
  for (; run < end; run += RN_SIZE) {
    const type = load<i32>(run, RN_TYPE);
    const n = load<i32>(run, RN_N);
    const p = rec + load<u32>(run, RN_AT);
    const to: usize = load<u32>(run, RN_VALUES);
    if (type <= T_U32 || type == T_FLOAT) {
      if (n > 1) takeWords(type, p, to, n);
      else if (type == T_FLOAT) store<f64>(to, <f64>f32.reinterpret_i32(be32(p)));
      else store<f64>(to, type == T_U32 ? <f64><u32>be32(p) : <f64>be32(p));
    } else if (n == 1) {
      if (load<i32>(p) != headOf(type)) return false;
      const x = be64(p + 4);
      store<i64>(<usize>load<u32>(run, RN_RAW), x);
      // A signed conversion takes one instruction.
      store<f64>(to, type == T_DOUBLE ? f64.reinterpret_i64(x) : x >= 0 || type == T_I64 ? <f64>x : <f64>(<u64>x));
    } else {
      const raw: usize = load<u32>(run, RN_RAW);
      if (!takeRun(type, load<i32>(run, RN_KEEP) != 0, p, to, raw, n) && !takeRunExactly(type, p, to, raw, n)) return false;
    }
  }
  return true;
}

/** Takes the record's values, if it is as those before; the slots are then filled but for P_REST. */
export function takeSteady(plan: usize, rec: usize, seq: i32, ns: i64): bool {
  if (ns < load<i64>(plan, P_FROM) || ns >= load<i64>(plan, P_TO)) return false;
  if (!agrees(plan, rec) || !takeRuns(plan, rec)) return false;
  let slot: usize = load<u32>(plan, P_SLOTS);
  const end = slot + (load<i32>(plan, P_NSLOTS) << 2);
  for (; slot < end; slot += 4) store<i32>(<usize>load<u32>(slot), seq, L_SEQ);
  store<i32>(plan, load<i32>(plan, P_SINCE) + 1, P_SINCE);
  return true;
}

/** Gives the slots of a steady plan their own room again, with the values they have. */
export function dissolve(plan: usize): void {
  if (!load<i32>(plan, P_STEADY)) return;
  const n = load<i32>(plan, P_NSLOTS);
  const list: usize = load<u32>(plan, P_SLOTS);
  for (let i = 0; i < n; i++) {
    const slot: usize = load<u32>(list + (i << 2));
    const bytes = load<i32>(slot, L_COUNT) << 3;
    memory.copy(load<u32>(slot, L_HOME), load<u32>(slot, L_VALS), bytes);
    memory.copy(load<u32>(slot, L_HOME_RAW), load<u32>(slot, L_RAW), bytes);
    store<u32>(slot, load<u32>(slot, L_HOME), L_VALS);
    store<u32>(slot, load<u32>(slot, L_HOME_RAW), L_RAW);
    store<u32>(slot, 0, L_OWNER);
  }
  const wait = load<i32>(plan, P_WAIT) << 1;
  store<i32>(plan, load<i32>(plan, P_SINCE) >= WORTH ? FIRST_WAIT : wait < MAX_WAIT ? wait : MAX_WAIT, P_WAIT);
  store<i32>(plan, 0, P_SINCE);
  store<i32>(plan, 0, P_STEADY);
}

/** Before a reader's memory is given back. */
export function dissolveAll(r: usize): void {
  for (let i = 0; i < PLAN_SLOTS; i++) {
    const plan: usize = load<u32>(<usize>load<u32>(r, R_PLANS) + (i << 2));
    if (plan) dissolve(plan);
  }
}

/** A record of the plan was taken slot by slot: whether there have been enough of them. */
export function isDue(plan: usize): bool {
  const since = load<i32>(plan, P_SINCE) + 1;
  store<i32>(plan, since, P_SINCE);
  if (!load<i32>(plan, P_WAIT)) store<i32>(plan, FIRST_WAIT, P_WAIT);
  return since > load<i32>(plan, P_WAIT);
}

/**
 * Whether a wanted set was filled by this plan, in a form that comes in runs, with its instance domain in force at ns. Of a set that is
 * wanted under several names only the first can.
 */
function suits(plan: usize, item: usize, rec: usize, ns: i64): bool {
  if (item > load<u32>(plan, P_WANTED) && load<i32>(item - P_WANTED_SIZE, PW_AT) == load<i32>(item, PW_AT)) return false;
  const slot: usize = load<u32>(item, PW_SLOT);
  if (load<i32>(slot, L_PLAN) != load<i32>(plan, P_GEN) || !load<i32>(slot, L_WANT) || load<u32>(slot, L_OWNER)) return false;
  const domain: usize = load<u32>(slot, L_INDOM);
  if (domain) {
    if (load<u32>(domain, I_CURRENT) != load<u32>(slot, L_VERSION)) return false;
    if (ns < load<i64>(domain, I_FROM) || ns >= load<i64>(domain, I_TO)) return false;
  }
  return be32(rec + load<i32>(item, PW_AT) + 8) == 0 || load<i32>(slot, L_BLOCKS) != 0;
}

/** Makes the steady form of a plan whose slots have just been filled, if it has any that suit and memory allows. */
export function makeSteady(r: usize, plan: usize, ns: i64): void {
  const rec: usize = load<u32>(r, R_REC);
  const wanted: usize = load<u32>(plan, P_WANTED);
  const nWanted = load<i32>(plan, P_NWANTED);
  let slots = 0;
  let width = 0;
  let whole = 0;
  let ids = 0;
  for (let i = 0; i < nWanted; i++) {
    const item = wanted + i * P_WANTED_SIZE;
    if (!suits(plan, item, rec, ns)) continue;
    const n = load<i32>(<usize>load<u32>(item, PW_SLOT), L_COUNT);
    slots++;
    width += (n + 1) & ~1;
    if (be32(rec + load<i32>(item, PW_AT) + 8)) whole += (12 + (n << 3) + 15) >> 4;
    else {
      whole++;
      if (n > 1) ids += (n + 1) >> 1;
    }
  }
  store<i32>(plan, 0, P_SINCE);
  if (!slots) return;
  const heads = load<i32>(plan, P_NFULL) - slots;
  const images = whole + heads + ids;
  const bytes = (images << 4) + (width << 4) + slots * RN_SIZE + (images << 2) + ((slots + nWanted) << 2);
  if (bytes > load<i32>(plan, P_ROOM_SIZE)) {
    const room = take(r + R_ARENA, bytes + (bytes >> 1));
    if (!room) return;
    store<u32>(plan, <u32>room, P_ROOM);
    store<i32>(plan, bytes + (bytes >> 1), P_ROOM_SIZE);
  }
  let at: usize = load<u32>(plan, P_ROOM);
  memory.fill(at, 0, bytes);
  store<u32>(plan, <u32>at, P_IMAGES);
  store<u32>(plan, <u32>(at += images << 4), P_VALUES);
  store<u32>(plan, <u32>(at += width << 4), P_RUNS);
  store<u32>(plan, <u32>(at += slots * RN_SIZE), P_OFFSETS);
  store<u32>(plan, <u32>(at += images << 2), P_SLOTS);
  store<u32>(plan, <u32>(at + (slots << 2)), P_REST);
  store<i32>(plan, whole, P_NWHOLE);
  store<i32>(plan, heads, P_NHEADS);
  store<i32>(plan, ids, P_NIDS);
  store<i32>(plan, width, P_WIDTH);
  listSets(plan, rec, ns);
  // What the record itself does not pass would never be passed.
  if (!agrees(plan, rec) || !takeRuns(plan, rec)) return;
  const list: usize = load<u32>(plan, P_SLOTS);
  let values: usize = load<u32>(plan, P_VALUES);
  for (let i = 0; i < slots; i++) {
    const slot: usize = load<u32>(list + (i << 2));
    store<u32>(slot, <u32>values, L_VALS);
    store<u32>(slot, <u32>values + (width << 3), L_RAW);
    store<u32>(slot, <u32>plan, L_OWNER);
    values += ((load<i32>(slot, L_COUNT) + 1) & ~1) << 3;
  }
  store<i32>(plan, load<i32>(plan, P_GEN), P_STEADY_GEN);
  store<i32>(plan, ++number, P_STEADY);
}

/** Next places in the three lists of images. */
let wholeAt: i32 = 0;
let headAt: i32 = 0;
let idAt: i32 = 0;

// @ts-ignore: decorator
@inline
function image(plan: usize, rec: usize, k: i32, at: i32): void {
  store<i32>(<usize>load<u32>(plan, P_OFFSETS) + (k << 2), at);
  v128.store(<usize>load<u32>(plan, P_IMAGES) + (k << 4), v128.load(rec + at));
}

/** Fills the lists of a steady plan: wanted sets and all sets are both in the order of the record. */
function listSets(plan: usize, rec: usize, ns: i64): void {
  wholeAt = 0;
  headAt = load<i32>(plan, P_NWHOLE);
  idAt = headAt + load<i32>(plan, P_NHEADS);
  store<i64>(plan, i64.MIN_VALUE, P_FROM);
  store<i64>(plan, i64.MAX_VALUE, P_TO);
  store<i32>(plan, 0, P_NRUNS);
  let item: usize = load<u32>(plan, P_WANTED);
  const end = item + load<i32>(plan, P_NWANTED) * P_WANTED_SIZE;
  let entry: usize = load<u32>(plan, P_ENTRIES);
  const last = entry + load<i32>(plan, P_NFULL) * P_ENTRY_SIZE;
  let slots = 0;
  let rest = 0;
  let values: usize = load<u32>(plan, P_VALUES);
  for (; item < end; item += P_WANTED_SIZE) {
    if (!suits(plan, item, rec, ns)) {
      store<u32>(<usize>load<u32>(plan, P_REST) + (rest++ << 2), <u32>item);
      continue;
    }
    const at = load<i32>(item, PW_AT);
    for (; load<i32>(entry, PE_AT) < at; entry += P_ENTRY_SIZE) image(plan, rec, headAt++, load<i32>(entry, PE_AT));
    entry += P_ENTRY_SIZE;
    const slot: usize = load<u32>(item, PW_SLOT);
    listSet(plan, rec, slot, at, values);
    values += ((load<i32>(slot, L_COUNT) + 1) & ~1) << 3;
    store<u32>(<usize>load<u32>(plan, P_SLOTS) + (slots++ << 2), <u32>slot);
  }
  for (; entry < last; entry += P_ENTRY_SIZE) image(plan, rec, headAt++, load<i32>(entry, PE_AT));
  store<i32>(plan, slots, P_NSLOTS);
  store<i32>(plan, rest, P_NREST);
}

/** Images of a slot's set, its run or its part in the one before, and the time of its instance domain. */
function listSet(plan: usize, rec: usize, slot: usize, at: i32, values: usize): void {
  const n = load<i32>(slot, L_COUNT);
  const end = at + 12 + (n << 3);
  const blocks = be32(rec + at + 8) != 0;
  image(plan, rec, wholeAt++, at);
  if (blocks) for (let k = at + 16; k < end; k += 16) image(plan, rec, wholeAt++, k + 16 <= end ? k : end - 16);
  else if (n > 1) for (let k = at + 12; k < end; k += 16) image(plan, rec, idAt++, k + 16 <= end ? k : end - 16);
  const domain: usize = load<u32>(slot, L_INDOM);
  if (domain) {
    if (load<i64>(domain, I_FROM) > load<i64>(plan, P_FROM)) store<i64>(plan, load<i64>(domain, I_FROM), P_FROM);
    if (load<i64>(domain, I_TO) < load<i64>(plan, P_TO)) store<i64>(plan, load<i64>(domain, I_TO), P_TO);
  }
  const type = load<i32>(slot, L_TYPE);
  const keep = load<i32>(slot, L_WANT) & WANT_RAW ? 1 : 0;
  const from = blocks ? load<i32>(slot, L_BLOCKS) : at + 16;
  const runs = load<i32>(plan, P_NRUNS);
  const run = <usize>load<u32>(plan, P_RUNS) + runs * RN_SIZE;
  const before = run - RN_SIZE;
  // An odd number is followed by a gap in the values.
  if (
    runs && blocks && load<i32>(before, RN_TYPE) == type && load<i32>(before, RN_KEEP) == keep &&
    !(load<i32>(before, RN_N) & 1) && load<i32>(before, RN_AT) + load<i32>(before, RN_N) * 12 == from
  ) {
    store<i32>(before, load<i32>(before, RN_N) + n, RN_N);
    return;
  }
  store<i32>(run, type, RN_TYPE);
  store<i32>(run, n, RN_N);
  store<i32>(run, from, RN_AT);
  store<u32>(run, <u32>values, RN_VALUES);
  store<u32>(run, <u32>values + (load<i32>(plan, P_WIDTH) << 3), RN_RAW);
  store<i32>(run, keep, RN_KEEP);
  store<i32>(plan, runs + 1, P_NRUNS);
}
