// Owns what crosses between the main thread and the workers: plain data only.

import type { Problem } from '../kernel/index.ts';
import type { ConsumerResult, Coverage, Lead } from '../reduce/index.ts';

export interface WorkWindow {
  readonly jobId: string;
  readonly user: string | null;
  readonly walltime: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly archives: readonly number[];
  /** Sub-sampling leads by analytic class, set by the job's first node. */
  readonly leads: Readonly<Record<string, Lead>>;
}

export interface Work {
  readonly archives: readonly string[];
  readonly windows: readonly WorkWindow[];
  readonly normalization: Readonly<Record<string, number>>;
  /** Most bytes that one compressed member may unpack to. */
  readonly maxVolumeBytes: number;
}

export interface WorkShare {
  readonly cls: string;
  readonly metrics: readonly string[];
  readonly result: ConsumerResult;
}

export interface WindowAnswer {
  /** `records` 0: no data in the job's time. */
  readonly coverage: Coverage;
  /** Archives that could be read, and the bytes of their files. */
  readonly archives: number;
  readonly bytes: number;
  readonly shares: readonly WorkShare[];
  readonly problems: readonly Problem[];
}

export interface Answer {
  readonly windows: readonly WindowAnswer[];
  readonly bytes: number;
}

/** The task failed as a whole. Errors that cross threads lose their fields, so they cross as data. */
export interface Failure {
  readonly failure: Problem;
}
