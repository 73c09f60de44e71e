// Owns sums of counters whose instances come and go (the rule is written down in src/reduce/totals.ts). Costs a comparison where the
// same instances are there.

import { Counter, FLAG_BEFORE, FLAG_NOW, Slot, Window } from '../layout';
import { asDouble, isExact, reserveFlags, reserveOffsets } from './restarts';

/** Makes the sum go on, whichever instances there are now. False if memory is exhausted. */
export function settleTotal(w: Window, k: Counter, slot: Slot): bool {
  const gen = k.places.generation;
  const n = k.places.count;
  const before = k.shiftGeneration;
  if (gen == before && n == k.shiftCount) return true;
  k.shiftGeneration = gen;
  k.shiftCount = n;
  if (before == -1) return true;
  if (!k.flags && !reserveFlags(w.arena, k, 0, k.capacity)) return false;
  if (!k.flagged) {
    // The first change: until now there were those of the first record.
    const known = k.known;
    for (let number = 0; number < known; number++) flag(k, number, FLAG_BEFORE);
    k.flagged = 1;
  }
  const shift = change(k, slot);
  if (shift == 0) return true;
  k.shift += shift;
  if (k.offsets) return true;
  w.correctedCount++;
  return reserveOffsets(w.arena, k, 0, k.capacity);
}

function flag(k: Counter, number: i32, bit: i32): void {
  k.flags[number] |= <u8>bit;
}

function offsetOf(k: Counter, number: i32): f64 {
  const offsets = k.offsets;
  return offsets ? offsets[number] : 0;
}

/** The last values of those that went less the values of those that came; those of this record are those before from now on. */
function change(k: Counter, slot: Slot): f64 {
  const flags = k.flags;
  const places = k.places.at;
  const n = slot.count;
  let shift: f64 = 0;
  for (let i = 0; i < n; i++) {
    const number = places[i];
    if (number < 0) continue;
    if (!(flags[number] & FLAG_BEFORE)) shift -= slot.values[i] + offsetOf(k, number);
    flag(k, number, FLAG_NOW);
  }
  const exact = isExact(slot);
  const all = k.ids.count;
  for (let number = 0; number < all; number++) {
    const is: u32 = flags[number];
    if ((is & (FLAG_BEFORE | FLAG_NOW)) == FLAG_BEFORE) {
      shift += asDouble(k.last + (number << 3), slot.type, exact) + offsetOf(k, number);
    }
    flags[number] = <u8>((is & ~(FLAG_BEFORE | FLAG_NOW)) | (is & FLAG_NOW ? FLAG_BEFORE : 0));
  }
  return shift;
}
