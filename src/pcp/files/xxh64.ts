// Owns XXH64 with seed 0, zstd's checksum: 64-bit arithmetic in halves, as bigints are some ten times slower.

const STRIPE = 32;
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const [P1_HIGH, P1_LOW] = [0x9e3779b1, 0x85ebca87];
const [P2_HIGH, P2_LOW] = [0xc2b2ae3d, 0x27d4eb4f];

const wrap = (x: bigint): bigint => BigInt.asUintN(64, x);
const rotate = (x: bigint, n: bigint): bigint => wrap(x << n) | (x >> (64n - n));

/** High half of the last product. */
let high = 0;

/** Low half of a product modulo 2^64; the high half is left in `high`. */
function multiply(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const [a0, a1, b0, b1] = [aLow & 0xffff, aLow >>> 16, bLow & 0xffff, bLow >>> 16];
  const [p00, p01, p10] = [Math.imul(a0, b0), Math.imul(a0, b1), Math.imul(a1, b0)];
  const middle = (p00 >>> 16) + (p01 & 0xffff) + (p10 & 0xffff);
  high =
    (Math.imul(a1, b1) +
      (p01 >>> 16) +
      (p10 >>> 16) +
      (middle >>> 16) +
      Math.imul(aHigh, bLow) +
      Math.imul(aLow, bHigh)) |
    0;
  return (p00 & 0xffff) | (middle << 16);
}

export class Xxh64 {
  /** Four lanes, low half first. */
  readonly #lanes = new Uint32Array(8);
  readonly #rest = new Uint8Array(STRIPE);
  #held = 0;
  #total = 0n;

  constructor() {
    [P1 + P2, P2, 0n, -P1].forEach((x, i) => {
      this.#lanes[2 * i] = Number(wrap(x) & 0xffffffffn);
      this.#lanes[2 * i + 1] = Number(wrap(x) >> 32n);
    });
  }

  update(bytes: Uint8Array): void {
    this.#total += BigInt(bytes.length);
    let at = 0;
    if (this.#held > 0) {
      at = Math.min(STRIPE - this.#held, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#held);
      this.#held += at;
      if (this.#held < STRIPE) return;
      this.#stripe(new DataView(this.#rest.buffer), 0);
      this.#held = 0;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (; at + STRIPE <= bytes.length; at += STRIPE) this.#stripe(view, at);
    this.#rest.set(bytes.subarray(at));
    this.#held = bytes.length - at;
  }

  #stripe(view: DataView, at: number): void {
    const lanes = this.#lanes;
    for (let i = 0; i < 8; i += 2) {
      const word = at + 4 * i;
      const product = multiply(view.getUint32(word + 4, true), view.getUint32(word, true), P2_HIGH, P2_LOW);
      const low = lanes[i]! + (product >>> 0);
      const top = (lanes[i + 1]! + high + (low > 0xffffffff ? 1 : 0)) | 0;
      // Rotated by 31 to the left.
      const turnedHigh = (top << 31) | ((low >>> 0) >>> 1);
      const turnedLow = (low << 31) | (top >>> 1);
      lanes[i] = multiply(turnedHigh, turnedLow, P1_HIGH, P1_LOW);
      lanes[i + 1] = high;
    }
  }

  digest(): bigint {
    const lane = (i: number): bigint => (BigInt(this.#lanes[2 * i + 1]!) << 32n) | BigInt(this.#lanes[2 * i]!);
    const round = (acc: bigint, word: bigint): bigint => wrap(rotate(wrap(acc + word * P2), 31n) * P1);
    let h = P5;
    if (this.#total >= STRIPE) {
      const lanes = [0, 1, 2, 3].map(lane);
      h = lanes.reduce((sum, v, i) => wrap(sum + rotate(v, [1n, 7n, 12n, 18n][i]!)), 0n);
      for (const v of lanes) h = wrap((h ^ round(0n, v)) * P1 + P4);
    }
    h = wrap(h + this.#total);
    const rest = new DataView(this.#rest.buffer);
    let at = 0;
    for (; at + 8 <= this.#held; at += 8) {
      h = wrap(rotate(h ^ round(0n, rest.getBigUint64(at, true)), 27n) * P1 + P4);
    }
    if (at + 4 <= this.#held) {
      h = wrap(rotate(h ^ wrap(BigInt(rest.getUint32(at, true)) * P1), 23n) * P2 + P3);
      at += 4;
    }
    for (; at < this.#held; at++) h = wrap(rotate(h ^ wrap(BigInt(rest.getUint8(at)) * P5), 11n) * P1);
    h = wrap((h ^ (h >> 33n)) * P2);
    h = wrap((h ^ (h >> 29n)) * P3);
    return h ^ (h >> 32n);
  }
}
