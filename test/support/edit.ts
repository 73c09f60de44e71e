// Owns changing files of an archive byte by byte, as damage does.

import { readFileSync, writeFileSync } from 'node:fs';

/** `change` gives the new bytes, or changes those that it gets. */
export function edit(file: string, change: (b: Buffer) => Buffer | undefined): void {
  const bytes = readFileSync(file);
  writeFileSync(file, change(bytes) ?? bytes);
}

/** A big-endian word. */
export const setWord = (file: string, at: number, value: number): void =>
  edit(file, (b) => {
    b.writeUInt32BE(value >>> 0, at);
    return b;
  });
