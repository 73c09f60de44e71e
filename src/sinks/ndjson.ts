// Owns documents as JSON text: lines to standard output, lines or an array to a file that appears whole.

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Document } from '../document/index.ts';
import { JobsumError } from '../kernel/index.ts';
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
          this.#stream.write(`${text}\n`, (error) => (error ? reject(error) : resolve()));
        });
    }
    return refused;
  }

  async close(): Promise<void> {
    // Standard output stays open.
  }
}

/**
 * Written under another name and renamed when the run ends, so that a killed run leaves no half file behind. Such a file
 * holds the documents of its run only; a run that did nothing leaves an old file alone.
 */
export class FileSink implements Sink {
  readonly late = true;
  readonly #path: string;
  readonly #partial: string;
  readonly #form: 'lines' | 'array';
  #fd = -1;

  constructor(path: string, form: 'lines' | 'array' = 'lines') {
    this.#path = path;
    this.#form = form;
    this.#partial = `${path}.${process.pid}.partial`;
  }

  #open(): void {
    mkdirSync(dirname(this.#partial), { recursive: true });
    this.#fd = openSync(this.#partial, 'w', 0o644);
  }

  async write(documents: readonly Document[]): Promise<readonly Refusal[]> {
    const refused: Refusal[] = [];
    try {
      for (const document of documents) {
        const text = textOf(document);
        if (typeof text !== 'string') {
          refused.push(text);
          continue;
        }
        const first = this.#fd < 0;
        if (first) this.#open();
        const before = this.#form === 'lines' ? '' : first ? '[' : ',';
        writeSync(this.#fd, `${before}${text}\n`);
      }
      if (this.#fd >= 0) fsyncSync(this.#fd);
      return refused;
    } catch (cause) {
      const found = (cause as Error).message;
      throw new JobsumError('E_IO', 'cannot write the documents', { file: this.#partial, found }, { cause });
    }
  }

  async close(): Promise<void> {
    if (this.#fd < 0) return;
    if (this.#form === 'array') writeSync(this.#fd, ']\n');
    closeSync(this.#fd);
    this.#fd = -1;
    renameSync(this.#partial, this.#path);
  }
}
