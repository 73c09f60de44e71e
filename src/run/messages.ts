// Owns what crosses between the main thread and the workers: plain data only.

import type { PluginLists } from '../analytics/index.ts';
import type { Job } from '../jobs/index.ts';
import type { Problem } from '../kernel/index.ts';
import type { Bounds } from '../pcp/index.ts';
import type { Coverage, Lead } from '../reduce/index.ts';
import type { Packed } from './packed.ts';

/** What reduces records: the decoder itself, or the TypeScript engine, which is slow and what tests compare with. */
export type Engine = 'wasm' | 'ts';

export interface WorkWindow {
  /** What declarations may look at: of a job of thousands of nodes their names stay behind. */
  readonly job: Job;
  /** White- and blacklist of its resource. */
  readonly lists: PluginLists | null;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly archives: readonly number[];
  /** Sub-sampling leads by analytic class, set by the job's first node. */
  readonly leads: Readonly<Record<string, Lead>>;
}

export interface Work {
  /** As accounting calls it. */
  readonly node: string;
  readonly archives: readonly string[];
  readonly windows: readonly WorkWindow[];
  readonly normalization: Readonly<Record<string, number>>;
  readonly bounds: Bounds;
  /** Modules of the site's own analytics. */
  readonly analytics: readonly string[];
  /** Default wasm. */
  readonly engine?: Engine | undefined;
  /** Counters and units as the reference takes them. */
  readonly asReference: boolean;
  /** Only leads are wanted. */
  readonly probe: boolean;
}

export interface WindowAnswer {
  /** `records` 0: no data in the job's time. */
  readonly coverage: Coverage;
  /** Archives that could be read, and the bytes of their files. */
  readonly archives: number;
  readonly bytes: number;
  /** By analytic class. */
  readonly leads: Readonly<Record<string, Lead>>;
  /** Some series has not had the points yet that set its lead. */
  readonly leadsOpen: boolean;
  readonly results: Packed;
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

/** The part of a job that crosses. */
export function slimJob(job: Job): Job {
  const { jobId, start, end, nodeCount, walltime } = job;
  const { host_list: _, ...acct } = job.acct;
  return { jobId, start, end, nodes: [], nodeCount, walltime, acct };
}
