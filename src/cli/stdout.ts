// Owns standard output: what is written there is whole, or that is an error; a reader that has seen enough (head, less) is none.

import { fstatSync } from 'node:fs';
import { Writable } from 'node:stream';
import { ioError, type JobsumError, type Problem, writeWhole } from '../kernel/index.ts';

/** In messages. */
export const NAME = 'standard output';

function isFile(): boolean {
  try {
    const stat = fstatSync(1);
    return stat.isFile() || (stat.isCharacterDevice() && !process.stdout.isTTY);
  } catch {
    return false;
  }
}

/** Node's own stream takes a file for whole when the disk was full behind a part of it. */
const direct = isFile()
  ? new Writable({
      decodeStrings: true,
      write: (bytes: Buffer, _, done) => {
        try {
          writeWhole(1, bytes, NAME);
          done();
        } catch (error) {
          done(error as Error);
        }
      },
    })
  : null;
// Who writes is called back.
direct?.on('error', () => undefined);

/** For data. */
export const stdout: NodeJS.WritableStream = direct ?? process.stdout;

let written = false;

/** Whether anything has gone there. */
export const hasWritten = (): boolean => written;

/** @throws JobsumError E_IO, where it is known at once */
export function write(text: string): void {
  written = true;
  if (direct) writeWhole(1, text, NAME);
  else process.stdout.write(text);
}

/** Waits until it is taken. @throws JobsumError E_IO */
export function deliver(text: string): Promise<void> {
  written = true;
  return new Promise((done, failed) => {
    stdout.write(text, (cause) => (cause ? failed(ioError('cannot write', NAME, cause)) : done()));
  });
}

/** Whether it was the reader of standard output that went. */
export const readerLeft = ({ code, file, found = '' }: Problem): boolean =>
  code === 'E_IO' && file === NAME && found.includes('EPIPE');

let attended = false;

/** More is to be done than to write there: whoever writes sees to what becomes of it. */
export function goOnWithoutReader(): void {
  attended = true;
}

/** Errors of standard output, and of standard error, that no one waits for. */
export function watchStreams(onError: (error: JobsumError) => number): void {
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (attended) return;
    process.exit(cause.code === 'EPIPE' ? 0 : onError(ioError('cannot write', NAME, cause)));
  });
  // Nobody hears what would be said of it, and the work is worth more than its log.
  process.stderr.on('error', () => undefined);
}
