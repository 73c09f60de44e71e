// Owns finding the next plausible record behind a damaged one: equal length words, a likely time, a valid inside.

import { R_CAP, R_END, R_LEN, R_POS, R_REC, R_VERSION } from '../layout';
import { S_GROW, S_MORE, S_RECORD } from '../status';
import { be32, stampNs } from './bytes';
import { checkRecord, frameRecord } from './record';

/** The smallest metadata records are larger than this, and hardly one is larger than the other. */
const MIN_META: i32 = 24;
/** What is searched for is not longer: each larger candidate would have to be read whole to be refused. */
const MAX_LENGTH: i32 = 16777216;
/** One archive is not written for longer: ten years in ns. */
const LIFETIME: i64 = 315576000000000000;

/** Whether the time stamp at p is one that a record after `after` may have. */
function likely(p: usize, version: i32, after: i64): bool {
  const fraction = be32(p + (version == 2 ? 4 : 8));
  if (fraction < 0 || fraction >= (version == 2 ? 1000000 : 1000000000)) return false;
  const ns = stampNs(p, version);
  return ns >= after && ns - after < LIFETIME;
}

/**
 * Looks from the window's position on, byte by byte, as what was lost need not be whole words. S_RECORD: the position is at a
 * plausible record; S_MORE: more bytes are needed from the position on (`last`: none will come, so that never); S_GROW: a
 * window of twice R_LEN is. `meta`: records of metadata instead of data.
 */
export function resync(r: usize, after: i64, meta: bool, last: bool): i32 {
  const version = load<i32>(r, R_VERSION);
  const end: usize = load<u32>(r, R_END);
  const min = meta ? MIN_META : version == 2 ? 20 : 24;
  const cap = load<i32>(r, R_CAP);
  let p: usize = load<u32>(r, R_POS);
  for (; p + min <= end; p++) {
    const len = be32(p);
    if (len < min || len > MAX_LENGTH) continue;
    if (meta) {
      const kind = be32(p + 4);
      if (kind < 1 || kind > 7) continue;
    } else if (len & 3 || !likely(p + 4, version, after)) continue;
    if (<i32>(end - p) < len) {
      if (last) continue;
      store<u32>(r, <u32>p, R_POS);
      store<u32>(r, <u32>p, R_REC);
      store<i32>(r, len, R_LEN);
      return len > cap >> 1 ? S_GROW : S_MORE;
    }
    if (be32(p + len - 4) != len) continue;
    store<u32>(r, <u32>p, R_POS);
    if (meta || (frameRecord(r) == S_RECORD && checkRecord(r) == S_RECORD)) return S_RECORD;
  }
  store<u32>(r, <u32>(p < end ? p : end), R_POS);
  return S_MORE;
}
