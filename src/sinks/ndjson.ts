// Owns documents as JSON text: lines to standard output, lines or an array to a file that appears whole or to what is written as such.

import { closeSync, createReadStream, existsSync, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Document } from '../document/index.ts';
import { ioError, JobsumError, type Patience, targetOf, WholeFile } from '../kernel/index.ts';
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

/** How each of our lines begins. */
const BEGINNING = '{"_id":"';
const ID = /^\{"_id":"((?:[^"\\]|\\.)*)"/;

/** Whether a file that is to be replaced has documents, one a line, or nothing. @throws JobsumError E_IO, E_EXISTS */
function hasLines(path: string): boolean {
  const { kind, path: file } = targetOf(path);
  if (kind === 'stream' || !existsSync(file)) return false;
  const head = Buffer.alloc(BEGINNING.length);
  let length: number;
  try {
    const fd = openSync(file, 'r');
    try {
      length = readSync(fd, head);
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw ioError('cannot read what is there', path, cause);
  }
  if (length === 0) return false;
  if (head.toString('latin1') === BEGINNING) return true;
  throw new JobsumError('E_EXISTS', 'the file is there and has no documents', {
    file: path,
    expected: 'documents of earlier runs, or no file',
  });
}

/**
 * Written under another name and renamed when the run ends, so that a killed or failed run leaves no half file behind. An array
 * holds the documents of its run only. Lines are kept: behind those of this run come those of earlier ones but for the jobs that
 * were done again. A run that did nothing leaves an old file alone, and one that has something else is not touched. A symbolic
 * link stays, and the file that it leads to is replaced. Devices, pipes and open descriptors are written to.
 */
export class FileSink implements Sink {
  readonly late = true;
  readonly #path: string;
  readonly #form: 'lines' | 'array';
  readonly #patience: Patience;
  readonly #written = new Set<string>();
  #file: WholeFile | Channel | null = null;

  /** @throws JobsumError E_IO, E_EXISTS */
  constructor(path: string, form: 'lines' | 'array' = 'lines', patience: Patience = { seconds: 0 }) {
    if (form === 'lines') hasLines(path);
    this.#path = path;
    this.#form = form;
    this.#patience = patience;
  }

  #open(): WholeFile | Channel {
    const { kind, path } = targetOf(this.#path);
    if (kind === 'stream') return new Channel(path, this.#patience);
    return new WholeFile(this.#path);
  }

  /** Lines of earlier runs whose documents this one has not made again. @throws JobsumError E_IO, E_EXISTS */
  async #keepOthers(file: WholeFile): Promise<void> {
    if (!hasLines(this.#path)) return;
    const input = createReadStream(targetOf(this.#path).path);
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    let broken: Error | null = null;
    // The lines would just end.
    input.once('error', (error) => {
      broken = error;
      lines.close();
    });
    for await (const line of lines) {
      const id = ID.exec(line)?.[1];
      if (line !== '' && (id === undefined || !this.#written.has(id))) file.write(`${line}\n`);
    }
    if (broken) throw ioError('cannot read what is there', this.#path, broken);
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
      const id = this.#form === 'lines' ? ID.exec(text)?.[1] : undefined;
      if (id !== undefined) this.#written.add(id);
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
      if (file instanceof WholeFile) {
        if (this.#form === 'lines') await this.#keepOthers(file);
        file.keep();
      }
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
