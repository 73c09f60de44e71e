// Owns instance domains over time: full and delta records folded into versions (archive-format.md §3.4).

import { type Bytes, nsOfStamp, untilNul } from './bytes.ts';
import { Damage } from './damage.ts';

export type Member = readonly [id: number, name: Buffer];

/** What one record of the metadata says. */
export interface IndomRecord {
  readonly indom: number;
  readonly ns: bigint;
  readonly delta: boolean;
  /** A delta's null name deletes the instance. */
  readonly entries: readonly (readonly [id: number, name: Buffer | null])[];
}

export interface IndomVersion {
  readonly ns: bigint;
  /** Ascending by id. */
  readonly members: readonly Member[];
}

const FULL_V2 = 2;
const FULL_V3 = 5;
const DELTA = 6;

/** Record types that describe an instance domain. */
export const INDOM_TYPES: readonly number[] = [FULL_V2, FULL_V3, DELTA];

export function readIndom(bytes: Bytes, at: number, len: number, file: string): IndomRecord {
  const type = bytes.u32(at + 4);
  const bad = (message: string, offset: number, found: string): Damage =>
    new Damage('E_ARCHIVE_META', 'PM_ERR_LOGREC', message, { file, volume: -1, offset, record: 'INDOM', found });
  const head = type === FULL_V2 ? 16 : 20;
  if (len < head + 12) throw bad('instance domain record too short', at, `${len}`);
  const stamp = type === FULL_V2 ? bytes.stamp2(at + 8) : bytes.stamp3(at + 8);
  const indom = bytes.u32(at + head);
  const n = Math.max(0, bytes.i32(at + head + 4));
  const ids = at + head + 8;
  const offsets = ids + 4 * n;
  const strings = offsets + 4 * n;
  const end = at + len - 4;
  if (strings > end) throw bad('more instances than the record holds', at + head + 4, `${n}`);
  const entries: (readonly [number, Buffer | null])[] = [];
  for (let i = 0; i < n; i++) {
    const id = bytes.i32(ids + 4 * i);
    const offset = bytes.i32(offsets + 4 * i);
    if (id < 0) throw bad('negative instance', ids + 4 * i, `${id}`);
    if (type === DELTA && offset === -1) {
      entries.push([id, null]);
      continue;
    }
    if (offset < 0 || strings + offset > end) throw bad('name outside the record', offsets + 4 * i, `${offset}`);
    entries.push([id, untilNul(bytes.slice(strings + offset, end))]);
  }
  return { indom, ns: nsOfStamp(stamp), delta: type === DELTA, entries };
}

function full(entries: IndomRecord['entries']): Member[] {
  const members: Member[] = [];
  for (const [id, name] of entries) if (name !== null) members.push([id, name]);
  return members.sort((a, b) => a[0] - b[0]);
}

/**
 * Changes in stored order. A deletion takes the earliest member of its id, if any; an added instance that is there already is
 * listed twice, the old one first, as PCP 6.0.3 does.
 */
function changed(before: readonly Member[], entries: IndomRecord['entries']): Member[] {
  const byId = new Map<number, Member[]>();
  for (const member of before) byId.set(member[0], [...(byId.get(member[0]) ?? []), member]);
  for (const [id, name] of entries) {
    const list = byId.get(id) ?? [];
    byId.set(id, name === null ? list.slice(1) : [...list, [id, name]]);
  }
  return [...byId.values()].flat().sort((a, b) => a[0] - b[0]);
}

/** Records of one domain in file order → versions, oldest first; of equal times the last in the file comes last. */
export function foldVersions(records: readonly IndomRecord[]): IndomVersion[] {
  const inTime = records.filter((r) => r.entries.length > 0).sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0));
  const versions: IndomVersion[] = [];
  for (const record of inTime) {
    const before = versions.at(-1)?.members ?? [];
    const members = record.delta ? changed(before, record.entries) : full(record.entries);
    versions.push({ ns: record.ns, members });
  }
  return versions;
}

/** The version in force: the newest that is not later than the time. */
export function versionAt(versions: readonly IndomVersion[] | undefined, ns: bigint): IndomVersion | undefined {
  return versions?.findLast((v) => v.ns <= ns);
}
