// Owns the strict reading of an archive by both decoders: how it ends, in which they must agree.

import { expect } from 'vitest';
import { canonicalDump } from '../../src/pcp/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { canonicalDump as oracleDump } from '../oracle/dump.ts';

/** The code with which it is refused, or how many records there are and how they end; both decoders must agree. */
export function outcome(base: string): string {
  try {
    const lines = [...canonicalDump(base, { strict: true })];
    expect(lines).toEqual([...oracleDump(decodeArchive(base))]);
    const { records, status } = JSON.parse(lines.at(-1)!).end;
    return `${records} ${status}`;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return code;
  }
}
