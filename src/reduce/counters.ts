// Owns counters that go back: wraps are undone and restarts bridged, so that what subtracts sees them rise only.
// assembly/reduce/counters.ts is its twin.

import { identitiesOf } from './identity.ts';
import { IdMap } from './idmap.ts';
import { effectiveBits } from './normalise.ts';
import type { Cell, Row } from './row.ts';
import type { ConsumerSpec } from './spec.ts';

/*
 * A counter is compared, instance by instance, with its value in the record of the window before. One that is lower has wrapped
 * or was restarted (boot, agent, driver), and which of the two it was is found so:
 *
 * 1. It can have wrapped if it has a width (by its type 32 or 64 bits, or as configured; floating point has none), and if what
 *    it then counted is less than half of what the width holds: more within one sampling interval is not believed, but of
 *    counters of up to 32 bits that are configured to wrap, which may be as fast as that.
 * 2. It was restarted if it cannot have wrapped; if a mark lies between the two records, since the logger was not there to see;
 *    or if another counter of the same agent was restarted in the same record, down to less than half of what it was (a few
 *    ticks less is what some kernel counters do now and then, and proves nothing).
 * 3. If more than half of an agent's counters were restarted so in one record, or any of them across a mark or from one
 *    archive to the next, then all of its counters were, those too that have come further than before meanwhile.
 *
 * A wrap adds the width. A restart adds what makes the counter go on from where it was: the increments of the parts before and
 * after are summed, and what was counted between the two records is not known and not counted.
 */

/** A metric whose counters were restarted in a window. */
export interface Restart {
  readonly metric: string;
  /** Records in which some instance was. */
  readonly count: number;
  /** The first time: ns, and the first instance in the record; null without instance domain. */
  readonly ns: bigint;
  readonly instance: string | null;
}

type Values = Float64Array | BigInt64Array | BigUint64Array;
type Exact = number | bigint;

/** Whether a counter that fell can have wrapped; `scale`: what its values were multiplied by. */
export function canWrap(before: Exact, now: Exact, bits: number, configured = false, scale = 1): boolean {
  if (bits === 0) return false;
  const fast = configured && bits <= 32;
  if (typeof before === 'bigint' && typeof now === 'bigint') {
    const fall = BigInt.asUintN(64, before - now);
    const half = 1n << BigInt(bits - 1);
    return (fast || fall > half) && (bits === 64 || fall <= 2n * half);
  }
  const fall = Number(before) - Number(now);
  const range = 2 ** bits * scale;
  return (fast || fall > range / 2) && fall <= range;
}

/** One metric of a window. */
class Watched {
  readonly #metric: string;
  bits = 0;
  readonly #ids = new IdMap();
  readonly #last: Exact[] = [];
  readonly #offsets: { value: number; exact: bigint }[] = [];
  #corrected = false;
  #count = 0;
  #first: { ns: bigint; instance: string | null } | null = null;
  /** Archive, and number of marks, at the last record. */
  #source = 0;
  #marks = 0;
  /** Of the record at hand: instance numbers, how many were known before; whether there is a mark, or the archive is another. */
  #numbers: number[] = [];
  #known = 0;
  #marked = false;
  away = false;

  constructor(metric: string) {
    this.#metric = metric;
  }

  /** Takes the record's instances; whether some counter fell. */
  look(cell: Cell, source: number, marks: number): boolean {
    this.#known = this.#ids.size;
    this.#numbers = identitiesOf(cell).map((identity) => this.#ids.placeOf(identity, true));
    this.#marked = marks !== this.#marks;
    this.away = this.#marked || source !== this.#source;
    this.#source = source;
    this.#marks = marks;
    const values = exactOf(cell);
    return this.#numbers.some((number, i) => this.#isKnown(number) && values[i]! < this.#last[number]!);
  }

  #isKnown(number: number): boolean {
    return number >= 0 && number < this.#known;
  }

  #canWrap(cell: Cell, before: Exact, now: Exact): boolean {
    const configured = this.bits > 0;
    return canWrap(before, now, this.#widthOf(cell), configured, cell.counter!.scale);
  }

  #widthOf(cell: Cell): number {
    return this.bits > 0 ? this.bits : cell.counter!.bits;
  }

  /** Counters of the record that were above 0 before, and those of them that cannot but have been restarted. */
  count(cell: Cell): { seen: number; restarted: number } {
    const values = exactOf(cell);
    let seen = 0;
    let restarted = 0;
    this.#numbers.forEach((number, i) => {
      if (!this.#isKnown(number)) return;
      const [before, now] = [this.#last[number]!, values[i]!];
      if (before > 0) seen++;
      if (!(Number(now) < Number(before) * 0.5)) return;
      if (this.#marked || !this.#canWrap(cell, before, now)) restarted++;
    });
    return { seen, restarted };
  }

  /** Adds to the offsets. `some`, `all`: counters of the agent were restarted. */
  bridge(cell: Cell, some: boolean, all: boolean, ns: bigint): void {
    const values = exactOf(cell);
    const bits = this.#widthOf(cell);
    let named: number | null = null;
    this.#numbers.forEach((number, i) => {
      if (!this.#isKnown(number)) return;
      const [before, now] = [this.#last[number]!, values[i]!];
      const fell = now < before;
      if (!fell && !(all && now > before)) return;
      const offset = this.#offset(number);
      if (fell && !some && !this.#marked && this.#canWrap(cell, before, now)) {
        offset.value += 2 ** bits * (cell.counter!.scale ?? 1);
        offset.exact += 1n << BigInt(bits);
        return;
      }
      named ??= cell.ids[i]!;
      if (typeof before === 'bigint' && typeof now === 'bigint') {
        offset.exact += before - now;
        offset.value += Number(BigInt.asIntN(64, before - now));
        return;
      }
      const level = Number(before) + offset.value;
      offset.value = level - Number(now);
      // Rounding must not make it fall after all.
      const short = level - (Number(now) + offset.value);
      if (short > 0) offset.value += 2 * short;
    });
    if (named === null) return;
    this.#count++;
    const name = cell.nameOf
      ? (cell.nameOf(named) ?? String(named))
      : cell.domainSize === undefined
        ? null
        : String(named);
    this.#first ??= { ns, instance: name };
  }

  #offset(number: number): { value: number; exact: bigint } {
    this.#corrected = true;
    this.#offsets[number] ??= { value: 0, exact: 0n };
    return this.#offsets[number];
  }

  /** Remembers the record's values. */
  keep(cell: Cell): void {
    const values = exactOf(cell);
    this.#numbers.forEach((number, i) => {
      if (number >= 0) this.#last[number] = values[i]!;
    });
  }

  /** The cell as reducers see it. */
  corrected(cell: Cell): Cell | null {
    if (!this.#corrected) return null;
    const offsets = this.#numbers.map((number) => this.#offsets[number]);
    const values = cell.values.map((x, i) => x + (offsets[i]?.value ?? 0));
    const { raw } = cell;
    if (!raw) return { ...cell, values };
    const moved = raw.slice();
    offsets.forEach((offset, i) => {
      // Stored modulo 2^64.
      if (offset) moved[i] = raw[i]! + offset.exact;
    });
    return { ...cell, values, raw: moved };
  }

  get restart(): Restart | null {
    return this.#first && { metric: this.#metric, count: this.#count, ...this.#first };
  }
}

const exactOf = (cell: Cell): Values => cell.raw ?? cell.values;

/** What became of an agent's counters in a record. */
interface Agent {
  seen: number;
  restarted: number;
  away: boolean;
}

export class Counters {
  readonly #watched = new Map<string, Watched>();
  #marks = 0;

  constructor(consumers: readonly ConsumerSpec[]) {
    for (const { metrics, counters } of consumers) {
      counters?.forEach((width, m) => {
        const metric = metrics[m]!;
        const watched = this.#watched.get(metric) ?? new Watched(metric);
        this.#watched.set(metric, watched);
        const bits = effectiveBits(width);
        if (bits > 0 && (watched.bits === 0 || bits < watched.bits)) watched.bits = bits;
      });
    }
  }

  /** The logger was away. */
  mark(): void {
    this.#marks++;
  }

  /** Cells of counters that went back since the window's beginning, as reducers see them. */
  correct({ cells, ns, source = 0 }: Row): ReadonlyMap<string, Cell> {
    const met: [string, Watched, Cell][] = [];
    let fell = false;
    for (const [metric, watched] of this.#watched) {
      const cell = cells.get(metric);
      if (!cell?.counter || cell.count <= 0 || cell.unconvertible) continue;
      met.push([metric, watched, cell]);
      if (watched.look(cell, source, this.#marks)) fell = true;
    }
    if (fell) {
      const agents = new Map<number, Agent>();
      for (const [, watched, cell] of met) {
        const { seen, restarted } = watched.count(cell);
        const agent = agents.get(cell.counter!.agent) ?? { seen: 0, restarted: 0, away: false };
        agents.set(cell.counter!.agent, agent);
        agent.seen += seen;
        agent.restarted += restarted;
        if (restarted > 0) agent.away ||= watched.away;
      }
      for (const [, watched, cell] of met) {
        const agent = agents.get(cell.counter!.agent)!;
        const all = agent.restarted > 0 && (agent.away || 2 * agent.restarted > agent.seen);
        watched.bridge(cell, agent.restarted > 0, all, ns);
      }
    }
    const corrected = new Map<string, Cell>();
    for (const [metric, watched, cell] of met) {
      watched.keep(cell);
      const instead = watched.corrected(cell);
      if (instead) corrected.set(metric, instead);
    }
    return corrected;
  }

  /** By metric, in the order in which consumers name them. */
  get restarts(): Restart[] {
    return [...this.#watched.values()].flatMap((w) => w.restart ?? []);
  }
}
