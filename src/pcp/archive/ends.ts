// Owns the first and the last times of an archive, and what they alone tell: read when it is opened.

import { closeSync, fstatSync, readSync } from 'node:fs';
import { NS } from '../../kernel/index.ts';
import type { FileSet } from '../files/fileset.ts';
import { SHORTEST, stampNs, timesBefore } from '../files/from-behind.ts';
import { isPacked, openRegular } from '../files/source.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import { FAR_NS, LIFETIME_NS, longestStep } from './kept-times.ts';

/** So far before its label's start an archive may have records. */
export const MINUTE = 60n * NS;

/** Times of the last records of the last volume that has one, from behind; null: none does, or it is compressed or cannot be opened. */
export function tailTimes({ volumes }: FileSet, version: number): bigint[] | null {
  for (const { path } of volumes.toReversed()) {
    const fd = opened(path);
    if (fd === null) return null;
    try {
      const { size } = fstatSync(fd);
      if (size <= SHORTEST[version]!.label) continue;
      const times = timesBefore((into, position) => readSync(fd, into, 0, into.length, position), size, version);
      return times.length > 0 ? times : null;
    } finally {
      closeSync(fd);
    }
  }
  return null;
}

/** Null: it is compressed, or cannot be opened; then who reads it names it, and what lies before it counts. */
export function opened(path: string): number | null {
  try {
    return isPacked(path) ? null : openRegular(path);
  } catch {
    return null;
  }
}

/** Whether an archive that begins at a time may have its last record at another. */
const isLikelyEnd = (startNs: bigint, endNs: bigint): boolean =>
  endNs >= startNs - MINUTE && endNs - startNs < LIFETIME_NS;

/**
 * Whether the first records of an archive, and the last from behind, may be where it begins and ends: each not before the one before,
 * near to it, and not before the archive begins. Otherwise all must be looked at.
 */
export const areLikelyEnds = (startNs: bigint, first: readonly bigint[], last: readonly bigint[]): boolean =>
  [first, last.toReversed()].every((times) =>
    times.every((t, i) => {
      const step = i === 0 ? 0n : t - times[i - 1]!;
      return isLikelyEnd(startNs, t) && step >= 0n && step <= FAR_NS;
    }),
  );

/** Times of the first records of an archive just opened, at most so many, as far as they are in the reader's window. */
export function firstTimes(wasm: Wasm, reader: number, most: number): bigint[] {
  const version = wasm.i32(reader + L.Reader.version);
  const end = wasm.u32(reader + L.Reader.end);
  const bytes = Buffer.from(wasm.bytes.buffer, 0, end);
  const times: bigint[] = [];
  for (let at = wasm.u32(reader + L.Reader.position); at + 16 <= end && times.length < most; ) {
    const length = bytes.readInt32BE(at);
    if (length < 20) break;
    times.push(stampNs(bytes, at + 4, version));
    at += length;
  }
  return times;
}

/**
 * Twice the sampling interval, by the first records: of the steps between them nine tenths are no longer than the interval, and at
 * least one other is as long. 0 if that is not known: then the first step asks.
 */
export function stepAtMost(times: readonly bigint[]): bigint {
  const all = times.slice(1).map((t, i) => t - times[i]!);
  if (all.length < 2 || all.some((s) => s < 0n)) return 0n;
  // One sample can be many records, some milliseconds apart.
  const ofSamples = all.filter((s) => s >= NS / 2n);
  const steps = ofSamples.length < 2 ? all : ofSamples;
  const rank = Math.max(2, Math.ceil(steps.length / 10));
  return 2n * steps.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))[rank - 1]!;
}

/** Whether the sample at an end of an archive lies far from the next one. `times`: from the outermost inward; `step`: of two intervals. */
export function isApart(times: readonly bigint[], step: bigint): boolean {
  const steps = times.slice(1).map((t, i) => (t > times[i]! ? t - times[i]! : times[i]! - t));
  const first = steps.find((s) => s > NS);
  return first !== undefined && first > longestStep(step / 2n);
}
