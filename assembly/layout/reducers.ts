// Owns the structs of reducers, one class a kind; what they compute is in the module of the same name.

import { Lane } from './consumer';
import { List, Structs } from './list';

/** The head that all kinds share. */
@unmanaged
export class Reducer {
  /** KIND_*: which class it is. */
  kind: i32;
  /** SKIP_FIRST and the others. */
  flags: i32;
  /** Its lanes; 0: none. */
  lane: Lane;
  lane2: Lane;
}

export const KIND_FIRSTLAST: i32 = 0;
export const KIND_ROLL: i32 = 1;
export const KIND_INTEGRATE: i32 = 2;
export const KIND_SUBSAMPLE: i32 = 3;
export const KIND_LATCH: i32 = 4;
export const KIND_TALLY: i32 = 5;
export const KIND_WRAPSUM: i32 = 6;
export const KIND_FULLSERIES: i32 = 7;
export const KIND_DUTY: i32 = 8;
export const KIND_SECTIONS: i32 = 9;

/** The first record that the consumer accepts is not one. */
export const SKIP_FIRST: i32 = 1;
/** The last record is not one. */
export const DROP_LAST: i32 = 2;
/** A series that falls stops the consumer. */
export const MONOTONIC: i32 = 4;
/** A full series is thinned evenly. */
export const EVEN: i32 = 8;
/** With MONOTONIC: elements of the vector, not the scalar. */
export const EACH: i32 = 16;

@unmanaged
export class FirstLast extends Reducer {
  /** Times of the first and of the last record, epoch seconds. */
  firstTime: f64;
  lastTime: f64;
  /** Records. */
  calls: i32;
  /** Outcomes (STOP_*) and error codes of the first and of the last one. */
  firstOutcome: i32;
  firstCode: i32;
  lastOutcome: i32;
  lastCode: i32;
  /** One a metric. */
  rows: Structs<FirstLastRow>;
}

/** First and last values of one metric: 8 bytes each, integers if `exact`. */
@unmanaged
export class FirstLastRow {
  first: usize;
  firstCount: i32;
  last: usize;
  lastCount: i32;
  /** Room for the last values, in elements. */
  capacity: i32;
  /** 1: the values are 64-bit integers. */
  exact: i32;
  /** Instances of the last record: numbers (big-endian), identities; generation of the slot that they are of, -1: none. */
  ids: List<u32>;
  keys: List<i64>;
  generation: i32;
  /** Instances of the first record. */
  firstIds: List<u32>;
  firstKeys: List<i64>;
}

@unmanaged
export class Roll extends Reducer {
  /** Records that count; those seen, the one pending under DROP_LAST included. Behind in a set of groups until it is settled. */
  count: i32;
  seen: i32;
  /** Elements of the lane; 0: no record yet. By column: columns that there is room for. */
  width: i32;
  /** By element, in whole pairs. They move when a set of groups is formed. */
  mean: List<f64>;
  min: List<f64>;
  max: List<f64>;
  /** The record that only the next one makes count (DROP_LAST). */
  pending: List<f64>;
  /** Metric + 1 if the lane is that metric's values as they are, else 0. */
  direct: i32;
  /** By column: pointers to chunks of CHUNK_COLUMNS columns. */
  chunks: List<Structs<RollColumn>>;
}

/** Columns in a chunk of a ROLL. */
export const CHUNK_COLUMNS: i32 = 128;

/** One column of a ROLL; nothing in it before count > 0. */
@unmanaged
export class RollColumn {
  count: f64;
  mean: f64;
  min: f64;
  max: f64;
}

@unmanaged
export class Integrate extends Reducer {
  /** Time of the last record, epoch seconds; and how long it is since the first one. */
  before: f64;
  elapsed: f64;
  /** Records. */
  seen: i32;
  /** Elements of the lane, or columns. */
  width: i32;
  /** By element. */
  totals: List<f64>;
  /** By column: time of the last value (NaN: none yet); room for columns. */
  times: List<f64>;
  capacity: i32;
}

@unmanaged
export class Subsample extends Reducer {
  /** Seconds between points in the middle; from when on, epoch seconds, all points are kept. Only if `hasLead`. */
  window: f64;
  leadout: f64;
  /** Of the job, seconds. */
  walltime: f64;
  /** Points. */
  count: i32;
  /** Elements of a row; by column: columns in use. */
  width: i32;
  /** 1: window and leadout are known, by the points at the beginning or from an earlier node. */
  hasLead: i32;
  /** By point: time, scalar; and all rows one behind the other. */
  times: List<f64>;
  values: List<f64>;
  rows: usize;
  /** By column: room for columns in a row. */
  capacity: i32;
}

/** Most points. */
export const MAX_SAMPLES: i32 = 100;
/** Points at the beginning that are all kept. */
export const LEAD: i32 = 10;

@unmanaged
export class Latch extends Reducer {
  value: f64;
  /** 1: there is a value. */
  set: i32;
}

@unmanaged
export class Tally extends Reducer {
  metricCount: i32;
  /** Which metrics of the consumer, 8 bits each. */
  metrics: i32;
  /** Which of them must be the string `equals` (its number); -1: none. */
  where: i32;
  equals: u32;
  /** Finds entries: place + 1, 0 for none; its size less 1 (a mask). */
  table: List<u32>;
  mask: u32;
  entries: Structs<TallyEntry>;
  count: i32;
  capacity: i32;
  /** 1: there were more than MAX_TALLY. */
  overflow: i32;
}

/** A combination of an instance and its strings. */
@unmanaged
export class TallyEntry {
  /** Identity of the instance. */
  key: i64;
  /** String numbers of TALLY_METRICS metrics, two in each; NO_STRING for those there are not. */
  private strings01: u64;
  private strings23: u64;
  /** The number that the instance had first. */
  instance: i32;
  /** Records that have it; the first and the last one, counted from 0. */
  count: i32;
  first: i32;
  last: i32;

  @inline
  get strings(): List<u32> {
    return changetype<List<u32>>(changetype<usize>(this) + offsetof<TallyEntry>('strings01'));
  }

  @inline
  isOf(other: TallyEntry): bool {
    return this.key == other.key && this.strings01 == other.strings01 && this.strings23 == other.strings23;
  }
}

export const TALLY_METRICS: i32 = 4;
/** Most different combinations of one window: bounds memory against an archive of nothing but new processes. */
export const MAX_TALLY: i32 = 262144;

@unmanaged
export class WrapSum extends Reducer {
  /** The modulus, 2^bits. */
  range: f64;
  /** Sum of all increments. */
  total: f64;
  /** Records. */
  records: i32;
  /** Columns in use, and room. */
  width: i32;
  capacity: i32;
  /** By column and metric, column by column: values before, and sums of increments. */
  before: List<f64>;
  sums: List<f64>;
  /** By column: 1 if it has values before. */
  has: List<u8>;
}

@unmanaged
export class FullSeries extends Reducer {
  /** Value of the last record, stored or not. */
  last: f64;
  /** Points stored, room. */
  count: i32;
  capacity: i32;
  /** Records, and every how-manieth is stored (EVEN); 0: no record yet. */
  records: i32;
  stride: i32;
  /** By point: time, value. */
  times: List<f64>;
  values: List<f64>;
  /** A WRAPSUM whose total it takes; 0: its lane. */
  source: WrapSum;
}

/** Most points kept: 34 h at one in 30 s. */
export const MAX_POINTS: i32 = 4096;
/** Points at the beginning and at the end that a compaction never drops. */
export const HEAD_POINTS: i32 = 4;
export const TAIL_POINTS: i32 = 4;

@unmanaged
export class Duty extends Reducer {
  /** Most columns that were above at once. */
  most: f64;
  /** Columns in use, and room. */
  width: i32;
  capacity: i32;
  /** By column and metric, column by column: values before. */
  before: List<f64>;
  /** By column: time in which the share is above one half, and below; records counted. */
  above: List<f64>;
  below: List<f64>;
  counts: List<f64>;
  /** By column: 1 if it has values before. */
  has: List<u8>;
}

@unmanaged
export class Sections extends Reducer {
  /** Of the job, epoch seconds. */
  start: f64;
  end: f64;
  /** Length of a section, seconds; the next border and where the current section began, epoch seconds. */
  step: f64;
  marker: f64;
  time: f64;
  /** Most seconds that a record may lie behind a border without being a gap. */
  limit: f64;
  records: i32;
  /** Section averages so far, at most MAX_SECTIONS. */
  count: i32;
  /** 1: the last border was behind a gap. */
  gap: i32;
  private unused: i32;
  private atStart0: f64;
  private atStart1: f64;
  private last0: f64;
  private last1: f64;

  /** By lane: value at the section's beginning. */
  @inline
  get atStart(): List<f64> {
    return changetype<List<f64>>(changetype<usize>(this) + offsetof<Sections>('atStart0'));
  }

  /** By lane: last value. */
  @inline
  get last(): List<f64> {
    return changetype<List<f64>>(changetype<usize>(this) + offsetof<Sections>('last0'));
  }

  /** Times of the borders taken: MAX_SECTIONS lie behind the struct. */
  @inline
  get times(): List<f64> {
    return changetype<List<f64>>(changetype<usize>(this) + offsetof<Sections>());
  }

  /** The averages of the first lane, then of the second: MAX_SECTIONS each lie behind the times. */
  @inline
  get rates(): List<f64> {
    return changetype<List<f64>>(changetype<usize>(this) + offsetof<Sections>() + MAX_SECTIONS * 8);
  }
}

export const MAX_SECTIONS: i32 = 16;
/** Bytes of a Sections with the lists behind it. */
export const SECTIONS_SIZE: i32 = offsetof<Sections>() + 3 * MAX_SECTIONS * 8;
