// Owns handing a record to all consumers of a window: a short way for the plain ones, the whole of consume() for the others.

import { settleCoverage } from '../coverage';
import { seq } from '../instant';
import {
  ahead,
  GroupSet,
  isBefore,
  next,
  none,
  Plain,
  Plan,
  Reader,
  STOP_NONE,
  STOP_SKIP,
  Structs,
  Window,
} from '../layout';
import { take } from '../memory';
import { consume, halt } from './consumer';
import { uncorrect, watchCounters } from './counters';
import { endSet, pushSet, setOf, settleSet } from './group';
import { isPlain } from './order';
import { rollValues } from './roll';

/** Lists the plain consumers of a window, and puts them first among the others. False if memory is exhausted. */
function listPlains(w: Window): bool {
  const n = w.consumerCount;
  const list = w.consumers;
  const plains = take<Structs<Plain>>(w.arena, n * offsetof<Plain>() + 16);
  if (!plains) return false;
  w.plains = plains;
  let found = 0;
  for (let i = 0; i < n; i++) {
    const c = list[i];
    const slot = c.plain;
    if (!slot) continue;
    const p = plains[found];
    p.slot = slot;
    p.roll = c.plainRoll;
    p.consumer = c;
    list[i] = list[found];
    list[found] = c;
    found++;
  }
  w.plainCount = found;
  return true;
}

/** Adds the records that a plain consumer got on the short way to its counters. */
function settle(p: Plain): void {
  const c = p.consumer;
  const hits = p.hits;
  c.records += hits;
  c.accepted += hits;
  p.hits = 0;
}

/** Brings all counters of a window up to date, for whoever reads them. */
export function settleWindow(w: Window): void {
  settleCoverage(w);
  const sets = w.sets;
  for (let i = 0; i < w.setCount; i++) settleSet(sets[i]);
  const plains = w.plains;
  for (let i = 0; i < w.plainCount; i++) settle(plains[i]);
}

/** Hands the current record to all consumers of a window. `steady`: the plan that it was taken by, or 0. */
export function consumeAll(w: Window, r: Reader, t: f64, steady: Plan): bool {
  if (!w.plains && !listPlains(w)) return false;
  if (w.counterCount && !watchCounters(w, r, seq, r.ns)) return false;
  const plains = w.plainCount;
  if (plains) {
    const set = steady ? setOf(w, steady, seq) : none<GroupSet>();
    if (set) pushSet(set, steady);
    if (!set || !set.alone) consumePlains(w, seq, t, set);
  }
  const arena = w.arena;
  const n = w.consumerCount;
  const list = w.consumers;
  for (let i = plains; i < n; i++) consume(list[i], arena, seq, t);
  if (w.correctedCount) uncorrect(w);
  return true;
}

/** Hands it to the plain ones, but for the members of `set`, which have it. */
function consumePlains(w: Window, seq: i32, t: f64, set: GroupSet): void {
  const arena = w.arena;
  let p = w.plains[0];
  const end = ahead(p, w.plainCount);
  for (; isBefore(p, end); p = next(p)) {
    const slot = p.slot;
    if (slot.seq != seq) continue;
    const own = p.set;
    if (own) {
      if (own == set) continue;
      endSet(own);
    }
    const count = slot.count;
    // Not with other instances than before, which the long way looks at.
    const hits = p.generation == slot.generation ? p.hits : 0;
    // In the plain case there is nothing to judge; the first record, and all that is odd, goes the long way.
    if (hits && count > 0 && <u32>count <= <u32>slot.members && !slot.bad) {
      p.hits = hits + 1;
      const status = rollValues(p.roll, arena, false, slot.values, count);
      if (status == STOP_NONE) continue;
      // The long way finds it stopped from now on.
      settle(p);
      halt(p.consumer, status, 0);
      continue;
    }
    const c = p.consumer;
    settle(p);
    const accepted = c.accepted;
    consume(c, arena, seq, t);
    // One hit in advance opens the short way for the next record.
    const lane = p.roll.lane;
    const plain = isPlain(lane.rows[0].order, slot);
    if (plain && c.accepted > accepted && c.stop <= STOP_SKIP) {
      c.records--;
      c.accepted--;
      p.hits = 1;
      p.generation = slot.generation;
    }
  }
}
