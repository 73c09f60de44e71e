// Owns groups: plain ROLLs of a window whose values lie side by side in a steady plan keep their states in the same order, so that
// one loop serves them all. A set of groups belongs to one window and one steady plan, and is settled before anyone looks.

import {
  C_STOP, GR_AT, GR_BYTES, GR_COUNT, GR_SIZE, GS_ALONE, GS_GROUPS, GS_HITS, GS_MEMBERS, GS_NGROUPS, GS_NMEMBERS, GS_PLAN,
  GS_SIZE, GS_STATES, GS_STEADY, GS_WIDTH, L_BAD, L_COUNT, L_DOMAIN, L_GEN, L_MARK, L_SEQ, L_VALS, MAX_SETS, P_NSLOTS, P_SLOTS,
  P_STEADY, P_VALUES, P_WIDTH, Q_DROP_LAST, Q_FLAGS, RO_COUNT, RO_MAX, RO_MEAN, RO_MIN, RO_SEEN, RO_WIDTH, STOP_SKIP, W_ARENA,
  W_FORMED, W_NPLAINS, W_NSETS, W_PLAINS, W_RECORDS, W_ROOMS, W_SETS, WP_CONSUMER, WP_GEN, WP_HITS, WP_ROLL, WP_SET, WP_SIZE, WP_SLOT,
} from '../layout';
import { take } from '../memory';
import { pushMany, reciprocal } from './roll';

/** Bounds of a window: rooms for states; sets made, beyond one for so many records. */
const MAX_ROOMS: i32 = 4;
const FREE_SETS: i32 = 8;
const RECORDS_A_SET: i32 = 32;

/** Adds the records since the last time to the members' counters. */
export function settleSet(set: usize): void {
  const hits = load<i32>(set, GS_HITS);
  if (!hits) return;
  store<i32>(set, 0, GS_HITS);
  const n = load<i32>(set, GS_NMEMBERS);
  const members: usize = load<u32>(set, GS_MEMBERS);
  for (let i = 0; i < n; i++) {
    const p: usize = load<u32>(members + (i << 2));
    const q: usize = load<u32>(p, WP_ROLL);
    store<i32>(p, load<i32>(p, WP_HITS) + hits, WP_HITS);
    store<i32>(q, load<i32>(q, RO_COUNT) + hits, RO_COUNT);
    store<i32>(q, load<i32>(q, RO_SEEN) + hits, RO_SEEN);
  }
}

/** Ends a set: its members are given their records one by one again. */
export function endSet(set: usize): void {
  settleSet(set);
  const n = load<i32>(set, GS_NMEMBERS);
  const members: usize = load<u32>(set, GS_MEMBERS);
  for (let i = 0; i < n; i++) store<u32>(<usize>load<u32>(members + (i << 2)), 0, WP_SET);
  store<i32>(set, 0, GS_NMEMBERS);
  store<i32>(set, 0, GS_STEADY);
}

/** The set of a window for a steady plan that took the record `seq`; 0: there is none. */
export function setOf(w: usize, plan: usize, seq: i32): usize {
  const steady = load<i32>(plan, P_STEADY);
  let set: usize = load<u32>(w, W_SETS);
  const n = load<i32>(w, W_NSETS);
  for (let i = 0; i < n; i++) {
    if (load<i32>(set, GS_STEADY) == steady) return set;
    set += GS_SIZE;
  }
  const formed = load<i32>(w, W_FORMED);
  if (formed > FREE_SETS + load<i32>(w, W_RECORDS) / RECORDS_A_SET) return 0;
  store<i32>(w, formed + 1, W_FORMED);
  set = placeFor(w, plan);
  return set && form(w, set, plan, seq) ? set : 0;
}

/** Where to make a set: in place of the plan's last one, in a new place, or in place of any. */
function placeFor(w: usize, plan: usize): usize {
  const n = load<i32>(w, W_NSETS);
  if (!load<u32>(w, W_SETS)) store<u32>(w, <u32>take(w + W_ARENA, MAX_SETS * GS_SIZE), W_SETS);
  const sets: usize = load<u32>(w, W_SETS);
  if (!sets) return 0;
  let at = n < MAX_SETS ? n : load<i32>(w, W_FORMED) & (MAX_SETS - 1);
  for (let i = 0; i < n; i++) if (load<u32>(sets + i * GS_SIZE, GS_PLAN) == <u32>plan) at = i;
  const set = sets + at * GS_SIZE;
  if (at == n) {
    store<i32>(w, n + 1, W_NSETS);
    const plains = load<i32>(w, W_NPLAINS);
    store<u32>(set, <u32>take(w + W_ARENA, (plains << 2) + 16), GS_MEMBERS);
    store<u32>(set, <u32>take(w + W_ARENA, plains * GR_SIZE + 16), GS_GROUPS);
  }
  if (!load<u32>(set, GS_MEMBERS) || !load<u32>(set, GS_GROUPS)) return 0;
  endSet(set);
  return set;
}

/** Whether a plain can be a member: on the short way already, of a kind that only pushes, as wide as its slot. */
function suits(p: usize, slot: usize): bool {
  const q: usize = load<u32>(p, WP_ROLL);
  const count = load<i32>(slot, L_COUNT);
  return (
    load<i32>(p, WP_HITS) > 0 && load<i32>(p, WP_GEN) == load<i32>(slot, L_GEN) && load<i32>(<usize>load<u32>(p, WP_CONSUMER), C_STOP) <= STOP_SKIP &&
    !(load<i32>(q, Q_FLAGS) & Q_DROP_LAST) && load<i32>(q, RO_WIDTH) == count && load<i32>(q, RO_COUNT) > 0 &&
    <u32>count <= <u32>load<i32>(slot, L_DOMAIN) && !load<i32>(slot, L_BAD)
  );
}

function form(w: usize, set: usize, plan: usize, seq: i32): bool {
  const plains: usize = load<u32>(w, W_PLAINS);
  const nPlains = load<i32>(w, W_NPLAINS);
  let readers = 0;
  for (let i = nPlains - 1; i >= 0; i--) {
    const p = plains + i * WP_SIZE;
    const slot: usize = load<u32>(p, WP_SLOT);
    if (load<i32>(slot, L_SEQ) == seq) readers++;
    if (load<u32>(p, WP_SET)) endSet(load<u32>(p, WP_SET));
    store<u32>(slot, <u32>p, L_MARK);
  }
  const members: usize = load<u32>(set, GS_MEMBERS);
  const slots: usize = load<u32>(plan, P_SLOTS);
  const nSlots = load<i32>(plan, P_NSLOTS);
  let n = 0;
  for (let i = 0; i < nSlots; i++) {
    const slot: usize = load<u32>(slots + (i << 2));
    const p: usize = load<u32>(slot, L_MARK);
    // A mark may be of another window, whose memory may be gone.
    if (p < plains || p >= plains + nPlains * WP_SIZE || load<u32>(p, WP_SLOT) != <u32>slot || !suits(p, slot)) continue;
    store<u32>(members + (n++ << 2), <u32>p);
  }
  store<i32>(set, n, GS_NMEMBERS);
  store<u32>(set, <u32>plan, GS_PLAN);
  if (!arrange(w, set, plan)) {
    store<i32>(set, 0, GS_NMEMBERS);
    return false;
  }
  for (let i = 0; i < n; i++) store<u32>(<usize>load<u32>(members + (i << 2)), <u32>set, WP_SET);
  store<i32>(set, n == readers ? 1 : 0, GS_ALONE);
  store<i32>(set, load<i32>(plan, P_STEADY), GS_STEADY);
  listGroups(set, plan);
  return true;
}

/** Offset of a member's values among those of the plan, in bytes. */
// @ts-ignore: decorator
@inline
function placeOf(p: usize, plan: usize): u32 {
  return load<u32>(<usize>load<u32>(p, WP_SLOT), L_VALS) - load<u32>(plan, P_VALUES);
}

/** Puts the states of the members in the order of the plan's values, if they are not already. */
function arrange(w: usize, set: usize, plan: usize): bool {
  const n = load<i32>(set, GS_NMEMBERS);
  const members: usize = load<u32>(set, GS_MEMBERS);
  const bytes = load<u32>(plan, P_WIDTH) << 3;
  let states: usize = load<u32>(set, GS_STATES);
  let moved = load<u32>(set, GS_WIDTH) != bytes;
  for (let i = 0; i < n && !moved; i++) {
    const p: usize = load<u32>(members + (i << 2));
    moved = load<u32>(<usize>load<u32>(p, WP_ROLL), RO_MEAN) != <u32>states + placeOf(p, plan);
  }
  if (!moved || !n) return true;
  if (load<i32>(w, W_ROOMS) == MAX_ROOMS) return false;
  states = take(w + W_ARENA, 3 * bytes);
  if (!states) return false;
  store<i32>(w, load<i32>(w, W_ROOMS) + 1, W_ROOMS);
  store<u32>(set, <u32>states, GS_STATES);
  store<u32>(set, bytes, GS_WIDTH);
  for (let i = 0; i < n; i++) {
    const p: usize = load<u32>(members + (i << 2));
    const q: usize = load<u32>(p, WP_ROLL);
    const at = states + placeOf(p, plan);
    const size = load<i32>(q, RO_WIDTH) << 3;
    memory.copy(at, load<u32>(q, RO_MEAN), size);
    memory.copy(at + bytes, load<u32>(q, RO_MIN), size);
    memory.copy(at + 2 * bytes, load<u32>(q, RO_MAX), size);
    store<u32>(q, <u32>at, RO_MEAN);
    store<u32>(q, <u32>(at + bytes), RO_MIN);
    store<u32>(q, <u32>(at + 2 * bytes), RO_MAX);
  }
  return true;
}

function listGroups(set: usize, plan: usize): void {
  const n = load<i32>(set, GS_NMEMBERS);
  const members: usize = load<u32>(set, GS_MEMBERS);
  let group: usize = <usize>load<u32>(set, GS_GROUPS) - GR_SIZE;
  let groups = 0;
  let end: u32 = 0;
  for (let i = 0; i < n; i++) {
    const p: usize = load<u32>(members + (i << 2));
    const q: usize = load<u32>(p, WP_ROLL);
    const at = placeOf(p, plan);
    const bytes = ((load<i32>(q, RO_WIDTH) + 1) & ~1) << 3;
    const count = load<i32>(q, RO_COUNT);
    if (groups && at == end && load<i32>(group, GR_COUNT) == count) {
      store<i32>(group, load<i32>(group, GR_BYTES) + bytes, GR_BYTES);
    } else {
      group += GR_SIZE;
      groups++;
      store<i32>(group, at, GR_AT);
      store<i32>(group, bytes, GR_BYTES);
      store<i32>(group, count, GR_COUNT);
    }
    end = at + bytes;
  }
  store<i32>(set, groups, GS_NGROUPS);
}

/** Pushes the values that the plan holds. */
export function pushSet(set: usize, plan: usize): void {
  store<i32>(set, load<i32>(set, GS_HITS) + 1, GS_HITS);
  const values: usize = load<u32>(plan, P_VALUES);
  const states: usize = load<u32>(set, GS_STATES);
  const width: usize = load<u32>(set, GS_WIDTH);
  let group: usize = load<u32>(set, GS_GROUPS);
  const end = group + load<i32>(set, GS_NGROUPS) * GR_SIZE;
  for (; group < end; group += GR_SIZE) {
    const at: usize = load<u32>(group, GR_AT);
    const count = load<i32>(group, GR_COUNT) + 1;
    store<i32>(group, count, GR_COUNT);
    const mean = states + at;
    pushMany(values + at, mean, mean + width, mean + 2 * width, load<i32>(group, GR_BYTES), reciprocal(count));
  }
}
