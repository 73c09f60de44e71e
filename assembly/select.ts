// Owns what is wanted: slots, wanted pmids of a reader, job windows and the consumers in them. Built by TypeScript before reading.

import { findIndom } from './archive/indom';
import { dissolveAll } from './archive/steady';
import { intern, resetStrings } from './archive/strings';
import { forgetInstant } from './instant';
import {
  C_ALIGN, C_FLAGS, C_FLOOR, C_LABEL_METRIC, C_NMETRICS, C_NORMS, C_NREDUCERS, C_PLAIN, C_PLAIN_ROLL, C_REDUCERS, C_SIZE, C_SLOTS, C_WINDOW,
  F_EMPTY_SKIP, F_EMPTY_STOP, FL_ROWS, FL_SIZE, FOLD_EACH, FOLD_FIRST, FLR_GEN, FLR_SIZE, DU_SIZE, FS_SIZE, SE_SIZE, WS_SIZE, IN_SIZE, KIND_FIRSTLAST, KIND_INTEGRATE, KIND_LATCH, KIND_ROLL, KIND_SUBSAMPLE,
  KIND_DUTY, KIND_FULLSERIES, KIND_SECTIONS, KIND_TALLY, KIND_WRAPSUM, L_NPAIRS, L_SCALED, L_SEQ, L_SIZE, L_WANT, LA_SIZE, LANE_ARENA, LANE_FOLD, LANE_N, LANE_ORDER, LANE_PICK, LANE_ROW_SIZE, LANE_ROWS, LANE_SCALE,
  M_COUNTER, M_INDOM, M_NEXT, M_PMID, M_SCALE, M_SIZE, M_SLOT, M_TYPE, N_RANGE, NOBODY, N_SIZE, OR_GEN, OR_SIZE, PLAN_SLOTS, Q_FLAGS, Q_KIND, Q_LANE, Q_LANE2, R_ARENA, R_CAP,
  R_ID, R_LAST_NS, R_LIMIT, R_MASK, R_NDESCRIBED, R_NMETRICS, R_NWINDOWS, R_PLANS, R_SEEN, R_SIZE, R_TABLE, R_UNDESCRIBED, R_WIN, R_WINDOWS, RO_DIRECT, RO_SIZE, SS_HAVE, SS_LEADOUT, SS_MAX, STEP_BUCKETS, STEP_SIZE,
  SS_SIZE, SS_T, SS_V, SS_WALLTIME, SS_WINDOW, TA_EQUALS, TA_METRICS, TA_NMETRICS, TA_SIZE, TA_WHERE, U_SIZE,
  W_ARENA, W_CONSUMERS, W_END, W_FIRST_NS, W_LAST_NS, W_NCONSUMERS, W_SIZE, W_START, W_STEPS, W_WALLTIME,
} from './layout';
import { giveWindow, release, take, takeWindow, windowCapacity } from './memory';

/** Memory of the session: slots, and what outlives a window. */
export const session = memory.data(16);
/** Arena in the making or on its way out. */
const nest = memory.data(16);
let slots: usize = 0;
let nSlots: i32 = 0;
let readers: i32 = 0;

/** Forgets everything and prepares `n` slots. False if memory is exhausted. */
export function openSession(n: i32): bool {
  release(session);
  resetStrings();
  forgetInstant();
  readers = 0;
  nSlots = n;
  slots = (take(session, n * L_SIZE + 64) + 63) & ~63;
  if (!slots) return false;
  for (let i = 0; i < n; i++) {
    store<i32>(slotAt(i), -1, L_SEQ);
    store<i32>(slotAt(i), -1, L_NPAIRS);
  }
  return true;
}

// @ts-ignore: decorator
@inline
export function slotAt(i: i32): usize {
  return slots + i * L_SIZE;
}

export function slotCount(): i32 {
  return nSlots;
}

export function addSlotWant(slot: i32, bits: i32): void {
  store<i32>(slotAt(slot), load<i32>(slotAt(slot), L_WANT) | bits, L_WANT);
}

/** A reader with a window of at least `bytes`; 0 if memory is exhausted. Lives in a block of its own. */
export function openReader(bytes: u32): usize {
  const block = takeWindow(R_SIZE + (PLAN_SLOTS << 2));
  if (!block) return 0;
  memory.fill(block, 0, R_SIZE + (PLAN_SLOTS << 2));
  store<u32>(block, <u32>block + R_SIZE, R_PLANS);
  store<i64>(block, i64.MIN_VALUE, R_LAST_NS);
  store<i64>(block, i64.MAX_VALUE, R_LIMIT);
  store<i32>(block, readers++, R_ID);
  const window = takeWindow(bytes);
  if (!window) {
    giveWindow(block);
    return 0;
  }
  store<u32>(block, <u32>window, R_WIN);
  store<u32>(block, windowCapacity(window), R_CAP);
  return resizeTable(block, 64) ? block : 0;
}

export function closeReader(r: usize): void {
  dissolveAll(r);
  release(r + R_ARENA);
  giveWindow(load<u32>(r, R_WIN));
  giveWindow(r);
}

function resizeTable(r: usize, entries: u32): bool {
  const old: usize = load<u32>(r, R_TABLE);
  const oldEntries = old ? load<u32>(r, R_MASK) + 1 : 0;
  const table = take(r + R_ARENA, entries << 3);
  if (!table) return false;
  store<u32>(r, <u32>table, R_TABLE);
  store<u32>(r, entries - 1, R_MASK);
  for (let i: u32 = 0; i < oldEntries; i++) {
    const m: usize = load<u32>(old + (i << 3), 4);
    if (m) store<u32>(placeOf(table, entries - 1, load<u32>(old + (i << 3))), <u32>m, 4);
  }
  return true;
}

/** The entry of a pmid in a table with room; it has it, and no metric yet if it is a new one. */
function placeOf(table: usize, mask: u32, pmid: u32): usize {
  let at = (pmid * 0x9e3779b1) >>> 16 & mask;
  while (load<u32>(table + (at << 3), 4) && load<u32>(table + (at << 3)) != pmid) at = (at + 1) & mask;
  store<u32>(table + (at << 3), pmid);
  return table + (at << 3);
}

/** The entry of a described metric; 0 if memory is exhausted. */
function describe(r: usize, raw: u32): usize {
  const n = load<i32>(r, R_NDESCRIBED) + 1;
  if (<u32>n << 1 > load<u32>(r, R_MASK) && !resizeTable(r, (load<u32>(r, R_MASK) + 1) << 1)) return 0;
  const entry = placeOf(load<u32>(r, R_TABLE), load<u32>(r, R_MASK), raw);
  if (!load<u32>(entry, 4)) {
    store<i32>(entry, NOBODY, 4);
    store<i32>(r, n, R_NDESCRIBED);
  }
  return entry;
}

/** Takes note of a descriptor, wanted or not. False if memory is exhausted. */
export function describeMetric(r: usize, pmid: u32): bool {
  return describe(r, bswap<u32>(pmid)) != 0;
}

/** Wants a metric: values of `pmid`, times `scale`, go to `slot`. It may have several names, with a slot each. */
export function wantMetric(r: usize, pmid: u32, type: i32, indom: u32, counter: bool, slot: i32, scale: f64): bool {
  const raw = bswap<u32>(pmid);
  const entry = describe(r, raw);
  if (!entry) return false;
  let before: usize = load<i32>(entry, 4) == NOBODY ? 0 : load<u32>(entry, 4);
  while (before) {
    if (load<u32>(before, M_SLOT) == <u32>slotAt(slot)) return true;
    if (!load<u32>(before, M_NEXT)) break;
    before = load<u32>(before, M_NEXT);
  }
  const m = take(r + R_ARENA, M_SIZE);
  if (!m) return false;
  const domain: usize = indom == 0xffffffff ? 0 : findIndom(r, indom, true);
  if (indom != 0xffffffff && !domain) return false;
  store<u32>(m, <u32>slotAt(slot), M_SLOT);
  store<i32>(m, type, M_TYPE);
  store<i32>(m, counter ? 1 : 0, M_COUNTER);
  store<f64>(m, scale, M_SCALE);
  if (scale != 1) store<i32>(slotAt(slot), 1, L_SCALED);
  store<u32>(m, <u32>domain, M_INDOM);
  store<u32>(m, raw, M_PMID);
  if (before) store<u32>(before, <u32>m, M_NEXT);
  else store<u32>(entry, <u32>m, 4);
  store<u32>(r, load<u32>(r, R_NMETRICS) + 1, R_NMETRICS);
  return true;
}

/** A job window of `n` consumers (filled by addConsumer); 0 if memory is exhausted. */
export function openWindow(start: i64, end: i64, walltime: f64, n: i32): usize {
  // The window lies in the first block of its own arena.
  memory.fill(nest, 0, 16);
  const w = take(nest, W_SIZE);
  if (!w) return 0;
  memory.copy(w + W_ARENA, nest, 12);
  store<i64>(w, start, W_START);
  store<i64>(w, end, W_END);
  store<i64>(w, i64.MIN_VALUE, W_FIRST_NS);
  store<i64>(w, i64.MIN_VALUE, W_LAST_NS);
  store<f64>(w, walltime, W_WALLTIME);
  const list = take(w + W_ARENA, n << 2);
  const steps = take(w + W_ARENA, STEP_BUCKETS * STEP_SIZE);
  if (!list || !steps) return 0;
  store<u32>(w, <u32>steps, W_STEPS);
  store<u32>(w, <u32>list, W_CONSUMERS);
  return w;
}

export function closeWindow(w: usize): void {
  memory.copy(nest, w + W_ARENA, 12);
  release(nest);
}

/** Attaches windows to a reader: `list` holds `n` window addresses sorted by start; it must live as long as the reader. */
export function attachWindows(r: usize, n: i32): usize {
  const list = take(r + R_ARENA, n << 2);
  const seen = take(r + R_ARENA, n);
  const undescribed = take(r + R_ARENA, n * U_SIZE);
  if (!list || !seen || !undescribed) return 0;
  memory.fill(seen, 0, n);
  memory.fill(undescribed, 0, n * U_SIZE);
  store<u32>(r, <u32>undescribed, R_UNDESCRIBED);
  store<u32>(r, <u32>seen, R_SEEN);
  store<u32>(r, <u32>list, R_WINDOWS);
  store<i32>(r, n, R_NWINDOWS);
  return list;
}

/** `labels`: metric whose instances label the lanes, or -1. The caller fills the slot numbers with setMetric. */
export function addConsumer(w: usize, flags: i32, nMetrics: i32, nReducers: i32, labels: i32, floor: f64): usize {
  const arena = w + W_ARENA;
  const c = take(arena, C_SIZE);
  const list = take(arena, nMetrics << 2);
  const reducers = take(arena, nReducers << 2);
  if (!c || !list || !reducers) return 0;
  store<i32>(c, flags, C_FLAGS);
  store<i32>(c, nMetrics, C_NMETRICS);
  store<u32>(c, <u32>list, C_SLOTS);
  store<u32>(c, <u32>reducers, C_REDUCERS);
  store<i32>(c, labels, C_LABEL_METRIC);
  store<f64>(c, floor, C_FLOOR);
  store<u32>(c, <u32>w, C_WINDOW);
  const n = load<i32>(w, W_NCONSUMERS);
  store<u32>(<usize>load<u32>(w, W_CONSUMERS) + (n << 2), <u32>c);
  store<i32>(w, n + 1, W_NCONSUMERS);
  return c;
}

/** The i-th metric of a consumer; `range` = 2^bits normalises it, 0 does not. */
export function setMetric(c: usize, i: i32, slot: i32, range: f64): bool {
  store<u32>(<usize>load<u32>(c, C_SLOTS) + (i << 2), <u32>slotAt(slot));
  if (range == 0) return true;
  if (!load<u32>(c, C_NORMS)) {
    const norms = take(<usize>load<u32>(c, C_WINDOW) + W_ARENA, load<i32>(c, C_NMETRICS) * N_SIZE);
    if (!norms) return false;
    store<u32>(c, <u32>norms, C_NORMS);
  }
  store<f64>(<usize>load<u32>(c, C_NORMS) + i * N_SIZE, range, N_RANGE);
  return true;
}

function sizeOf(kind: i32): u32 {
  if (kind == KIND_FIRSTLAST) return FL_SIZE;
  if (kind == KIND_ROLL) return RO_SIZE;
  if (kind == KIND_INTEGRATE) return IN_SIZE;
  if (kind == KIND_SUBSAMPLE) return SS_SIZE;
  if (kind == KIND_LATCH) return LA_SIZE;
  if (kind == KIND_WRAPSUM) return WS_SIZE;
  if (kind == KIND_FULLSERIES) return FS_SIZE;
  if (kind == KIND_DUTY) return DU_SIZE;
  if (kind == KIND_SECTIONS) return SE_SIZE;
  return TA_SIZE;
}

export function addReducer(c: usize, kind: i32, flags: i32, lane: usize, lane2: usize): usize {
  const w: usize = load<u32>(c, C_WINDOW);
  const arena = w + W_ARENA;
  const q = take(arena, sizeOf(kind));
  if (!q) return 0;
  store<i32>(q, kind, Q_KIND);
  store<i32>(q, flags, Q_FLAGS);
  store<u32>(q, <u32>lane, Q_LANE);
  store<u32>(q, <u32>lane2, Q_LANE2);
  if (kind == KIND_FIRSTLAST) {
    const n = load<i32>(c, C_NMETRICS);
    const rows = take(arena, n * FLR_SIZE);
    if (!rows) return 0;
    for (let i = 0; i < n; i++) store<i32>(rows + i * FLR_SIZE, -1, FLR_GEN);
    store<u32>(q, <u32>rows, FL_ROWS);
  } else if (kind == KIND_ROLL) {
    const row = lane + LANE_ROWS;
    // A row of which only some values are wanted asks for enough of them first.
    const plain = load<i32>(lane, LANE_FOLD) == FOLD_EACH && load<i32>(lane, LANE_N) == 1 && !load<i32>(row, LANE_PICK);
    if (plain && load<f64>(row) * load<f64>(lane, LANE_SCALE) == 1) store<i32>(q, load<i32>(row, 8) + 1, RO_DIRECT);
    const alone = !load<u32>(c, C_ALIGN) && load<i32>(c, C_NMETRICS) == 1 && load<i32>(c, C_NREDUCERS) == 0 && !load<u32>(c, C_NORMS);
    // With values in its only metric there is nothing left that the `empty` rules could ask.
    const checks = load<i32>(c, C_FLAGS) & ~(F_EMPTY_SKIP | F_EMPTY_STOP);
    if (alone && !checks && load<i32>(c, C_LABEL_METRIC) < 0 && load<i32>(q, RO_DIRECT)) {
      store<u32>(c, load<u32>(<usize>load<u32>(c, C_SLOTS)), C_PLAIN);
      store<u32>(c, <u32>q, C_PLAIN_ROLL);
    }
  } else if (kind == KIND_SUBSAMPLE) {
    const t = take(arena, SS_MAX << 3);
    const v = take(arena, SS_MAX << 3);
    if (!t || !v) return 0;
    store<u32>(q, <u32>t, SS_T);
    store<u32>(q, <u32>v, SS_V);
    store<f64>(q, load<f64>(w, W_WALLTIME), SS_WALLTIME);
  }
  // A second reducer: no longer alone.
  if (load<i32>(c, C_NREDUCERS) > 0) store<u32>(c, 0, C_PLAIN);
  const n = load<i32>(c, C_NREDUCERS);
  store<u32>(<usize>load<u32>(c, C_REDUCERS) + (n << 2), <u32>q);
  store<i32>(c, n + 1, C_NREDUCERS);
  return q;
}

export function addLane(c: usize, fold: i32, scale: f64, rows: i32): usize {
  const arena = <usize>load<u32>(c, C_WINDOW) + W_ARENA;
  const lane = take(arena, LANE_ROWS + rows * LANE_ROW_SIZE);
  if (!lane) return 0;
  store<u32>(lane, <u32>arena, LANE_ARENA);
  if (fold == FOLD_EACH || fold == FOLD_FIRST) {
    const orders = take(arena, rows * OR_SIZE);
    if (!orders) return 0;
    for (let i = 0; i < rows; i++) {
      store<i32>(orders + i * OR_SIZE, -1, OR_GEN);
      store<u32>(lane + LANE_ROWS + i * LANE_ROW_SIZE, <u32>(orders + i * OR_SIZE), LANE_ORDER);
    }
  }
  store<f64>(lane, scale, LANE_SCALE);
  store<i32>(lane, fold, LANE_FOLD);
  store<i32>(lane, rows, LANE_N);
  return lane;
}

export function setLaneRow(lane: usize, i: i32, metric: i32, weight: f64, pick: i32): void {
  store<i32>(lane + LANE_ROWS + i * LANE_ROW_SIZE, pick, LANE_PICK);
  store<f64>(lane + LANE_ROWS + i * LANE_ROW_SIZE, weight);
  store<i32>(lane + LANE_ROWS + i * LANE_ROW_SIZE, metric, 8);
}

/** A sub-sampling window set by an earlier node of the job. */
export function setLead(q: usize, window: f64, leadout: f64): void {
  store<i32>(q, 1, SS_HAVE);
  store<f64>(q, window, SS_WINDOW);
  store<f64>(q, leadout, SS_LEADOUT);
}

/** Metrics of a TALLY as indices into the consumer's, packed 8 bits each; `where` -1 or one of them; string at p. */
export function setTally(q: usize, n: i32, packed: i32, where: i32, p: usize, len: u32): void {
  store<i32>(q, n, TA_NMETRICS);
  store<i32>(q, packed, TA_METRICS);
  store<i32>(q, where, TA_WHERE);
  store<u32>(q, where < 0 ? 0 : intern(p, len), TA_EQUALS);
}
