// Owns reading reducer state back out of the WASM engine as plain results, and the names of instances.

import {
  type ConsumerResult,
  chosen,
  type Instances,
  type Join,
  join,
  type Outcome,
  type ReducerResult,
} from '../../reduce/index.ts';
import * as L from '../wasm/layout.gen.ts';
import { outOfMemory, type Wasm } from '../wasm/wasm.ts';
import type { BuiltConsumer, BuiltWindow } from './build.ts';
import { Identities } from './identity.ts';
import { collectMoments, collectRestarts } from './restarts.ts';
import { ColumnTables, collectSections, collectTally, collectWrapSum, rollColumns, rowsOf } from './results-tables.ts';

const NEVER = -(2n ** 63n);

type Stop = Extract<Outcome, { kind: 'stop' }>;
const REASONS: Readonly<Record<number, Stop['reason']>> = {
  [L.STOP_NODATA]: 'nodata',
  [L.STOP_EMPTY]: 'empty',
  [L.STOP_FLOOR]: 'floor',
  [L.STOP_RAGGED]: 'ragged',
  [L.STOP_SHAPE]: 'shape',
  [L.STOP_ERROR]: 'error',
  [L.STOP_CONVERSION]: 'conversion',
  [L.STOP_DECREASE]: 'decrease',
};

function outcome(reason: number, code: number): Outcome {
  if (reason === L.STOP_NONE) return { kind: 'ok' };
  if (reason === L.STOP_SKIP) return { kind: 'skip' };
  if (reason === L.STOP_MEMORY) throw outOfMemory();
  const why = REASONS[reason]!;
  return why === 'error' ? { kind: 'stop', reason: why, code } : { kind: 'stop', reason: why };
}

/** Numbers of a metric's instances in the last and in the first record of a FIRSTLAST, and where their identities lie. */
function ends(wasm: Wasm, row: number) {
  return {
    last: {
      ids: wasm.instances(wasm.u32(row + L.FirstLastRow.ids), wasm.i32(row + L.FirstLastRow.lastCount)),
      keys: wasm.u32(row + L.FirstLastRow.keys),
    },
    first: {
      ids: wasm.instances(wasm.u32(row + L.FirstLastRow.firstIds), wasm.i32(row + L.FirstLastRow.firstCount)),
      keys: wasm.u32(row + L.FirstLastRow.firstKeys),
    },
  };
}

/** Records, span and results of a window; `wanted`: names of the slots. */
export function collectWindow(wasm: Wasm, window: BuiltWindow, wanted: readonly string[]) {
  wasm.x.settleWindow(window.address);
  const identities = new Identities(wasm);
  const tables = new ColumnTables(wasm, identities);
  const time = (offset: number): bigint | null => {
    const ns = wasm.i64(window.address + offset);
    return ns === NEVER ? null : ns;
  };
  return {
    coverage: {
      records: wasm.i32(window.address + L.Window.records),
      firstNs: time(L.Window.firstNs),
      lastNs: time(L.Window.lastNs),
      intervalNs: wasm.i64(window.address + L.Window.intervalNs),
      gaps: wasm.i32(window.address + L.Window.gaps),
      gapNs: wasm.i64(window.address + L.Window.gapNs),
    },
    restarts: collectRestarts(wasm, window.address, wanted),
    moments: collectMoments(wasm, window.address),
    specs: window.consumers.map((c) => c.spec),
    consumers: window.consumers.map((c) => collectConsumer(wasm, c, identities, tables)),
  };
}

function collectConsumer(wasm: Wasm, c: BuiltConsumer, identities: Identities, tables: ColumnTables): ConsumerResult {
  const stop = outcome(wasm.i32(c.address + L.Consumer.stop), wasm.i32(c.address + L.Consumer.stopCode));
  const labels = wasm.u32(c.address + L.Consumer.labels);
  const align = wasm.u32(c.address + L.Consumer.align);
  return {
    records: wasm.i32(c.address + L.Consumer.records),
    skipped: wasm.i32(c.address + L.Consumer.skipped),
    stop: stop.kind === 'stop' ? stop : null,
    labels:
      labels === 0
        ? null
        : identities.instances(
            wasm.u32(c.address + L.Consumer.labelKeys),
            wasm.instances(labels, wasm.i32(c.address + L.Consumer.labelCount)),
          ),
    ...(align === 0 ? {} : tables.collect(align)),
    reducers: c.spec.reducers.map((_, i) => collectReducer(wasm, c, c.reducers[i]!, identities)),
  };
}

function collectReducer(wasm: Wasm, c: BuiltConsumer, q: number, identities: Identities): ReducerResult {
  switch (wasm.i32(q + L.Reducer.kind)) {
    case L.KIND_FIRSTLAST:
      return collectFirstLast(wasm, c, q, identities);
    case L.KIND_ROLL: {
      const count = wasm.i32(q + L.Roll.count);
      const n = count === 0 ? 0 : wasm.i32(q + L.Roll.width);
      if (wasm.u32(c.address + L.Consumer.align) !== 0) return { kind: 'ROLL', count, ...rollColumns(wasm, q, n) };
      const array = (offset: number): Float64Array => wasm.doubles(wasm.u32(q + offset), n);
      return { kind: 'ROLL', count, mean: array(L.Roll.mean), min: array(L.Roll.min), max: array(L.Roll.max) };
    }
    case L.KIND_INTEGRATE:
      return {
        kind: 'INTEGRATE',
        records: wasm.i32(q + L.Integrate.seen),
        total: wasm.doubles(wasm.u32(q + L.Integrate.totals), wasm.i32(q + L.Integrate.width)),
        elapsed: wasm.f64(q + L.Integrate.elapsed),
      };
    case L.KIND_SUBSAMPLE: {
      const n = wasm.i32(q + L.Subsample.count);
      const width = wasm.u32(q + L.Reducer.lane2) === 0 ? 0 : wasm.i32(q + L.Subsample.width);
      return {
        kind: 'SUBSAMPLE',
        t: wasm.doubles(wasm.u32(q + L.Subsample.times), n),
        v: wasm.u32(q + L.Reducer.lane) === 0 ? new Float64Array(0) : wasm.doubles(wasm.u32(q + L.Subsample.values), n),
        rows: rowsOf(wasm, q, n, width),
        width,
        lead:
          wasm.i32(q + L.Subsample.hasLead) === 0
            ? null
            : { window: wasm.f64(q + L.Subsample.window), leadout: wasm.f64(q + L.Subsample.leadout) },
      };
    }
    case L.KIND_LATCH:
      return { kind: 'LATCH', value: wasm.i32(q + L.Latch.set) === 0 ? null : wasm.f64(q + L.Latch.value) };
    case L.KIND_WRAPSUM:
      return collectWrapSum(wasm, q, c.slots.length);
    case L.KIND_FULLSERIES: {
      const n = wasm.i32(q + L.FullSeries.count);
      const array = (offset: number): Float64Array => wasm.doubles(wasm.u32(q + offset), n);
      return {
        kind: 'FULLSERIES',
        records: wasm.i32(q + L.FullSeries.records),
        t: array(L.FullSeries.times),
        x: array(L.FullSeries.values),
      };
    }
    case L.KIND_DUTY: {
      const n = wasm.i32(q + L.Duty.width);
      const array = (offset: number): Float64Array => wasm.doubles(wasm.u32(q + offset), n);
      const busiest = wasm.f64(q + L.Duty.most);
      return {
        kind: 'DUTY',
        above: array(L.Duty.above),
        below: array(L.Duty.below),
        count: array(L.Duty.counts),
        busiest,
      };
    }
    case L.KIND_SECTIONS:
      return collectSections(wasm, q);
    default:
      return {
        kind: 'TALLY',
        entries: collectTally(wasm, q, identities),
        overflow: wasm.i32(q + L.Tally.overflow) !== 0,
      };
  }
}

function collectFirstLast(wasm: Wasm, c: BuiltConsumer, q: number, identities: Identities): ReducerResult {
  const records = wasm.i32(q + L.FirstLast.calls);
  const same = wasm.f64(q + L.FirstLast.firstTime) === wasm.f64(q + L.FirstLast.lastTime);
  const calls = records === 0 ? 0 : records === 1 || same ? 1 : 2;
  const rows = c.slots.map((_, m) => wasm.u32(q + L.FirstLast.rows) + m * L.FirstLastRow.SIZE);
  const none: Instances = { ids: [], names: [] };
  const both = rows.map((row) => ends(wasm, row));
  const first = both.map(({ first: { keys, ids } }) => identities.instances(keys, ids));
  const last = both.map(({ last: { keys, ids } }) => identities.instances(keys, ids));
  const keysOf = ({ keys, ids }: { readonly keys: number; readonly ids: readonly number[] }) =>
    wasm.integers(keys, ids.length);
  const joins = calls === 2 ? both.map((b) => join(keysOf(b.first), keysOf(b.last))) : [];
  const pick = (of: readonly Instances[], which: (j: Join) => readonly number[]): Instances[] =>
    calls === 0 ? [] : rows.map((_, m) => (joins[m] ? chosen(of[m]!, which(joins[m])) : none));
  return {
    kind: 'FIRSTLAST',
    calls,
    firstTime: wasm.f64(q + L.FirstLast.firstTime),
    lastTime: wasm.f64(q + L.FirstLast.lastTime),
    first: outcome(wasm.i32(q + L.FirstLast.firstOutcome), wasm.i32(q + L.FirstLast.firstCode)),
    last: outcome(wasm.i32(q + L.FirstLast.lastOutcome), wasm.i32(q + L.FirstLast.lastCode)),
    firstCounts: rows.map((row) => wasm.i32(row + L.FirstLastRow.firstCount)),
    lastCounts: rows.map((row) => wasm.i32(row + L.FirstLastRow.lastCount)),
    delta: joins.map((j, m) => difference(wasm, rows[m]!, j)),
    instances: pick(last, (j) => j.both.map(([, now]) => now)),
    appeared: pick(last, (j) => j.appeared),
    vanished: pick(first, (j) => j.vanished),
  };
}

/** last − first; 64-bit integers are subtracted as integers and only then made doubles. */
function difference(wasm: Wasm, row: number, { both }: Join): Float64Array {
  const first = wasm.u32(row + L.FirstLastRow.first);
  const last = wasm.u32(row + L.FirstLastRow.last);
  if (wasm.i32(row + L.FirstLastRow.exact) !== 0) {
    const a = wasm.integers(first, wasm.i32(row + L.FirstLastRow.firstCount));
    const b = wasm.integers(last, wasm.i32(row + L.FirstLastRow.lastCount));
    return Float64Array.from(both, ([was, now]) => Number(BigInt.asIntN(64, b[now]! - a[was]!)));
  }
  const a = wasm.doubles(first, wasm.i32(row + L.FirstLastRow.firstCount));
  const b = wasm.doubles(last, wasm.i32(row + L.FirstLastRow.lastCount));
  return Float64Array.from(both, ([was, now]) => b[now]! - a[was]!);
}
