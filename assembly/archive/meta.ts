// Owns the walk over the metadata file: framing, descriptors, and handing instance domains to indom.ts.

import { Reader } from '../layout';
import {
  S_DESC,
  S_GROW,
  S_INSIDE,
  S_LENGTH,
  S_MORE,
  S_OTHER,
  S_TRAILER,
  S_TYPE,
  WHY_COUNT,
  WHY_NAME,
  WHY_NONE,
} from '../status';
import { be32 } from './bytes';
import { indomWhy, readIndom } from './indom';

function refuse(r: Reader, status: i32, why: i32): i32 {
  r.why = why;
  return status;
}

function readDesc(r: Reader, p: usize, len: i32): i32 {
  if (len < 36) return refuse(r, S_INSIDE, WHY_COUNT);
  const n = be32(p + 28);
  if (n < 0 || n > (len - 36) >> 2) return refuse(r, S_INSIDE, WHY_COUNT);
  let q = p + 32;
  const end = p + len - 4;
  for (let i = 0; i < n; i++) {
    if (end - q < 4 || q > end) return refuse(r, S_INSIDE, WHY_NAME);
    const size = be32(q);
    if (size < 0 || size > <i32>(end - q) - 4) return refuse(r, S_INSIDE, WHY_NAME);
    q += 4 + size;
  }
  // Something is left over: a count or a length is damaged, and a name would be lost without a word.
  if (q != end) return refuse(r, S_INSIDE, WHY_COUNT);
  r.descPmid = be32(p + 8);
  r.descType = be32(p + 12);
  r.descIndom = be32(p + 16);
  r.descSemantics = be32(p + 20);
  r.descUnits = be32(p + 24);
  r.descNameCount = n;
  r.descNames = p + 32;
  return S_DESC;
}

/**
 * Reads metadata records from the window until one concerns TypeScript. After a refusal with good framing
 * (S_INSIDE, S_TYPE) the position is behind the record and reading can go on.
 */
export function scanMeta(r: Reader, others: bool): i32 {
  r.why = WHY_NONE;
  while (true) {
    const p = r.position;
    const have = <i32>r.end - <i32>p;
    if (have < 8) return S_MORE;
    const len = be32(p);
    r.record = p;
    r.length = len;
    if (len < 12) {
      r.expected = 12;
      r.found = len;
      return S_LENGTH;
    }
    if (len > have) return len > <i32>r.capacity ? S_GROW : S_MORE;
    const trailer = be32(p + len - 4);
    if (trailer != len) {
      r.expected = len;
      r.found = trailer;
      return S_TRAILER;
    }
    const kind = be32(p + 4);
    r.metaKind = kind;
    r.position = p + len;
    if (kind > 4 ? r.version == 2 : (kind == 2 || kind == 3) && r.version == 3) {
      r.foreign++;
    }
    if (kind == 1) return readDesc(r, p, len);
    if (kind == 2 || kind == 5 || kind == 6) {
      const status = readIndom(r, p, len, kind != 2, kind == 6);
      if (status < 0) return refuse(r, status, indomWhy);
    } else if (kind == 3 || kind == 4 || kind == 7) {
      if (others) return S_OTHER;
    } else {
      r.expected = 7;
      r.found = kind;
      return S_TYPE;
    }
  }
}
