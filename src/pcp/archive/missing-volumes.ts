// Owns which volumes of an archive are not there, and the times that they may have had.

import { existsSync } from 'node:fs';
import type { FileSet } from '../files/fileset.ts';
import { SHORTEST } from '../files/from-behind.ts';
import { COMPRESSED } from '../files/names.ts';
import { type Dated, EARLIEST, LATEST } from './findings.ts';
import type { IndexEntry } from './index-file.ts';

/** A run of volumes that are not there, and between which times their records may lie. */
export interface Missing extends Dated {
  readonly first: number;
  readonly last: number;
}

/**
 * How many files behind the last the index names, each with an entry for its first record as loggers write it, and are not there. One that
 * was made since the directory was read is.
 */
function missingBehind({ base }: FileSet, last: number, entries: readonly IndexEntry[], version: number): number {
  const begin = BigInt(SHORTEST[version]!.label);
  const isNamed = (n: number): boolean => entries.some((e) => e.volume === n && e.data === begin);
  const isThere = (n: number): boolean => ['', ...COMPRESSED].some((suffix) => existsSync(`${base}.${n}${suffix}`));
  let missing = 0;
  for (let n = last + 1; isNamed(n) && !isThere(n); n++) missing++;
  return missing;
}

/**
 * Volumes are numbered from 0 without gaps, and the index tells of those behind the last: runs of volumes that are not there. Where
 * there is no index, nothing tells the times that they had.
 */
export function missingVolumes(files: FileSet, entries: readonly IndexEntry[], version: number): Missing[] {
  const runs: { first: number; last: number }[] = [];
  let next = 0;
  for (const { number } of files.volumes) {
    if (number > next) runs.push({ first: next, last: number - 1 });
    next = number + 1;
  }
  const behind = missingBehind(files, next - 1, entries, version);
  if (behind > 0) runs.push({ first: next, last: next + behind - 1 });
  return runs.map(({ first, last }) => {
    const before = entries.findLast((e) => e.volume < first);
    const own = entries.find((e) => e.volume >= first && e.volume <= last);
    const after = entries.find((e) => e.volume > last);
    const message = first === last ? `volume ${first} is missing` : `volumes ${first} to ${last} are missing`;
    return {
      ...{ first, last, problem: { code: 'E_ARCHIVE_VOLUME', message, file: files.base } as const },
      fromNs: own?.ns ?? before?.ns ?? EARLIEST,
      // That of the next record that is there.
      toNs: after ? after.ns - 1n : LATEST,
    };
  });
}
