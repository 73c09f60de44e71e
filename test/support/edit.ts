// Owns changing files of an archive byte by byte, as damage does.

import { readFileSync, writeFileSync } from 'node:fs';

export const edit = (file: string, change: (b: Buffer) => Buffer): void =>
  writeFileSync(file, change(readFileSync(file)));

/** A big-endian word. */
export const setWord = (file: string, at: number, value: number): void =>
  edit(file, (b) => {
    b.writeUInt32BE(value >>> 0, at);
    return b;
  });
