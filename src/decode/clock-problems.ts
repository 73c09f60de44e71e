// Owns what was wrong with a clock, in words.

import { formatDuration, formatSeconds, NS, type Problem } from '../kernel/index.ts';
import type { FileSet } from './fileset.ts';
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

/** In words. */
export function misplacedProblem(
  { volumes }: FileSet,
  { volume, offset, runs, count, firstNs, lastNs, beforeNs, afterNs }: Misplaced,
  intervalNs: bigint,
): Problem {
  const { path, number } = volumes[volume]!;
  const near = (a: bigint, b: bigint): boolean => b >= a && b - a < NEAR;
  const records = count === 1 ? '1 record is' : `${count} records are`;
  // Where the times left out go on into those behind them, or come from those before them, the clock was set back for good.
  const back =
    beforeNs !== null && afterNs !== null && count > 1 && runs === 1
      ? near(lastNs, afterNs) && firstNs < beforeNs
        ? beforeNs + intervalNs - firstNs
        : near(beforeNs, firstNs) && lastNs > afterNs
          ? lastNs + intervalNs - afterNs
          : 0n
      : 0n;
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
