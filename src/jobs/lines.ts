// Owns reading a text file line by line with a bound on the length of a line.

import { createReadStream } from 'node:fs';
import { JobsumError } from '../kernel/index.ts';

/** A job record of a thousand nodes is some 20 kB; beyond this it is not a job record. */
export const MAX_LINE = 1024 * 1024;

export interface Line {
  readonly number: number;
  /** Without line end; null: longer than MAX_LINE, skipped. */
  readonly text: string | null;
}

/** @throws JobsumError E_INPUT_MISSING */
export async function* readLines(path: string): AsyncGenerator<Line> {
  const stream =
    path === '-'
      ? process.stdin.setEncoding('utf8')
      : createReadStream(path, { encoding: 'utf8', highWaterMark: 256 * 1024 });
  try {
    yield* linesOf(stream as AsyncIterable<string>);
  } catch (cause) {
    throw new JobsumError('E_INPUT_MISSING', 'cannot read the list of jobs', { file: path }, { cause });
  }
}

export async function* linesOf(stream: AsyncIterable<string>): AsyncGenerator<Line> {
  let number = 1;
  let rest = '';
  let tooLong = false;
  for await (const chunk of stream) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop()!;
    for (const part of parts) {
      yield { number: number++, text: tooLong || part.length > MAX_LINE ? null : part.replace(/\r$/, '') };
      tooLong = false;
    }
    if (rest.length > MAX_LINE) {
      tooLong = true;
      rest = '';
    }
  }
  if (tooLong || rest !== '') yield { number, text: tooLong ? null : rest.replace(/\r$/, '') };
}
