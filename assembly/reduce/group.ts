// Owns groups: plain ROLLs of a window over the values of one steady plan, run by one loop.

import {
  ahead,
  DROP_LAST,
  Group,
  GroupSet,
  isBefore,
  List,
  MAX_SETS,
  next,
  none,
  Plain,
  Plan,
  previous,
  Slot,
  STOP_SKIP,
  Structs,
  Window,
} from '../layout';
import { take } from '../memory';
import { pushMany, reciprocal } from './roll';

/*
 * Most consumers are plain: one metric, one ROLL (count, mean, minimum, maximum) of its values as they are. One by one, finding the
 * consumer costs more than the three operations on its value. But a steady plan puts the values of all metrics side by side
 * (archive/steady.ts), and so their ROLLs can be run side by side:
 *
 *     plan.values    a0 a1 b0 -- c0 c1 c2 -- ...    an odd number of values is followed by a gap, as vectors hold two
 *     means          a0 a1 b0 -- c0 c1 c2 -- ...    the same places, so that value i belongs to state i
 *     minima, maxima likewise
 *
 * A set has all plain consumers of one window whose slots one steady plan owns (`form`). Their states are moved once into three lists
 * in the order of the plan's values (`arrange`); the ROLLs point there from then on, whether the set lasts or not. The new mean needs
 * 1/count, so that members behind each other that have had equally many records make a group (`listGroups`), and each group is one loop
 * over its part of the values (`pushSet`).
 *
 * Invariants:
 * - While a set lasts, only it feeds its members (Plain.set). Their counters stay behind by `hits` until it is settled: before anyone reads
 *   them (settleWindow), and when the set ends.
 * - It ends when a member's slot comes with a record that the steady plan did not take (consumePlains), or when another set takes the
 *   member over. Members are then fed one by one again.
 * - The short way is open to a member (`suits`), as its last record was in order in all that consume() looks at; the steady plan
 *   guarantees that it stays so, as instances and format are the same.
 * - The address of a plan may be that of another form, or of a closed reader's: a set is recognized by the number of the form, never by address.
 *
 * Room for states is taken from the window's arena and never given back before it closes, so that it is bounded (MAX_ROOMS), and sets
 * that come and go are (FREE_SETS, RECORDS_A_SET): beyond that, members are fed one by one, which is right as well.
 */

/** Bounds of a window: rooms for states; sets made, beyond one for so many records. */
const MAX_ROOMS: i32 = 4;
const FREE_SETS: i32 = 8;
const RECORDS_A_SET: i32 = 32;

/** Adds the records since the last time to the members' counters. */
export function settleSet(set: GroupSet): void {
  const hits = set.hits;
  if (!hits) return;
  set.hits = 0;
  const n = set.memberCount;
  const members = set.members;
  for (let i = 0; i < n; i++) {
    const p = members[i];
    const q = p.roll;
    p.hits += hits;
    q.count += hits;
    q.seen += hits;
  }
}

/** Ends a set: its members are given their records one by one again. */
export function endSet(set: GroupSet): void {
  settleSet(set);
  const n = set.memberCount;
  const members = set.members;
  for (let i = 0; i < n; i++) members[i].set = none<GroupSet>();
  set.memberCount = 0;
  set.steady = 0;
}

/** The set of a window for a steady plan that took the record `seq`; 0: there is none. */
export function setOf(w: Window, plan: Plan, seq: i32): GroupSet {
  const steady = plan.steady;
  let set = w.sets[0];
  const n = w.setCount;
  for (let i = 0; i < n; i++) {
    if (set.steady == steady) return set;
    set = next(set);
  }
  const formed = w.formed;
  if (formed > FREE_SETS + w.records / RECORDS_A_SET) return none<GroupSet>();
  w.formed = formed + 1;
  set = placeFor(w, plan);
  return set && form(w, set, plan, seq) ? set : none<GroupSet>();
}

/** Where to make a set: in place of the plan's last one, in a new place, or in place of any. */
function placeFor(w: Window, plan: Plan): GroupSet {
  const n = w.setCount;
  if (!w.sets) w.sets = take<Structs<GroupSet>>(w.arena, MAX_SETS * offsetof<GroupSet>());
  const sets = w.sets;
  if (!sets) return none<GroupSet>();
  let at = n < MAX_SETS ? n : w.formed & (MAX_SETS - 1);
  for (let i = 0; i < n; i++) if (sets[i].plan == plan) at = i;
  const set = sets[at];
  if (at == n) {
    w.setCount = n + 1;
    const plains = w.plainCount;
    set.members = take<List<Plain>>(w.arena, (plains << 2) + 16);
    set.groups = take<Structs<Group>>(w.arena, plains * offsetof<Group>() + 16);
  }
  if (!set.members || !set.groups) return none<GroupSet>();
  endSet(set);
  return set;
}

/** Whether a plain can be a member: on the short way already, of a kind that only pushes, as wide as its slot. */
function suits(p: Plain, slot: Slot): bool {
  const q = p.roll;
  const count = slot.count;
  return (
    p.hits > 0 &&
    p.generation == slot.generation &&
    p.consumer.stop <= STOP_SKIP &&
    !(q.flags & DROP_LAST) &&
    q.width == count &&
    q.count > 0 &&
    <u32>count <= <u32>slot.members &&
    !slot.bad
  );
}

function form(w: Window, set: GroupSet, plan: Plan, seq: i32): bool {
  const plains = w.plains;
  const nPlains = w.plainCount;
  let readers = 0;
  for (let i = nPlains - 1; i >= 0; i--) {
    const p = plains[i];
    const slot = p.slot;
    if (slot.seq == seq) readers++;
    if (p.set) endSet(p.set);
    slot.mark = changetype<usize>(p);
  }
  const members = set.members;
  const slots = plan.slots;
  const nSlots = plan.slotCount;
  let n = 0;
  for (let i = 0; i < nSlots; i++) {
    const slot = slots[i];
    const p = changetype<Plain>(slot.mark);
    // A mark may be of another window, whose memory may be gone.
    if (
      changetype<usize>(p) < changetype<usize>(plains) ||
      changetype<usize>(p) >= changetype<usize>(plains[nPlains]) ||
      p.slot != slot ||
      !suits(p, slot)
    )
      continue;
    members[n++] = p;
  }
  set.memberCount = n;
  set.plan = plan;
  if (!arrange(w, set, plan)) {
    set.memberCount = 0;
    return false;
  }
  for (let i = 0; i < n; i++) members[i].set = set;
  set.alone = n == readers ? 1 : 0;
  set.steady = plan.steady;
  listGroups(set, plan);
  return true;
}

/** Offset of a member's values among those of the plan, in bytes. @inline */
function placeOf(p: Plain, plan: Plan): u32 {
  return <u32>(changetype<usize>(p.slot.values) - plan.values);
}

/** Puts the states of the members in the order of the plan's values, if they are not already. */
function arrange(w: Window, set: GroupSet, plan: Plan): bool {
  const n = set.memberCount;
  const members = set.members;
  const bytes = (<u32>plan.width) << 3;
  let states = set.states;
  let moved = set.width != bytes;
  for (let i = 0; i < n && !moved; i++) {
    const p = members[i];
    moved = changetype<usize>(p.roll.mean) != states + placeOf(p, plan);
  }
  if (!moved || !n) return true;
  if (w.rooms == MAX_ROOMS) return false;
  states = take<usize>(w.arena, 3 * bytes);
  if (!states) return false;
  w.rooms++;
  set.states = states;
  set.width = bytes;
  for (let i = 0; i < n; i++) {
    const p = members[i];
    const q = p.roll;
    const at = states + placeOf(p, plan);
    const size = q.width << 3;
    memory.copy(at, changetype<usize>(q.mean), size);
    memory.copy(at + bytes, changetype<usize>(q.min), size);
    memory.copy(at + 2 * bytes, changetype<usize>(q.max), size);
    q.mean = changetype<List<f64>>(at);
    q.min = changetype<List<f64>>(at + bytes);
    q.max = changetype<List<f64>>(at + 2 * bytes);
  }
  return true;
}

function listGroups(set: GroupSet, plan: Plan): void {
  const n = set.memberCount;
  const members = set.members;
  let group = previous(set.groups[0]);
  let groups = 0;
  let end: u32 = 0;
  for (let i = 0; i < n; i++) {
    const p = members[i];
    const q = p.roll;
    const at = placeOf(p, plan);
    const bytes = ((q.width + 1) & ~1) << 3;
    const count = q.count;
    if (groups && at == end && group.count == count) {
      group.bytes += bytes;
    } else {
      group = next(group);
      groups++;
      group.at = at;
      group.bytes = bytes;
      group.count = count;
    }
    end = at + bytes;
  }
  set.groupCount = groups;
}

/** Pushes the values that the plan holds. */
export function pushSet(set: GroupSet, plan: Plan): void {
  set.hits++;
  const values = plan.values;
  const states = set.states;
  const width: usize = set.width;
  let group = set.groups[0];
  const end = ahead(group, set.groupCount);
  for (; isBefore(group, end); group = next(group)) {
    const at: usize = group.at;
    const count = group.count + 1;
    group.count = count;
    const mean = states + at;
    pushMany(values + at, mean, mean + width, mean + 2 * width, group.bytes, reciprocal(count));
  }
}
