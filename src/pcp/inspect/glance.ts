// Owns the short way to an archive's label and span: the labels and the last record's trailer, nothing in between.

import { closeSync, fstatSync, readSync } from 'node:fs';
import type { Problem } from '../../kernel/index.ts';
import { areLikelyEnds } from '../archive/ends.ts';
import { SHORTEST, stampNs, timesBefore, timesBehindLabel } from '../files/from-behind.ts';
import { isPacked, openRegular } from '../files/source.ts';

export interface ArchiveProbe {
  readonly host: string;
  readonly startNs: bigint;
  /** Time of the last whole record; null if none could be found. */
  readonly endNs: bigint | null;
  readonly bytes: number;
  /** First thing wrong with it, if any. */
  readonly problem?: Problem;
}

const MAGIC = 0x50052600;
/** Where volume number and host name stand in the label, by version. */
const SHAPES: Readonly<Record<number, { volume: number; host: [number, number] }>> = {
  2: { volume: 20, host: [24, 64] },
  3: { volume: 24, host: [36, 256] },
};
const head = Buffer.alloc(808);

interface Label {
  readonly version: number;
  readonly pid: number;
  readonly startNs: bigint;
  readonly host: string;
  readonly size: number;
}

/** The label of a file; null if it is not a whole one of that volume without features. */
function labelOf(fd: number, volume: number): Label | null {
  const got = readSync(fd, head, 0, head.length, 0);
  if (got < 132) return null;
  const magic = head.readUInt32BE(4);
  const version = magic & 0xff;
  const shape = SHAPES[version];
  if (!shape || magic - version !== MAGIC) return null;
  const { label } = SHORTEST[version]!;
  if (got < label || head.readInt32BE(0) !== label || head.readInt32BE(label - 4) !== label) return null;
  if (head.readInt32BE(shape.volume) !== volume || (version === 3 && head.readInt32BE(28) !== 0)) return null;
  const text = head.subarray(shape.host[0], shape.host[0] + shape.host[1] - 1);
  const end = text.indexOf(0);
  return {
    ...{ version, pid: head.readInt32BE(8), startNs: stampNs(head, 12, version) },
    ...{ host: text.subarray(0, end < 0 ? undefined : end).toString('utf8'), size: fstatSync(fd).size },
  };
}

function using<T>(path: string, body: (fd: number) => T): T {
  const fd = openRegular(path);
  try {
    return body(fd);
  } finally {
    closeSync(fd);
  }
}

const reading =
  (fd: number) =>
  (into: Buffer, position: number): number =>
    readSync(fd, into, 0, into.length, position);

/** An archive in which so much more was recorded than its span could hold, at the pace of its first records, has its clock set back. */
const MORE = 1.5;
const MORE_NS = 600e9;

/**
 * Whether the only volume of an archive holds more records than there can be between its ends, as both ends look right, and a short index
 * has no place in between, where the clock was set back in the middle. A step back over a part that is short beside the other is not seen.
 */
export function holdsMore(path: string, version: number, spanNs: bigint): boolean {
  return using(path, (fd) => {
    const { label } = SHORTEST[version]!;
    const { times, at } = timesBehindLabel(reading(fd), version);
    const pace = Number((times.at(-1) ?? 0n) - (times[0] ?? 0n)) / (at - label);
    return pace * (fstatSync(fd).size - label) > MORE * Number(spanNs) + MORE_NS;
  });
}

/** Entries of the index looked at: the last ones, which are about the end. */
const ENTRIES = 128;

/** Whether the index confirms that an archive ends at a time: no record that it names is later. */
function isEnd(base: string, members: readonly string[], { version }: Label, endNs: bigint): boolean {
  if (!members.includes('.index')) return false;
  const { label } = SHORTEST[version]!;
  const size = version === 2 ? 20 : 32;
  return using(`${base}.index`, (fd) => {
    const entries = Math.floor((fstatSync(fd).size - label) / size);
    const from = Math.max(0, entries - ENTRIES);
    const list = Buffer.alloc(Math.max(0, entries - from) * size);
    const n = Math.floor(readSync(fd, list, 0, list.length, label + from * size) / size);
    return n > 0 && Array.from({ length: n }, (_, i) => stampNs(list, i * size, version)).every((ns) => ns <= endNs);
  });
}

/**
 * Label and span of a plain, well-formed archive by its base and the suffixes of its files, as a full probe would tell them; null: look
 * properly. Its metadata, which may be large, are not read.
 */
export function glanceArchive(base: string, members: readonly string[]): ArchiveProbe | null {
  const volumes = members.flatMap((m) => (/^\.\d+$/.test(m) ? [Number(m.slice(1))] : [])).sort((a, b) => a - b);
  if (!members.includes('.meta') || volumes.length === 0 || members.some(isPacked)) return null;
  try {
    const meta = using(`${base}.meta`, (fd) => labelOf(fd, -1));
    const first = volumes[0]!;
    const last = volumes.at(-1)!;
    const begin = using(`${base}.${first}`, (fd) => {
      const found = labelOf(fd, first);
      return found && { label: found, times: timesBehindLabel(reading(fd), found.version).times };
    });
    const label = begin?.label;
    if (!meta || !label || meta.version !== label.version || meta.pid !== label.pid || meta.host !== label.host)
      return null;
    const times = using(`${base}.${last}`, (fd) => {
      const tail = first === last ? label : labelOf(fd, last);
      return tail?.version === label.version ? timesBefore(reading(fd), tail.size, label.version) : [];
    });
    const [endNs] = times;
    if (endNs === undefined || !areLikelyEnds(label.startNs, begin.times, times)) return null;
    if (!isEnd(base, members, label, endNs)) return null;
    if (first === last && holdsMore(`${base}.${first}`, label.version, endNs - label.startNs)) return null;
    return { host: label.host, startNs: label.startNs, endNs, bytes: meta.size + label.size };
  } catch {
    // Vanished, unreadable, or damaged beyond what is looked at here.
    return null;
  }
}
