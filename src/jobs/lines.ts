// Owns reading a text in pieces and line by line, with a bound on the length of a line.

import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { JobsumError } from '../kernel/index.ts';
import { pipeBytes } from './pipe.ts';

/** A job record of a thousand nodes is some 20 kB; beyond this it is not a job record. */
export const MAX_LINE = 1024 * 1024;

/** Text may come in pieces of any length. */
export type Chunks = AsyncIterable<string>;

export interface Line {
  readonly number: number;
  /** Without line end and byte order mark; null: longer than MAX_LINE, skipped. */
  readonly text: string | null;
}

/** The same pieces, until it is to stop: whoever gives them may have none for long. @throws JobsumError E_INTERRUPTED */
export async function* untilStopped<T>(pieces: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  const iterator = pieces[Symbol.asyncIterator]();
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new JobsumError('E_INTERRUPTED', 'the run was stopped while it waited for the list of jobs'));
  });
  stopped.catch(() => undefined);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  try {
    for (;;) {
      const { done, value } = await Promise.race([iterator.next(), stopped]);
      if (done) return;
      yield value;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

const isPipe = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;

function bytesOf(path: string, signal?: AbortSignal): Readable | AsyncGenerator<Buffer> {
  if (path === '-') return process.stdin;
  return isPipe(path) ? pipeBytes(path, signal) : createReadStream(path, { highWaterMark: 256 * 1024 });
}

/** @throws JobsumError E_INPUT_MISSING, E_INTERRUPTED */
export async function* readText(path: string, signal?: AbortSignal): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  const bytes = bytesOf(path, signal);
  try {
    for await (const chunk of untilStopped(bytes as AsyncIterable<Buffer>, signal)) yield decoder.write(chunk);
    yield decoder.end();
  } catch (cause) {
    if (cause instanceof JobsumError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const found = code === 'EISDIR' ? 'a directory' : message;
    throw new JobsumError('E_INPUT_MISSING', 'cannot read the list of jobs', { file: path, found }, { cause });
  } finally {
    if (bytes instanceof Readable) bytes.destroy();
    else bytes.return(undefined).catch(() => undefined);
  }
}

/** A mark stands at the beginning of each file, and so within a list that was put together of several. */
export const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

const lineOf = (part: string): string => withoutMark(part.endsWith('\r') ? part.slice(0, -1) : part);

export async function* linesOf(chunks: Chunks): AsyncGenerator<Line> {
  let number = 1;
  let rest = '';
  let tooLong = false;
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop()!;
    for (const part of parts) {
      yield { number: number++, text: tooLong || part.length > MAX_LINE ? null : lineOf(part) };
      tooLong = false;
    }
    if (rest.length > MAX_LINE) {
      tooLong = true;
      rest = '';
    }
  }
  if (tooLong || rest !== '') yield { number, text: tooLong ? null : lineOf(rest) };
}

/** The beginning of a text, as far as `enough` wants to read, and the whole of it. */
export async function peek(
  chunks: Chunks,
  enough: (head: string) => boolean,
): Promise<{ head: string; whole: AsyncGenerator<string> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = '';
  let ended = false;
  while (!ended && head.length < MAX_LINE && !enough(head)) {
    const { done, value } = await iterator.next();
    if (done) ended = true;
    else head += value;
  }
  async function* whole(): AsyncGenerator<string> {
    try {
      yield head;
      while (!ended) {
        const { done, value } = await iterator.next();
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head, whole: whole() };
}
