// Owns where bytes come from: a plain file read at any place, or a compressed one unpacked by another thread as it is read.

import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { fromProblem, JobsumError, type Problem, packageFile } from '../../kernel/index.ts';
import { limits } from './limits.ts';
import { compressionOf } from './names.ts';
import { Ring } from './ring.ts';
import type { UnpackOrder, UnpackStop } from './unpack-thread.ts';

export interface ByteSource {
  /** Bytes of the (unpacked) file at `position`; 0: the end. @throws JobsumError E_IO, E_ARCHIVE_UNPACK, E_ARCHIVE_LIMIT */
  read(into: Uint8Array, at: number, length: number, position: number): number;
  /** null: not known before it is unpacked. */
  size(): number | null;
  close(): void;
}

export const isPacked = (file: string): boolean => compressionOf(file) !== '';

/**
 * Opens a file for reading; a pipe, whose writer may never come, is refused without waiting for it.
 * @throws JobsumError E_IO for what is no regular file; Error from the system
 */
export function openRegular(file: string): number {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new JobsumError('E_IO', 'not a regular file', { file });
}

/** @throws JobsumError E_ARCHIVE_MISSING, E_IO */
export function openSource(file: string): ByteSource {
  try {
    // Opened here in both cases, so that a missing file is found missing now.
    const plain = new PlainFile(file);
    if (!isPacked(file)) return plain;
    plain.close();
    return new PackedFile(file);
  } catch (cause) {
    if (cause instanceof JobsumError) throw cause;
    const { code, message: found } = cause as NodeJS.ErrnoException;
    // A link is there all the same: what it leads to may come back, as a file system that is mounted again does.
    if (code === 'ENOENT' && !lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new JobsumError('E_ARCHIVE_MISSING', 'the file is gone', { file }, { cause });
    throw new JobsumError('E_IO', 'cannot open the file', { file, found }, { cause });
  }
}

class PlainFile implements ByteSource {
  readonly #fd: number;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.#fd = openRegular(file);
  }

  read(into: Uint8Array, at: number, length: number, position: number): number {
    try {
      return readSync(this.#fd, into, at, length, position);
    } catch (cause) {
      throw new JobsumError('E_IO', 'cannot read the file', { file: this.#file, offset: position }, { cause });
    }
  }

  size(): number {
    return fstatSync(this.#fd).size;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** One a thread that decodes, started at its first compressed file. */
let unpacker: Worker | undefined;
let orders = 0;

function send(message: UnpackOrder | UnpackStop): void {
  if (!unpacker) {
    unpacker = new Worker(packageFile('dist/pcp/files/unpack-thread.js'));
    unpacker.unref();
    unpacker.on('error', () => {
      unpacker = undefined;
    });
  }
  unpacker.postMessage(message);
}

class PackedFile implements ByteSource {
  readonly #file: string;
  #id = 0;
  #ring = new Ring();
  /** Bytes taken from the ring so far. */
  #position = 0;
  #skipped: Uint8Array | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#start();
  }

  #start(): void {
    this.#id = ++orders;
    this.#ring = new Ring();
    this.#position = 0;
    const { maxVolumeBytes: maxBytes, packagedOnly } = limits;
    send({ id: this.#id, file: this.#file, memory: this.#ring.memory, maxBytes, packagedOnly });
  }

  #take(into: Uint8Array, at: number, length: number): number {
    const failed = (message: string) => fromProblem({ ...(JSON.parse(message) as Problem), offset: this.#position });
    const n = this.#ring.read(into, at, length, failed, limits.patienceMs);
    if (n < 0)
      throw new JobsumError('E_ARCHIVE_UNPACK', `nothing was unpacked for ${limits.patienceMs / 1000} s`, {
        file: this.#file,
        offset: this.#position,
      });
    this.#position += n;
    return n;
  }

  read(into: Uint8Array, at: number, length: number, position: number): number {
    if (position < this.#position) {
      this.close();
      this.#start();
    }
    while (this.#position < position) {
      this.#skipped ??= new Uint8Array(64 * 1024);
      const n = this.#take(this.#skipped, 0, Math.min(this.#skipped.length, position - this.#position));
      if (n === 0) return 0;
    }
    return length === 0 ? 0 : this.#take(into, at, length);
  }

  size(): null {
    return null;
  }

  close(): void {
    this.#ring.leave();
    send({ stop: this.#id });
  }
}
