// Owns big-endian loads and the two forms of time stamps. Callers have checked the bounds.

/** @inline */
export function be32(p: usize): i32 {
  return bswap<i32>(load<i32>(p));
}

/** @inline */
export function be64(p: usize): i64 {
  return bswap<i64>(load<i64>(p));
}

/** v3 seconds: the low word comes first, each word big-endian (archive-format.md §0 trap 1). @inline */
export function swappedSeconds(p: usize): i64 {
  return ((<i64>be32(p + 4)) << 32) | <i64>(<u32>be32(p));
}

/** Seconds whose nanoseconds, with any sub-second field, fit an i64. */
const MAX_SECONDS: i64 = 9223372030;

/** A number of seconds in the 2^32 steps that an i64 has left: single ones at first, then 136 years a step. */
function squeeze(x: i64): i64 {
  return x < 0x80000000 ? x : 0x80000000 + ((x >> 32) & 0x7fffffff);
}

/** Nanoseconds since the epoch; sub-second fields are taken as they are, even out of range. @inline */
export function stampNs(p: usize, version: i32): i64 {
  if (version == 2) return <i64>be32(p) * 1000000000 + <i64>be32(p + 4) * 1000;
  const seconds = swappedSeconds(p);
  // Beyond the years 1677 to 2262 only damage leads. The order of such times is kept, more and more coarsely.
  if (seconds > MAX_SECONDS) return MAX_SECONDS * 1000000000 + squeeze(seconds - MAX_SECONDS);
  if (seconds < -MAX_SECONDS) return -MAX_SECONDS * 1000000000 - squeeze(-MAX_SECONDS - seconds);
  return seconds * 1000000000 + <i64>be32(p + 8);
}

/** Epoch seconds as the analytics see them: seconds plus microseconds/10⁶, each rounded as the reference does. @inline */
export function stampSeconds(p: usize, version: i32): f64 {
  if (version == 2) return <f64>be32(p) + <f64>be32(p + 4) / 1e6;
  return <f64>swappedSeconds(p) + <f64>(be32(p + 8) / 1000) / 1e6;
}
