// Owns how much memory the metadata of an archive take, and the end of it: what a small file describes may be millions of things.

import { JobsumError } from '../../kernel/index.ts';
import { limits } from '../files/limits.ts';
import type { Wasm } from '../wasm/wasm.ts';

/** Bytes of memory that things take besides the decoder's own, as measured: a name of a metric, an instance, a record of label sets or a
 * help text, and each byte of one. Labels become objects of many times their size. */
const NAME = 600;
const INSTANCE = 150;
const RECORD = 300;
const TEXT_BYTE = 3;
const LABELS_BYTE = 25;

/** The largest record that may be read is this part of all: its bytes, and what is made of them, are there at a time. */
const RECORD_SHARE = 8;

/** A file may be so many times as large as what its metadata may take: domains whose members come and go repeat names that are kept once. */
const FILE_TIMES = 8;

/** @throws JobsumError E_ARCHIVE_LIMIT if so many instances are more than there is room for. */
export function affordInstances(count: number, file: string): void {
  if (count * INSTANCE > limits.maxMetadataBytes) throw new TooMuchMetadata(file);
}

/** Of such an archive nothing is used: what its metadata would take has to be there for all readers of a node. */
export class TooMuchMetadata extends JobsumError {
  constructor(file: string) {
    const expected = `at most ${limits.maxMetadataBytes} bytes`;
    super('E_ARCHIVE_LIMIT', 'the metadata take more memory than is allowed', { file, volume: -1, expected });
  }
}

/** What is spent of it while the metadata of one archive are read. */
export class MetadataRoom {
  readonly #wasm: Wasm;
  readonly #reader: number;
  readonly #file: string;
  readonly #before: number;
  #spent = 0;

  constructor(wasm: Wasm, reader: number, file: string) {
    this.#wasm = wasm;
    this.#reader = reader;
    this.#file = file;
    // Strings are kept for all archives of a session.
    this.#before = wasm.x.metadataBytes(reader, INSTANCE);
  }

  exceeded(): TooMuchMetadata {
    return new TooMuchMetadata(this.#file);
  }

  /** @throws JobsumError E_ARCHIVE_LIMIT */
  #check(): void {
    const taken = this.#wasm.x.metadataBytes(this.#reader, INSTANCE) - this.#before;
    if (taken + this.#spent > limits.maxMetadataBytes) throw this.exceeded();
  }

  /** A descriptor has been taken: of so many names, in a record of so many bytes. */
  described(names: number, bytes: number): void {
    this.#spent += NAME * Math.max(1, names) + 2 * bytes;
    this.#check();
  }

  /** A help text or label sets have been taken, from a record of so many bytes. */
  annotated(kind: 'text' | 'labels', bytes: number): void {
    this.#spent += RECORD + bytes * (kind === 'text' ? TEXT_BYTE : LABELS_BYTE);
    this.#check();
  }

  /** Of a file that has so many bytes, or so many that were read: holes and what is passed over take no memory, but time. */
  admit(bytes: number): void {
    if (bytes > FILE_TIMES * limits.maxMetadataBytes) throw this.exceeded();
  }

  /** Before the window is grown to so many bytes, for a record that is there: a length that lies is damage, and costs itself. */
  afford(bytes: number): void {
    if (bytes > limits.maxMetadataBytes / RECORD_SHARE) throw this.exceeded();
  }

  /** Instance domains have been read. */
  read(): void {
    this.#check();
  }

  /** Puts the versions of instance domains in order and makes changes whole. */
  fold(): void {
    const room = limits.maxMetadataBytes - this.#spent + this.#before;
    if (this.#wasm.x.foldDeltas(this.#reader, room, INSTANCE) === 0) throw this.exceeded();
  }
}
