// Owns counters that go back: wraps are undone and restarts bridged, so that what subtracts sees them rise only.
// assembly/reduce/counters.ts is its twin.

import { Boot, uptimeIn } from './boot.ts';
import { identitiesOf } from './identity.ts';
import { IdMap } from './idmap.ts';
import { nameExpression, namesOf } from './match.ts';
import { effectiveBits } from './normalise.ts';
import { BOOT, type Evidence, MAX_EVIDENCE, type Moment, momentsOf, RAN_ON } from './restarts.ts';
import type { Cell, Row } from './row.ts';
import type { ConsumerSpec } from './spec.ts';

/*
 * A counter is compared, instance by instance, with its value in the record of the window before. One that is lower has wrapped
 * or was restarted (boot, agent, driver). Which of the two it was, and which counters were restarted that have come further than
 * before meanwhile, is decided by all the evidence that there is:
 *
 * 1. A lower one can have wrapped if it has a width (by its type 32 or 64 bits, or as configured; floating point has none), and if
 *    what it then counted is less than half of what the width holds: more within one sampling interval is not believed, but of
 *    counters of up to 32 bits that are configured to wrap, which may be as fast as that.
 * 2. A lower one was restarted if it cannot have wrapped; if a mark lies between the two records, since the logger was not there
 *    to see; or if another counter of the same agent was restarted in the same record, down to less than half of what it was (a few
 *    ticks less is what some kernel counters do now and then, and proves nothing).
 * 3. All counters of all agents were restarted if the host was: kernel.all.uptime or kernel.all.boottime say so where they are
 *    recorded, else more than half of the kernel's counters that were restarted at a time.
 * 4. All counters of an agent were restarted if more than half of those that count at all were at a time, or any of them across a
 *    mark or from one archive to the next. But where the uptime says that the host ran on, those of the kernel were not, only the
 *    device's that show it. And those of processes and control groups come and go one by one: a few of them prove nothing.
 *
 * A mark or another archive alone is no restart: a logger that was started again leaves the counters as they are, and what they
 * rose by meanwhile counts. A sample can be several records, in which the counters that show a restart come last. So a window in
 * which 3 or 4 hold is read twice: the first time tells when (restarts.ts), and the second time knows it beforehand.
 *
 * A wrap adds the width. A restart adds what makes the counter go on from where it was: the increments of the parts before and
 * after are summed, and what was counted between the two records is not known and not counted.
 */

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

/** What the counters of a record are compared with and by. */
interface Occasion {
  readonly ns: bigint;
  readonly source: number;
  /** So far. */
  readonly marks: number;
}

/** One metric of a window. */
class Watched {
  readonly #metric: string;
  bits = 0;
  /** Names of the only instances that somebody looks at; null: all. */
  readonly #names: readonly RegExp[] | null;
  readonly #ids = new IdMap();
  readonly #last: Exact[] = [];
  readonly #offsets: { value: number; exact: bigint }[] = [];
  /** Instances that were restarted since they were last seen, and those of which a restart is counted. */
  readonly #pending = new Set<number>();
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

  constructor(metric: string, names: readonly RegExp[] | null) {
    this.#metric = metric;
    this.#names = names;
  }

  /** Takes the record's instances; whether some counter fell or was restarted. */
  look(cell: Cell, now: Occasion, moments: readonly Moment[]): boolean {
    const before = this.#before;
    this.#known = this.#ids.size;
    this.#numbers = identitiesOf(cell).map((identity) => this.#ids.placeOf(identity, true));
    this.agent = cell.counter!.agent;
    this.marked = now.marks !== (before?.marks ?? 0);
    this.away = this.marked || before === null || now.source !== before.source;
    const restarted = ({ ns, agent }: Moment): boolean =>
      (agent === BOOT || agent === this.agent) && before !== null && before.ns < ns && ns <= now.ns;
    if (moments.some(restarted)) for (let number = 0; number < this.#known; number++) this.#pending.add(number);
    const values = exactOf(cell);
    const fell = (number: number, i: number): boolean => this.#isKnown(number) && values[i]! < this.#last[number]!;
    return this.#pending.size > 0 || this.#numbers.some(fell);
  }

  /** Time of the record before; null: there is none. */
  get beforeNs(): bigint | null {
    return this.#before?.ns ?? null;
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

  /** Counters of the record that cannot but have been restarted. */
  restarted(cell: Cell): number {
    const values = exactOf(cell);
    const restarted = (number: number, i: number): boolean => {
      if (!this.#isKnown(number)) return false;
      const [before, now] = [this.#last[number]!, values[i]!];
      return Number(now) < Number(before) * 0.5 && !this.#canWrap(cell, before, now);
    };
    return this.#numbers.filter(restarted).length;
  }

  /** Adds to the offsets. `some`: counters of the agent were restarted in this record. */
  bridge(cell: Cell, some: boolean, ns: bigint): void {
    const values = exactOf(cell);
    const bits = this.#widthOf(cell);
    let named: number | null = null;
    this.#numbers.forEach((number, i) => {
      if (!this.#isKnown(number)) return;
      const [before, now] = [this.#last[number]!, values[i]!];
      const pending = this.#pending.delete(number);
      const fell = now < before;
      if (!fell && !(pending && now > before)) return;
      const offset = this.#offset(number);
      if (fell && !some && !pending && !this.marked && this.#canWrap(cell, before, now)) {
        offset.value += 2 ** bits * (cell.counter!.scale ?? 1);
        offset.exact += 1n << BigInt(bits);
        return;
      }
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
    if (named === null) return;
    this.#count++;
    const id = cell.ids[named]!;
    const name = cell.nameOf ? (cell.nameOf(id) ?? String(id)) : cell.domainSize === undefined ? null : String(id);
    this.#first ??= { ns, instance: name };
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
    if (!raw) return { ...cell, values };
    const moved = raw.slice();
    offsets.forEach((offset, i) => {
      // Stored modulo 2^64.
      if (offset) moved[i] = raw[i]! + offset.exact;
    });
    return { ...cell, values, raw: moved };
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

const NOTHING: ReadonlyMap<string, Cell> = new Map();

export class Counters {
  readonly #watched = new Map<string, Watched>();
  readonly #moments: readonly Moment[];
  readonly #evidence: Evidence[] = [];
  readonly #boot = new Boot();
  #marks = 0;
  /** The last record, and times of the first ones after a mark, and of an archive. */
  #before: Occasion | null = null;
  #markNs = 0n;
  #awayNs = 0n;

  /** `moments`: restarts that an earlier reading of the window has found. */
  constructor(consumers: readonly ConsumerSpec[], moments: readonly Moment[] = []) {
    this.#moments = moments;
    const names = new Map<string, readonly string[] | null>();
    for (const { metrics, counters, match } of consumers) {
      if (!counters) continue;
      const own = match === undefined ? null : namesOf(match);
      for (const metric of metrics) {
        const known = names.get(metric);
        names.set(metric, known === undefined || known?.join('\n') === own?.join('\n') ? own : null);
      }
    }
    for (const { metrics, counters } of consumers) {
      counters?.forEach((width, m) => {
        const metric = metrics[m]!;
        const expressions = names.get(metric)?.map((name) => nameExpression(name)) ?? null;
        const watched = this.#watched.get(metric) ?? new Watched(metric, expressions);
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
  correct(row: Row): ReadonlyMap<string, Cell> {
    if (this.#watched.size === 0) return NOTHING;
    const { cells, ns, source = 0 } = row;
    const met: [string, Watched, Cell][] = [];
    for (const [metric, watched] of this.#watched) {
      const cell = cells.get(metric);
      if (cell?.counter && cell.count > 0 && !cell.unconvertible) met.push([metric, watched, cell]);
    }
    const uptime = uptimeIn(row);
    if (met.length === 0 && uptime === null) return NOTHING;
    const now = { ns, source, marks: this.#marks };
    if (now.marks !== (this.#before?.marks ?? 0)) this.#markNs = ns;
    if (now.source !== this.#before?.source) this.#awayNs = ns;
    this.#before = now;
    if (uptime !== null) this.#note(this.#boot.look(uptime, ns, source, this.#marks));
    let fell = false;
    for (const [, watched, cell] of met) if (watched.look(cell, now, this.#moments)) fell = true;
    if (fell) {
      const agents = new Map<number, Evidence>();
      for (const [, watched, cell] of met) this.#count(agents, watched, cell, ns);
      for (const found of agents.values()) this.#note(found);
      for (const [, watched, cell] of met) watched.bridge(cell, agents.has(watched.agent), ns);
    }
    const corrected = new Map<string, Cell>();
    for (const [metric, watched, cell] of met) {
      watched.keep(cell, now);
      const instead = watched.corrected(cell);
      if (instead) corrected.set(metric, instead);
    }
    return corrected;
  }

  /** Adds a metric's counters that were restarted to those of its agent in the record. */
  #count(agents: Map<number, Evidence>, watched: Watched, cell: Cell, ns: bigint): void {
    const count = watched.restarted(cell);
    if (count === 0) return;
    const { agent, away } = watched;
    const toNs = away ? (watched.marked ? this.#markNs : this.#awayNs) : ns;
    const fromNs = away ? toNs - 1n : watched.beforeNs!;
    const known = agents.get(agent);
    agents.set(agent, {
      ...{ agent, count: count + (known?.count ?? 0), away: away || known?.away === true },
      fromNs: known && known.fromNs > fromNs ? known.fromNs : fromNs,
      toNs: known && known.toNs < toNs ? known.toNs : toNs,
    });
  }

  #note(evidence: Evidence | null): void {
    if (!evidence) return;
    const last = this.#evidence.at(-1);
    // Where archives alternate each record says so.
    if (evidence.agent === RAN_ON && last?.agent === RAN_ON && last.toNs === evidence.fromNs)
      this.#evidence[this.#evidence.length - 1] = { ...last, toNs: evidence.toNs };
    else if (this.#evidence.length < MAX_EVIDENCE) this.#evidence.push(evidence);
  }

  /** By metric, in the order in which consumers name them. */
  get restarts(): Restart[] {
    return [...this.#watched.values()].flatMap((w) => w.restart ?? []);
  }

  /** When counters were restarted that do not show it themselves. */
  get moments(): Moment[] {
    const counters = new Map<number, number>();
    for (const { agent, counters: n } of this.#watched.values()) counters.set(agent, (counters.get(agent) ?? 0) + n);
    return momentsOf(this.#evidence, counters);
  }
}
