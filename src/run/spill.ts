// Owns what a batch holds of its nodes' results: bytes in memory up to a bound, the rest in a temporary file.

import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ioError, writeWhole } from '../kernel/index.ts';

/** Results kept in memory; beyond it they are written. A usual batch stays below it. */
const MEMORY_BYTES = 64 * 1024 * 1024;

export interface Stored {
  /** Until dropped; null: in the file. */
  bytes: Uint8Array | null;
  readonly at: number;
  readonly length: number;
}

export class Spill {
  readonly #limit: number;
  #held = 0;
  #fd: number | null = null;
  #end = 0;
  #room = new Uint8Array(0);

  constructor(limit = MEMORY_BYTES) {
    this.#limit = limit;
  }

  /** Bytes written to the file. */
  get spilled(): number {
    return this.#end;
  }

  /** @throws JobsumError E_IO when the temporary directory is full or cannot be written. */
  keep(bytes: Uint8Array): Stored {
    if (this.#held + bytes.length <= this.#limit) {
      this.#held += bytes.length;
      return { bytes, at: -1, length: bytes.length };
    }
    const at = this.#end;
    try {
      this.#fd ??= openUnnamed();
      writeWhole(this.#fd, bytes, tmpdir(), at);
    } catch (error) {
      throw ioError('node results cannot be kept in the temporary directory', tmpdir(), error);
    }
    this.#end += bytes.length;
    return { bytes: null, at, length: bytes.length };
  }

  /** Valid until the next call: results are read thousands of times, and each time again into the same room. */
  read(stored: Stored, at: number, length: number): Uint8Array {
    if (stored.bytes) return stored.bytes.subarray(at, at + length);
    if (this.#room.length < length) this.#room = new Uint8Array(2 * length);
    const bytes = this.#room.subarray(0, length);
    try {
      for (let done = 0; done < length; ) {
        const n = readSync(this.#fd!, bytes, done, length - done, stored.at + at + done);
        if (n === 0) throw new Error('the file is shorter than what was written');
        done += n;
      }
    } catch (error) {
      throw ioError('node results cannot be read back', tmpdir(), error);
    }
    return bytes;
  }

  /** What is in memory is given back; room in the file is not used again. */
  drop(stored: Stored): void {
    if (!stored.bytes) return;
    this.#held -= stored.length;
    stored.bytes = null;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

/** A file that only its descriptor knows: it is gone however the process ends. */
function openUnnamed(): number {
  const dir = mkdtempSync(join(tmpdir(), 'jobsum-spill-'));
  try {
    return openSync(join(dir, 'results'), 'wx+', 0o600);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
