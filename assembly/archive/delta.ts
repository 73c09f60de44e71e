// Owns delta instance domains: changes folded into whole versions, once all of the metadata is known (archive-format.md §3.4).

import {
  I_N, I_VERSIONS, R_ARENA, R_INDOMS, R_MEMBERS, R_NINDOMS, V_CHANGED_IDS, V_CHANGED_NAMES, V_CHANGES, V_IDS, V_KIND, V_N, V_NAMES, V_SIZE, V_TWINS,
} from '../layout';
import { arenaBytes, take } from '../memory';
import { KIND_DELTA, KIND_FOLDED, KIND_FULL, noteMembers, sortVersions } from './indom';
import { NO_STRING, stringsBytes } from './strings';

let outIds: usize = 0;
let outNames: usize = 0;
let used: i32 = 0;

function put(id: i32, name: u32): void {
  store<i32>(outIds + (used << 2), id);
  store<u32>(outNames + (used << 2), name);
  used++;
}

/**
 * Members of `base` (0: none) with the changes of `v`, both ascending by id. Of an id in both, changes apply in stored order: a
 * deletion takes the earliest member of the id, if there is one; an addition comes behind what is there, so that look-ups keep
 * giving the old name, and both are listed, as PCP 6.0.3 has it.
 */
function fold(r: usize, base: usize, v: usize): bool {
  const baseN = base ? load<i32>(base, V_N) : 0;
  const baseIds: usize = base ? <usize>load<u32>(base, V_IDS) : 0;
  const baseNames: usize = base ? <usize>load<u32>(base, V_NAMES) : 0;
  if (load<i32>(v, V_KIND) == KIND_DELTA) {
    store<i32>(v, load<i32>(v, V_N), V_CHANGES);
    store<u32>(v, load<u32>(v, V_IDS), V_CHANGED_IDS);
    store<u32>(v, load<u32>(v, V_NAMES), V_CHANGED_NAMES);
    store<i32>(v, KIND_FOLDED, V_KIND);
  }
  const n = load<i32>(v, V_CHANGES);
  const ids: usize = load<u32>(v, V_CHANGED_IDS);
  const names: usize = load<u32>(v, V_CHANGED_NAMES);
  const room = take(r + R_ARENA, (baseN + n) << 3);
  if (!room) return false;
  outIds = room;
  outNames = room + ((baseN + n) << 2);
  used = 0;
  let b = 0;
  let i = 0;
  while (i < n) {
    const id = load<i32>(ids + (i << 2));
    for (; b < baseN && load<i32>(baseIds + (b << 2)) < id; b++) put(load<i32>(baseIds + (b << 2)), load<u32>(baseNames + (b << 2)));
    // The members of this id wait between `first` and `used`.
    let first = used;
    const start = used;
    for (; b < baseN && load<i32>(baseIds + (b << 2)) == id; b++) put(id, load<u32>(baseNames + (b << 2)));
    for (; i < n && load<i32>(ids + (i << 2)) == id; i++) {
      const name = load<u32>(names + (i << 2));
      if (name != NO_STRING) put(id, name);
      else if (first < used) first++;
    }
    if (first == start) continue;
    memory.copy(outIds + (start << 2), outIds + (first << 2), (used - first) << 2);
    memory.copy(outNames + (start << 2), outNames + (first << 2), (used - first) << 2);
    used -= first - start;
  }
  for (; b < baseN; b++) put(load<i32>(baseIds + (b << 2)), load<u32>(baseNames + (b << 2)));
  store<u32>(v, <u32>outIds, V_IDS);
  store<u32>(v, <u32>outNames, V_NAMES);
  store<i32>(v, used, V_N);
  store<i32>(v, 0, V_TWINS);
  return true;
}

/** Memory that metadata take: what is kept of them, and `each` bytes for each member of a domain. */
export function metadataBytes(r: usize, each: i32): f64 {
  return <f64>arenaBytes(r + R_ARENA) + <f64>stringsBytes() + <f64>load<u32>(r, R_MEMBERS) * each;
}

/**
 * Puts versions in the order of time and makes every delta a whole version; again when that order has changed. False if memory is
 * exhausted, or `room` bytes, which each member of a domain takes `each` of besides.
 */
export function foldDeltas(r: usize, room: f64, each: i32): bool {
  const n = load<i32>(r, R_NINDOMS);
  for (let k = 0; k < n; k++) {
    const d: usize = load<u32>(<usize>load<u32>(r, R_INDOMS) + (k << 2));
    if (!sortVersions(r, d)) return false;
    const versions: usize = load<u32>(d, I_VERSIONS);
    const count = load<i32>(d, I_N);
    let base: usize = 0;
    for (let i = 0; i < count; i++) {
      const v = versions + i * V_SIZE;
      if (load<i32>(v, V_KIND) != KIND_FULL) {
        if (metadataBytes(r, each) > room || !fold(r, base, v)) return false;
        noteMembers(r, d, load<i32>(v, V_N));
      }
      base = v;
    }
  }
  return true;
}
