// Owns event arrays: checking them and writing them as the canonical dump does (archive-format.md §5.6).

import { stampText } from './bytes.ts';
import { pmidText, TYPE_NAMES } from './names.ts';
import { blockText } from './values.ts';

interface Parameter {
  readonly pmid: number;
  readonly type: number;
  readonly body: Buffer;
}

interface EventRecord {
  readonly when: string;
  readonly flags: number;
  readonly missed: number | null;
  readonly parameters: readonly Parameter[];
}

const MISSED = 0x80000000;

/** null: the array is damaged. */
function readEvents(body: Buffer, highres: boolean): EventRecord[] | null {
  const records: EventRecord[] = [];
  if (body.length < 4) return null;
  const n = body.readInt32BE(0);
  let at = 4;
  const time = highres ? 16 : 8;
  if (n < 0) return null;
  for (let r = 0; r < n; r++) {
    if (at + time + 8 > body.length) return null;
    const when = highres
      ? stampText({ sec: body.readBigInt64BE(at), nsec: body.readBigInt64BE(at + 8) })
      : stampText({ sec: BigInt(body.readInt32BE(at)), nsec: BigInt(body.readInt32BE(at + 4)) * 1000n });
    const flags = body.readUInt32BE(at + time);
    const count = body.readInt32BE(at + time + 4);
    at += time + 8;
    if ((flags & MISSED) !== 0) {
      records.push({ when, flags, missed: count, parameters: [] });
      continue;
    }
    const parameters: Parameter[] = [];
    for (let i = 0; i < count; i++) {
      if (at + 8 > body.length) return null;
      const word = body.readUInt32BE(at + 4);
      const length = word & 0xffffff;
      if (length < 4 || at + 4 + length > body.length) return null;
      parameters.push({ pmid: body.readUInt32BE(at), type: word >>> 24, body: body.subarray(at + 8, at + 4 + length) });
      at += 4 + ((length + 3) & ~3);
    }
    records.push({ when, flags, missed: null, parameters });
  }
  return records;
}

export function checkEvents(body: Buffer, highres: boolean): boolean {
  return readEvents(body, highres) !== null;
}

export function eventsText(body: Buffer, highres: boolean): string | null {
  const records = readEvents(body, highres);
  if (records === null) return null;
  const texts = records.map((r) => {
    if (r.missed !== null) return `{"t":"${r.when}","flags":${r.flags},"missed":${r.missed}}`;
    const list = r.parameters.map(
      (p) => `["${pmidText(p.pmid)}","${TYPE_NAMES.get(p.type) ?? p.type}",${blockText(p.type, p.body)}]`,
    );
    return `{"t":"${r.when}","flags":${r.flags},"p":[${list.join(',')}]}`;
  });
  return `{"events":[${texts.join(',')}]}`;
}
