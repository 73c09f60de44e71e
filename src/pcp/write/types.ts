// Owns what a writer is given: metrics, instances, values.

import { type Metric, NO_INDOM } from '../archive/metric.ts';
import { UNITS } from '../files/units.ts';

/** Type codes of values (archive-format.md §3.3). */
export const TYPES = {
  ...{ i32: 0, u32: 1, i64: 2, u64: 3, float: 4, double: 5, string: 6 },
  // Given as the bytes of the block (§5.6 for events).
  ...{ aggregate: 7, aggregateStatic: 8, event: 9, highresEvent: 10 },
} as const;
export type TypeName = keyof typeof TYPES;

export const SEMANTICS = { counter: 1, instant: 3, discrete: 4 } as const;

/** `domain.cluster.item` as a pmID. */
export const pmid = (domain: number, cluster: number, item: number): number =>
  ((domain << 22) | (cluster << 10) | item) >>> 0;

/** `domain.serial` as an instance domain number. */
export const indomId = (domain: number, serial: number): number => ((domain << 22) | serial) >>> 0;

export { NO_INDOM, UNITS };

export interface MetricSpec {
  readonly name: string;
  readonly pmid: number;
  readonly type: TypeName;
  /** NO_INDOM for a single value. */
  readonly indom: number;
  readonly semantics: keyof typeof SEMANTICS;
  readonly units: number;
}

export interface InstanceSpec {
  readonly id: number;
  readonly name: string;
}

/** Label set classes of archives (archive-format.md §3.5). */
export const LABEL_CLASSES = { context: 1, domain: 2, indom: 4, cluster: 8, item: 16, instances: 32 } as const;

/** The labels of one object; `instance`: -1 but for the class `instances`. */
export interface LabelSpec {
  readonly instance: number;
  readonly labels: Readonly<Record<string, string | number | boolean>>;
}

export type Datum = number | bigint | string | Buffer;

/** One metric's part of a record: values with their instances (-1 without instance domain), or an error code < 0. */
export interface WrittenSet {
  readonly pmid: number;
  readonly type: TypeName;
  readonly ids: ArrayLike<number>;
  readonly values: ArrayLike<Datum>;
  /** In place of values. */
  readonly error?: number;
}

/** A descriptor as an archive has it, with codes. */
export type RawMetric = Omit<Metric, 'name'>;
