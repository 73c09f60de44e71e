// Owns one data record: framing, value sets, blocks, and the checks of archive-format.md §5.4.

import type { Bytes, Stamp } from './bytes.ts';
import { Damage } from './damage.ts';
import { checkEvents } from './events.ts';

export interface Pair {
  readonly instance: number;
  /** In situ: the value's word. */
  readonly word: number;
  /** In a block: the type byte and the payload after the 4-byte head. */
  readonly block?: { readonly type: number; readonly body: Buffer };
}

export interface ValueSet {
  readonly pmid: number;
  /** Negative: error code. */
  readonly numval: number;
  readonly valfmt: number;
  readonly pairs: readonly Pair[];
}

export interface DataRecord {
  readonly volume: number;
  readonly offset: number;
  readonly stamp: Stamp;
  /** None: a mark. */
  readonly sets: readonly ValueSet[];
}

export interface Volume {
  readonly number: number;
  readonly file: string;
  readonly bytes: Bytes;
}

/** Length of the record at `at`; 0 at the end of the volume (up to three stray bytes are an end). */
export function frameRecord(volume: Volume, at: number): number {
  const { bytes } = volume;
  const left = bytes.length - at;
  if (left < 4) return 0;
  const len = bytes.i32(at);
  const where = { file: volume.file, volume: volume.number, offset: at, record: 'record' };
  if (len < 8)
    throw new Damage('E_ARCHIVE_LENGTH', 'PM_ERR_LOGREC', 'impossible length', { ...where, found: `${len}` });
  if (len > left) {
    const sizes = { expected: `${len} bytes`, found: `${left}` };
    throw new Damage('E_ARCHIVE_TRUNCATED', 'PM_ERR_LOGREC', 'record cut off', { ...where, ...sizes });
  }
  const trailer = bytes.i32(at + len - 4);
  if (trailer !== len) {
    const sizes = { expected: `${len}`, found: `${trailer}` };
    throw new Damage('E_ARCHIVE_TRAILER', 'PM_ERR_LOGREC', 'trailer differs', { ...where, ...sizes });
  }
  return len;
}

const roundUp4 = (n: number): number => (n + 3) & ~3;

export function readRecord(volume: Volume, at: number, len: number, version: 2 | 3): DataRecord {
  const { bytes } = volume;
  const bad = (message: string, offset: number, found: string): Damage =>
    new Damage('E_ARCHIVE_RECORD', 'PM_ERR_LOGREC', message, {
      file: volume.file,
      volume: volume.number,
      offset,
      record: 'record',
      found,
    });
  const head = version === 2 ? 16 : 20;
  if (len < head + 4) throw bad('record too short', at, `${len} bytes`);
  const stamp = version === 2 ? bytes.stamp2(at + 4) : bytes.stamp3(at + 4);
  const numpmid = bytes.i32(at + head - 4);
  const end = at + len - 4;
  if (numpmid < 0 || numpmid > len) throw bad('impossible number of metrics', at + head - 4, `${numpmid}`);

  const sets: ValueSet[] = [];
  let lowest = end;
  let blockBytes = 0;
  let p = at + head;
  for (let k = 0; k < numpmid; k++) {
    if (p + 8 > end) throw bad('value set outside the record', p, `set ${k} of ${numpmid}`);
    const pmid = bytes.u32(p);
    const numval = bytes.i32(p + 4);
    if (numval <= 0) {
      sets.push({ pmid, numval, valfmt: 0, pairs: [] });
      p += 8;
      continue;
    }
    if (p + 12 + 8 * numval > end) throw bad('more values than the record holds', p + 4, `${numval}`);
    const valfmt = bytes.i32(p + 8);
    if (valfmt < 0 || valfmt > 2) throw bad('unknown value format', p + 8, `${valfmt}`);
    const pairs: Pair[] = [];
    for (let i = 0; i < numval; i++) {
      const q = p + 12 + 8 * i;
      const instance = bytes.i32(q);
      const word = bytes.u32(q + 4);
      if (valfmt === 0) {
        pairs.push({ instance, word });
        continue;
      }
      const block = at + 4 * bytes.i32(q + 4) - 8;
      if (block < at + head || block + 4 > end) throw bad('value block outside the record', q + 4, `${word}`);
      const type = bytes.view.getUint8(block);
      const vlen = bytes.u32(block) & 0xffffff;
      if (vlen < 4 || block + vlen > end) throw bad('impossible block length', block, `${vlen}`);
      const body = bytes.slice(block + 4, block + vlen);
      if ((type === 9 || type === 10) && !checkEvents(body, type === 10))
        throw bad('damaged event array', block, 'events');
      pairs.push({ instance, word, block: { type, body } });
      lowest = Math.min(lowest, block);
      blockBytes += roundUp4(vlen);
    }
    sets.push({ pmid, numval, valfmt, pairs });
    p += 12 + 8 * numval;
  }
  if (p !== lowest || p + blockBytes !== end)
    throw bad('value blocks do not fill the record', p, `${p + blockBytes - end}`);
  return { volume: volume.number, offset: at, stamp, sets };
}
