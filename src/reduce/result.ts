// Owns the result types of the reducers: what crosses from an engine (in a worker) to combine and finish.
// Everything here is structured-cloneable plain data of bounded size.

import type { Lead } from './spec.ts';

/** Instances in the order of a row. A name that the archive does not know is the decimal id. Id -1: no instance domain
 *  (then `names` is empty for that metric, as the source gives none). */
export interface Instances {
  readonly ids: readonly number[];
  readonly names: readonly string[];
}

/** What became of a delivered record. `skip`: "missing indom" (§1.3). */
export type Outcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'skip' }
  | {
      readonly kind: 'stop';
      /** nodata: no fetched metric had a value; empty: metric 0 had none; floor: see spec; ragged: lengths differ;
       *  shape: a vector has other instances than at first; error: `code` is the negative count in the record;
       *  conversion: a value could not be converted to its metric's type; decrease: a monotonic series fell. */
      readonly reason: 'nodata' | 'empty' | 'floor' | 'ragged' | 'shape' | 'error' | 'conversion' | 'decrease';
      readonly code?: number;
    };

/** First and last values of a window, per metric, and their difference. */
export interface FirstLastResult {
  readonly kind: 'FIRSTLAST';
  /** Distinct records seen: 0, 1 (only one, or first and last have the same time) or 2. */
  readonly calls: 0 | 1 | 2;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly first: Outcome;
  readonly last: Outcome;
  /** Number of values per metric in the first and in the last record. */
  readonly firstCounts: readonly number[];
  readonly lastCounts: readonly number[];
  /** last − first per metric, of the instances that both records have, in the order of the last. Only if calls is 2. */
  readonly delta: readonly Float64Array[];
  /** These instances, per metric. */
  readonly instances: readonly Instances[];
  /** Instances that only the last, or only the first record has, per metric. */
  readonly appeared: readonly Instances[];
  readonly vanished: readonly Instances[];
}

/** Mean, smallest and largest rate or value per column. */
export interface RollResult {
  readonly kind: 'ROLL';
  readonly count: number;
  /** One element per lane element; empty if count is 0. */
  readonly mean: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** With columns: records counted by element; `count` is then the greatest possible. Elements without values are NaN. */
  readonly counts?: Float64Array;
}

/** Values times the seconds they were in force, per column. */
export interface IntegrateResult {
  readonly kind: 'INTEGRATE';
  /** Accepted records, the first one included. */
  readonly records: number;
  readonly total: Float64Array;
  readonly elapsed: number;
}

/** A series thinned to a bounded number of points. */
export interface SubsampleResult {
  readonly kind: 'SUBSAMPLE';
  /** Epoch seconds of the stored points. */
  readonly t: Float64Array;
  /** The scalar of each point; empty if the spec has no `value`. */
  readonly v: Float64Array;
  /** Points × width, row-major; empty if the spec has no `row`. With columns, NaN where an instance was not there. */
  readonly rows: Float64Array;
  readonly width: number;
  /** The lead that was used; null while fewer than 12 points came. */
  readonly lead: Lead | null;
}

/** The first value that was not absent. */
export interface LatchResult {
  readonly kind: 'LATCH';
  /** null: never set. */
  readonly value: number | null;
}

/** An instance, what it was, and how often it was seen. */
export interface TallyEntry {
  /** Its number at the first occurrence. */
  readonly instance: number;
  /** null if the instance domain does not have it. */
  readonly name: string | null;
  readonly strings: readonly string[];
  /** Records in which the combination occurred. */
  readonly count: number;
  /** Ordinals (from 0) of the first and last such record, among those delivered to the consumer. */
  readonly first: number;
  readonly last: number;
}

/** Instances counted by their name and texts. */
export interface TallyResult {
  readonly kind: 'TALLY';
  /** In order of first occurrence (record, then position). */
  readonly entries: readonly TallyEntry[];
  /** True if a bound was reached and later new combinations were dropped. */
  readonly overflow: boolean;
}

/** The growth of counters, wraps made good. */
export interface WrapSumResult {
  readonly kind: 'WRAPSUM';
  /** Records in which all metrics had values, the first one included. */
  readonly records: number;
  /** Per metric, by column. */
  readonly sums: readonly Float64Array[];
  readonly total: number;
}

/** Every point of a series. */
export interface FullSeriesResult {
  readonly kind: 'FULLSERIES';
  /** Points that came; more than there are in `t` if some were dropped. */
  readonly records: number;
  readonly t: Float64Array;
  readonly x: Float64Array;
}

/** Shares of time, by column. */
export interface DutyResult {
  readonly kind: 'DUTY';
  /** By column, in the units of the metrics; `count`: differences taken. */
  readonly above: Float64Array;
  readonly below: Float64Array;
  readonly count: Float64Array;
  /** Greatest sum of the columns' shares in any record, rounded (half to even). */
  readonly busiest: number;
}

/** A window cut into sections. */
export interface SectionsResult {
  readonly kind: 'SECTIONS';
  readonly records: number;
  /** Per lane: averages of the sections, the last one up to the end. Empty without records. */
  readonly rates: readonly Float64Array[];
  /** Epoch seconds at which the sections began; the first one with the job. */
  readonly starts: Float64Array;
  /** The record at the last border lay further behind it than the limit. */
  readonly gap: boolean;
}

/** The result of a reducer, by its kind. */
export type ReducerResult =
  | WrapSumResult
  | FullSeriesResult
  | DutyResult
  | SectionsResult
  | FirstLastResult
  | RollResult
  | IntegrateResult
  | SubsampleResult
  | LatchResult
  | TallyResult;

/** What a consumer made of a window. */
export interface ConsumerResult {
  /** Records delivered (they held at least one of the metrics), up to and including the one that stopped it. */
  readonly records: number;
  /** Of these, records skipped for "missing indom". */
  readonly skipped: number;
  /** Why an `all` consumer stopped before the end; null if it did not. */
  readonly stop: Extract<Outcome, { kind: 'stop' }> | null;
  /** Instances of metric `labels` in the first accepted record; with columns, those of all columns. */
  readonly labels: Instances | null;
  /** With columns: accepted records in which metric `labels` had values, and by column those with a value of it. */
  readonly presence?: { readonly records: number; readonly counts: readonly number[] };
  readonly reducers: readonly ReducerResult[];
}
