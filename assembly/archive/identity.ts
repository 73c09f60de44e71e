// Owns what an instance is: the name that its domain has for its number at the record's time, whatever the number, and whole. (PCP
// cuts names at the first space, but only to look up what somebody typed; `001234 sort` and `001234 make` are two processes.)

import { List, none, Slot, Version } from '../layout';
import { be32 } from './bytes';
import { NO_STRING, stringsAddress } from './strings';

/**
 * Slots of which somebody wants identities have one for each value. They are brought up to date when the numbers change or another version
 * of the domain is in force, and only if they really came out as others does the slot's generation grow: it is what all who remember
 * something by instance compare (reduce/idmap.ts, reduce/order.ts, reduce/match.ts), so that a version that is recorded again as it was
 * costs them nothing.
 *
 * An identity is 64 bits, equal for the same instance in all records and archives of a session. Low word: the name's string number.
 * High word: 0; the number + 1 where a domain gives the name to several members, as it then tells nothing by itself. Without a name:
 * NO_STRING and the number. The value of a metric without domain is one thing, whatever is stored as its number.
 */
const ALONE: i64 = 0xfffffffe;
/** The low word of an identity is no name from here on. */
const NO_NAME: u32 = 0xfffffffe;

const TWINS_NONE: i32 = 1;
const TWINS_SOME: i32 = 2;

/** The name (string number) in an identity; NO_STRING if it has none. @inline */
export function nameOf(key: i64): u32 {
  return <u32>key >= NO_NAME ? NO_STRING : <u32>key;
}

/** @inline */
export function keyAt(slot: Slot, i: i32): i64 {
  return slot.keys[i];
}

/** Two marks a pass: 2p for a name met once, 2p + 1 for one met again. */
let pass: u32 = 0;

/** Marks the names of a version; whether one of them is met again. */
function markNames(version: Version): bool {
  const n = version.count;
  const names = version.names;
  const strings = stringsAddress();
  pass += 2;
  let again = false;
  for (let i = 0; i < n; i++) {
    const at = strings[names[i]];
    const met = at.mark >>> 1 == pass >>> 1;
    at.mark = met ? pass | 1 : pass;
    if (met) again = true;
  }
  return again;
}

/** Place of a number among the members of a version, looked for first where it is expected; -1: not there. */
function memberAt(version: Version, id: i32, guess: i32): i32 {
  const n = version.count;
  const ids = version.ids;
  // Of a number listed twice the first counts.
  if (guess > 0 && guess < n && ids[guess] == id && ids[guess - 1] != id) return guess;
  let lo: i32 = 0;
  let hi = n;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (ids[mid] < id) lo = mid + 1;
    else hi = mid;
  }
  return lo < n && ids[lo] == id ? lo : -1;
}

/**
 * Brings the identities of a slot's `n` values up to date; `fresh`: their numbers are others than before. Costs a comparison while
 * numbers and version stay, and a look at the names when one of them changes.
 */
export function identify(slot: Slot, version: Version, reader: i32, n: i32, fresh: bool): void {
  if (!fresh && slot.keyed == version && slot.keyedBy == reader) return;
  slot.keyed = version;
  slot.keyedBy = reader;
  const bare = slot.members < 0;
  let twins = false;
  if (version && version.twins != TWINS_NONE) {
    twins = markNames(version);
    version.twins = twins ? TWINS_SOME : TWINS_NONE;
  }
  const names = version ? version.names : none<List<u32>>();
  const keys = slot.keys;
  const pairs = slot.pairs;
  let changed = false;
  let next = 0;
  for (let i = 0; i < n; i++) {
    let key = ALONE;
    if (!bare) {
      const id = be32(pairs + (i << 3));
      const at = version ? memberAt(version, id, next) : -1;
      next = at + 1;
      key = ((<i64>id) << 32) | 0xffffffff;
      if (at >= 0) {
        const name = names[at];
        const shared = twins && stringsAddress()[name].mark & 1;
        key = shared ? ((<i64>id + 1) << 32) | <i64>name : <i64>name;
      }
    }
    if (keys[i] != key) changed = true;
    keys[i] = key;
  }
  if (changed || fresh) slot.generation++;
}
