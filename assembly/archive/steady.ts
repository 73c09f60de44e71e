// Owns steady plans: records of one shape with the same instances are checked and taken as flat lists.

import {
  ahead,
  copy,
  isBefore,
  List,
  next,
  none,
  PLAN_SLOTS,
  Plan,
  previous,
  Reader,
  Run,
  Slot,
  Structs,
  WANT_RAW,
  Wanted,
} from '../layout';
import { take } from '../memory';
import { be32, be64 } from './bytes';
import { headOf, isInForce, T_DOUBLE, T_FLOAT, T_I64, T_U32, takeRun, takeRunExactly, takeWords } from './values';

/*
 * With a plan (plan.ts) the places of the wanted sets are known, and each is taken into its slot by itself: its instances compared, its
 * format looked up, its values converted. As long as nothing but values changes, all of these decisions come out as they did before. The
 * steady form of a plan has made them once:
 *
 * - What must not change is a list of places and of the 16 bytes that lay there: the heads of all sets, and the instances and block
 *   words of the wanted ones. Of some of these 16 bytes only certain words count, so that there are three lists in one, each with its
 *   mask (Plan.offsets, Plan.images). One loop without a branch compares them.
 * - What is taken is a list of runs: values of one type that lie behind each other in the record, though they be of several metrics.
 * - Where they go is one array, in which each metric has a place (Plan.values). Slots point into it, and group.ts works on all of it.
 *
 * It is made when records of the plan have been taken slot by slot for a while (`isDue`): the first time after FIRST_WAIT, later after
 * twice as many each time that it did not last for WORTH records, so that what changes all the time is not prepared all the time. Sets
 * that do not come in runs (texts, what is converted, what has blocks elsewhere) are its `rest`, and are read slot by slot (values.ts).
 *
 * Invariants:
 * - It holds for times at which no instance domain of its slots changes (validFrom ≤ t < validTo), as the names behind the same numbers
 *   may be others afterwards.
 * - A slot whose `owner` is a steady plan has its values in that plan's array, and only records of that plan are written there. Whoever
 *   is about to fill it otherwise dissolves the plan first: slots get their own room again (`home`), with the values they have.
 * - A record that fails a comparison has not changed anything. One that fails in a run (the head of a block is another) has changed values;
 *   it is then read slot by slot, which writes all of them again.
 * - `steady` numbers are never given out twice: a set of groups that was made for one form can tell that it is gone.
 */

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
function agrees(plan: Plan, rec: usize): bool {
  let offset = changetype<usize>(plan.offsets);
  let image = plan.images;
  const whole = plan.wholeCount;
  const heads = plan.headCount;
  let all = differing(rec, offset, image, whole);
  offset += whole << 2;
  image += whole << 4;
  all = v128.or(all, v128.and(differing(rec, offset, image, heads), i32x4(-1, -1, -1, 0)));
  offset += heads << 2;
  image += heads << 4;
  all = v128.or(all, v128.and(differing(rec, offset, image, plan.idCount), i32x4(-1, 0, -1, 0)));
  let bits = i64x2.extract_lane(all, 0) | i64x2.extract_lane(all, 1);
  bits |= load<i32>(rec + plan.firstWord) ^ plan.word;
  const end = plan.entries[plan.capacity];
  for (let e = ahead(end, plan.fullCount - plan.setCount); isBefore(e, end); e = next(e)) {
    bits |= load<i64>(rec + e.at) ^ e.bareHead;
  }
  return bits == 0;
}

/** Values of all runs. False: the head of a block is another. */
function takeRuns(plan: Plan, rec: usize): bool {
  let run = plan.runs[0];
  const end = ahead(run, plan.runCount);
  for (; isBefore(run, end); run = next(run)) {
    const type = run.type;
    const n = run.count;
    const p = rec + run.at;
    const to = run.values;
    if (type <= T_U32 || type == T_FLOAT) {
      if (n > 1) takeWords(type, p, to, n);
      else if (type == T_FLOAT) store<f64>(to, <f64>f32.reinterpret_i32(be32(p)));
      else store<f64>(to, type == T_U32 ? <f64>(<u32>be32(p)) : <f64>be32(p));
    } else if (n == 1) {
      if (load<i32>(p) != headOf(type)) return false;
      const x = be64(p + 4);
      store<i64>(run.raw, x);
      // A signed conversion takes one instruction.
      store<f64>(to, type == T_DOUBLE ? f64.reinterpret_i64(x) : x >= 0 || type == T_I64 ? <f64>x : <f64>(<u64>x));
    } else {
      const raw = run.raw;
      if (!takeRun(type, run.keep != 0, p, to, raw, n) && !takeRunExactly(type, p, to, raw, n)) return false;
    }
  }
  return true;
}

/** Takes the record's values, if it is as those before; the slots are then filled but for Plan.rest. */
export function takeSteady(plan: Plan, rec: usize, seq: i32, ns: i64): bool {
  if (ns < plan.validFrom || ns >= plan.validTo) return false;
  if (!agrees(plan, rec) || !takeRuns(plan, rec)) return false;
  let at = changetype<usize>(plan.slots);
  const end = at + (plan.slotCount << 2);
  for (; at < end; at += 4) load<Slot>(at).seq = seq;
  plan.since++;
  return true;
}

/** Gives the slots of a steady plan their own room again, with the values they have. */
export function dissolve(plan: Plan): void {
  if (!plan.steady) return;
  const n = plan.slotCount;
  const list = plan.slots;
  for (let i = 0; i < n; i++) {
    const slot = list[i];
    copy(slot.home, slot.values, slot.count);
    copy(slot.homeRaw, slot.raw, slot.count);
    slot.values = slot.home;
    slot.raw = slot.homeRaw;
    slot.owner = none<Plan>();
  }
  const wait = plan.wait << 1;
  plan.wait = plan.since >= WORTH ? FIRST_WAIT : wait < MAX_WAIT ? wait : MAX_WAIT;
  plan.since = 0;
  plan.steady = 0;
}

/** Before a reader's memory is given back. */
export function dissolveAll(r: Reader): void {
  for (let i = 0; i < PLAN_SLOTS; i++) {
    const plan = r.plans[i];
    if (plan) dissolve(plan);
  }
}

/** A record of the plan was taken slot by slot: whether there have been enough of them. */
export function isDue(plan: Plan): bool {
  const since = plan.since + 1;
  plan.since = since;
  if (!plan.wait) plan.wait = FIRST_WAIT;
  return since > plan.wait;
}

/**
 * Whether a wanted set was filled by this plan, in a form that comes in runs, with its instance domain in force at ns. Of a set that is
 * wanted under several names only the first can.
 */
function suits(plan: Plan, item: Wanted, rec: usize, ns: i64): bool {
  if (changetype<usize>(item) > changetype<usize>(plan.wanted) && previous(item).at == item.at) return false;
  const slot = item.slot;
  if (slot.plan != plan.generation || !slot.want || slot.owner) return false;
  if (!isInForce(slot, ns)) return false;
  return be32(rec + item.at + 8) == 0 || slot.blocks != 0;
}

/** Makes the steady form of a plan whose slots have just been filled, if it has any that suit and memory allows. */
export function makeSteady(r: Reader, plan: Plan, ns: i64): void {
  const rec = r.record;
  const wanted = plan.wanted;
  const nWanted = plan.wantedCount;
  let slots = 0;
  let width = 0;
  let whole = 0;
  let ids = 0;
  for (let i = 0; i < nWanted; i++) {
    const item = wanted[i];
    if (!suits(plan, item, rec, ns)) continue;
    const n = item.slot.count;
    slots++;
    width += (n + 1) & ~1;
    if (be32(rec + item.at + 8)) whole += (12 + (n << 3) + 15) >> 4;
    else {
      whole++;
      if (n > 1) ids += (n + 1) >> 1;
    }
  }
  plan.since = 0;
  if (!slots) return;
  const heads = plan.fullCount - slots;
  const images = whole + heads + ids;
  const bytes = (images << 4) + (width << 4) + slots * offsetof<Run>() + (images << 2) + ((slots + nWanted) << 2);
  if (bytes > plan.roomSize) {
    const room = take<usize>(r.arena, bytes + (bytes >> 1));
    if (!room) return;
    plan.room = room;
    plan.roomSize = bytes + (bytes >> 1);
  }
  let at = plan.room;
  memory.fill(at, 0, bytes);
  plan.images = at;
  at += images << 4;
  plan.values = at;
  at += width << 4;
  plan.runs = changetype<Structs<Run>>(at);
  at += slots * offsetof<Run>();
  plan.offsets = changetype<List<i32>>(at);
  at += images << 2;
  plan.slots = changetype<List<Slot>>(at);
  plan.rest = changetype<List<Wanted>>(at + (slots << 2));
  plan.wholeCount = whole;
  plan.headCount = heads;
  plan.idCount = ids;
  plan.width = width;
  listSets(plan, rec, ns);
  // What the record itself does not pass would never be passed.
  if (!agrees(plan, rec) || !takeRuns(plan, rec)) return;
  const list = plan.slots;
  let values = plan.values;
  for (let i = 0; i < slots; i++) {
    const slot = list[i];
    slot.values = changetype<List<f64>>(values);
    slot.raw = changetype<List<i64>>(values + (width << 3));
    slot.owner = plan;
    values += ((slot.count + 1) & ~1) << 3;
  }
  plan.steadyGeneration = plan.generation;
  plan.steady = ++number;
}

/** Next places in the three lists of images. */
let wholeAt: i32 = 0;
let headAt: i32 = 0;
let idAt: i32 = 0;

/** @inline */
function image(plan: Plan, rec: usize, k: i32, at: i32): void {
  plan.offsets[k] = at;
  v128.store(plan.images + (k << 4), v128.load(rec + at));
}

/** Fills the lists of a steady plan: wanted sets and all sets are both in the order of the record. */
function listSets(plan: Plan, rec: usize, ns: i64): void {
  wholeAt = 0;
  headAt = plan.wholeCount;
  idAt = headAt + plan.headCount;
  plan.validFrom = i64.MIN_VALUE;
  plan.validTo = i64.MAX_VALUE;
  plan.runCount = 0;
  let item = plan.wanted[0];
  const end = ahead(item, plan.wantedCount);
  let entry = plan.entries[0];
  const last = ahead(entry, plan.fullCount);
  let slots = 0;
  let rest = 0;
  let values = plan.values;
  for (; isBefore(item, end); item = next(item)) {
    if (!suits(plan, item, rec, ns)) {
      plan.rest[rest++] = item;
      continue;
    }
    const at = item.at;
    for (; entry.at < at; entry = next(entry)) image(plan, rec, headAt++, entry.at);
    entry = next(entry);
    const slot = item.slot;
    listSet(plan, rec, slot, at, values);
    values += ((slot.count + 1) & ~1) << 3;
    plan.slots[slots++] = slot;
  }
  for (; isBefore(entry, last); entry = next(entry)) image(plan, rec, headAt++, entry.at);
  plan.slotCount = slots;
  plan.restCount = rest;
}

/** Images of a slot's set, its run or its part in the one before, and the time of its instance domain. */
function listSet(plan: Plan, rec: usize, slot: Slot, at: i32, values: usize): void {
  const n = slot.count;
  const end = at + 12 + (n << 3);
  const blocks = be32(rec + at + 8) != 0;
  image(plan, rec, wholeAt++, at);
  if (blocks) for (let k = at + 16; k < end; k += 16) image(plan, rec, wholeAt++, k + 16 <= end ? k : end - 16);
  else if (n > 1) for (let k = at + 12; k < end; k += 16) image(plan, rec, idAt++, k + 16 <= end ? k : end - 16);
  const domain = slot.domain;
  if (domain) {
    if (domain.validFrom > plan.validFrom) plan.validFrom = domain.validFrom;
    if (domain.validTo < plan.validTo) plan.validTo = domain.validTo;
  }
  const type = slot.type;
  const keep = slot.want & WANT_RAW ? 1 : 0;
  const from = blocks ? slot.blocks : at + 16;
  const runs = plan.runCount;
  const run = plan.runs[runs];
  const before = previous(run);
  // An odd number is followed by a gap in the values.
  if (
    runs &&
    blocks &&
    before.type == type &&
    before.keep == keep &&
    !(before.count & 1) &&
    before.at + before.count * 12 == from
  ) {
    before.count += n;
    return;
  }
  run.type = type;
  run.count = n;
  run.at = from;
  run.values = values;
  run.raw = values + (plan.width << 3);
  run.keep = keep;
  plan.runCount = runs + 1;
}
