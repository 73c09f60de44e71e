// Owns what was wrong with a clock, in words.

import { formatDuration, formatSeconds, NS, type Problem } from '../../kernel/index.ts';
import type { FileSet } from '../files/fileset.ts';
import { EARLIEST, LATEST } from './findings.ts';
import type { Leap, Misplaced } from './kept-times.ts';

/** Times so near to each other go on into one another. */
const NEAR = 600n * NS;

const timeText = (ns: bigint): string => formatSeconds(Number(ns / 1_000_000n) / 1000);

/** In words. */
export function leapProblem({ volumes }: FileSet, { volume, offset, runs, beforeNs, afterNs }: Leap): Problem {
  const { path, number } = volumes[volume]!;
  const long = formatDuration(Number((afterNs - beforeNs) / NS));
  return {
    ...{
      code: 'E_ARCHIVE_CLOCK',
      message:
        runs === 1
          ? `nothing for ${long}: the clock was set forward, or the logger did not run`
          : `${runs} long pauses: the clock was set forward, or the logger did not run`,
    },
    ...{ file: path, volume: number, offset, record: 'time step' },
    found: `${timeText(beforeNs)}, then ${timeText(afterNs)}`,
  };
}

/** Clocks that show local time, or that of another day, are set back by no more. */
const DAY = 86_400n * NS;

/**
 * By how much the clock was set back for good, in ns; 0: it was not. Then times left out go on into those behind them, or come from those
 * before them, or the archive begins with them, since more records follow than lie before.
 */
export function setBack({ runs, count, firstNs, lastNs, beforeNs, afterNs }: Misplaced, intervalNs: bigint): bigint {
  const near = (a: bigint, b: bigint): boolean => b >= a && b - a < NEAR;
  if (afterNs === null || count < 2 || runs > 1) return 0n;
  if (beforeNs === null) return lastNs > afterNs && lastNs - afterNs <= DAY ? lastNs + intervalNs - afterNs : 0n;
  if (near(lastNs, afterNs) && firstNs < beforeNs) return beforeNs + intervalNs - firstNs;
  return near(beforeNs, firstNs) && lastNs > afterNs ? lastNs + intervalNs - afterNs : 0n;
}

/**
 * The times that records left out concern: where they stand among the others, and those that they have. Where the clock was set back for
 * good nobody knows which side is right, nor whose the records in between are.
 */
export function timesConcerned(m: Misplaced, intervalNs: bigint): { readonly fromNs: bigint; readonly toNs: bigint }[] {
  const own = m.firstNs < m.lastNs ? { fromNs: m.firstNs, toNs: m.lastNs } : { fromNs: m.lastNs, toNs: m.firstNs };
  // A wrong end is always known of (see RecordClock's constructor).
  const place = { fromNs: m.afterNs === null ? EARLIEST : (m.beforeNs ?? EARLIEST), toNs: m.afterNs ?? LATEST };
  const apart = own.fromNs > place.toNs || own.toNs < place.fromNs;
  if (apart && setBack(m, intervalNs) === 0n) return [place, own];
  const first = own.fromNs < place.fromNs ? own : place;
  const last = own.toNs > place.toNs ? own : place;
  return [{ fromNs: first.fromNs, toNs: last.toNs }];
}

/** In words. */
export function misplacedProblem({ volumes }: FileSet, m: Misplaced, intervalNs: bigint): Problem {
  const { volume, offset, runs, count, marks, firstNs, lastNs, beforeNs, afterNs } = m;
  const { path, number } = volumes[volume]!;
  const what = marks === count ? 'mark' : 'record';
  const records = count === 1 ? `1 ${what} is` : `${count} ${what}s are`;
  const back = setBack(m, intervalNs);
  const message =
    back > 0n
      ? `the clock was set back by ${formatDuration(Number(back / NS))}; ${records} left out`
      : runs === 1
        ? `${records} left out: the time cannot be right`
        : `${records} left out, at ${runs} places: the times cannot be right`;
  const expected =
    beforeNs === null
      ? afterNs === null
        ? undefined
        : `before ${timeText(afterNs)}`
      : afterNs === null
        ? `after ${timeText(beforeNs)}`
        : `between ${timeText(beforeNs)} and ${timeText(afterNs)}`;
  return {
    ...{ code: 'E_ARCHIVE_CLOCK', message, file: path, volume: number, offset, record: 'data record' },
    ...(expected === undefined ? {} : { expected }),
    found: count === 1 ? timeText(firstNs) : `${timeText(firstNs)} to ${timeText(lastNs)}`,
  };
}
