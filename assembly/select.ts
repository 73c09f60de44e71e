// Owns what is wanted: slots, wanted pmids of a reader, job windows and the consumers in them. Built by TypeScript before reading.

import { resizeTable } from './archive/described';
import { dissolveAll } from './archive/steady';
import { intern, resetStrings } from './archive/strings';
import { forgetInstant } from './instant';
import {
  Arena,
  Consumer,
  Duty,
  EMPTY_SKIPS,
  EMPTY_STOPS,
  FirstLast,
  FirstLastRow,
  FOLD_EACH,
  FOLD_FIRST,
  FullSeries,
  Integrate,
  KIND_DUTY,
  KIND_FIRSTLAST,
  KIND_FULLSERIES,
  KIND_INTEGRATE,
  KIND_LATCH,
  KIND_ROLL,
  KIND_SECTIONS,
  KIND_SUBSAMPLE,
  KIND_WRAPSUM,
  Lane,
  LaneRow,
  Latch,
  List,
  MAX_SAMPLES,
  Norm,
  next,
  none,
  Order,
  PLAN_SLOTS,
  Plan,
  Reader,
  Reducer,
  Roll,
  SECTIONS_SIZE,
  Slot,
  STEP_BUCKETS,
  StepBucket,
  Structs,
  Subsample,
  Tally,
  Undescribed,
  Window,
  WrapSum,
} from './layout';
import { giveWindow, release, take, takeWindow, windowCapacity } from './memory';

/** Memory of the session: slots, and what outlives a window. */
export const session = changetype<Arena>(memory.data(16));
/** Arena in the making or on its way out. */
const nest = changetype<Arena>(memory.data(16));
let slots = changetype<Structs<Slot>>(0);
let nSlots: i32 = 0;
let readers: i32 = 0;

/** Forgets everything and prepares `n` slots. False if memory is exhausted. */
export function openSession(n: i32): bool {
  release(session);
  resetStrings();
  forgetInstant();
  readers = 0;
  nSlots = n;
  slots = changetype<Structs<Slot>>((take<usize>(session, n * offsetof<Slot>() + 64) + 63) & ~63);
  if (!slots) return false;
  for (let i = 0; i < n; i++) {
    slotAt(i).seq = -1;
    slotAt(i).pairCount = -1;
  }
  return true;
}

/** @inline */
export function slotAt(i: i32): Slot {
  return slots[i];
}

export function slotCount(): i32 {
  return nSlots;
}

export function addSlotWant(slot: i32, bits: i32): void {
  slotAt(slot).want |= bits;
}

/** A reader with a buffer of at least `room` bytes; 0 if memory is exhausted. Lives in a block of its own. */
export function openReader(room: u32): Reader {
  const bytes = <u32>offsetof<Reader>() + (PLAN_SLOTS << 2);
  const r = changetype<Reader>(takeWindow(bytes));
  if (!r) return r;
  memory.fill(changetype<usize>(r), 0, bytes);
  r.plans = changetype<List<Plan>>(next(r));
  r.lastNs = i64.MIN_VALUE;
  r.limitNs = i64.MAX_VALUE;
  r.id = readers++;
  const window = takeWindow(room);
  if (!window) {
    giveWindow(changetype<usize>(r));
    return none<Reader>();
  }
  r.buffer = window;
  r.capacity = windowCapacity(window);
  return resizeTable(r, 64) ? r : none<Reader>();
}

export function closeReader(r: Reader): void {
  dissolveAll(r);
  release(r.arena);
  giveWindow(r.buffer);
  giveWindow(changetype<usize>(r));
}

/** A job window of `n` consumers (filled by addConsumer); 0 if memory is exhausted. */
export function openWindow(start: i64, end: i64, walltime: f64, n: i32): Window {
  // The window lies in the first block of its own arena.
  memory.fill(changetype<usize>(nest), 0, 16);
  const w = take<Window>(nest, offsetof<Window>());
  if (!w) return none<Window>();
  memory.copy(changetype<usize>(w.arena), changetype<usize>(nest), 12);
  w.start = start;
  w.end = end;
  w.firstNs = i64.MIN_VALUE;
  w.lastNs = i64.MIN_VALUE;
  w.walltime = walltime;
  const list = take<List<Consumer>>(w.arena, n << 2);
  const steps = take<Structs<StepBucket>>(w.arena, STEP_BUCKETS * offsetof<StepBucket>());
  if (!list || !steps) return none<Window>();
  w.steps = steps;
  w.consumers = list;
  return w;
}

export function closeWindow(w: Window): void {
  memory.copy(changetype<usize>(nest), changetype<usize>(w.arena), 12);
  release(nest);
}

/** Attaches windows to a reader: `list` holds `n` window addresses sorted by start; it must live as long as the reader. */
export function attachWindows(r: Reader, n: i32): List<Window> {
  const list = take<List<Window>>(r.arena, n << 2);
  const seen = take<List<u8>>(r.arena, n);
  const undescribed = take<Structs<Undescribed>>(r.arena, n * offsetof<Undescribed>());
  if (!list || !seen || !undescribed) return none<List<Window>>();
  memory.fill(changetype<usize>(seen), 0, n);
  memory.fill(changetype<usize>(undescribed), 0, n * offsetof<Undescribed>());
  r.undescribed = undescribed;
  r.seen = seen;
  r.windows = list;
  r.windowCount = n;
  return list;
}

/** `labels`: metric whose instances label the lanes, or -1. The caller fills the slot numbers with setMetric. */
export function addConsumer(w: Window, flags: i32, nMetrics: i32, nReducers: i32, labels: i32, floor: f64): Consumer {
  const arena = w.arena;
  const c = take<Consumer>(arena, offsetof<Consumer>());
  const list = take<List<Slot>>(arena, nMetrics << 2);
  const reducers = take<List<Reducer>>(arena, nReducers << 2);
  if (!c || !list || !reducers) return none<Consumer>();
  c.flags = flags;
  c.metricCount = nMetrics;
  c.slots = list;
  c.reducers = reducers;
  c.labelMetric = labels;
  c.floor = floor;
  c.window = w;
  const n = w.consumerCount;
  w.consumers[n] = c;
  w.consumerCount = n + 1;
  return c;
}

/** The i-th metric of a consumer; `range` = 2^bits normalizes it, 0 does not. */
export function setMetric(c: Consumer, i: i32, slot: i32, range: f64): bool {
  c.slots[i] = slotAt(slot);
  if (range == 0) return true;
  if (!c.norms) {
    const norms = take<Structs<Norm>>(c.window.arena, c.metricCount * offsetof<Norm>());
    if (!norms) return false;
    c.norms = norms;
  }
  c.norms[i].range = range;
  return true;
}

function sizeOf(kind: i32): u32 {
  if (kind == KIND_FIRSTLAST) return offsetof<FirstLast>();
  if (kind == KIND_ROLL) return offsetof<Roll>();
  if (kind == KIND_INTEGRATE) return offsetof<Integrate>();
  if (kind == KIND_SUBSAMPLE) return offsetof<Subsample>();
  if (kind == KIND_LATCH) return offsetof<Latch>();
  if (kind == KIND_WRAPSUM) return offsetof<WrapSum>();
  if (kind == KIND_FULLSERIES) return offsetof<FullSeries>();
  if (kind == KIND_DUTY) return offsetof<Duty>();
  if (kind == KIND_SECTIONS) return SECTIONS_SIZE;
  return offsetof<Tally>();
}

export function addReducer(c: Consumer, kind: i32, flags: i32, lane: Lane, lane2: Lane): Reducer {
  const w = c.window;
  const arena = w.arena;
  const q = take<Reducer>(arena, sizeOf(kind));
  if (!q) return none<Reducer>();
  q.kind = kind;
  q.flags = flags;
  q.lane = lane;
  q.lane2 = lane2;
  if (kind == KIND_FIRSTLAST) {
    const n = c.metricCount;
    const rows = take<Structs<FirstLastRow>>(arena, n * offsetof<FirstLastRow>());
    if (!rows) return none<Reducer>();
    for (let i = 0; i < n; i++) rows[i].generation = -1;
    changetype<FirstLast>(q).rows = rows;
  } else if (kind == KIND_ROLL) {
    const row = lane.rows[0];
    // A row of which only some values are wanted asks for enough of them first.
    const plain = lane.fold == FOLD_EACH && lane.rowCount == 1 && !row.pick;
    if (plain && row.weight * lane.scale == 1) changetype<Roll>(q).direct = row.metric + 1;
    const alone = !c.align && c.metricCount == 1 && c.reducerCount == 0 && !c.norms;
    // With values in its only metric there is nothing left that the `empty` rules could ask.
    const checks = c.flags & ~(EMPTY_SKIPS | EMPTY_STOPS);
    if (alone && !checks && c.labelMetric < 0 && changetype<Roll>(q).direct) {
      c.plain = c.slots[0];
      c.plainRoll = changetype<Roll>(q);
    }
  } else if (kind == KIND_SUBSAMPLE) {
    const t = take<List<f64>>(arena, MAX_SAMPLES << 3);
    const v = take<List<f64>>(arena, MAX_SAMPLES << 3);
    if (!t || !v) return none<Reducer>();
    changetype<Subsample>(q).times = t;
    changetype<Subsample>(q).values = v;
    changetype<Subsample>(q).walltime = w.walltime;
  }
  // A second reducer: no longer alone.
  if (c.reducerCount > 0) c.plain = none<Slot>();
  const n = c.reducerCount;
  c.reducers[n] = q;
  c.reducerCount = n + 1;
  return q;
}

export function addLane(c: Consumer, fold: i32, scale: f64, rows: i32): Lane {
  const arena = c.window.arena;
  const lane = take<Lane>(arena, offsetof<Lane>() + rows * offsetof<LaneRow>());
  if (!lane) return none<Lane>();
  lane.arena = arena;
  if (fold == FOLD_EACH || fold == FOLD_FIRST) {
    const orders = take<Structs<Order>>(arena, rows * offsetof<Order>());
    if (!orders) return none<Lane>();
    for (let i = 0; i < rows; i++) {
      orders[i].generation = -1;
      lane.rows[i].order = orders[i];
    }
  }
  lane.scale = scale;
  lane.fold = fold;
  lane.rowCount = rows;
  return lane;
}

export function setLaneRow(lane: Lane, i: i32, metric: i32, weight: f64, pick: i32): void {
  lane.rows[i].pick = pick;
  lane.rows[i].weight = weight;
  lane.rows[i].metric = metric;
}

/** A sub-sampling window set by an earlier node of the job. */
export function setLead(q: Subsample, window: f64, leadout: f64): void {
  q.hasLead = 1;
  q.window = window;
  q.leadout = leadout;
}

/** Metrics of a TALLY as indices into the consumer's, packed 8 bits each; `where` -1 or one of them; string at p. */
export function setTally(q: Tally, n: i32, packed: i32, where: i32, p: usize, len: u32): void {
  q.metricCount = n;
  q.metrics = packed;
  q.where = where;
  q.equals = where < 0 ? 0 : intern(p, len);
}
