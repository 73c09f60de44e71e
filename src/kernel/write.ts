// Owns writing to files: all of it, or a coded error with the file and the cause.

import { writeSync } from 'node:fs';
import { JobsumError } from './errors.ts';

/** What the system says against a file. */
export function ioError(message: string, file: string, cause: unknown): JobsumError {
  const known = cause instanceof JobsumError ? cause.detail.found : undefined;
  const text = cause instanceof Error ? cause.message : String(cause);
  // The system's words without the path: it is that of `file`, or of the file beside it that is written first.
  const found = known ?? text.replace(/, \w+ '.*$/s, '');
  return new JobsumError('E_IO', message, { file, found }, { cause });
}

/**
 * Writes all of the bytes: on a disk that is nearly full the system writes some of them, which is no error yet.
 * `file`: its name, for the message. `at`: the offset; absent: where the descriptor stands.
 * @throws JobsumError E_IO
 */
export function writeWhole(fd: number, data: string | Uint8Array, file: string, at?: number): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  try {
    for (let done = 0; done < bytes.length; ) {
      const n = writeSync(fd, bytes, done, bytes.length - done, at === undefined ? null : at + done);
      if (n === 0) throw new Error('the system writes no more');
      done += n;
    }
  } catch (cause) {
    throw ioError('cannot write', file, cause);
  }
}
