// Owns the temporal index: its entries, and where to start reading for a time (archive-format.md §4).

import { IndexEntry, Reader } from '../layout';
import { regrow } from '../memory';
import { S_MEMORY, S_MORE } from '../status';
import { be32, be64, stampNs } from './bytes';

/** Reads all whole entries of the window. A trailing partial entry stays unread. */
export function scanIndex(r: Reader): i32 {
  const version = r.version;
  const size = version == 2 ? 20 : 32;
  let p = r.position;
  const end = r.end;
  while (<i32>(end - p) >= size) {
    const n = <u32>r.indexCount;
    if (n == <u32>r.indexCapacity) {
      const cap = n ? n << 1 : 256;
      const grown = regrow(r.arena, r.index, n * offsetof<IndexEntry>(), cap * offsetof<IndexEntry>());
      if (!grown) return S_MEMORY;
      r.index = grown;
      r.indexCapacity = cap;
    }
    const e = r.index[n];
    e.ns = stampNs(p, version);
    e.volume = be32(p + (version == 2 ? 8 : 12));
    e.meta = version == 2 ? <i64>be32(p + 12) : be64(p + 16);
    e.data = version == 2 ? <i64>be32(p + 16) : be64(p + 24);
    r.indexCount = n + 1;
    p += size;
  }
  r.position = p;
  return S_MORE;
}

/**
 * The last entry whose time is before `ns` and before which times never decrease: everything at or after `ns` lies
 * behind it. -1: read from the start.
 */
export function seekIndex(r: Reader, ns: i64): i32 {
  const n = r.indexCount;
  const list = r.index;
  let best = -1;
  let before = i64.MIN_VALUE;
  let volume = 0;
  let offset: i64 = 0;
  for (let i = 0; i < n; i++) {
    const e = list[i];
    const t = e.ns;
    const v = e.volume;
    const o = e.data;
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
