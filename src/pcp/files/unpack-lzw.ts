// Owns unpacking of compress's LZW (`.Z`), which neither Node nor a package at hand does.

/** The next byte of the file, or -1 at its end. */
export type ByteReader = () => number;

const CLEAR = 256;
const FIRST_WIDTH = 9;
const BLOCK_MODE = 0x80;
const CHUNK = 64 * 1024;
/** Codes are written in groups of eight: a change of width leaves the rest of a group unused. */
const GROUP = 8;

/** @throws Error if the data are no LZW */
export function* unpackLzw(next: ByteReader): Generator<Uint8Array> {
  if (next() !== 0x1f || next() !== 0x9d) throw new Error('no LZW data');
  const flags = next();
  const widest = flags & 0x1f;
  if (flags < 0 || widest < FIRST_WIDTH || widest > 16) throw new Error(`codes of ${widest} bits`);
  const blocks = (flags & BLOCK_MODE) !== 0;
  const most = 1 << widest;
  const prefix = new Uint16Array(most);
  const suffix = new Uint8Array(most);
  const stack = new Uint8Array(most + 1);
  let width = FIRST_WIDTH;
  let free = blocks ? CLEAR + 1 : CLEAR;
  let bits = 0;
  let held = 0;
  /** Codes read at this width. */
  let count = 0;
  const read = (): number => {
    while (held < width) {
      const byte = next();
      if (byte < 0) return -1;
      bits |= byte << held;
      held += 8;
    }
    const code = bits & ((1 << width) - 1);
    bits >>>= width;
    held -= width;
    count++;
    return code;
  };
  const change = (to: number): void => {
    while (count % GROUP !== 0) if (read() < 0) break;
    width = to;
    count = 0;
  };
  let out = new Uint8Array(CHUNK);
  let used = 0;
  let old = -1;
  let last = 0;
  for (;;) {
    if (free > (width === widest ? most : (1 << width) - 1) && width < widest) change(width + 1);
    let code = read();
    if (code < 0) break;
    if (old < 0) {
      if (code > 255) throw new Error(`first code ${code}`);
      last = code;
      old = code;
      out[used++] = code;
      continue;
    }
    if (code === CLEAR && blocks) {
      // The next code makes an entry in its place, which is never used.
      free = CLEAR;
      change(FIRST_WIDTH);
      continue;
    }
    const entry = code;
    let depth = 0;
    if (code >= free) {
      if (code > free) {
        // What precedes is good.
        yield out.subarray(0, used);
        throw new Error(`code ${code} before its time`);
      }
      stack[depth++] = last;
      code = old;
    }
    while (code > 255) {
      if (depth > most) throw new Error('an endless chain of codes');
      stack[depth++] = suffix[code]!;
      code = prefix[code]!;
    }
    last = code;
    stack[depth++] = code;
    if (free < most) {
      prefix[free] = old;
      suffix[free++] = code;
    }
    old = entry;
    while (depth > 0) {
      out[used++] = stack[--depth]!;
      if (used < CHUNK) continue;
      yield out;
      out = new Uint8Array(CHUNK);
      used = 0;
    }
  }
  yield out.subarray(0, used);
}
