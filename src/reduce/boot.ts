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

export class Boot {
  #ns: bigint | null = null;
  #uptime = 0;
  #source = 0;
  #marks = 0;

  /**
   * It was started if it has been up for less long than before; or, where nobody was there to see, if that was after the record
   * before. (In an archive that goes on a clock that was set forward looks so too.)
   */
  look(uptime: number, ns: bigint, source: number, marks: number): Evidence | null {
    const before = this.#ns;
    const shorter = uptime < this.#uptime - SLACK;
    const away = source !== this.#source || marks !== this.#marks;
    this.#ns = ns;
    this.#uptime = uptime;
    this.#source = source;
    this.#marks = marks;
    if (before === null || before >= ns) return null;
    const span = Number(ns - before) * 1e-9;
    if (shorter || (away && uptime < span - SLACK)) {
      const since = uptime > 0 && uptime < span ? ns - BigInt(Math.floor(uptime * 1e9)) : uptime > 0 ? before + 1n : ns;
      return { agent: BOOT, fromNs: before, toNs: since, count: 0, away };
    }
    return away ? { agent: RAN_ON, fromNs: before, toNs: ns, count: 0, away } : null;
  }
}
