// Owns the oracle's entry: one archive base → what it holds. Whole files in memory; clarity before speed.

import type { Damage, EndStatus } from './damage.ts';
import { Damage as DamageError } from './damage.ts';
import { readFiles } from './files.ts';
import type { IndomRecord, IndomVersion } from './indom.ts';
import { type Label, readLabel } from './label.ts';
import { type Desc, readMeta } from './meta.ts';
import { type DataRecord, frameRecord, readRecord, type Volume } from './record.ts';

export interface OracleArchive {
  readonly label: Label;
  readonly descs: ReadonlyMap<number, Desc>;
  readonly names: ReadonlyMap<string, number>;
  readonly indoms: ReadonlyMap<number, readonly IndomVersion[]>;
  /** What they were made of, in the order of the file. */
  readonly indomRecords: ReadonlyMap<number, readonly IndomRecord[]>;
  /** Damage of the metadata; what precedes it was read. */
  readonly metaDamage: Damage | null;
  /** In stored order, up to the first damage. */
  readonly records: Iterable<DataRecord>;
  /** How the last iteration over `records` ended; eof before the first. */
  readonly status: EndStatus;
}

/** Throws Damage if the archive cannot be opened: no files, or a bad label of the metadata or the first volume. */
export function decodeArchive(base: string): OracleArchive {
  const files = readFiles(base);
  const first = files.volumes[0]!;
  const label = readLabel(first.bytes, first.file, first.number);
  if (first.bytes.length === label.length)
    throw new DamageError('E_ARCHIVE_EMPTY', 'PM_ERR_NODATA', 'a label and nothing else', { file: first.file });
  const metaLabel = readLabel(files.meta.bytes, files.meta.file, -1);
  const meta = readMeta(files.meta.bytes, metaLabel.length, files.meta.file);
  let status: EndStatus = { kind: 'eof' };
  return {
    label,
    descs: meta.descs,
    names: meta.names,
    indoms: meta.indoms,
    indomRecords: meta.indomRecords,
    metaDamage: meta.damage,
    get status() {
      return status;
    },
    records: {
      *[Symbol.iterator](): Iterator<DataRecord> {
        status = { kind: 'eof' };
        try {
          for (const volume of files.volumes) yield* recordsOf(volume);
        } catch (error) {
          if (!(error instanceof DamageError)) throw error;
          status = { kind: 'damage', damage: error };
        }
      },
    },
  };
}

/** A later volume may be of another version than the metadata; libpcp reads on by its own label. */
function* recordsOf(volume: Volume): Iterable<DataRecord> {
  let start: number;
  let version: 2 | 3;
  try {
    ({ length: start, version } = readLabel(volume.bytes, volume.file, volume.number));
  } catch {
    // A later volume with a bad label is passed over in silence (§1.4); the first has been checked.
    return;
  }
  for (let at = start; ; ) {
    const len = frameRecord(volume, at);
    if (len === 0) return;
    yield readRecord(volume, at, len, version);
    at += len;
  }
}
