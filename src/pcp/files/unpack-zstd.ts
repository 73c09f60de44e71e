// Owns unpacking of zstd: block by block by the packaged decoder, which has no bound on memory and looks at no checksum.

import { Xxh64 } from './xxh64.ts';

/** What zstd itself unpacks without an option. */
const MAX_WINDOW = 128 * 1024 * 1024;
const MAX_BLOCK = 128 * 1024;
const MAGIC = 0xfd2fb528;
/** Frames of another content, passed over: sixteen magic numbers. */
const SKIPPED = 0x184d2a50;
const RLE = 1;
const CHECKED = 4;
/** The decoder looks at nothing before it has as many bytes: a frame to be passed over, for behind the smallest frames. */
const LEAST = 18;
const PADDING = Buffer.from(`502a4d18${'0a000000'}${'00'.repeat(10)}`, 'hex');
const RESERVED = 3;

/** A stream of chunks, taken by numbers of bytes. */
class Bytes {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Fewer than `n` at the end. */
  async #upTo(n: number): Promise<Buffer> {
    while (this.#held.length < n) {
      const { done, value } = await this.#chunks.next();
      if (done) break;
      this.#held = Buffer.concat([this.#held, value]);
    }
    const taken = this.#held.subarray(0, n);
    this.#held = this.#held.subarray(n);
    return taken;
  }

  async take(n: number): Promise<Buffer> {
    const taken = await this.#upTo(n);
    if (taken.length < n) throw new Error('unexpected end of input');
    return taken;
  }

  /** The next magic number; null: nothing is left. */
  async magic(): Promise<Buffer | null> {
    const taken = await this.#upTo(4);
    if (taken.length === 0) return null;
    if (taken.length < 4) throw new Error('unexpected end of input');
    return taken;
  }
}

interface Frame {
  readonly header: Buffer;
  readonly checked: boolean;
}

async function frame(bytes: Bytes, magic: Buffer): Promise<Frame> {
  const descriptor = await bytes.take(1);
  const flags = descriptor[0]!;
  const whole = (flags & 0x20) !== 0;
  const sizeBytes = [whole ? 1 : 0, 2, 4, 8][flags >> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3]!;
  const rest = await bytes.take((whole ? 0 : 1) + dictionaryBytes + sizeBytes);
  let window: number;
  if (whole) {
    const size = rest.subarray(dictionaryBytes);
    window = sizeBytes === 8 ? Number(size.readBigUInt64LE()) : size.readUIntLE(0, sizeBytes);
  } else {
    const base = 2 ** (10 + (rest[0]! >> 3));
    window = base + (base / 8) * (rest[0]! & 7);
  }
  if (window > MAX_WINDOW) throw new Error(`a window of ${window} bytes`);
  // The decoder is shown no checksum, so that it waits for none.
  return { header: Buffer.concat([magic, Buffer.of(flags & ~CHECKED), rest]), checked: (flags & CHECKED) !== 0 };
}

/** @throws Error if the data are no zstd, end too early, or do not fit their checksum */
export async function* unpackZstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const bytes = new Bytes(packed);
  for (let magic = await bytes.magic(); magic; magic = await bytes.magic()) {
    const number = magic.readUInt32LE();
    if ((number & ~0xf) >>> 0 === SKIPPED) {
      for (let left = (await bytes.take(4)).readUInt32LE(); left > 0; left -= MAX_BLOCK) {
        await bytes.take(Math.min(left, MAX_BLOCK));
      }
      continue;
    }
    if (number !== MAGIC) throw new Error('no zstd data');
    const { header, checked } = await frame(bytes, magic);
    const hash = checked ? new Xxh64() : null;
    let out: Uint8Array[] = [];
    const decoder = new Decompress((chunk) => {
      out.push(chunk);
    });
    decoder.push(header);
    let given = header.length;
    for (let last = false; !last; ) {
      const head = await bytes.take(3);
      const word = head.readUIntLE(0, 3);
      last = (word & 1) !== 0;
      const type = (word >> 1) & 3;
      const size = word >> 3;
      if (type === RESERVED || size > MAX_BLOCK) throw new Error('a block of an impossible kind');
      const content = await bytes.take(type === RLE ? 1 : size);
      decoder.push(Buffer.concat([head, content]));
      given += head.length + content.length;
      if (last && given < LEAST) decoder.push(PADDING);
      for (const chunk of out) {
        hash?.update(chunk);
        yield chunk;
      }
      out = [];
    }
    if (!hash) continue;
    const expected = (await bytes.take(4)).readUInt32LE();
    if (Number(hash.digest() & 0xffffffffn) !== expected) throw new Error('the checksum is another');
  }
}
