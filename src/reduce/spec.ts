// Owns the reducer vocabulary as plain data: what an analytic asks of either engine. No bytes, and no code but what reads the specs.
// Source: analytics.md §1, 3. Both engines (WASM in decode/, TypeScript in engine.ts) run it.

import type { Match } from './match.ts';
import type { Moment } from './restarts.ts';

/**
 * How the rows of a lane become numbers. A row is one fetched metric's values in one record, in stored order.
 * - `first`  scale · Σ_r w_r · D[r][i], i being the instance that is first in the first record   one number
 * - `sum`    scale · Σ_r w_r · Σ_i D[r][i]         one number
 * - `total`  the same of counters, but that instances which come or go make no step: it rises by what each counts between two records
 *   of its metric that both have it (totals.ts). Where the consumer does not ask for \`counters\`, as `sum`.   one number
 * - `mean`   scale · Σ_r w_r · D[r][i], averaged over i   one number
 * - `each`   scale · Σ_r w_r · D[r][i] for every i  a vector (all rows must be equally long), in the order of the first record
 * - `count`  number of values of the first row      one number
 * - `match`  scale · Σ_r w_r · D[r][i], i being the instance that the consumer looks for (`match`)
 * - `ratio`  scale · D[r0][i] / D[r1][i] of that instance; 0 where the divisor is not above 0
 */
export type Fold = 'first' | 'sum' | 'total' | 'mean' | 'each' | 'count' | 'match' | 'ratio';

/** One metric's part in a lane. */
export interface LaneRow {
  readonly metric: number;
  readonly weight?: number;
  /** For fold `sum`: not all values, but `count`, every `step`-th from the first on. Fewer values: the lane is not there. */
  readonly pick?: { readonly step: number; readonly count: number };
}

/** What of the metrics a reducer looks at: rows, weighed and folded. */
export interface Lane {
  readonly fold: Fold;
  /** Indices into the consumer's `metrics`, with weights (default 1). */
  readonly rows: readonly LaneRow[];
  /** Default 1. */
  readonly scale?: number;
}

/** A reducer ignores a record in which any metric of its lanes has no values. */
export type ReducerSpec =
  /** First and last record of all metrics of the consumer: the difference by instance (64-bit integers exactly). */
  | { readonly kind: 'FIRSTLAST' }
  /** Count, mean, min, max per lane element. `skipFirst`: the first record that the consumer accepts counts for nothing
   *  (whether or not it has values for this lane); `dropLast`: nor does the last record with values. */
  | { readonly kind: 'ROLL'; readonly lane: Lane; readonly skipFirst?: boolean; readonly dropLast?: boolean }
  /** Right-hand rectangle rule from the first accepted record on. */
  | { readonly kind: 'INTEGRATE'; readonly lane: Lane }
  /** At most 100 points (§1.10): a scalar, a vector, or both. Without columns a record whose vector changes length is not stored.
   *  `monotonic`: stop at a stored point, the third or a later one, of which the scalar (or
   *  an element of the vector) is below that of the point before it. */
  | { readonly kind: 'SUBSAMPLE'; readonly value?: Lane; readonly row?: Lane; readonly monotonic?: 'value' | 'each' }
  /** The first value (lane must be a scalar). `skipFirst`: not from the first record that the consumer accepts. */
  | { readonly kind: 'LATCH'; readonly lane: Lane; readonly skipFirst?: boolean }
  /** How often each combination (instance, string of each metric) occurred; metrics are aligned by instance.
   *  Records in which the metrics have different numbers of values are ignored. `where` keeps only instances whose
   *  string of that metric (an index into `metrics` of this reducer) equals `equals`. */
  | {
      readonly kind: 'TALLY';
      readonly metrics: readonly number[];
      readonly where?: { readonly metric: number; readonly equals: string };
    }
  /** Increments modulo 2^bits of all metrics, by column, summed up from the second record on. Needs `columns`. */
  | { readonly kind: 'WRAPSUM'; readonly bits: number }
  /** Every point of a scalar, or of the total of the WRAPSUM at place `wrapsum` before it. At most MAX_SERIES are kept: beyond,
   *  `keep: hull` drops points that cannot be the least ratio of a later to an earlier rate, `even` every second one.
   *  `monotonic`: stop at a value below the one before. */
  | {
      readonly kind: 'FULLSERIES';
      readonly value: Lane | { readonly wrapsum: number };
      readonly keep: 'hull' | 'even';
      readonly monotonic?: boolean;
    }
  /** By column: time in which metric 0 made more than half of the sum of all metrics' increments, and the rest. Needs `columns`. */
  | { readonly kind: 'DUTY' }
  /** Average rates of counters (lanes of fold `sum` or `total`) in equal sections of the time from `start` to `end`, epoch seconds. `limit`: most seconds that a
   *  record may lie behind a border. A metric without values counts as 0. */
  | {
      readonly kind: 'SECTIONS';
      readonly lanes: readonly [Lane] | readonly [Lane, Lane];
      readonly start: number;
      readonly end: number;
      readonly count: number;
      readonly limit: number;
    };

/** Units that a metric can be asked for in; an archive that has it in others of the same dimension is converted. */
export const UNITS_NAMES = [
  'count',
  'byte',
  'kbyte',
  'mbyte',
  'gbyte',
  'nanosecond',
  'microsecond',
  'millisecond',
  'second',
  'microwatt',
  'milliwatt',
  'watt',
] as const;
export type UnitsName = (typeof UNITS_NAMES)[number];

/** One analytic's need on one node, for one job window. */
export interface ConsumerSpec {
  /** Names, in fetch order; all exist in the source. A name may occur twice. */
  readonly metrics: readonly string[];
  /** `firstlast`: only the first and the last delivered record matter. `all`: every record, in order. */
  readonly mode: 'firstlast' | 'all';
  /** Preprocessor semantics (preprocessors.md §1.1): no checks, an error code is an empty row, nothing stops. */
  readonly raw?: boolean;
  /** What to do with a record in which metric 0 has no values (others have): ignore it, or stop. `ignore`: nothing, and one in which no
   *  metric has values is passed over instead of stopping: the metrics are alternatives, of which a node has values of some. */
  readonly empty?: 'skip' | 'stop' | 'ignore';
  /** `ignore`: a record with more values than its instance domain has names counts: the others are not looked for. */
  readonly unnamed?: 'ignore';
  /** Stop (as an exception) at a record whose non-empty metrics have different numbers of values, or pass over it. */
  readonly rectangular?: boolean | 'skip';
  /** Stop at a record in which the first value of metric 0 is below this. Checked after `empty`. */
  readonly floor?: number;
  /** Pass over such a record instead of stopping. */
  readonly floorSkips?: boolean;
  /** Counter width in bits per metric (parallel to `metrics`, 0 = none): range normalization, §1.6. */
  readonly normalize?: readonly number[];
  /**
   * Counters among the metrics rise only (counters.ts): parallel to `metrics`, the width in bits after which one begins again at 0,
   * or 0 for that of its type. Absent: values are taken as they are. Instead of `normalize`.
   */
  readonly counters?: readonly number[];
  /** With `counters`: all metrics are counters, whatever their descriptors say of them. */
  readonly counts?: boolean;
  /** Metric whose instances in the first accepted record label the lanes; with `columns`, all that were ever seen. */
  readonly labels?: number;
  /**
   * Vectors are ordered by instance, those of metric `labels` (default 0), in order of appearance: instances may come and go
   * and come back. Without, they must be those of the first record, in whatever order and with whatever numbers. `steady` stops ("shape") at a record in which a metric has not as many values as metric `labels` at first, `follow` goes on.
   */
  readonly columns?: 'follow' | 'steady';
  /** Name of the instance that the folds `match` and `ratio` take, looked for in each metric by itself (see Match); at most MAX_MATCHES names. */
  readonly match?: Match;
  readonly reducers: readonly ReducerSpec[];
}

/** Sub-sampling window (§1.10), shared by all nodes of a job: from the first node that has 12 points. */
export interface Lead {
  /** Smallest distance of stored points in the middle of the job, seconds; may be negative. */
  readonly window: number;
  /** Epoch seconds from which every point is stored again. */
  readonly leadout: number;
}

/** Points that are always stored at the beginning: indices 0…LEAD_POINTS. */
export const LEAD_POINTS = 10;
/** Most points that are stored. */
export const MAX_POINTS = 100;
/** Most combinations a TALLY keeps: about 40 MB of names and strings, far beyond what one node runs in a job. */
export const MAX_TALLY = 262_144;

/** Most points a FULLSERIES keeps: 34 hours at one in 30 s. A power of two. */
export const MAX_SERIES = 4096;
/** Most instances that are distinguished by columns and by normalization; later ones are dropped. */
export const MAX_COLUMNS = 8192;
/** Most names of one instance that is looked for. */
export const MAX_MATCHES = 16;
/** Most borders between sections that are remembered. */
export const MAX_BORDERS = 16;

/** A job's share of one node: the records with startNs ≤ t ≤ endNs, and who consumes them. */
export interface WindowSpec {
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** acct.end_time − acct.start_time, seconds; used by SUBSAMPLE. */
  readonly walltime: number;
  readonly consumers: readonly ConsumerSpec[];
  /** Per consumer: the lead of its SUBSAMPLE if an earlier node of the job has set it. */
  readonly leads?: readonly (Lead | null)[];
  /** When counters were restarted, as an earlier reading of the same rows has found. */
  readonly moments?: readonly Moment[];
}

/** Lanes of a reducer. */
export function lanesOf(r: ReducerSpec): Lane[] {
  const lanes = 'lanes' in r ? r.lanes : ['lane', 'value', 'row'].map((key) => r[key as keyof typeof r]);
  return (lanes as readonly (Lane | undefined)[]).filter((lane) => lane?.rows !== undefined) as Lane[];
}

/** Places of the metrics that a consumer adds up over instances that may come and go. */
export function totalledBy({ reducers }: ConsumerSpec): ReadonlySet<number> {
  const totals = reducers.flatMap(lanesOf).filter(({ fold }) => fold === 'total');
  return new Set(totals.flatMap(({ rows }) => rows.map(({ metric }) => metric)));
}
