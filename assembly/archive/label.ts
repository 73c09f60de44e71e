// Owns the label record that opens each file of an archive (archive-format.md §2.3).

import {
  R_END,
  R_EXPECTED,
  R_FEATURES,
  R_FOUND,
  R_HOST,
  R_PID,
  R_POS,
  R_START_NS,
  R_STRMAX,
  R_TZ,
  R_VERSION,
  R_VOLUME,
  R_ZONE,
} from '../layout';
import { S_FEATURE, S_LENGTH, S_MAGIC, S_MORE, S_TRAILER, S_VERSION, S_VOLUME } from '../status';
import { be32, stampNs } from './bytes';

const LENGTH_V2: i32 = 132;
const LENGTH_V3: i32 = 808;
const MAGIC: u32 = 0x50052600;
/** Bit 31 is for tests only and means nothing. */
const KNOWN_FEATURES: u32 = 0x80000000;

function fault(r: usize, status: i32, expected: i64, found: i64): i32 {
  store<i64>(r, expected, R_EXPECTED);
  store<i64>(r, found, R_FOUND);
  return status;
}

/** Reads the label at the window's position and steps behind it. `volume`: -1 meta, -2 index, n ≥ 0 data. */
export function readLabel(r: usize, volume: i32): i32 {
  const p: usize = load<u32>(r, R_POS);
  const have = load<i32>(r, R_END) - <i32>p;
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
  store<i32>(r, version, R_VERSION);
  store<i32>(r, be32(p + 8), R_PID);
  store<i64>(r, stampNs(p + 12, version), R_START_NS);
  const found = be32(p + (version == 2 ? 20 : 24));
  store<i32>(r, found, R_VOLUME);
  if (version == 2) {
    store<u32>(r, <u32>p + 24, R_HOST);
    store<u32>(r, <u32>p + 88, R_TZ);
    store<u32>(r, 0, R_ZONE);
    store<i32>(r, 0, R_FEATURES);
    store<i32>(r, 64, R_STRMAX);
  } else {
    store<u32>(r, <u32>p + 36, R_HOST);
    store<u32>(r, <u32>p + 292, R_TZ);
    store<u32>(r, <u32>p + 548, R_ZONE);
    store<i32>(r, be32(p + 28), R_FEATURES);
    store<i32>(r, 256, R_STRMAX);
  }
  if (found != volume) return fault(r, S_VOLUME, volume, found);
  if (load<u32>(r, R_FEATURES) & ~KNOWN_FEATURES) return fault(r, S_FEATURE, 0, load<u32>(r, R_FEATURES));
  store<u32>(r, <u32>p + want, R_POS);
  return 1;
}
