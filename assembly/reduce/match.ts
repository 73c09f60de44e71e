// Owns the instance a consumer looks for by name, in each metric by itself. src/reduce/match.ts says what a name fits.

import { keyAt, nameOf } from '../archive/identity';
import { intern, NO_STRING, stringsAddress } from '../archive/strings';
import { Consumer, Found, List, MATCH_SIZE, MAX_MATCHES, Match, none, Slot, Structs } from '../layout';
import { take } from '../memory';
import { countOf } from './rows';

const SLASH: u8 = 0x2f;
const STAR: u8 = 0x2a;

let slots = changetype<List<Slot>>(0);
/** Of the consumer that has the record; 0: it looks for nothing. */
let wanted = changetype<Match>(0);

/** Makes a consumer look for an instance: one more name, after those it has. */
export function addMatch(c: Consumer, p: usize, len: u32): bool {
  let m = c.match;
  if (!m) {
    const arena = c.window.arena;
    m = take<Match>(arena, MATCH_SIZE);
    const n = c.metricCount;
    const found = m ? take<Structs<Found>>(arena, n * offsetof<Found>()) : none<Structs<Found>>();
    if (!found) return false;
    for (let i = 0; i < n; i++) found[i].generation = -1;
    m.found = found;
    c.match = m;
  }
  const count = m.count;
  if (count == MAX_MATCHES) return false;
  m.names[count] = intern(p, len);
  m.count = count + 1;
  return true;
}

/** Whether a text is what a pattern says, in which `*` stands for any bytes but a slash. */
function glob(text: usize, end: usize, pattern: usize, patternEnd: usize): bool {
  // Where to go on when what follows the last star does not fit: one byte more for the star.
  let star: usize = 0;
  let resume: usize = 0;
  while (text < end || pattern < patternEnd) {
    if (pattern < patternEnd && load<u8>(pattern) == STAR) {
      star = ++pattern;
      resume = text;
    } else if (pattern < patternEnd && text < end && load<u8>(text) == load<u8>(pattern)) {
      // A slash of the pattern is one of the text: no star reaches over it.
      if (load<u8>(text) == SLASH) star = 0;
      text++;
      pattern++;
    } else {
      if (!star || resume >= end || load<u8>(resume) == SLASH) return false;
      text = ++resume;
      pattern = star;
    }
  }
  return true;
}

/** Whether the last components of a name, as many as the pattern has, are what it says. */
function fits(name: u32, pattern: u32): bool {
  if (name == NO_STRING || pattern == NO_STRING) return false;
  if (name == pattern) return true;
  const a = stringsAddress()[name];
  const b = stringsAddress()[pattern];
  const text = a.bytes;
  const end = text + a.length;
  const from = b.bytes;
  const to = from + b.length;
  let slashes = 0;
  for (let p = from; p < to; p++) if (load<u8>(p) == SLASH) slashes++;
  let at = end;
  while (at > text) {
    if (load<u8>(at - 1) == SLASH && slashes-- == 0) break;
    at--;
  }
  return glob(at, end, from, to);
}

/** Whether a name is one of those that are looked for. */
export function isWanted(m: Match, name: u32): bool {
  for (let i = 0; i < m.count; i++) if (fits(name, m.names[i])) return true;
  return false;
}

/** Whether two consumers look for the same names; 0: for nothing. */
export function sameNames(a: Match, b: Match): bool {
  if (a == b) return true;
  const n = a ? a.count : 0;
  if (!a || !b || n != b.count) return false;
  for (let i = 0; i < n; i++) if (a.names[i] != b.names[i]) return false;
  return true;
}

/** Before a consumer that looks for an instance. */
export function look(c: Consumer): void {
  wanted = c.match;
  slots = c.slots;
}

/** Before a consumer that looks for nothing. */
export function lookAway(): void {
  wanted = none<Match>();
}

/** Position among the values of a metric: of the names the first that some instance has, the shortest of those that have it. */
function find(slot: Slot, n: i32): i32 {
  const count = wanted.count;
  for (let k = 0; k < count; k++) {
    const pattern = wanted.names[k];
    let best = -1;
    let shortest: u32 = u32.MAX_VALUE;
    for (let i = 0; i < n; i++) {
      const name = nameOf(keyAt(slot, i));
      if (!fits(name, pattern)) continue;
      const length = stringsAddress()[name].length;
      if (length >= shortest) continue;
      best = i;
      shortest = length;
    }
    if (best >= 0) return best;
  }
  return -1;
}

/** Position of the instance among the values of a metric in the current record, -1 if it has none there. */
export function matchedIn(metric: i32): i32 {
  const n = countOf(metric);
  if (!wanted || n <= 0) return -1;
  const slot = slots[metric];
  const found = wanted.found[metric];
  if (found.generation != slot.generation) {
    found.generation = slot.generation;
    found.at = find(slot, n);
  }
  return found.at;
}
