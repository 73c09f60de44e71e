// Owns the structs of consumers: instances and columns, normalization, names looked for, lanes.

import { Arena, Slot } from './archive';
import { List, Structs } from './list';
import { Reducer, Roll } from './reducers';
import { Window } from './window';

/** Some metrics of a window that are checked and reduced together: one call of an analytic. */
@unmanaged
export class Consumer {
  /** Least value of the first metric's first instance, under FLOOR. */
  floor: f64;
  /** What counts and what is checked: FIRST_LAST_ONLY and the other flags below. */
  flags: i32;
  metricCount: i32;
  slots: List<Slot>;
  /** One a metric; 0: none is normalized. */
  norms: Structs<Norm>;
  reducerCount: i32;
  reducers: List<Reducer>;
  /** Records that have any of its metrics; those among them that reducers got; those passed over for want of an instance's name. All are
   *  behind for a plain consumer until it is settled. */
  records: i32;
  accepted: i32;
  skipped: i32;
  /** Why it stopped (STOP_*), and the error code of the record beside STOP_ERROR; up to STOP_SKIP it goes on. */
  stop: i32;
  stopCode: i32;
  /** The one slot of a consumer that has one metric, checks nothing of its own and runs one ROLL of the values as they are; and that
   *  ROLL. 0: it is not so simple. */
  plain: Slot;
  plainRoll: Roll;
  /** Metric whose instances label the lanes; -1: none. */
  labelMetric: i32;
  /** Its instances in the first accepted record: numbers (big-endian), how many, identities. */
  labels: List<u32>;
  labelCount: i32;
  labelKeys: List<i64>;
  window: Window;
  /** Columns by instance; 0: it has none. */
  align: Alignment;
  /** The instance looked for by name; 0: none. */
  match: Match;
}

export const MAX_METRICS: i32 = 64;

/** The first and the last record count alone. */
export const FIRST_LAST_ONLY: i32 = 1;
/** Reducers see every record, whatever it holds. */
export const UNCHECKED: i32 = 2;
/** A record without values in the first metric is passed over, or stops it. */
export const EMPTY_SKIPS: i32 = 4;
export const EMPTY_STOPS: i32 = 8;
/** A record without values in any metric is as if it were not there. */
export const EMPTY_IGNORED: i32 = 512;
/** All metrics that have values have equally many. */
export const RECTANGULAR: i32 = 16;
/** The first metric's first value is not below the floor. */
export const FLOOR: i32 = 32;
/** The floor, or the rule of equal numbers of values, passes over a record instead of stopping. */
export const FLOOR_SKIPS: i32 = 128;
export const RECTANGULAR_SKIPS: i32 = 256;
/** With columns: stop where the number of instances is not that of the first record. */
export const STEADY: i32 = 64;
/** Counters rise only: values are taken from Slot.corrected where there are any. */
export const COUNTERS: i32 = 1024;
/** A record with more values than its instance domain has names counts. */
export const UNNAMED_COUNT: i32 = 2048;

/** Outcomes of a record; those above STOP_SKIP stop the consumer. */
export const STOP_NONE: i32 = 0;
export const STOP_SKIP: i32 = 1;
export const STOP_NODATA: i32 = 2;
export const STOP_EMPTY: i32 = 3;
export const STOP_FLOOR: i32 = 4;
export const STOP_RAGGED: i32 = 5;
export const STOP_SHAPE: i32 = 6;
export const STOP_ERROR: i32 = 7;
export const STOP_CONVERSION: i32 = 8;
export const STOP_MEMORY: i32 = 9;
export const STOP_DECREASE: i32 = 10;

/** Instances seen, in order of appearance (reduce/idmap.ts). */
@unmanaged
export class Instances {
  count: i32;
  /** Room, a power of two; 0: no list yet. */
  capacity: i32;
  /** Identities; behind the room for them the numbers that they came with first (i32[]), then a table of twice the room that finds them:
   *  place + 1 (i32), 0 for none. */
  keys: List<i64>;
}

/** Most instances of one metric that are distinguished within a window; later ones are dropped. */
export const MAX_COLUMNS: i32 = 8192;

/** Where the values of a slot belong among the instances seen. */
@unmanaged
export class Places {
  /** Made at this generation of the slot (-1: never), for so many values, when so many instances were known. */
  generation: i32;
  count: i32;
  known: i32;
  /** By position among the values the place of the instance; -1: it has none. Room for them. */
  at: List<i32>;
  capacity: i32;
  /** 1: position i is place i, for all instances there are; -1: some place occurs twice; 0: anything else. */
  plain: i32;
}

/** Normalization of one metric of a consumer (reduce/normalize.ts). */
@unmanaged
export class Norm {
  /** 2^bits; 0: the metric is not normalized. */
  range: f64;
  /** By instance: accumulated values, and the last ones as stored; room for them. */
  sums: List<f64>;
  last: List<f64>;
  capacity: i32;
  /** The accumulated values in the record's order where that is another; room. */
  out: List<f64>;
  outCapacity: i32;
  private idCount: i32;
  private idCapacity: i32;
  private idKeys: usize;
  private placesGeneration: i32;
  private placesCount: i32;
  private placesKnown: i32;
  private placesAt: usize;
  private placesCapacity: i32;
  private placesPlain: i32;

  @inline
  get ids(): Instances {
    return changetype<Instances>(changetype<usize>(this) + offsetof<Norm>('idCount'));
  }

  @inline
  get places(): Places {
    return changetype<Places>(changetype<usize>(this) + offsetof<Norm>('placesGeneration'));
  }
}

/** Columns of a consumer: one for each instance of its master metric (reduce/align.ts). */
@unmanaged
export class Alignment {
  private idCount: i32;
  private idCapacity: i32;
  private idKeys: usize;
  /** Which metric of the consumer it is. */
  master: i32;
  /** By column: records in which it had values, less `plains`; room. */
  seen: List<i32>;
  capacity: i32;
  /** Number of instances of the first record, under STEADY; 0: no record yet. */
  fixed: i32;
  /** Records with values of the master; those among them in which all columns had values in order. */
  records: i32;
  plains: i32;
  /** One a metric. */
  rows: Structs<ColumnRow>;

  /** The instances, in the order of the columns. */
  @inline
  get ids(): Instances {
    return changetype<Instances>(changetype<usize>(this) + offsetof<Alignment>('idCount'));
  }
}

/** One metric by column. */
@unmanaged
export class ColumnRow {
  private placesGeneration: i32;
  private placesCount: i32;
  private placesKnown: i32;
  private placesAt: usize;
  private placesCapacity: i32;
  private placesPlain: i32;
  /** Values by column, NaN for none, and whether they are there; room. Only if the record's own order is another. */
  values: List<f64>;
  mask: List<u8>;
  capacity: i32;
  /** Columns that had values when they were last put there, their number, room. */
  last: List<i32>;
  lastCount: i32;
  lastCapacity: i32;

  /** Column of each value. */
  @inline
  get places(): Places {
    return changetype<Places>(changetype<usize>(this) + offsetof<ColumnRow>('placesGeneration'));
  }
}

/** The instance that a consumer looks for, in each metric by itself (reduce/match.ts). */
@unmanaged
export class Match {
  /** How many names. */
  count: i32;
  /** What was found, by metric. */
  found: Structs<Found>;

  /** Names in order of preference (string numbers): MAX_MATCHES of them lie behind the struct. */
  @inline
  get names(): List<u32> {
    return changetype<List<u32>>(changetype<usize>(this) + offsetof<Match>());
  }
}

export const MAX_MATCHES: i32 = 16;
/** Bytes of a Match and its names. */
export const MATCH_SIZE: i32 = offsetof<Match>() + MAX_MATCHES * 4;

/** Where the instance is among the values of a metric. */
@unmanaged
export class Found {
  /** Generation of the slot when it was looked for; -1: never. */
  generation: i32;
  /** Position; -1: it was not there. */
  at: i32;
}

/** An expression over the rows of a record: a number, or a vector (reduce/lane.ts). */
@unmanaged
export class Lane {
  scale: f64;
  /** What makes one number of a row: FOLD_*. */
  fold: i32;
  rowCount: i32;
  /** Of its window. */
  arena: Arena;
  private unused: i32;

  /** The rows lie behind the struct. */
  @inline
  get rows(): Structs<LaneRow> {
    return changetype<Structs<LaneRow>>(changetype<usize>(this) + offsetof<Lane>());
  }
}

@unmanaged
export class LaneRow {
  weight: f64;
  /** Which metric of the consumer. */
  metric: i32;
  /** Of a sum only every how-manieth value (low 16 bits), and how many (high); 0: all. */
  pick: i32;
  /** The order of its values, of the folds that tell them apart without columns; else 0. */
  order: Order;
  private unused: i32;
}

export const FOLD_FIRST: i32 = 0;
export const FOLD_SUM: i32 = 1;
export const FOLD_MEAN: i32 = 2;
export const FOLD_EACH: i32 = 3;
export const FOLD_COUNT: i32 = 4;
export const FOLD_TOTAL: i32 = 5;
export const FOLD_MATCH: i32 = 6;
export const FOLD_RATIO: i32 = 7;

/** Order of a lane row's values: that of its first record, or of the lane's first row (reduce/order.ts). */
@unmanaged
export class Order {
  private idCount: i32;
  private idCapacity: i32;
  private idKeys: usize;
  /** How many values there were; 0: no record yet. Their identities in that order. */
  count: i32;
  keys: List<i64>;
  /** Generation of the slot at the last look (-1: never), and what was found: ORDER_*, or the position of the fold FIRST. */
  generation: i32;
  state: i32;
  /** Where each value of the record belongs, and the values put there; room of both. */
  at: List<i32>;
  values: List<f64>;
  capacity: i32;
  /** Where the current record's values are in this order. */
  now: List<f64>;
  /** Order that counts instead of this one, as it has the same instances; 0: not decided yet. */
  base: Order;

  /** The instances, those named twice once. */
  @inline
  get ids(): Instances {
    return changetype<Instances>(changetype<usize>(this) + offsetof<Order>('idCount'));
  }
}
