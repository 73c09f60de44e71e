// Owns the temporal index: its entries, and where to start reading for a time (archive-format.md §4).

import {
  R_ARENA,
  R_CAPINDEX,
  R_END,
  R_INDEX,
  R_NINDEX,
  R_POS,
  R_VERSION,
  X_DATA,
  X_META,
  X_NS,
  X_SIZE,
  X_VOL,
} from '../layout';
import { regrow } from '../memory';
import { S_MEMORY, S_MORE } from '../status';
import { be32, be64, stampNs } from './bytes';

/** Reads all whole entries of the window. A trailing partial entry stays unread. */
export function scanIndex(r: usize): i32 {
  const version = load<i32>(r, R_VERSION);
  const size = version == 2 ? 20 : 32;
  let p: usize = load<u32>(r, R_POS);
  const end: usize = load<u32>(r, R_END);
  while (<i32>(end - p) >= size) {
    const n = load<u32>(r, R_NINDEX);
    if (n == load<u32>(r, R_CAPINDEX)) {
      const cap = n ? n << 1 : 256;
      const grown = regrow(r + R_ARENA, load<u32>(r, R_INDEX), n * X_SIZE, cap * X_SIZE);
      if (!grown) return S_MEMORY;
      store<u32>(r, <u32>grown, R_INDEX);
      store<u32>(r, cap, R_CAPINDEX);
    }
    const e = <usize>load<u32>(r, R_INDEX) + n * X_SIZE;
    store<i64>(e, stampNs(p, version), X_NS);
    store<i32>(e, be32(p + (version == 2 ? 8 : 12)), X_VOL);
    store<i64>(e, version == 2 ? <i64>be32(p + 12) : be64(p + 16), X_META);
    store<i64>(e, version == 2 ? <i64>be32(p + 16) : be64(p + 24), X_DATA);
    store<u32>(r, n + 1, R_NINDEX);
    p += size;
  }
  store<u32>(r, <u32>p, R_POS);
  return S_MORE;
}

/**
 * The last entry whose time is before `ns` and before which times never decrease: everything at or after `ns` lies
 * behind it. -1: read from the start.
 */
export function seekIndex(r: usize, ns: i64): i32 {
  const n = load<i32>(r, R_NINDEX);
  const list: usize = load<u32>(r, R_INDEX);
  let best = -1;
  let before = i64.MIN_VALUE;
  let volume = 0;
  let offset: i64 = 0;
  for (let i = 0; i < n; i++) {
    const e = list + i * X_SIZE;
    const t = load<i64>(e, X_NS);
    const v = load<i32>(e, X_VOL);
    const o = load<i64>(e, X_DATA);
    // An index that goes back in time or place is not trusted from there on.
    if (t < before || v < volume || (v == volume && o < offset)) return best;
    if (t >= ns) return best;
    before = t;
    volume = v;
    offset = o;
    best = i;
  }
  return best;
}
