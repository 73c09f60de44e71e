// Owns a consumer's life: which records it gets, and what is checked before its reducers see them (analytics.md §1.2–1.6).

import { ColumnOrder } from './columns.ts';
import { type Delivery, type Halt, NO_VALUES } from './delivery.ts';
import { Duty } from './duty.ts';
import { FirstLast, instancesOf } from './firstlast.ts';
import { FullSeries } from './fullseries.ts';
import { identitiesOf } from './identity.ts';
import { Integrate } from './integrate.ts';
import { Latch } from './latch.ts';
import { matcher, nameExpression, namesOf } from './match.ts';
import { Counter, effectiveBits } from './normalize.ts';
import type { ConsumerResult, Instances, Outcome, ReducerResult } from './result.ts';
import { Roll } from './roll.ts';
import { RollColumns } from './roll-columns.ts';
import type { Cell, Row } from './row.ts';
import { Sections } from './sections.ts';
import type { ConsumerSpec, Lead, ReducerSpec } from './spec.ts';
import { Subsample } from './subsample.ts';
import { Tally } from './tally.ts';
import { WrapSum } from './wrapsum.ts';

/** PM_ERR_VALUE: the record is passed over and nothing stops. */
const MISSING_VALUE = -12351;

interface Reducer {
  add(d: Delivery): Halt;
  finish(): ReducerResult;
}

type Stop = Extract<Outcome, { kind: 'stop' }>;
const OK: Outcome = { kind: 'ok' };
const SKIP: Outcome = { kind: 'skip' };
const stop = (reason: Stop['reason']): Stop => ({ kind: 'stop', reason });

export class Consumer {
  readonly #spec: ConsumerSpec;
  /** Bits per metric. */
  readonly #bits: readonly number[];
  readonly #counters: readonly (Counter | null)[];
  readonly #ends: FirstLast | null;
  readonly #columns: ColumnOrder | null;
  readonly #reducers: readonly Reducer[];
  readonly #names: readonly RegExp[] | null;
  #records = 0;
  #skipped = 0;
  #accepted = 0;
  #stop: Stop | null = null;
  #labels: Instances | null = null;

  constructor(spec: ConsumerSpec, walltime: number, lead: Lead | null) {
    this.#spec = spec;
    this.#names = spec.match === undefined ? null : namesOf(spec.match).map((name) => nameExpression(name));
    this.#bits = spec.metrics.map((_, m) => effectiveBits(spec.normalize?.[m]));
    this.#counters = this.#bits.map((bits) => (bits > 0 ? new Counter(bits) : null));
    const reducers: Reducer[] = [];
    for (const r of spec.reducers) reducers.push(build(r, spec, this.#bits, reducers, walltime, lead));
    this.#reducers = reducers;
    this.#columns = spec.columns ? new ColumnOrder(spec.labels ?? 0, spec.columns === 'steady') : null;
    const head = this.#reducers[0];
    this.#ends = spec.mode === 'firstlast' && !spec.raw && head instanceof FirstLast ? head : null;
  }

  /** `corrected`: counters that went back, for consumers that want them to rise only. */
  row(row: Row, corrected: ReadonlyMap<string, Cell>): void {
    if (this.#stop !== null) return;
    const instead = this.#spec.counters && corrected.size > 0 ? corrected : null;
    const cells = this.#spec.metrics.map((name) => instead?.get(name) ?? row.cells.get(name) ?? null);
    if (cells.every((cell) => cell === null)) return;
    const ordinal = this.#records++;
    const bare = { t: row.t, cells, counts: cells.map((c) => c?.count ?? 0), first: this.#accepted === 0, ordinal };
    const raw = cells.map((c) => (c && c.count > 0 ? c.values : NO_VALUES));
    if (this.#spec.raw) {
      this.#reduce({ ...bare, values: raw });
      return;
    }
    let outcome = judge(cells, this.#spec.unnamed === 'ignore');
    if (outcome.kind === 'skip') this.#skipped++;
    if (outcome.kind === 'stop' && outcome.reason === 'nodata' && this.#spec.empty === 'ignore' && this.#ends === null)
      return;
    let values = raw;
    if (outcome.kind === 'ok') {
      values = raw.map((x, m) => {
        const counter = this.#counters[m];
        return counter && x.length > 0 ? counter.add(x, identitiesOf(cells[m]!)) : x;
      });
    }
    const d: Delivery = { ...bare, values };
    if (outcome.kind === 'ok') outcome = this.#guard(d);
    if (this.#ends !== null) {
      this.#ends.add(d, outcome);
      // Normalization needs every record, so that one in the middle can fail the whole (§1.2).
      if (outcome.kind === 'stop' && this.#counters.some((c) => c !== null)) this.#stop = outcome;
      return;
    }
    if (outcome.kind === 'stop') this.#stop = outcome;
    else if (outcome.kind === 'ok') this.#arrange(d);
  }

  /** With columns and the looked-for instance, to the reducers. */
  #arrange(d: Delivery): void {
    const matched = this.#names === null ? {} : { matched: matcher(d.cells, this.#names) };
    if (!this.#columns) {
      this.#reduce({ ...d, ...matched });
      return;
    }
    const columns = this.#columns.arrange(d.cells, d.values);
    if (columns === null) this.#stop = stop('shape');
    else this.#reduce({ ...d, ...matched, columns });
  }

  /** What the analytic itself asks before it uses a record. Its skip is not a "missing indom". */
  #guard(d: Delivery): Outcome {
    const { empty, floor, floorSkips, rectangular } = this.#spec;
    const head = d.counts[0]!;
    if (head <= 0 && (empty === 'skip' || empty === 'stop')) return empty === 'stop' ? stop('empty') : SKIP;
    if (floor !== undefined && head > 0 && d.values[0]![0]! < floor) return floorSkips ? SKIP : stop('floor');
    if (rectangular) {
      const widths = d.counts.filter((n) => n > 0);
      if (widths.some((n) => n !== widths[0])) return rectangular === 'skip' ? SKIP : stop('ragged');
    }
    return OK;
  }

  #reduce(d: Delivery): void {
    if (this.#accepted === 0 && this.#spec.labels !== undefined && !this.#columns)
      this.#labels = instancesOf(d.cells[this.#spec.labels]!);
    this.#accepted++;
    for (const reducer of this.#reducers) {
      const halt = reducer.add(d);
      if (halt !== null) {
        this.#stop = stop(halt);
        return;
      }
    }
  }

  finish(): ConsumerResult {
    return {
      records: this.#records,
      skipped: this.#skipped,
      stop: this.#stop,
      labels: this.#columns?.labels ?? this.#labels,
      ...(this.#columns ? { presence: this.#columns.presence } : {}),
      reducers: this.#reducers.map((r) => r.finish()),
    };
  }
}

/** The checks of §1.3, in their order. `unnamed`: without that of the size of instance domains. */
function judge(cells: readonly (Cell | null)[], unnamed: boolean): Outcome {
  const present = cells.filter((c) => c !== null);
  if (present.some((c) => c.count === MISSING_VALUE)) return SKIP;
  const failed = present.find((c) => c.count < 0);
  if (failed) return { kind: 'stop', reason: 'error', code: failed.count };
  const crowded = ({ domainSize, count }: Cell): boolean => domainSize !== undefined && count > domainSize;
  if (!unnamed && present.some(crowded)) return SKIP;
  if (present.every((c) => c.count === 0)) return stop('nodata');
  return present.some((c) => c.count > 0 && c.unconvertible) ? stop('conversion') : OK;
}

function build(
  spec: ReducerSpec,
  consumer: ConsumerSpec,
  bits: readonly number[],
  before: readonly Reducer[],
  walltime: number,
  lead: Lead | null,
): Reducer {
  switch (spec.kind) {
    case 'FIRSTLAST':
      return new FirstLast(bits);
    case 'ROLL':
      return consumer.columns ? new RollColumns(spec) : new Roll(spec);
    case 'INTEGRATE':
      return new Integrate(spec.lane);
    case 'SUBSAMPLE':
      return new Subsample(spec, walltime, lead);
    case 'LATCH':
      return new Latch(spec);
    case 'TALLY':
      return new Tally(spec);
    case 'WRAPSUM':
      return new WrapSum(spec.bits, consumer.metrics.length);
    case 'FULLSERIES':
      return new FullSeries(spec, 'wrapsum' in spec.value ? (before[spec.value.wrapsum] as WrapSum) : null);
    case 'DUTY':
      return new Duty(consumer.metrics.length);
    case 'SECTIONS':
      return new Sections(spec);
  }
}
