// Owns how far is looked behind what is read, for steps of the clock that change what of it counts.

import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import type { RecordClock } from './clock.ts';

/** Records whose heads are looked at, at most. */
const MOST = 256;

/**
 * Where a clock was set back by little, a record that looked right was ahead of it, and which records count is known only behind the
 * step. So when a window has ended, and nobody needs the next records, their heads are looked at up to the second place that the index
 * has; a run of wrong times that reaches further shows in the times of the index itself, which are looked at when an archive is opened.
 *
 * Not known remain wrong times between two places, behind others, that are more than all records from there back to the window: which is
 * nowhere so where a logger writes its index, every 100 KB or more often.
 */
export function lookOn(clock: RecordClock, next: () => boolean): void {
  for (let n = 0; n < MOST && !clock.isJudged && next(); n++);
}

/** The second of different places, in order; infinite: there are fewer. */
export function lastLook(places: Iterable<number>): number {
  let first: number | undefined;
  for (const place of places) {
    first ??= place;
    if (place > first) return place;
  }
  return Number.POSITIVE_INFINITY;
}

/** When the next window of a reader begins, where nothing is wanted before. */
export function nextStart(wasm: Wasm, reader: number): bigint {
  const low = wasm.i32(reader + L.Reader.firstOpen);
  return wasm.i64(wasm.u32(wasm.u32(reader + L.Reader.windows) + 4 * low) + L.Window.start);
}
