// Owns turning consumer specs into structs of the WASM engine.

import {
  BOOT_METRICS,
  type ConsumerSpec,
  effectiveBits,
  type Fold,
  type Lane,
  type Lead,
  lanesOf,
  type Moment,
  namesOf,
  type ReducerSpec,
  totalledBy,
} from '../../reduce/index.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';

export interface BuiltConsumer {
  readonly spec: ConsumerSpec;
  readonly address: number;
  readonly reducers: readonly number[];
  /** Slot numbers of the metrics, parallel to spec.metrics. */
  readonly slots: readonly number[];
}

export interface BuiltWindow {
  readonly address: number;
  readonly consumers: readonly BuiltConsumer[];
}

const FOLDS: Readonly<Record<Fold, number>> = {
  first: L.FOLD_FIRST,
  sum: L.FOLD_SUM,
  total: L.FOLD_TOTAL,
  mean: L.FOLD_MEAN,
  each: L.FOLD_EACH,
  count: L.FOLD_COUNT,
  match: L.FOLD_MATCH,
  ratio: L.FOLD_RATIO,
};

interface Span {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly walltime: number;
  readonly moments?: readonly Moment[];
}

/** `slots`: by name of the metric, those of BOOT_METRICS too. @throws JobsumError E_ARCHIVE_LIMIT */
export function buildWindow(
  wasm: Wasm,
  span: Span,
  specs: readonly ConsumerSpec[],
  slots: ReadonlyMap<string, number>,
  leads: readonly (Lead | null)[] = [],
): BuiltWindow {
  const address = wasm.need(wasm.x.openWindow(span.startNs, span.endNs, span.walltime, specs.length) >>> 0);
  const consumers = specs.map((spec, i) => buildConsumer(wasm, address, spec, slots, leads[i] ?? null));
  if (specs.some((spec) => spec.counters)) watchRestarts(wasm, address, slots, span.moments ?? []);
  return { address, consumers };
}

function watchRestarts(
  wasm: Wasm,
  window: number,
  slots: ReadonlyMap<string, number>,
  moments: readonly Moment[],
): void {
  const [uptime, boottime] = BOOT_METRICS.map((name) => {
    const slot = slots.get(name)!;
    wasm.x.addSlotWant(slot, L.WANT_VALS);
    return wasm.x.slotAt(slot);
  });
  wasm.x.watchBoot(window, uptime!, boottime!);
  if (moments.length === 0) return;
  const list = wasm.need(wasm.x.takeMoments(window, moments.length) >>> 0);
  moments.forEach(({ ns, agent }, i) => {
    wasm.view.setBigInt64(list + i * L.Moment.SIZE + L.Moment.ns, ns, true);
    wasm.view.setInt32(list + i * L.Moment.SIZE + L.Moment.agent, agent, true);
  });
}

function flagsOf(spec: ConsumerSpec): number {
  return (
    (spec.mode === 'firstlast' ? L.FIRST_LAST_ONLY : 0) |
    (spec.raw ? L.UNCHECKED : 0) |
    (spec.empty === 'skip' ? L.EMPTY_SKIPS : 0) |
    (spec.empty === 'stop' ? L.EMPTY_STOPS : 0) |
    (spec.empty === 'ignore' ? L.EMPTY_IGNORED : 0) |
    (spec.rectangular ? L.RECTANGULAR : 0) |
    (spec.floor !== undefined ? L.FLOOR : 0) |
    (spec.floorSkips ? L.FLOOR_SKIPS : 0) |
    (spec.rectangular === 'skip' ? L.RECTANGULAR_SKIPS : 0) |
    (spec.columns === 'steady' ? L.STEADY : 0) |
    (spec.counters ? L.COUNTERS : 0) |
    (spec.unnamed === 'ignore' ? L.UNNAMED_COUNT : 0)
  );
}

function buildConsumer(
  wasm: Wasm,
  window: number,
  spec: ConsumerSpec,
  slots: ReadonlyMap<string, number>,
  lead: Lead | null,
): BuiltConsumer {
  checkSpec(spec);
  const n = spec.metrics.length;
  if (n === 0 || n > L.MAX_METRICS) throw new RangeError(`a consumer has 1 to ${L.MAX_METRICS} metrics, not ${n}`);
  const address = wasm.need(
    // Columns are labels of their own.
    wasm.x.addConsumer(
      window,
      flagsOf(spec),
      n,
      spec.reducers.length,
      spec.columns ? -1 : (spec.labels ?? -1),
      spec.floor ?? 0,
    ) >>> 0,
  );
  if (spec.columns) wasm.need(wasm.x.setAlign(address, spec.labels ?? 0));
  const names = spec.match === undefined ? [] : namesOf(spec.match);
  if (names.length > L.MAX_MATCHES) throw new RangeError(`an instance is looked for by at most ${L.MAX_MATCHES} names`);
  for (const name of names) withText(wasm, name, (p, length) => wasm.need(wasm.x.addMatch(address, p, length)));
  const numbers = spec.metrics.map((name) => {
    const slot = slots.get(name);
    if (slot === undefined) throw new RangeError(`metric ${name} is not among the wanted`);
    return slot;
  });
  const totals = totalledBy(spec);
  numbers.forEach((slot, i) => {
    const bits = effectiveBits(spec.normalize?.[i]);
    const range = bits > 0 ? 2 ** bits : 0;
    wasm.need(wasm.x.setMetric(address, i, slot, range));
    wasm.x.addSlotWant(slot, L.WANT_VALS | (tellsApart(spec) ? L.WANT_KEYS : 0));
    if (!spec.counters) return;
    // Integers are compared as such.
    wasm.x.addSlotWant(slot, L.WANT_RAW | L.WANT_KEYS);
    const how = (spec.counts ? L.WATCH_COUNTS : 0) | (totals.has(i) ? L.WATCH_TOTAL : 0);
    wasm.need(wasm.x.watchCounter(window, wasm.x.slotAt(slot), effectiveBits(spec.counters[i]), address, how));
  });
  const reducers: number[] = [];
  for (const r of spec.reducers) reducers.push(buildReducer(wasm, address, spec, r, numbers, reducers, lead));
  return { spec, address, reducers, slots: numbers };
}

/** Whether anything asks which instance a value is of: sums and means do not. */
function tellsApart({ columns, labels, match, normalize, reducers }: ConsumerSpec): boolean {
  if (columns || labels !== undefined || match !== undefined || normalize) return true;
  return reducers.some((r) => {
    if (r.kind === 'FIRSTLAST' || r.kind === 'TALLY') return true;
    return lanesOf(r).some((lane) => lane.fold === 'each' || lane.fold === 'first');
  });
}

/** What would make the decoder reach beyond its structs; the library takes specs from anybody. @throws RangeError */
function checkSpec({ metrics, mode, labels = 0, reducers }: ConsumerSpec): void {
  if (mode === 'firstlast' && (reducers.length !== 1 || reducers[0]!.kind !== 'FIRSTLAST'))
    throw new RangeError('mode firstlast is for one FIRSTLAST alone');
  const used = reducers.flatMap((r) => {
    const rows = lanesOf(r).flatMap((lane) => lane.rows);
    return [...rows.map((row) => row.metric), ...(r.kind === 'TALLY' ? r.metrics : [])];
  });
  for (const m of [labels, ...used])
    if (!Number.isInteger(m) || m < 0 || m >= metrics.length)
      throw new RangeError(`there is no metric ${m} of ${metrics.length}`);
}

/** Calls with the address of a text in WASM memory. */
function withText(wasm: Wasm, text: string, use: (address: number, length: number) => void): void {
  const bytes = Buffer.from(text, 'utf8');
  const at = wasm.need(wasm.x.takeBytes(Math.max(1, bytes.length)) >>> 0);
  wasm.bytes.set(bytes, at);
  use(at, bytes.length);
  wasm.x.giveBytes(at);
}

function buildLane(wasm: Wasm, consumer: number, lane: Lane | undefined): number {
  if (!lane) return 0;
  const address = wasm.need(wasm.x.addLane(consumer, FOLDS[lane.fold], lane.scale ?? 1, lane.rows.length) >>> 0);
  lane.rows.forEach((row, i) => {
    const pick = row.pick ? row.pick.step | (row.pick.count << 16) : 0;
    wasm.x.setLaneRow(address, i, row.metric, row.weight ?? 1, pick);
  });
  return address;
}

function buildReducer(
  wasm: Wasm,
  consumer: number,
  owner: ConsumerSpec,
  spec: ReducerSpec,
  slots: readonly number[],
  before: readonly number[],
  lead: Lead | null,
): number {
  const add = (kind: number, flags: number, lane: number, lane2 = 0): number =>
    wasm.need(wasm.x.addReducer(consumer, kind, flags, lane, lane2) >>> 0);
  const skip = (on: boolean | undefined): number => (on ? L.SKIP_FIRST : 0);
  switch (spec.kind) {
    case 'FIRSTLAST':
      for (const slot of slots) wasm.x.addSlotWant(slot, L.WANT_RAW);
      return add(L.KIND_FIRSTLAST, 0, 0);
    case 'ROLL': {
      if (owner.columns && spec.dropLast) throw new RangeError('ROLL by column has no dropLast');
      const flags = skip(spec.skipFirst) | (spec.dropLast ? L.DROP_LAST : 0);
      return add(L.KIND_ROLL, flags, buildLane(wasm, consumer, spec.lane));
    }
    case 'INTEGRATE':
      return add(L.KIND_INTEGRATE, 0, buildLane(wasm, consumer, spec.lane));
    case 'SUBSAMPLE': {
      const flags = spec.monotonic ? L.MONOTONIC | (spec.monotonic === 'each' ? L.EACH : 0) : 0;
      const q = add(
        L.KIND_SUBSAMPLE,
        flags,
        buildLane(wasm, consumer, spec.value),
        buildLane(wasm, consumer, spec.row),
      );
      if (lead) wasm.x.setLead(q, lead.window, lead.leadout);
      return q;
    }
    case 'LATCH':
      return add(L.KIND_LATCH, skip(spec.skipFirst), buildLane(wasm, consumer, spec.lane));
    case 'TALLY': {
      const n = spec.metrics.length;
      if (n === 0 || n > L.TALLY_METRICS) throw new RangeError(`TALLY has 1 to ${L.TALLY_METRICS} metrics, not ${n}`);
      for (const m of spec.metrics) wasm.x.addSlotWant(slots[m]!, L.WANT_STRS);
      const q = add(L.KIND_TALLY, 0, 0);
      const packed = spec.metrics.reduce((word, m, i) => word | (m << (8 * i)), 0);
      withText(wasm, spec.where?.equals ?? '', (p, length) => {
        wasm.x.setTally(q, n, packed, spec.where?.metric ?? -1, p, length);
      });
      return q;
    }
    case 'WRAPSUM': {
      const q = add(L.KIND_WRAPSUM, 0, 0);
      wasm.x.setWrap(q, 2 ** spec.bits);
      return q;
    }
    case 'FULLSERIES': {
      const flags = (spec.monotonic ? L.MONOTONIC : 0) | (spec.keep === 'even' ? L.EVEN : 0);
      const linked = 'wrapsum' in spec.value ? before[spec.value.wrapsum] : undefined;
      const q = add(L.KIND_FULLSERIES, flags, 'wrapsum' in spec.value ? 0 : buildLane(wasm, consumer, spec.value));
      if (linked !== undefined) wasm.x.linkReducer(q, linked);
      return q;
    }
    case 'DUTY':
      return add(L.KIND_DUTY, 0, 0);
    case 'SECTIONS': {
      const [one, two] = spec.lanes;
      const q = add(L.KIND_SECTIONS, 0, buildLane(wasm, consumer, one), buildLane(wasm, consumer, two));
      wasm.x.setSections(q, spec.start, spec.end, (spec.end - spec.start) / spec.count, spec.limit);
      return q;
    }
  }
}

/** Gives a reader its windows, by start. */
export function attach(wasm: Wasm, reader: number, windows: readonly BuiltWindow[]): void {
  const list = wasm.need(wasm.x.attachWindows(reader, windows.length) >>> 0);
  windows.forEach((w, i) => {
    wasm.view.setUint32(list + 4 * i, w.address, true);
  });
}
