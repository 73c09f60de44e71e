// Owns range normalisation: counters of less than 64 bits made monotone, by instance (analytics.md §1.6).

import {
  C_NMETRICS,
  C_NORMS,
  C_SLOTS,
  IM_N,
  MP_AT,
  MP_PLAIN,
  N_ACC,
  N_CAP,
  N_IDS,
  N_LAST,
  N_MAP,
  N_OUT,
  N_OUTCAP,
  N_RANGE,
  N_SIZE,
  STOP_MEMORY,
  STOP_NONE,
} from '../layout';
import { regrow, take } from '../memory';
import { follow } from './idmap';
import { countOf, rowVals, valsOf } from './rows';

function reserve(arena: usize, s: usize, known: i32): bool {
  const n = load<i32>(s + N_IDS, IM_N);
  if (n <= load<i32>(s, N_CAP)) return true;
  const cap = known ? n << 1 : n;
  const acc = regrow(arena, load<u32>(s, N_ACC), known << 3, cap << 3);
  const last = regrow(arena, load<u32>(s, N_LAST), known << 3, cap << 3);
  if (!acc || !last) return false;
  store<u32>(s, <u32>acc, N_ACC);
  store<u32>(s, <u32>last, N_LAST);
  store<i32>(s, cap, N_CAP);
  return true;
}

/** The rows then point at the accumulated values; an instance begins with the value it is first seen with. */
export function normalise(c: usize, arena: usize): i32 {
  const norms: usize = load<u32>(c, C_NORMS);
  const slots: usize = load<u32>(c, C_SLOTS);
  const n = load<i32>(c, C_NMETRICS);
  for (let i = 0; i < n; i++) {
    const s = norms + i * N_SIZE;
    const range = load<f64>(s, N_RANGE);
    const count = countOf(i);
    if (range == 0 || count <= 0) continue;
    const map = s + N_MAP;
    const known = load<i32>(s + N_IDS, IM_N);
    if (!follow(arena, map, s + N_IDS, load<u32>(slots + (i << 2)), count, true)) return STOP_MEMORY;
    if (!reserve(arena, s, known)) return STOP_MEMORY;
    const plain = load<i32>(map, MP_PLAIN) == 1;
    const at: usize = load<u32>(map, MP_AT);
    const acc: usize = load<u32>(s, N_ACC);
    const last: usize = load<u32>(s, N_LAST);
    let out = acc;
    if (!plain) {
      if (count > load<i32>(s, N_OUTCAP)) {
        const room = take(arena, count << 3);
        if (!room) return STOP_MEMORY;
        store<u32>(s, <u32>room, N_OUT);
        store<i32>(s, count, N_OUTCAP);
      }
      out = load<u32>(s, N_OUT);
    }
    const x = valsOf(i);
    for (let k = 0; k < count; k++) {
      const now = load<f64>(x + (k << 3));
      const number = load<i32>(at + (k << 2));
      // Beyond MAX_COLUMNS values are passed on as they are.
      if (number < 0) {
        store<f64>(out + (k << 3), now);
        continue;
      }
      const a = acc + (number << 3);
      const l = last + (number << 3);
      if (number >= known) store<f64>(a, now);
      else {
        const d = now - load<f64>(l);
        store<f64>(a, load<f64>(a) + (d - range * Math.floor(d / range)));
      }
      store<f64>(l, now);
      if (!plain) store<f64>(out + (k << 3), load<f64>(a));
    }
    store<u32>(rowVals + (i << 2), <u32>out);
  }
  return STOP_NONE;
}
