// Owns moving bytes from a file into a reader's window.

import { JobsumError } from '../../kernel/index.ts';
import { type Source, truncated } from '../wasm/fault.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import { timeBefore } from './from-behind.ts';
import { STRAY_BYTES } from './limits.ts';
import { type ByteSource, openSource } from './source.ts';

/** Largest record accepted: beyond any real one (a few MB), well below the memory limit. */
const MAX_RECORD = 256 * 1024 * 1024;

/** A file being read through the window of a reader. */
export class FileStream {
  readonly source: Source;
  readonly #bytes: ByteSource;
  #open = true;
  readonly #wasm: Wasm;
  readonly #reader: number;
  /** Bytes read from the file so far. */
  bytesRead = 0;

  constructor(wasm: Wasm, reader: number, source: Source) {
    this.#wasm = wasm;
    this.#reader = reader;
    this.source = source;
    this.#bytes = openSource(source.file);
    wasm.x.seekWindow(reader, 0n);
  }

  /** Infinite for a compressed file. */
  get size(): number {
    return this.#bytes.size() ?? Number.POSITIVE_INFINITY;
  }

  close(): void {
    if (this.#open) this.#bytes.close();
    this.#open = false;
  }

  /** Empties the window; the next fill reads from `offset`. */
  seek(offset: number): void {
    this.#wasm.x.seekWindow(this.#reader, BigInt(offset));
  }

  /** Time of the record that ends at `offset`; null: none does, or the file is compressed. */
  timeBefore(offset: number): bigint | null {
    const version = this.#wasm.i32(this.#reader + L.Reader.version);
    if (this.#bytes.size() === null) return null;
    return timeBefore((into, position) => this.#bytes.read(into, 0, into.length, position), offset, version);
  }

  /** File offset of the first unread byte. */
  get offset(): number {
    const wasm = this.#wasm;
    return (
      Number(wasm.i64(this.#reader + L.Reader.fileOffset)) +
      wasm.u32(this.#reader + L.Reader.position) -
      wasm.u32(this.#reader + L.Reader.buffer)
    );
  }

  /** Unread bytes in the window. */
  get unread(): number {
    return this.#wasm.u32(this.#reader + L.Reader.end) - this.#wasm.u32(this.#reader + L.Reader.position);
  }

  /**
   * At the end of the file: how many bytes lie behind the last record.
   * @throws JobsumError E_ARCHIVE_TRUNCATED if they are of one
   */
  strayBytes(): number {
    const have = this.unread;
    if (have > STRAY_BYTES) {
      throw truncated(this.source, this.offset, have, this.#wasm.i32(this.#reader + L.Reader.length));
    }
    return have;
  }

  /** Slides the window and reads as much as fits. False at the end of the file. */
  fill(): boolean {
    const wasm = this.#wasm;
    const free = wasm.x.slide(this.#reader) >>> 0;
    const end = wasm.u32(this.#reader + L.Reader.end);
    const position = this.offset + this.unread;
    const n = this.#bytes.read(wasm.bytes, end, free, position);
    wasm.view.setUint32(this.#reader + L.Reader.end, end + n, true);
    this.bytesRead += n;
    return n > 0;
  }

  /**
   * Makes room for a record larger than the window and reads on. The length of one in a compressed file, whose size nobody knows, costs
   * no more than the bytes that there are: the window is doubled when it is full. `afford`: may refuse a window of so many bytes.
   * @throws JobsumError E_ARCHIVE_TRUNCATED, E_ARCHIVE_TRAILER, E_ARCHIVE_META, E_ARCHIVE_LIMIT
   */
  makeRoom(afford?: (bytes: number) => void): void {
    const wasm = this.#wasm;
    if (this.#bytes.size() !== null) this.grow(undefined, afford);
    for (;;) {
      while (this.fill());
      const length = wasm.i32(this.#reader + L.Reader.length);
      const capacity = wasm.u32(this.#reader + L.Reader.capacity);
      if (length <= capacity) return;
      if (this.unread < capacity) throw truncated(this.source, this.offset, this.unread, length);
      this.grow(Math.min(length, 2 * capacity), afford);
    }
  }

  /**
   * Makes room for a record larger than the window, after its length was checked against the file and its own trailer.
   * `room`: bytes of the new window, by default those of the record; `afford`: may refuse them.
   */
  grow(room?: number, afford?: (bytes: number) => void): void {
    const wasm = this.#wasm;
    const length = wasm.i32(this.#reader + L.Reader.length);
    const offset = this.offset;
    const size = this.#bytes.size();
    const place = { file: this.source.file, volume: this.source.volume, offset };
    if (size !== null && offset + length > size) throw truncated(this.source, offset, size - offset, length);
    const trailer = Buffer.alloc(4);
    if (size !== null) this.#bytes.read(trailer, 0, 4, offset + length - 4);
    if (size !== null && trailer.readInt32BE(0) !== length) {
      throw new JobsumError(
        this.source.volume === -1 ? 'E_ARCHIVE_META' : 'E_ARCHIVE_TRAILER',
        'the length at the end of the record differs from the one before it',
        { ...place, expected: String(length), found: String(trailer.readInt32BE(0)) },
      );
    }
    afford?.(room ?? length);
    if (length > MAX_RECORD || wasm.x.growWindow(this.#reader, room ?? length) === 0) {
      throw new JobsumError('E_ARCHIVE_LIMIT', 'the record is too large', {
        ...place,
        expected: `at most ${MAX_RECORD} bytes`,
        found: String(length),
      });
    }
  }
}
