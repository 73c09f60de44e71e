// Owns reproducible random numbers: mulberry32, seeded by a text.

export type Random = () => number;

/** Numbers in [0, 1), the same for the same seed everywhere. */
export function seeded(seed: string): Random {
  let a = 0;
  for (const c of seed) a = (Math.imul(a, 31) + c.codePointAt(0)!) | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
