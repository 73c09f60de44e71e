// Owns what reducers see of a record: the consumer's metrics in fetch order, after normalization, and when it was.

import type { Columns } from './columns.ts';
import type { Cell } from './row.ts';

export interface Delivery {
  /** Epoch seconds. */
  readonly t: number;
  /** Per metric; null: not in this record. */
  readonly cells: readonly (Cell | null)[];
  /** Number of values per metric; 0 if absent, negative for an error code. */
  readonly counts: readonly number[];
  /** Values per metric, normalized. */
  readonly values: readonly Float64Array[];
  /** No record was accepted before this one. */
  readonly first: boolean;
  /** Records delivered to the consumer before this one. */
  readonly ordinal: number;
  /** The values by column, for consumers that have columns. */
  readonly columns?: Columns;
  /** Position of the instance that the consumer looks for among the values of a metric; -1: not there. */
  readonly matched?: (metric: number) => number;
}

/** Why a consumer must stop at a record; null: it goes on. */
export type Halt = 'ragged' | 'shape' | 'decrease' | null;

export const NO_VALUES = new Float64Array(0);
