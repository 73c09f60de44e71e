// Owns sums of counters whose instances come and go (the rule is written down in src/reduce/totals.ts). Costs a comparison where the
// same instances are there.

import {
  FLAG_BEFORE, FLAG_NOW, IM_N, K_CAP, K_FLAGGED, K_FLAGS, K_IDS, K_KNOWN, K_LAST, K_MAP, K_OFFSETS, K_SHIFT, K_SHIFT_GEN, K_SHIFT_N, L_COUNT,
  L_TYPE, L_VALS, MP_AT, MP_GEN, MP_N, W_ARENA, W_CORRECTED,
} from '../layout';
import { asDouble, isExact, reserveFlags, reserveOffsets } from './restarts';

/** Makes the sum go on, whichever instances there are now. False if memory is exhausted. */
export function settleTotal(w: usize, k: usize, slot: usize): bool {
  const gen = load<i32>(k + K_MAP, MP_GEN);
  const n = load<i32>(k + K_MAP, MP_N);
  const before = load<i32>(k, K_SHIFT_GEN);
  if (gen == before && n == load<i32>(k, K_SHIFT_N)) return true;
  store<i32>(k, gen, K_SHIFT_GEN);
  store<i32>(k, n, K_SHIFT_N);
  if (before == -1) return true;
  if (!load<u32>(k, K_FLAGS) && !reserveFlags(w + W_ARENA, k, 0, load<i32>(k, K_CAP))) return false;
  if (!load<i32>(k, K_FLAGGED)) {
    // The first change: until now there were those of the first record.
    const known = load<i32>(k, K_KNOWN);
    for (let number = 0; number < known; number++) flag(k, number, FLAG_BEFORE);
    store<i32>(k, 1, K_FLAGGED);
  }
  const shift = change(k, slot);
  if (shift == 0) return true;
  store<f64>(k, load<f64>(k, K_SHIFT) + shift, K_SHIFT);
  if (load<u32>(k, K_OFFSETS)) return true;
  store<i32>(w, load<i32>(w, W_CORRECTED) + 1, W_CORRECTED);
  return reserveOffsets(w + W_ARENA, k, 0, load<i32>(k, K_CAP));
}

function flag(k: usize, number: i32, bit: i32): void {
  const at = <usize>load<u32>(k, K_FLAGS) + number;
  store<u8>(at, load<u8>(at) | <u8>bit);
}

function offsetOf(k: usize, number: i32): f64 {
  const offsets: usize = load<u32>(k, K_OFFSETS);
  return offsets ? load<f64>(offsets + (number << 3)) : 0;
}

/** The last values of those that went less the values of those that came; those of this record are those before from now on. */
function change(k: usize, slot: usize): f64 {
  const flags: usize = load<u32>(k, K_FLAGS);
  const places: usize = load<u32>(k + K_MAP, MP_AT);
  const n = load<i32>(slot, L_COUNT);
  let shift: f64 = 0;
  for (let i = 0; i < n; i++) {
    const number = load<i32>(places + (i << 2));
    if (number < 0) continue;
    if (!(load<u8>(flags + number) & FLAG_BEFORE)) shift -= load<f64>(<usize>load<u32>(slot, L_VALS) + (i << 3)) + offsetOf(k, number);
    flag(k, number, FLAG_NOW);
  }
  const exact = isExact(slot);
  const all = load<i32>(k + K_IDS, IM_N);
  for (let number = 0; number < all; number++) {
    const is: u32 = load<u8>(flags + number);
    if ((is & (FLAG_BEFORE | FLAG_NOW)) == FLAG_BEFORE) {
      shift += asDouble(<usize>load<u32>(k, K_LAST) + (number << 3), load<i32>(slot, L_TYPE), exact) + offsetOf(k, number);
    }
    store<u8>(flags + number, (is & ~(FLAG_BEFORE | FLAG_NOW)) | (is & FLAG_NOW ? FLAG_BEFORE : 0));
  }
  return shift;
}
