// Owns the ring of shared memory between the thread that unpacks a file and the one that decodes it: one writer, one reader.

/** A chunk of the decoder's window: more only delays the first byte. */
export const RING_BYTES = 1024 * 1024;
const MESSAGE_BYTES = 2048;
const WRITTEN = 0;
const TAKEN = 1;
const STATE = 2;
const MESSAGE_LENGTH = 3;
const HEAD_WORDS = 4;

/** open: bytes may come; ended: none after those in the ring; failed: the same, and the message says why; left: nobody reads on. */
const OPEN = 0;
const ENDED = 1;
const FAILED = 2;
const LEFT = 3;

interface AsyncWait {
  readonly async: boolean;
  readonly value: Promise<string> | string;
}

/** Missing from the library types of this language level. */
const { waitAsync } = Atomics as unknown as { waitAsync(a: Int32Array, i: number, v: number): AsyncWait };

export class Ring {
  readonly memory: SharedArrayBuffer;
  readonly #head: Int32Array;
  readonly #message: Uint8Array;
  readonly #data: Uint8Array;

  constructor(memory = new SharedArrayBuffer(HEAD_WORDS * Int32Array.BYTES_PER_ELEMENT + MESSAGE_BYTES + RING_BYTES)) {
    this.memory = memory;
    this.#head = new Int32Array(memory, 0, HEAD_WORDS);
    this.#message = new Uint8Array(memory, this.#head.byteLength, MESSAGE_BYTES);
    this.#data = new Uint8Array(memory, this.#head.byteLength + MESSAGE_BYTES);
  }

  /** Bytes in the ring: totals wrap at 2^32, their difference does not. */
  #filled(): number {
    return (Atomics.load(this.#head, WRITTEN) - Atomics.load(this.#head, TAKEN)) >>> 0;
  }

  /** Writer: waits, without blocking its thread, until all is in the ring. False: nobody reads on. */
  async write(bytes: Uint8Array): Promise<boolean> {
    for (let from = 0; from < bytes.length; ) {
      const taken = Atomics.load(this.#head, TAKEN);
      if (Atomics.load(this.#head, STATE) === LEFT) return false;
      const free = RING_BYTES - this.#filled();
      if (free === 0) {
        const wait = waitAsync(this.#head, TAKEN, taken);
        if (wait.async) await wait.value;
        continue;
      }
      const written = Atomics.load(this.#head, WRITTEN);
      const at = (written >>> 0) % RING_BYTES;
      const n = Math.min(free, bytes.length - from, RING_BYTES - at);
      this.#data.set(bytes.subarray(from, from + n), at);
      Atomics.store(this.#head, WRITTEN, (written + n) | 0);
      Atomics.notify(this.#head, WRITTEN);
      from += n;
    }
    return true;
  }

  /** Writer: no more bytes; `failure`: why there are not all. */
  end(failure?: object): void {
    if (failure) {
      const text = Buffer.from(JSON.stringify(failure)).subarray(0, MESSAGE_BYTES);
      this.#message.set(text);
      Atomics.store(this.#head, MESSAGE_LENGTH, text.length);
    }
    Atomics.store(this.#head, STATE, failure ? FAILED : ENDED);
    Atomics.notify(this.#head, WRITTEN);
  }

  /** Reader: nothing more is read, and a writer that waits for room need not. */
  leave(): void {
    Atomics.store(this.#head, STATE, LEFT);
    // Changed also for a writer that is about to wait: it would miss the wake alone.
    Atomics.store(this.#head, TAKEN, Atomics.load(this.#head, WRITTEN));
    Atomics.notify(this.#head, TAKEN);
  }

  /**
   * Reader: blocks until there are bytes or there will be none. 0: the end; -1: nothing came for `patienceMs`. Throws what `fail` makes
   * of a failure.
   */
  read(into: Uint8Array, at: number, length: number, fail: (message: string) => Error, patienceMs: number): number {
    for (const began = performance.now(); ; ) {
      const written = Atomics.load(this.#head, WRITTEN);
      const state = Atomics.load(this.#head, STATE);
      const filled = this.#filled();
      if (filled > 0) {
        const taken = Atomics.load(this.#head, TAKEN);
        const from = (taken >>> 0) % RING_BYTES;
        const n = Math.min(filled, length, RING_BYTES - from);
        into.set(this.#data.subarray(from, from + n), at);
        Atomics.store(this.#head, TAKEN, (taken + n) | 0);
        Atomics.notify(this.#head, TAKEN);
        return n;
      }
      if (state === ENDED) return 0;
      if (state === FAILED) {
        const length = Atomics.load(this.#head, MESSAGE_LENGTH);
        throw fail(Buffer.from(this.#message.slice(0, length)).toString('utf8'));
      }
      // Woken by bytes or the end; the time-out is for a wake that came between the looks above.
      if (state === OPEN) Atomics.wait(this.#head, WRITTEN, written, 50);
      if (performance.now() - began > patienceMs) return -1;
    }
  }
}
