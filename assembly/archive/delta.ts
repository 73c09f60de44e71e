// Owns delta instance domains: changes folded into whole versions, once all of the metadata is known (archive-format.md §3.4).

import { copy, List, none, Reader, Version } from '../layout';
import { arenaBytes, take } from '../memory';
import { KIND_DELTA, KIND_FOLDED, KIND_FULL, noteMembers, sortVersions } from './indom';
import { NO_STRING, stringsBytes } from './strings';

let outIds = changetype<List<i32>>(0);
let outNames = changetype<List<u32>>(0);
let used: i32 = 0;

function put(id: i32, name: u32): void {
  outIds[used] = id;
  outNames[used] = name;
  used++;
}

/**
 * Members of `base` (0: none) with the changes of `v`, both ascending by id. Of an id in both, changes apply in stored order: a
 * deletion takes the earliest member of the id, if there is one; an addition comes behind what is there, so that look-ups keep
 * giving the old name, and both are listed, as PCP 6.0.3 has it.
 */
function fold(r: Reader, base: Version, v: Version): bool {
  const baseN = base ? base.count : 0;
  const baseIds = base ? base.ids : none<List<i32>>();
  const baseNames = base ? base.names : none<List<u32>>();
  if (v.kind == KIND_DELTA) {
    v.changeCount = v.count;
    v.changedIds = v.ids;
    v.changedNames = v.names;
    v.kind = KIND_FOLDED;
  }
  const n = v.changeCount;
  const ids = v.changedIds;
  const names = v.changedNames;
  const room = take<usize>(r.arena, (baseN + n) << 3);
  if (!room) return false;
  outIds = changetype<List<i32>>(room);
  outNames = changetype<List<u32>>(room + ((baseN + n) << 2));
  used = 0;
  let b = 0;
  let i = 0;
  while (i < n) {
    const id = ids[i];
    for (; b < baseN && baseIds[b] < id; b++) put(baseIds[b], baseNames[b]);
    // The members of this id wait between `first` and `used`.
    let first = used;
    const start = used;
    for (; b < baseN && baseIds[b] == id; b++) put(id, baseNames[b]);
    for (; i < n && ids[i] == id; i++) {
      const name = names[i];
      if (name != NO_STRING) put(id, name);
      else if (first < used) first++;
    }
    if (first == start) continue;
    copy(outIds.from(start), outIds.from(first), used - first);
    copy(outNames.from(start), outNames.from(first), used - first);
    used -= first - start;
  }
  for (; b < baseN; b++) put(baseIds[b], baseNames[b]);
  v.ids = outIds;
  v.names = outNames;
  v.count = used;
  v.twins = 0;
  return true;
}

/** Memory that metadata take: what is kept of them, and `each` bytes for each member of a domain. */
export function metadataBytes(r: Reader, each: i32): f64 {
  return <f64>arenaBytes(r.arena) + <f64>stringsBytes() + <f64>r.members * each;
}

/**
 * Puts versions in the order of time and makes every delta a whole version; again when that order has changed. False if memory is
 * exhausted, or `room` bytes, which each member of a domain takes `each` of besides.
 */
export function foldDeltas(r: Reader, room: f64, each: i32): bool {
  const n = <i32>r.domainCount;
  for (let k = 0; k < n; k++) {
    const d = r.domains[k];
    if (!sortVersions(r, d)) return false;
    const versions = d.versions;
    const count = d.count;
    let base = none<Version>();
    for (let i = 0; i < count; i++) {
      const v = versions[i];
      if (v.kind != KIND_FULL) {
        if (metadataBytes(r, each) > room || !fold(r, base, v)) return false;
        noteMembers(r, d, v.count);
      }
      base = v;
    }
  }
  return true;
}
