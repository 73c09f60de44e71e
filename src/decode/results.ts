// Owns reading reducer state back out of the WASM engine as plain results, and the names of instances.

import {
  type ConsumerResult,
  chosen,
  type Instances,
  type Join,
  join,
  type Outcome,
  type ReducerResult,
} from '../reduce/index.ts';
import type { BuiltConsumer, BuiltWindow } from './build.ts';
import { Identities } from './identity.ts';
import * as L from './layout.gen.ts';
import { collectMoments, collectRestarts } from './restarts.ts';
import { ColumnTables, collectSections, collectTally, collectWrapSum, rollColumns, rowsOf } from './results-tables.ts';
import { outOfMemory, type Wasm } from './wasm.ts';

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
      ids: wasm.instances(wasm.u32(row + L.FLR_IDS), wasm.i32(row + L.FLR_NLAST)),
      keys: wasm.u32(row + L.FLR_KEYS),
    },
    first: {
      ids: wasm.instances(wasm.u32(row + L.FLR_FIRST_IDS), wasm.i32(row + L.FLR_NFIRST)),
      keys: wasm.u32(row + L.FLR_FIRST_KEYS),
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
      records: wasm.i32(window.address + L.W_RECORDS),
      firstNs: time(L.W_FIRST_NS),
      lastNs: time(L.W_LAST_NS),
      intervalNs: wasm.i64(window.address + L.W_INTERVAL),
      gaps: wasm.i32(window.address + L.W_GAPS),
      gapNs: wasm.i64(window.address + L.W_GAP_NS),
    },
    restarts: collectRestarts(wasm, window.address, wanted),
    moments: collectMoments(wasm, window.address),
    specs: window.consumers.map((c) => c.spec),
    consumers: window.consumers.map((c) => collectConsumer(wasm, c, identities, tables)),
  };
}

function collectConsumer(wasm: Wasm, c: BuiltConsumer, identities: Identities, tables: ColumnTables): ConsumerResult {
  const stop = outcome(wasm.i32(c.address + L.C_STOP), wasm.i32(c.address + L.C_STOP_CODE));
  const labels = wasm.u32(c.address + L.C_LABELS);
  const align = wasm.u32(c.address + L.C_ALIGN);
  return {
    records: wasm.i32(c.address + L.C_RECORDS),
    skipped: wasm.i32(c.address + L.C_SKIPPED),
    stop: stop.kind === 'stop' ? stop : null,
    labels:
      labels === 0
        ? null
        : identities.instances(
            wasm.u32(c.address + L.C_LABEL_KEYS),
            wasm.instances(labels, wasm.i32(c.address + L.C_NLABELS)),
          ),
    ...(align === 0 ? {} : tables.collect(align)),
    reducers: c.spec.reducers.map((_, i) => collectReducer(wasm, c, c.reducers[i]!, identities)),
  };
}

function collectReducer(wasm: Wasm, c: BuiltConsumer, q: number, identities: Identities): ReducerResult {
  switch (wasm.i32(q + L.Q_KIND)) {
    case L.KIND_FIRSTLAST:
      return collectFirstLast(wasm, c, q, identities);
    case L.KIND_ROLL: {
      const count = wasm.i32(q + L.RO_COUNT);
      const n = count === 0 ? 0 : wasm.i32(q + L.RO_WIDTH);
      if (wasm.u32(c.address + L.C_ALIGN) !== 0) return { kind: 'ROLL', count, ...rollColumns(wasm, q, n) };
      const array = (offset: number): Float64Array => wasm.doubles(wasm.u32(q + offset), n);
      return { kind: 'ROLL', count, mean: array(L.RO_MEAN), min: array(L.RO_MIN), max: array(L.RO_MAX) };
    }
    case L.KIND_INTEGRATE:
      return {
        kind: 'INTEGRATE',
        records: wasm.i32(q + L.IN_SEEN),
        total: wasm.doubles(wasm.u32(q + L.IN_TOTAL), wasm.i32(q + L.IN_WIDTH)),
        elapsed: wasm.f64(q + L.IN_ELAPSED),
      };
    case L.KIND_SUBSAMPLE: {
      const n = wasm.i32(q + L.SS_COUNT);
      const width = wasm.u32(q + L.Q_LANE2) === 0 ? 0 : wasm.i32(q + L.SS_WIDTH);
      return {
        kind: 'SUBSAMPLE',
        t: wasm.doubles(wasm.u32(q + L.SS_T), n),
        v: wasm.u32(q + L.Q_LANE) === 0 ? new Float64Array(0) : wasm.doubles(wasm.u32(q + L.SS_V), n),
        rows: rowsOf(wasm, q, n, width),
        width,
        lead:
          wasm.i32(q + L.SS_HAVE) === 0
            ? null
            : { window: wasm.f64(q + L.SS_WINDOW), leadout: wasm.f64(q + L.SS_LEADOUT) },
      };
    }
    case L.KIND_LATCH:
      return { kind: 'LATCH', value: wasm.i32(q + L.LA_SET) === 0 ? null : wasm.f64(q + L.LA_VALUE) };
    case L.KIND_WRAPSUM:
      return collectWrapSum(wasm, q, c.slots.length);
    case L.KIND_FULLSERIES: {
      const n = wasm.i32(q + L.FS_N);
      const array = (offset: number): Float64Array => wasm.doubles(wasm.u32(q + offset), n);
      return { kind: 'FULLSERIES', records: wasm.i32(q + L.FS_RECORDS), t: array(L.FS_T), x: array(L.FS_X) };
    }
    case L.KIND_DUTY: {
      const n = wasm.i32(q + L.DU_WIDTH);
      const array = (offset: number): Float64Array => wasm.doubles(wasm.u32(q + offset), n);
      const busiest = wasm.f64(q + L.DU_MAX);
      return { kind: 'DUTY', above: array(L.DU_ABOVE), below: array(L.DU_BELOW), count: array(L.DU_COUNT), busiest };
    }
    case L.KIND_SECTIONS:
      return collectSections(wasm, q);
    default:
      return { kind: 'TALLY', entries: collectTally(wasm, q, identities), overflow: wasm.i32(q + L.TA_OVERFLOW) !== 0 };
  }
}

function collectFirstLast(wasm: Wasm, c: BuiltConsumer, q: number, identities: Identities): ReducerResult {
  const records = wasm.i32(q + L.FL_CALLS);
  const same = wasm.f64(q + L.FL_FIRST_T) === wasm.f64(q + L.FL_LAST_T);
  const calls = records === 0 ? 0 : records === 1 || same ? 1 : 2;
  const rows = c.slots.map((_, m) => wasm.u32(q + L.FL_ROWS) + m * L.FLR_SIZE);
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
    firstTime: wasm.f64(q + L.FL_FIRST_T),
    lastTime: wasm.f64(q + L.FL_LAST_T),
    first: outcome(wasm.i32(q + L.FL_FIRST_OUT), wasm.i32(q + L.FL_FIRST_CODE)),
    last: outcome(wasm.i32(q + L.FL_LAST_OUT), wasm.i32(q + L.FL_LAST_CODE)),
    firstCounts: rows.map((row) => wasm.i32(row + L.FLR_NFIRST)),
    lastCounts: rows.map((row) => wasm.i32(row + L.FLR_NLAST)),
    delta: joins.map((j, m) => difference(wasm, rows[m]!, j)),
    instances: pick(last, (j) => j.both.map(([, now]) => now)),
    appeared: pick(last, (j) => j.appeared),
    vanished: pick(first, (j) => j.vanished),
  };
}

/** last − first; 64-bit integers are subtracted as integers and only then made doubles. */
function difference(wasm: Wasm, row: number, { both }: Join): Float64Array {
  const first = wasm.u32(row + L.FLR_FIRST);
  const last = wasm.u32(row + L.FLR_LAST);
  if (wasm.i32(row + L.FLR_INT) !== 0) {
    const a = wasm.integers(first, wasm.i32(row + L.FLR_NFIRST));
    const b = wasm.integers(last, wasm.i32(row + L.FLR_NLAST));
    return Float64Array.from(both, ([was, now]) => Number(BigInt.asIntN(64, b[now]! - a[was]!)));
  }
  const a = wasm.doubles(first, wasm.i32(row + L.FLR_NFIRST));
  const b = wasm.doubles(last, wasm.i32(row + L.FLR_NLAST));
  return Float64Array.from(both, ([was, now]) => b[now]! - a[was]!);
}
