// Owns the Row type: one record as the TypeScript engine sees it, whatever its source.

/** One metric in one record. */
export interface Cell {
  /** Number of values; a negative number is the error code stored in the record. */
  readonly count: number;
  /** The values as doubles, in stored order; empty for strings and when count ≤ 0. */
  readonly values: Float64Array;
  /** The same as exact 64-bit integers, for 64-bit integer metrics. */
  readonly raw?: BigInt64Array | BigUint64Array;
  /** The values of a string metric. */
  readonly strings?: readonly string[];
  /** Instance ids in stored order; -1 for a metric without instance domain. */
  readonly ids: Int32Array;
  /** Name of an instance at the record's time; undefined if the instance domain does not have it. */
  readonly nameOf?: (id: number) => string | undefined;
  /**
   * What tells an instance from all others of its domain: the exact bytes of its name as text, and its number where the domain gives
   * the name to several; undefined without a name. Default: nameOf.
   */
  readonly identityOf?: (id: number) => string | undefined;
  /** Members of the instance domain at the record's time; undefined for none (no instance domain). */
  readonly domainSize?: number;
  /**
   * Of numbers that can count: the bits of their type (floating point: 0), the agent that they are of (the domain of the pmID), what
   * they were multiplied by to be in other units (default 1), and whether the descriptor says that they are no counter.
   */
  readonly counter?: {
    readonly bits: number;
    readonly agent: number;
    readonly scale?: number;
    readonly undeclared?: boolean;
  };
  /** What the sum of the values lacks to go on where it was before instances came or went (totals.ts). */
  readonly shift?: number;
  /** A value could not be converted to the metric's type (archive-format.md §5.5). */
  readonly unconvertible?: boolean;
}

/** One record as the TypeScript engine takes it. */
export interface Row {
  /** Epoch seconds as the analytics see them. */
  readonly t: number;
  /** Exact time, nanoseconds. */
  readonly ns: bigint;
  /** The archive it is of, where there are several; default 0. */
  readonly source?: number;
  /** Not values but a mark: the logger was away. */
  readonly mark?: boolean;
  /** By metric name; absent: the metric is not in this record. */
  readonly cells: ReadonlyMap<string, Cell>;
}
