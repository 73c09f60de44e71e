// Owns range normalization: counters of less than 64 bits made monotone, by instance (analytics.md §1.6).

import { Arena, Consumer, List, Norm, STOP_MEMORY, STOP_NONE } from '../layout';
import { regrow, take } from '../memory';
import { follow } from './idmap';
import { countOf, rowVals, valsOf } from './rows';

function reserve(arena: Arena, s: Norm, known: i32): bool {
  const n = s.ids.count;
  if (n <= s.capacity) return true;
  const cap = known ? n << 1 : n;
  const acc = regrow(arena, s.sums, known << 3, cap << 3);
  const last = regrow(arena, s.last, known << 3, cap << 3);
  if (!acc || !last) return false;
  s.sums = acc;
  s.last = last;
  s.capacity = cap;
  return true;
}

/** The rows then point at the accumulated values; an instance begins with the value it is first seen with. */
export function normalize(c: Consumer, arena: Arena): i32 {
  const norms = c.norms;
  const slots = c.slots;
  const n = c.metricCount;
  for (let i = 0; i < n; i++) {
    const s = norms[i];
    const range = s.range;
    const count = countOf(i);
    if (range == 0 || count <= 0) continue;
    const map = s.places;
    const known = s.ids.count;
    if (!follow(arena, map, s.ids, slots[i], true)) return STOP_MEMORY;
    if (!reserve(arena, s, known)) return STOP_MEMORY;
    const plain = map.plain == 1;
    const at = map.at;
    const acc = changetype<usize>(s.sums);
    const last = changetype<usize>(s.last);
    let out = changetype<List<f64>>(acc);
    if (!plain) {
      if (count > s.outCapacity) {
        const room = take<List<f64>>(arena, count << 3);
        if (!room) return STOP_MEMORY;
        s.out = room;
        s.outCapacity = count;
      }
      out = s.out;
    }
    const x = valsOf(i);
    for (let k = 0; k < count; k++) {
      const now = x[k];
      const number = at[k];
      // Beyond MAX_COLUMNS values are passed on as they are.
      if (number < 0) {
        out[k] = now;
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
      if (!plain) out[k] = load<f64>(a);
    }
    rowVals[i] = out;
  }
  return STOP_NONE;
}
