// Owns the metadata file: metric descriptors and instance domains; labels and help texts are framed and skipped.

import { type Bytes, untilNul } from './bytes.ts';
import { Damage } from './damage.ts';
import { foldVersions, INDOM_TYPES, type IndomRecord, type IndomVersion, readIndom } from './indom.ts';

export interface Desc {
  readonly pmid: number;
  /** Type code (archive-format.md §3.3). */
  readonly type: number;
  /** 0xffffffff: none. */
  readonly indom: number;
  readonly semantics: number;
  readonly units: number;
  readonly names: readonly Buffer[];
}

export interface Meta {
  readonly descs: ReadonlyMap<number, Desc>;
  /** The first binding of a name stays. Keys are the bytes as latin1, so that any bytes are a key. */
  readonly names: ReadonlyMap<string, number>;
  readonly indoms: ReadonlyMap<number, readonly IndomVersion[]>;
  readonly indomRecords: ReadonlyMap<number, readonly IndomRecord[]>;
  /** What stopped the reading; what was read before is there. */
  readonly damage: Damage | null;
}

const DESC = 1;
const SKIPPED: readonly number[] = [3, 4, 7];

export function readMeta(bytes: Bytes, labelLength: number, file: string): Meta {
  const descs = new Map<number, Desc>();
  const names = new Map<string, number>();
  const indoms = new Map<number, IndomRecord[]>();
  let damage: Damage | null = null;
  /** Damage stays inside a record whose frame is sound. */
  const contain = (read: () => void): boolean => {
    try {
      read();
      return true;
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      damage ??= error;
      return false;
    }
  };
  for (let at = labelLength; bytes.length - at >= 8; ) {
    let len = 0;
    if (
      !contain(() => {
        len = frame(bytes, at, file);
      })
    )
      break;
    contain(() => {
      const type = bytes.u32(at + 4);
      if (type === DESC) addDesc(readDesc(bytes, at, len, file), descs, names, at, file);
      else if (INDOM_TYPES.includes(type)) {
        const record = readIndom(bytes, at, len, file);
        indoms.set(record.indom, [...(indoms.get(record.indom) ?? []), record]);
      } else if (!SKIPPED.includes(type)) {
        throw new Damage('E_ARCHIVE_META', 'PM_ERR_RECTYPE', 'unknown record type', {
          ...{ file, volume: -1, offset: at + 4 },
          found: `${type}`,
        });
      }
    });
    at += len;
  }
  return {
    descs,
    names,
    indomRecords: indoms,
    indoms: new Map([...indoms].map(([indom, records]) => [indom, foldVersions(records)])),
    damage,
  };
}

function frame(bytes: Bytes, at: number, file: string): number {
  const len = bytes.i32(at);
  const where = { file, volume: -1, offset: at, found: `${len}` };
  if (len < 12) throw new Damage('E_ARCHIVE_LENGTH', 'PM_ERR_LOGREC', 'impossible length', where);
  if (at + len > bytes.length) throw new Damage('E_ARCHIVE_TRUNCATED', 'PM_ERR_LOGREC', 'record cut off', where);
  const trailer = bytes.i32(at + len - 4);
  if (trailer !== len) {
    const expected = `${len}`;
    throw new Damage('E_ARCHIVE_TRAILER', 'PM_ERR_LOGREC', 'trailer differs', {
      ...where,
      expected,
      found: `${trailer}`,
    });
  }
  return len;
}

function readDesc(bytes: Bytes, at: number, len: number, file: string): Desc {
  const end = at + len - 4;
  const bad = (found: string): Damage =>
    new Damage('E_ARCHIVE_META', 'PM_ERR_LOGREC', 'names do not fit', {
      file,
      volume: -1,
      offset: at,
      record: 'DESC',
      found,
    });
  if (len < 36) throw bad(`${len} bytes`);
  const n = bytes.i32(at + 28);
  if (n < 0) throw bad(`${n} names`);
  const names: Buffer[] = [];
  let p = at + 32;
  for (let i = 0; i < n; i++) {
    if (p + 4 > end) throw bad(`${n} names`);
    const length = bytes.i32(p);
    if (length < 0 || p + 4 + length > end) throw bad(`length ${length}`);
    names.push(untilNul(bytes.slice(p + 4, p + 4 + length)));
    p += 4 + length;
  }
  if (p !== end) throw bad(`${n} names`);
  return {
    pmid: bytes.u32(at + 8),
    type: bytes.i32(at + 12),
    indom: bytes.u32(at + 16),
    semantics: bytes.i32(at + 20),
    units: bytes.u32(at + 24),
    names,
  };
}

/** The low byte holds an extra unit (bits 7-3: 1 to 4 are known) and its scale: it says nothing where there is none. */
function contradict(a: number, b: number): boolean {
  if (a >>> 8 !== b >>> 8) return true;
  const extra = [a, b].map((word) => (word & 0xff) >>> 3);
  return (a & 0xff) !== (b & 0xff) && extra.every((unit) => unit >= 1 && unit <= 4);
}

function addDesc(desc: Desc, descs: Map<number, Desc>, names: Map<string, number>, at: number, file: string): void {
  const before = descs.get(desc.pmid);
  if (before !== undefined) {
    for (const field of ['type', 'semantics', 'indom', 'units'] as const) {
      if (field === 'units' ? contradict(before.units, desc.units) : before[field] !== desc[field]) {
        throw new Damage('E_ARCHIVE_CONFLICT', 'PM_ERR_LOGREC', `metric described twice: ${field} differs`, {
          file,
          volume: -1,
          offset: at,
          expected: `${before[field]}`,
          found: `${desc[field]}`,
        });
      }
    }
  }
  const fresh = desc.names.filter((name) => !names.has(name.toString('latin1')));
  for (const name of fresh) names.set(name.toString('latin1'), desc.pmid);
  descs.set(desc.pmid, { ...desc, names: [...(before?.names ?? []), ...fresh] });
}
