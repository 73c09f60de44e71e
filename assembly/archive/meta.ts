// Owns the walk over the metadata file: framing, descriptors, and handing instance domains to indom.ts.

import {
  R_CAP,
  R_D_INDOM,
  R_D_KIND,
  R_D_NAMES,
  R_D_PMID,
  R_D_PTR,
  R_D_SEM,
  R_D_TYPE,
  R_D_UNITS,
  R_END,
  R_EXPECTED,
  R_FOREIGN,
  R_FOUND,
  R_LEN,
  R_POS,
  R_REC,
  R_VERSION,
  R_WHY,
} from '../layout';
import {
  S_DESC,
  S_GROW,
  S_INSIDE,
  S_LENGTH,
  S_MORE,
  S_OTHER,
  S_TRAILER,
  S_TYPE,
  W_COUNT,
  W_NAME,
  W_NONE,
} from '../status';
import { be32 } from './bytes';
import { indomWhy, readIndom } from './indom';

function refuse(r: usize, status: i32, why: i32): i32 {
  store<i32>(r, why, R_WHY);
  return status;
}

function readDesc(r: usize, p: usize, len: i32): i32 {
  if (len < 36) return refuse(r, S_INSIDE, W_COUNT);
  const n = be32(p + 28);
  if (n < 0 || n > (len - 36) >> 2) return refuse(r, S_INSIDE, W_COUNT);
  let q = p + 32;
  const end = p + len - 4;
  for (let i = 0; i < n; i++) {
    if (end - q < 4 || q > end) return refuse(r, S_INSIDE, W_NAME);
    const size = be32(q);
    if (size < 0 || size > <i32>(end - q) - 4) return refuse(r, S_INSIDE, W_NAME);
    q += 4 + size;
  }
  // Something is left over: a count or a length is damaged, and a name would be lost without a word.
  if (q != end) return refuse(r, S_INSIDE, W_COUNT);
  store<i32>(r, be32(p + 8), R_D_PMID);
  store<i32>(r, be32(p + 12), R_D_TYPE);
  store<i32>(r, be32(p + 16), R_D_INDOM);
  store<i32>(r, be32(p + 20), R_D_SEM);
  store<i32>(r, be32(p + 24), R_D_UNITS);
  store<i32>(r, n, R_D_NAMES);
  store<u32>(r, <u32>p + 32, R_D_PTR);
  return S_DESC;
}

/**
 * Reads metadata records from the window until one concerns TypeScript. After a refusal with good framing
 * (S_INSIDE, S_TYPE) the position is behind the record and reading can go on.
 */
export function scanMeta(r: usize, others: bool): i32 {
  store<i32>(r, W_NONE, R_WHY);
  while (true) {
    const p: usize = load<u32>(r, R_POS);
    const have = load<i32>(r, R_END) - <i32>p;
    if (have < 8) return S_MORE;
    const len = be32(p);
    store<u32>(r, <u32>p, R_REC);
    store<i32>(r, len, R_LEN);
    if (len < 12) {
      store<i64>(r, 12, R_EXPECTED);
      store<i64>(r, len, R_FOUND);
      return S_LENGTH;
    }
    if (len > have) return len > load<i32>(r, R_CAP) ? S_GROW : S_MORE;
    const trailer = be32(p + len - 4);
    if (trailer != len) {
      store<i64>(r, len, R_EXPECTED);
      store<i64>(r, trailer, R_FOUND);
      return S_TRAILER;
    }
    const kind = be32(p + 4);
    store<i32>(r, kind, R_D_KIND);
    store<u32>(r, <u32>p + len, R_POS);
    if (kind > 4 ? load<i32>(r, R_VERSION) == 2 : (kind == 2 || kind == 3) && load<i32>(r, R_VERSION) == 3) {
      store<i32>(r, load<i32>(r, R_FOREIGN) + 1, R_FOREIGN);
    }
    if (kind == 1) return readDesc(r, p, len);
    if (kind == 2 || kind == 5 || kind == 6) {
      const status = readIndom(r, p, len, kind != 2, kind == 6);
      if (status < 0) return refuse(r, status, indomWhy);
    } else if (kind == 3 || kind == 4 || kind == 7) {
      if (others) return S_OTHER;
    } else {
      store<i64>(r, 7, R_EXPECTED);
      store<i64>(r, kind, R_FOUND);
      return S_TYPE;
    }
  }
}
