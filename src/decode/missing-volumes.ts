// Owns which volumes of an archive are not there, and the times that they may have had.

import { existsSync } from 'node:fs';
import { COMPRESSED } from '../archives/index.ts';
import type { Problem } from '../kernel/index.ts';
import type { FileSet } from './fileset.ts';
import { EARLIEST, type Findings, LATEST } from './findings.ts';
import { SHORTEST } from './from-behind.ts';
import type { IndexEntry } from './index-file.ts';

/** A run of volumes that are not there, and between which times their records may lie. */
export interface Missing {
  readonly first: number;
  readonly last: number;
  readonly problem: Problem;
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** Later files that the index names, with an entry for the first record as loggers write it. */
function behindLast({ base, volumes }: FileSet, entries: readonly IndexEntry[], version: number): number[] {
  const last = volumes.at(-1)!.number;
  const begun = new Set(entries.filter((e) => e.data === BigInt(SHORTEST[version]!.label)).map((e) => e.volume));
  const later: number[] = [];
  // One that was made since the directory was read is not missing.
  const isThere = (n: number): boolean => ['', ...COMPRESSED].some((suffix) => existsSync(`${base}.${n}${suffix}`));
  for (let n = last + 1; begun.has(n) && !isThere(n); n++) later.push(n);
  return later;
}

/**
 * Volumes are numbered from 0 without gaps, and the index tells of those behind the last: runs of volumes that are not there. Where
 * there is no index, nothing tells the times that they had.
 */
export function missingVolumes(files: FileSet, entries: readonly IndexEntry[], version: number): Missing[] {
  const numbers = files.volumes.map((v) => v.number);
  const runs: { first: number; last: number }[] = [];
  let next = 0;
  for (const number of numbers) {
    if (number > next) runs.push({ first: next, last: number - 1 });
    next = number + 1;
  }
  const later = behindLast(files, entries, version);
  if (later.length > 0) runs.push({ first: later[0]!, last: later.at(-1)! });
  return runs.map(({ first, last }) => {
    const before = entries.filter((e) => e.volume < first).at(-1);
    const own = entries.find((e) => e.volume >= first && e.volume <= last);
    const behind = entries.find((e) => e.volume > last);
    const what = first === last ? `volume ${first} is missing` : `volumes ${first} to ${last} are missing`;
    return {
      first,
      last,
      problem: { code: 'E_ARCHIVE_VOLUME', message: what, file: files.base },
      fromNs: own?.ns ?? before?.ns ?? EARLIEST,
      // That of the next record that is there.
      toNs: behind ? behind.ns - 1n : LATEST,
    };
  });
}

/** Names them to the windows that they may have had records of. */
export function loseMissing(files: FileSet, entries: readonly IndexEntry[], version: number, findings: Findings): void {
  for (const { problem, fromNs, toNs } of missingVolumes(files, entries, version)) findings.lose(problem, fromNs, toNs);
}
