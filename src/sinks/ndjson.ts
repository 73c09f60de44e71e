// Owns documents as JSON text: lines to standard output, lines or an array to a file that appears whole or to what is written as such.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Document } from '../document/index.ts';
import { ioError, type Patience, targetOf, WholeFile } from '../kernel/index.ts';
import { Channel } from './channel.ts';
import { type Refusal, type Sink, textOf } from './sink.ts';

/** One document a line on a stream; waits when the reader is slow. */
export class StreamSink implements Sink {
  readonly #stream: NodeJS.WritableStream;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  async write(documents: readonly Document[]): Promise<readonly Refusal[]> {
    const refused: Refusal[] = [];
    for (const document of documents) {
      const text = textOf(document);
      if (typeof text !== 'string') refused.push(text);
      else
        await new Promise<void>((resolve, reject) => {
          const failed = (cause: Error): void => reject(ioError('cannot write', 'standard output', cause));
          this.#stream.write(`${text}\n`, (error) => (error ? failed(error) : resolve()));
        });
    }
    return refused;
  }

  async close(): Promise<void> {
    // Standard output stays open.
  }
}

/**
 * Written under another name and renamed when the run ends, so that a killed or failed run leaves no half file behind. Such a
 * file holds the documents of its run only; a run that did nothing leaves an old file alone. A symbolic link stays, and the file
 * that it leads to is replaced. Devices, pipes and open descriptors are written to.
 */
export class FileSink implements Sink {
  readonly late = true;
  readonly #path: string;
  readonly #form: 'lines' | 'array';
  readonly #patience: Patience;
  #file: WholeFile | Channel | null = null;

  constructor(path: string, form: 'lines' | 'array' = 'lines', patience: Patience = { seconds: 0 }) {
    this.#path = path;
    this.#form = form;
    this.#patience = patience;
  }

  #open(): WholeFile | Channel {
    const { kind, path } = targetOf(this.#path);
    if (kind === 'stream') return new Channel(path, this.#patience);
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
    } catch (cause) {
      throw ioError('cannot make the directory', this.#path, cause);
    }
    return new WholeFile(this.#path);
  }

  async write(documents: readonly Document[]): Promise<readonly Refusal[]> {
    const refused: Refusal[] = [];
    for (const document of documents) {
      const text = textOf(document);
      if (typeof text !== 'string') {
        refused.push(text);
        continue;
      }
      const before = this.#form === 'lines' ? '' : this.#file ? ',' : '[';
      this.#file ??= this.#open();
      await this.#file.write(`${before}${text}\n`);
    }
    if (this.#file instanceof WholeFile) this.#file.sync();
    return refused;
  }

  /** The file appears. */
  async close(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    try {
      if (this.#form === 'array') await file.write(']\n');
      if (file instanceof WholeFile) file.keep();
    } finally {
      await this.abandon();
    }
  }

  async abandon(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file instanceof WholeFile) file.discard();
    else await file?.close();
  }
}
