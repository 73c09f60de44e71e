// Owns one metric of counters in a window: its values in the record before, what fell since, and what is added. By which rules
// says counters.ts.

import { identitiesOf } from './identity.ts';
import { IdMap } from './idmap.ts';
import { BOOT, KERNEL, type Moment, RAN_ON } from './restarts.ts';
import type { Cell } from './row.ts';
import type { Total } from './totals.ts';

/** A metric whose counters were restarted in a window. */
export interface Restart {
  readonly metric: string;
  /** Records in which some instance was, and how many instances were in all. */
  readonly count: number;
  readonly instances: number;
  /** The first time: ns, and the first instance in the record; null without instance domain. */
  readonly ns: bigint;
  readonly instance: string | null;
}

type Values = Float64Array | BigInt64Array | BigUint64Array;
type Exact = number | bigint;

/** What counters of 32 bits count at most so fast again, and how fast a wrap must be to look unlike all before (counters.ts, rule 1). */
const ALIKE = 1.5;
const UNLIKE = 64;

/** What else is known of a counter that fell. */
export interface Fall {
  /** Its width is configured. */
  readonly configured?: boolean;
  /** What its values were multiplied by. */
  readonly scale?: number;
  /** What it would have counted since at the pace of before; -1: not known. */
  readonly expected?: number;
  /** Another archive, or a mark, lies between. */
  readonly away?: boolean;
}

/** Whether a counter that fell can have wrapped (counters.ts, rule 1). */
export function canWrap(before: Exact, now: Exact, bits: number, fell: Fall = {}): boolean {
  if (bits === 0) return false;
  const { configured = false, scale = 1, expected = -1, away = false } = fell;
  if (typeof before === 'bigint' && typeof now === 'bigint') {
    const fall = BigInt.asUintN(64, before - now);
    const half = 1n << BigInt(bits - 1);
    return ((configured && bits <= 32) || fall > half) && (bits === 64 || fall <= 2n * half);
  }
  const value = Number(now);
  const fall = Number(before) - value;
  const range = 2 ** bits * scale;
  if (fall > range) return false;
  if (bits > 32) return fall > range / 2;
  if (configured) return true;
  const counted = range - fall;
  if (expected < 0) return fall > range / 2 || (!away && value >= range / 8);
  if (fall > range / 2) return value < 0 || value > 2 * expected || counted <= UNLIKE * expected;
  return counted <= ALIKE * expected && ALIKE * counted >= expected;
}

/** Counted in a nanosecond; -1: not known. */
export const paceOf = (counted: number, ns: bigint): number => (ns > 0n ? counted / Number(ns) : -1);

/** What the counters of a record are compared with and by. */
export interface Occasion {
  readonly ns: bigint;
  readonly source: number;
  /** So far. */
  readonly marks: number;
}

export class Watched {
  readonly #metric: string;
  bits = 0;
  /** Names of the only instances that somebody looks at; null: all. */
  readonly #names: readonly RegExp[] | null;
  /** It is one whatever its descriptor says. */
  counts = false;
  /** Somebody adds its instances up. */
  total: Total | null = null;
  readonly #ids = new IdMap();
  readonly #last: Exact[] = [];
  /** By instance, of counters of 32 bits: what was counted in a nanosecond between the two last records; -1: not known. */
  readonly #paces: number[] = [];
  readonly #offsets: { value: number; exact: bigint }[] = [];
  /** Instances that were restarted since they were last seen, and those of which a restart is counted. */
  readonly #pending = new Set<number>();
  /** How many of the moments are not after the last record. */
  #passed = 0;
  readonly #counted = new Set<number>();
  #corrected = false;
  #count = 0;
  #first: { ns: bigint; instance: string | null } | null = null;
  agent = 0;
  /** The last record that had it; null: none. */
  #before: Occasion | null = null;
  /** Of the record at hand: instance numbers, how many were known before; whether there is a mark, or the archive is another. */
  #numbers: number[] = [];
  #known = 0;
  marked = false;
  away = false;
  /** The host is known to have run on since the record before. */
  #ranOn = false;

  constructor(metric: string, names: readonly RegExp[] | null) {
    this.#metric = metric;
    this.#names = names;
  }

  /** Whether the record has values that are counters. */
  isIn(cell: Cell | undefined): cell is Cell {
    if (!cell?.counter || cell.count <= 0 || cell.unconvertible) return false;
    return this.counts || !cell.counter.undeclared;
  }

  /** Takes the record's instances; whether some counter fell or was restarted. */
  look(cell: Cell, now: Occasion, moments: readonly Moment[]): boolean {
    const before = this.#before;
    this.#known = this.#ids.size;
    this.#numbers = identitiesOf(cell).map((identity) => this.#ids.placeOf(identity, true));
    this.agent = cell.counter!.agent;
    this.marked = now.marks !== (before?.marks ?? 0);
    this.away = this.marked || before === null || now.source !== before.source;
    if (this.#pass(moments, now.ns)) for (let number = 0; number < this.#known; number++) this.#pending.add(number);
    const values = exactOf(cell);
    this.#pace(cell, now.ns);
    const fell = (number: number, i: number): boolean => this.#isKnown(number) && values[i]! < this.#last[number]!;
    return this.#pending.size > 0 || this.#numbers.some(fell);
  }

  /** Remembers how fast those count that have not fallen. */
  #pace(cell: Cell, ns: bigint): void {
    if (!this.#isPaced(cell)) return;
    this.#numbers.forEach((number, i) => {
      if (number < 0) return;
      const counted = this.#isKnown(number) ? cell.values[i]! - Number(this.#last[number]) : Number.NaN;
      if (counted >= 0) this.#paces[number] = paceOf(counted, ns - this.beforeNs!);
      else if (!this.#isKnown(number)) this.#paces[number] = -1;
    });
  }

  #isPaced(cell: Cell): boolean {
    return this.bits === 0 && cell.counter!.bits === 32;
  }

  /** Whether a moment at which the counter was restarted lies between its last record and this one. */
  #pass(moments: readonly Moment[], untilNs: bigint): boolean {
    let restarted = false;
    this.#ranOn = false;
    for (; this.#passed < moments.length && moments[this.#passed]!.ns <= untilNs; this.#passed++) {
      const { agent, ns } = moments[this.#passed]!;
      if (agent === BOOT || agent === this.agent) restarted = true;
      else if (agent === RAN_ON && ns === untilNs && this.agent === KERNEL) this.#ranOn = true;
    }
    return restarted;
  }

  /** Time of the record before; null: there is none. */
  get beforeNs(): bigint | null {
    return this.#before?.ns ?? null;
  }

  #isKnown(number: number): boolean {
    return number >= 0 && number < this.#known;
  }

  #canWrap(cell: Cell, number: number, now: Exact, ns: bigint): boolean {
    const pace = this.#paces[number] ?? -1;
    const expected = this.#isPaced(cell) && pace >= 0 ? pace * Number(ns - this.beforeNs!) : -1;
    const fell = { configured: this.bits > 0, scale: cell.counter!.scale ?? 1, expected, away: this.away };
    return canWrap(this.#last[number]!, now, this.#widthOf(cell), fell);
  }

  #widthOf(cell: Cell): number {
    return this.bits > 0 ? this.bits : cell.counter!.bits;
  }

  /** Counters of the record that cannot but have been restarted. */
  restarted(cell: Cell, ns: bigint): number {
    const values = exactOf(cell);
    const restarted = (number: number, i: number): boolean => {
      if (!this.#isKnown(number)) return false;
      const [before, now] = [this.#last[number]!, values[i]!];
      return Number(now) < Number(before) * 0.5 && !this.#canWrap(cell, number, now, ns);
    };
    return this.#numbers.filter(restarted).length;
  }

  /** Counters of the record that count at all and have not fallen. */
  wentOn(cell: Cell): number {
    const values = exactOf(cell);
    const wentOn = (number: number, i: number): boolean =>
      this.#isKnown(number) && Number(this.#last[number]) !== 0 && !(values[i]! < this.#last[number]!);
    return this.#numbers.filter(wentOn).length;
  }

  /**
   * Adds to the offsets. `most`: more counters of the agent were restarted in this record than went on. Returns how many were taken
   * for restarted that have wrapped if the host ran on.
   */
  bridge(cell: Cell, most: boolean, ns: bigint): number {
    const values = exactOf(cell);
    const bits = this.#widthOf(cell);
    const restarted = !this.#ranOn && (most || this.marked);
    let [named, doubted]: [number | null, number] = [null, 0];
    this.#numbers.forEach((number, i) => {
      if (!this.#isKnown(number)) return;
      const [before, now] = [this.#last[number]!, values[i]!];
      const pending = this.#pending.delete(number);
      const fell = now < before;
      if (!fell && !(pending && now > before)) return;
      const offset = this.#offset(number);
      const wraps = fell && !pending && this.#canWrap(cell, number, now, ns);
      if (wraps && restarted && this.agent === KERNEL) doubted++;
      if (wraps && !restarted) {
        const range = 2 ** bits * (cell.counter!.scale ?? 1);
        offset.value += range;
        offset.exact += 1n << BigInt(bits);
        if (this.#isPaced(cell))
          this.#paces[number] = paceOf(Number(now) - Number(before) + range, ns - this.beforeNs!);
        return;
      }
      if (this.#isPaced(cell)) this.#paces[number] = -1;
      if (this.#concerns(cell, i)) {
        named ??= i;
        this.#counted.add(number);
      }
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
    if (named === null) return doubted;
    this.#count++;
    const id = cell.ids[named]!;
    const name = cell.nameOf ? (cell.nameOf(id) ?? String(id)) : cell.domainSize === undefined ? null : String(id);
    this.#first ??= { ns, instance: name };
    return doubted;
  }

  /** Whether somebody looks at the instance. */
  #concerns(cell: Cell, i: number): boolean {
    if (!this.#names) return true;
    const name = cell.nameOf?.(cell.ids[i]!);
    return name !== undefined && this.#names.some((expression) => expression.test(name));
  }

  #offset(number: number): { value: number; exact: bigint } {
    this.#corrected = true;
    this.#offsets[number] ??= { value: 0, exact: 0n };
    return this.#offsets[number];
  }

  /** Makes the sum of the instances go on, whichever there are now. */
  settle(cell: Cell): void {
    if (!this.total) return;
    const offsetOf = (number: number): number => this.#offsets[number]?.value ?? 0;
    this.total.settle(
      this.#numbers,
      (i) => cell.values[i]! + offsetOf(this.#numbers[i]!),
      (number) => Number(this.#last[number]) + offsetOf(number),
    );
    if (this.total.shift !== 0) this.#corrected = true;
  }

  /** Remembers the record's values. */
  keep(cell: Cell, now: Occasion): void {
    this.#before = now;
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
    const shift = this.total?.shift ?? 0;
    if (!raw) return { ...cell, values, shift };
    const moved = raw.slice();
    offsets.forEach((offset, i) => {
      // Stored modulo 2^64.
      if (offset) moved[i] = raw[i]! + offset.exact;
    });
    return { ...cell, values, raw: moved, shift };
  }

  get restart(): Restart | null {
    return this.#first && { metric: this.#metric, count: this.#count, instances: this.#counted.size, ...this.#first };
  }

  /** How many instances count at all. */
  get counters(): number {
    return this.#last.filter((x) => Number(x) !== 0).length;
  }
}

const exactOf = (cell: Cell): Values => cell.raw ?? cell.values;
