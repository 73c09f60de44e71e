// Owns seeing from a host's uptime whether it was started again between two records. assembly/reduce/boot.ts is its twin.

import { BOOT, BOOT_METRICS, type Evidence, RAN_ON } from './restarts.ts';
import type { Cell, Row } from './row.ts';

/** Whole seconds, rounded, and a clock that is being corrected: so far apart two times of one boot can be, in seconds. */
const SLACK = 2;

/** Seconds that the host had been up; null: the record does not say. */
export function uptimeIn({ cells, ns }: Row): number | null {
  const [uptime, boot] = BOOT_METRICS.map((name) => numberIn(cells.get(name)));
  if (uptime != null) return uptime;
  return boot == null ? null : Number(ns) * 1e-9 - boot;
}

const numberIn = (cell: Cell | undefined): number | null =>
  cell && cell.count > 0 && !cell.unconvertible && cell.values.length > 0 ? cell.values[0]! : null;

/** Longer uptimes are as good as this one, in seconds. */
const LONGEST = 1e9;

const nanoseconds = (seconds: number): bigint => BigInt(Math.floor(seconds * 1e9));

/** Longest ago that the host is known to run. */
const runsSince = (uptime: number, ns: bigint): bigint => ns - nanoseconds(Math.min(uptime, LONGEST) - SLACK);

export class Boot {
  #known = false;
  /** Of the last record with an uptime, before that the first of the window. */
  #ns: bigint;
  #uptime = 0;
  #source = 0;
  #marks = 0;

  constructor(firstNs: bigint) {
    this.#ns = firstNs;
  }

  /**
   * It was started if it has been up for less long than before; or, where nobody was there to see, if that was after the record
   * before. (In an archive that goes on a clock that was set forward looks so too: then nothing is known of the time between.)
   */
  look(uptime: number, ns: bigint, source: number, marks: number): Evidence[] {
    if (!Number.isFinite(uptime)) return [];
    const [known, before] = [this.#known, this.#ns];
    const shorter = known && uptime < this.#uptime - SLACK;
    const away = !known || source !== this.#source || marks !== this.#marks;
    this.#known = true;
    this.#ns = ns;
    this.#uptime = uptime;
    this.#source = source;
    this.#marks = marks;
    if (known && before >= ns) return [];
    const span = Number(ns - before) * 1e-9;
    const later = uptime < span - SLACK;
    const seen = { count: 0, away, toNs: ns };
    if (shorter || (away && later)) {
      const since = uptime > 0 && uptime < span ? ns - nanoseconds(uptime) : uptime > 0 ? before + 1n : ns;
      const booted = { ...seen, agent: BOOT, fromNs: before, toNs: since };
      return uptime > SLACK ? [booted, { ...seen, agent: RAN_ON, fromNs: runsSince(uptime, ns) }] : [booted];
    }
    if (later || (!known && uptime <= SLACK)) return [];
    return [{ ...seen, agent: RAN_ON, fromNs: known ? before : runsSince(uptime, ns) }];
  }
}
