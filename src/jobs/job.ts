// Owns the Job type: what every job source yields and every later stage reads.

import type { Problem } from '../kernel/errors.ts';

export interface Job {
  /** The id string: `acct.id`, part of the document `_id`, of cgroup paths and of begin/end archive names. */
  readonly jobId: string;
  /** Epoch seconds, as accounted. The data window is [start, end + 1 s] (pipeline.md §4). */
  readonly start: number;
  readonly end: number;
  /** Node names in accounting order; a node's index in every document is its place here. */
  readonly nodes: readonly string[];
  /** Accounted number of nodes; may differ from nodes.length. All thresholds use it. */
  readonly nodeCount: number;
  /** Seconds, end - start unless the source said otherwise. */
  readonly walltime: number;
  /** Copied verbatim into the document's `acct`; always has id, start_time, end_time. */
  readonly acct: Readonly<Record<string, unknown>>;
  /** `job_tasks.job_id`, of jobs that come from a warehouse: the key of its process table. */
  readonly warehouseId?: number;
  /** Archive bases per node, relative to the archive root; absent: look them up. */
  readonly archives?: Readonly<Record<string, readonly string[]>>;
}

/** What a source yields: a job, or a record that could not be used and why. */
export type JobRecord =
  | { readonly kind: 'job'; readonly job: Job; readonly line: number }
  | { readonly kind: 'rejected'; readonly problem: Problem; readonly line: number }
  /** Valid, but never ran or has not ended (sacct: pending, running, steps): counted, not an error. */
  | { readonly kind: 'ignored'; readonly reason: string; readonly line: number; readonly job?: string }
  /** Worth a look, costs no job: a state that is not known, what sacct said beside its output. */
  | { readonly kind: 'noted'; readonly problem: Problem; readonly line: number };

/** Where jobs come from. */
export interface JobSource {
  /** @param signal - it waits for no more when that is aborted. @throws JobsumError E_INTERRUPTED */
  records(signal?: AbortSignal): AsyncIterable<JobRecord>;
  /** Everything it gave has been dealt with: a source that goes on where it stopped notes the place. */
  finished?(): Promise<void>;
}
