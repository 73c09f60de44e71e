// Owns encoding the records of the metadata file (archive-format.md §3).

import { frame, putStamp, STAMP_BYTES, type Version } from './frames.ts';
import { LABEL_CLASSES, type LabelSpec, type RawMetric } from './types.ts';

const DESC = 1;
const TEXT = 4;
const INDOM = { 2: 2, 3: 5 } as const;
const INDOM_DELTA = 6;
const LABELS = { 2: 3, 3: 7 } as const;

export function descRecord(m: RawMetric): Buffer {
  const name = m.nameBytes;
  const b = Buffer.alloc(32 + name.length);
  const words = [DESC, m.pmid, m.type, m.indom, m.semantics, m.units, 1, name.length];
  // Types and semantics of odd archives are negative.
  for (const [i, word] of words.entries()) b.writeUInt32BE(word >>> 0, 4 * i);
  name.copy(b, 32);
  return frame(b);
}

/** A name of null: the instance is deleted (deltas only). */
export interface DomainEntry {
  readonly id: number;
  readonly name: string | Buffer | null;
}

export function indomRecord(
  version: Version,
  indom: number,
  ns: bigint,
  members: readonly DomainEntry[],
  delta: boolean,
): Buffer {
  const end = Buffer.alloc(1);
  const names = members.map(({ name }) => (name === null ? null : Buffer.concat([Buffer.from(name as string), end])));
  const text = names.reduce((sum, n) => sum + (n?.length ?? 0), 0);
  const stamp = STAMP_BYTES[version];
  const head = 4 + stamp + 8;
  const b = Buffer.alloc(head + 8 * members.length + text);
  b.writeInt32BE(delta ? INDOM_DELTA : INDOM[version], 0);
  putStamp(b, 4, ns, version);
  b.writeUInt32BE(indom, 4 + stamp);
  b.writeInt32BE(members.length, 8 + stamp);
  let offset = 0;
  members.forEach((m, i) => {
    b.writeInt32BE(m.id, head + 4 * i);
    const name = names[i];
    b.writeInt32BE(name ? offset : -1, head + 4 * (members.length + i));
    if (!name) return;
    name.copy(b, head + 8 * members.length + offset);
    offset += name.length;
  });
  return frame(b);
}

/** `body`: what follows the time stamp, which is the same in both versions. */
export function labelRecord(version: Version, ns: bigint, body: Buffer): Buffer {
  const stamp = STAMP_BYTES[version];
  const b = Buffer.alloc(4 + stamp + body.length);
  b.writeInt32BE(LABELS[version], 0);
  putStamp(b, 4, ns, version);
  body.copy(b, 4 + stamp);
  return frame(b);
}

export function labelBody(labelClass: keyof typeof LABEL_CLASSES, id: number, sets: readonly LabelSpec[]): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32BE(LABEL_CLASSES[labelClass], 0);
  head.writeUInt32BE(id, 4);
  head.writeInt32BE(sets.length, 8);
  return Buffer.concat([head, ...sets.map((set) => labelSet(LABEL_CLASSES[labelClass], set))]);
}

function labelSet(flags: number, { instance, labels }: LabelSpec): Buffer {
  const parts: string[] = [];
  const entries = Buffer.alloc(8 * Object.keys(labels).length);
  let at = 1;
  // PCP keeps labels sorted by name.
  for (const [i, [name, value]] of Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .entries()) {
    const [key, json] = [JSON.stringify(name), JSON.stringify(value)];
    entries.writeUInt16BE(at + 1, 8 * i);
    entries[8 * i + 2] = Buffer.byteLength(key) - 2;
    entries[8 * i + 3] = flags;
    entries.writeUInt16BE(at + Buffer.byteLength(key) + 1, 8 * i + 4);
    entries.writeUInt16BE(Buffer.byteLength(json), 8 * i + 6);
    parts.push(`${key}:${json}`);
    at += Buffer.byteLength(parts.at(-1)!) + 1;
  }
  const text = Buffer.from(parts.length === 0 ? '' : `{${parts.join(',')}}`);
  const words = Buffer.alloc(12);
  words.writeInt32BE(instance, 0);
  words.writeInt32BE(text.length, 4);
  words.writeInt32BE(parts.length, 8);
  return Buffer.concat([words.subarray(0, 8), text, words.subarray(8), entries]);
}

export function textRecord(kind: 'oneline' | 'help', of: 'metric' | 'indom', id: number, text: Buffer): Buffer {
  const b = Buffer.alloc(12 + text.length + 1);
  b.writeInt32BE(TEXT, 0);
  b.writeInt32BE((kind === 'oneline' ? 1 : 2) | (of === 'metric' ? 4 : 8), 4);
  b.writeUInt32BE(id, 8);
  text.copy(b, 12);
  return frame(b);
}
