// Owns counters that go back: wraps are undone and restarts bridged, so that what subtracts sees them rise only.
// assembly/reduce/counters.ts is its twin.

import { Boot, uptimeIn } from './boot.ts';
import { nameExpression, namesOf } from './match.ts';
import { effectiveBits } from './normalize.ts';
import { type Evidence, MAX_EVIDENCE, type Moment, momentsOf, RAN_ON, WRAP } from './restarts.ts';
import type { Cell, Row } from './row.ts';
import { type ConsumerSpec, totalledBy } from './spec.ts';
import { Total } from './totals.ts';
import { type Occasion, type Restart, Watched } from './watched.ts';

/*
 * A counter is compared, instance by instance, with its value in the record of the window before. One that is lower has wrapped
 * or was restarted (boot, agent, driver). Which of the two it was, and which counters were restarted that have come further than
 * before meanwhile, is decided by all the evidence that there is:
 *
 * 1. A lower one can have wrapped if it has a width (by its type 32 or 64 bits, or as configured; floating point has none), and if
 *    what it then counted is less than half of what the width holds: more within one sampling interval is not believed of wider
 *    ones. Those of 32 bits hold seconds of a fast link. They are judged by their pace, what they counted between the two records
 *    before: one that would have counted more than half has wrapped if that is about what its pace makes it, and one that would
 *    have counted less has not if that is more than 64 times what its pace makes it, while what it counts now is what it would have
 *    since a restart. Before a pace is known, a value that a restarted counter reaches only by counting an eighth of the width
 *    within one interval is one of a fast counter, which wraps all the time. Counters of up to 32 bits that are configured to wrap
 *    always have.
 * 2. A lower one was restarted if it cannot have wrapped. One that can have wrapped was restarted all the same if a mark lies
 *    between the two records, since the logger was not there to see, or if more counters of the same agent were restarted in the
 *    same record, down to less than half of what they were (a few ticks less is what some kernel counters do now and then, and
 *    proves nothing), than went on. But one of the kernel has wrapped where the uptime says that the host ran on from the one
 *    record to the other.
 * 3. All counters of all agents were restarted if the host was: kernel.all.uptime or kernel.all.boottime say so where they are
 *    recorded, else more than half of the kernel's counters that were restarted at a time. An uptime speaks of all the time since the
 *    boot: of what lies between two of its records, in whatever archive they are, and before the first one.
 * 4. All counters of an agent were restarted if more than half of those that count at all were at a time, or any of them across a
 *    mark or from one archive to the next. But where the uptime says that the host ran on, those of the kernel were not, only the
 *    device's that show it. And those of processes and control groups come and go one by one: a few of them prove nothing.
 *
 * A mark or another archive alone is no restart: a logger that was started again leaves the counters as they are, and what they
 * rose by meanwhile counts. A sample can be several records, in which the counters that show a restart come last. So a window in
 * which 3 or 4 hold, or the uptime has to be asked about a wrap, is read twice: the first time tells when (restarts.ts), and the
 * second time knows it beforehand.
 *
 * A wrap adds the width. A restart adds what makes the counter go on from where it was: the increments of the parts before and
 * after are summed, and what was counted between the two records is not known and not counted.
 */

const NOTHING: ReadonlyMap<string, Cell> = new Map();

export class Counters {
  readonly #watched = new Map<string, Watched>();
  readonly #moments: readonly Moment[];
  readonly #evidence: Evidence[] = [];
  #boot: Boot | null = null;
  /** Place in the evidence of the last span in which the host ran on; -1: there is none. */
  #ranOn = -1;
  #marks = 0;
  /** The last record, and times of the first ones after a mark, and of an archive. */
  #before: Occasion | null = null;
  #markNs = 0n;
  #awayNs = 0n;

  /** `moments`: restarts that an earlier reading of the window has found, by time. */
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
    for (const consumer of consumers) {
      const { metrics, counters, counts = false } = consumer;
      const totals = totalledBy(consumer);
      counters?.forEach((width, m) => {
        const metric = metrics[m]!;
        const expressions = names.get(metric)?.map((name) => nameExpression(name)) ?? null;
        const watched = this.#watched.get(metric) ?? new Watched(metric, expressions);
        this.#watched.set(metric, watched);
        watched.counts ||= counts;
        if (totals.has(m)) watched.total ??= new Total();
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
      if (watched.isIn(cell)) met.push([metric, watched, cell]);
    }
    const uptime = uptimeIn(row);
    if (met.length === 0 && uptime === null) return NOTHING;
    const now = { ns, source, marks: this.#marks };
    if (now.marks !== (this.#before?.marks ?? 0)) this.#markNs = ns;
    if (now.source !== this.#before?.source) this.#awayNs = ns;
    this.#before = now;
    this.#boot ??= new Boot(ns);
    if (uptime !== null) for (const found of this.#boot.look(uptime, ns, source, this.#marks)) this.#note(found);
    let fell = false;
    for (const [, watched, cell] of met) if (watched.look(cell, now, this.#moments)) fell = true;
    if (fell) {
      const agents = new Map<number, Evidence>();
      const wentOn = new Map<number, number>();
      for (const [, watched, cell] of met) {
        this.#count(agents, watched, cell, ns);
        wentOn.set(watched.agent, watched.wentOn(cell) + (wentOn.get(watched.agent) ?? 0));
      }
      for (const found of agents.values()) this.#note(found);
      for (const [, watched, cell] of met) {
        const { agent, beforeNs } = watched;
        const most = (agents.get(agent)?.count ?? 0) > wentOn.get(agent)!;
        const count = watched.bridge(cell, most, ns);
        if (count > 0) this.#note({ agent: WRAP, fromNs: beforeNs!, toNs: ns, count, away: watched.away });
      }
    }
    const corrected = new Map<string, Cell>();
    for (const [metric, watched, cell] of met) {
      watched.settle(cell);
      watched.keep(cell, now);
      const instead = watched.corrected(cell);
      if (instead) corrected.set(metric, instead);
    }
    return corrected;
  }

  /** Adds a metric's counters that were restarted to those of its agent in the record. */
  #count(agents: Map<number, Evidence>, watched: Watched, cell: Cell, ns: bigint): void {
    const count = watched.restarted(cell, ns);
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

  #note(evidence: Evidence): void {
    const ranOn = evidence.agent === RAN_ON;
    const last = this.#evidence[this.#ranOn];
    // Each uptime says so: they make one span, until a boot.
    if (ranOn && last?.toNs === evidence.fromNs) {
      this.#evidence[this.#ranOn] = { ...last, toNs: evidence.toNs };
      return;
    }
    // Counters of one record mostly have the same one before.
    if (evidence.agent === WRAP && isSameWrap(evidence, this.#evidence.at(-1))) return;
    if (this.#evidence.length === MAX_EVIDENCE) return;
    if (ranOn) this.#ranOn = this.#evidence.length;
    this.#evidence.push(evidence);
  }

  /** By metric, in the order in which consumers name them. */
  get restarts(): Restart[] {
    return [...this.#watched.values()].flatMap((w) => w.restart ?? []);
  }

  /** When counters were restarted that do not show it themselves. */
  get moments(): Moment[] {
    if (this.#evidence.every((e) => e.agent === RAN_ON)) return [];
    const counters = new Map<number, number>();
    for (const { agent, counters: n } of this.#watched.values()) counters.set(agent, (counters.get(agent) ?? 0) + n);
    return momentsOf(this.#evidence, counters);
  }
}

const isSameWrap = (one: Evidence, other: Evidence | undefined): boolean =>
  other?.agent === WRAP && other.fromNs === one.fromNs && other.toNs === one.toNs;
