// Owns the label record that opens each file of an archive (archive-format.md §2.3).

import { Reader } from '../layout';
import { S_FEATURE, S_LENGTH, S_MAGIC, S_MORE, S_TRAILER, S_VERSION, S_VOLUME } from '../status';
import { be32, stampNs } from './bytes';

const LENGTH_V2: i32 = 132;
const LENGTH_V3: i32 = 808;
const MAGIC: u32 = 0x50052600;
/** Bit 31 is for tests only and means nothing. */
const KNOWN_FEATURES: u32 = 0x80000000;

function fault(r: Reader, status: i32, expected: i64, found: i64): i32 {
  r.expected = expected;
  r.found = found;
  return status;
}

/** Reads the label at the window's position and steps behind it. `volume`: -1 meta, -2 index, n ≥ 0 data. */
export function readLabel(r: Reader, volume: i32): i32 {
  const p = r.position;
  const have = <i32>r.end - <i32>p;
  if (have < 8) return S_MORE;
  const len = be32(p);
  const magic = <u32>be32(p + 4);
  if ((magic & 0xffffff00) != MAGIC) return fault(r, S_MAGIC, MAGIC | 3, magic);
  const version = <i32>(magic & 0xff);
  if (version != 2 && version != 3) return fault(r, S_VERSION, 3, version);
  const want = version == 2 ? LENGTH_V2 : LENGTH_V3;
  if (len != want) return fault(r, S_LENGTH, want, len);
  if (have < want) return S_MORE;
  const trailer = be32(p + want - 4);
  if (trailer != want) return fault(r, S_TRAILER, want, trailer);
  r.version = version;
  r.pid = be32(p + 8);
  r.startNs = stampNs(p + 12, version);
  const found = be32(p + (version == 2 ? 20 : 24));
  r.volume = found;
  if (version == 2) {
    r.host = p + 24;
    r.timezone = p + 88;
    r.zoneinfo = 0;
    r.features = 0;
    r.stringRoom = 64;
  } else {
    r.host = p + 36;
    r.timezone = p + 292;
    r.zoneinfo = p + 548;
    r.features = be32(p + 28);
    r.stringRoom = 256;
  }
  if (found != volume) return fault(r, S_VOLUME, volume, found);
  if (r.features & ~KNOWN_FEATURES) return fault(r, S_FEATURE, 0, r.features);
  r.position = p + want;
  return 1;
}
