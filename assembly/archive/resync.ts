// Owns finding the next plausible record behind a damaged one: equal length words, a likely time, a valid inside.

import { Reader } from '../layout';
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
 * window of twice Reader.length is. `meta`: records of metadata instead of data.
 */
export function resync(r: Reader, after: i64, meta: bool, last: bool): i32 {
  const version = r.version;
  const end = r.end;
  const min = meta ? MIN_META : version == 2 ? 20 : 24;
  const cap = <i32>r.capacity;
  let p = r.position;
  for (; p + min <= end; p++) {
    const len = be32(p);
    if (len < min || len > MAX_LENGTH) continue;
    if (meta) {
      const kind = be32(p + 4);
      if (kind < 1 || kind > 7) continue;
    } else if (len & 3 || !likely(p + 4, version, after)) continue;
    if (<i32>(end - p) < len) {
      if (last) continue;
      r.position = p;
      r.record = p;
      r.length = len;
      return len > cap >> 1 ? S_GROW : S_MORE;
    }
    if (be32(p + len - 4) != len) continue;
    r.position = p;
    if (meta || (frameRecord(r) == S_RECORD && checkRecord(r) == S_RECORD)) return S_RECORD;
  }
  r.position = p < end ? p : end;
  return S_MORE;
}
