// Owns one file of an archive that is written: through a buffer, under its name at once or only when the archive is whole.

import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { ioError, JobsumError, partialName, removeAbandoned, writeWhole } from '../../kernel/index.ts';

const CHUNK = 1024 * 1024;

export class Output {
  readonly path: string;
  /** Where it is written. */
  readonly #at: string;
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(CHUNK);
  #used = 0;
  #open = true;
  /** Bytes written so far. */
  offset = 0;

  /** `aside`: under another name until it is placed, and never over a file. @throws JobsumError E_EXISTS, E_IO */
  constructor(path: string, aside = false) {
    this.path = path;
    if (aside) {
      if (existsSync(path)) throw exists(path);
      removeAbandoned(path);
    }
    this.#at = aside ? partialName(path) : path;
    try {
      this.#fd = openSync(this.#at, aside ? 'wx' : 'w', 0o666);
    } catch (cause) {
      throw ioError('cannot make the file', path, cause);
    }
  }

  write(bytes: Buffer): void {
    this.offset += bytes.length;
    if (bytes.length > CHUNK - this.#used) this.flush();
    if (bytes.length > CHUNK) writeWhole(this.#fd, bytes, this.path);
    else this.#used += bytes.copy(this.#buffer, this.#used);
  }

  /** @throws JobsumError E_IO */
  flush(): void {
    const used = this.#used;
    this.#used = 0;
    writeWhole(this.#fd, this.#buffer.subarray(0, used), this.path);
  }

  /** @throws JobsumError E_IO */
  close(): void {
    if (!this.#open) return;
    this.flush();
    this.#open = false;
    try {
      closeSync(this.#fd);
    } catch (cause) {
      throw ioError('cannot write', this.path, cause);
    }
  }

  /** Gives a closed file its name. @throws JobsumError E_EXISTS, E_IO */
  place(): void {
    if (this.#at === this.path) return;
    let reserved = false;
    try {
      // To rename alone would replace what another has written meanwhile.
      closeSync(openSync(this.path, 'wx'));
      reserved = true;
      renameSync(this.#at, this.path);
    } catch (cause) {
      if (reserved) rmSync(this.path, { force: true });
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw exists(this.path);
      throw ioError('cannot make the file', this.path, cause);
    }
  }

  /** Removes it as far as it was written, `placed` or aside. */
  discard(placed: boolean): void {
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
    if (placed || this.#at !== this.path) rmSync(placed ? this.path : this.#at, { force: true });
  }
}

const exists = (path: string): JobsumError =>
  new JobsumError('E_EXISTS', 'a file of that name is there', { file: path });
