// Owns record plans: a record of the shape of one before is taken without a walk over its value sets.

import {
  ahead,
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
import { S_MEMORY, S_RECORD, WHY_NONE, WHY_NUMPMID } from '../status';
import { be32 } from './bytes';
import { wanted } from './described';
import { BARE, blockAt, checkRecord, inside, setBytes } from './record';

/*
 * A logger writes records of a few shapes, one for each group of metrics, over and over: the same metrics in the same order with the same
 * number of values, only the values differ. A walk over a record finds out where each value set lies, as the length of one says where
 * the next one begins. A plan remembers the outcome of a walk, so that the next record of the shape needs none:
 *
 * 1. The length of the record and its number of sets lead to a plan (`planFor`): one of PLAN_SLOTS, a table without chains. Two shapes
 *    that meet there take turns in being walked, which costs time and nothing else.
 * 2. If the plan was made of a record with just these two numbers (`fits`), each place at which a set began then is looked at: its
 *    first 12 bytes (metric, number of values, format) must be what they were (`matches`). Sets without values have 8 of them. If the
 *    record has blocks, so must the word that says where the first one lies.
 * 3. If all are, the record has the sets of the plan at the places of the plan. The wanted ones are in a list of their own, so that
 *    the others cost the comparison and no more.
 * 4. Else the record is walked, and it becomes the plan (`walk`) under a new generation: whatever was remembered by the old one (slots,
 *    steady.ts) sees that it is another.
 *
 * Invariant: a record that is taken by its plan has passed every check that a walk makes. A walk rests on the length, the number of sets,
 * the heads, and the place of the first block; all of these are compared. A walk that fails leaves the plan with length 0, which no record
 * has, so that half of one is never used.
 */

/** Where the plan of the framed record is, or would be; 0 if memory is exhausted. */
export function planFor(r: Reader): Plan {
  const len = r.length;
  const numpmid = r.setCount;
  const at = ((<u32>len >> 2) * 31 + numpmid) & (PLAN_SLOTS - 1);
  if (!r.plans[at]) r.plans[at] = take<Plan>(r.arena, offsetof<Plan>());
  return r.plans[at];
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
  if (fits(r, plan) && matches(plan, r.record)) {
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
    const bytes = setBytes(r, at, payload, n, i);
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
