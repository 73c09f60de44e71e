// Owns which jobs are summarised and when a result is good enough (pipeline.md §5, 6.3). Pure functions.

import type { JobErrorNumber } from './job-errors.ts';
import { JOB_ERRORS } from './job-errors.ts';
/** Flag in `summarization` and error number of a job that was not summarised. */
export interface Skip {
  readonly flag: string;
  readonly error: number;
}

const skipFor = (error: JobErrorNumber): Skip => ({ flag: JOB_ERRORS[error].flag, error });

export interface Limits {
  /** 0 or absent: none, each. */
  readonly maxNodes?: number;
  /** Node-seconds. */
  readonly maxNodeTime?: number;
  readonly minDuration?: number;
  readonly minParallelDuration?: number;
  readonly maxDuration?: number;
}

interface Size {
  readonly nodeCount: number;
  readonly walltime: number;
}

/** Rules 1 to 6: decided from accounting alone; the first match wins. */
export function skipByAccounting(job: Size, limits: Limits = {}): Skip | null {
  const { nodeCount: nodes, walltime: wall } = job;
  if (nodes > 1 && wall < (limits.minParallelDuration ?? 0)) return skipFor(9);
  if (wall < (limits.minDuration ?? 0)) return skipFor(12);
  if (nodes < 1) return skipFor(10);
  if (limits.maxNodes && nodes > limits.maxNodes) return skipFor(11);
  if (limits.maxNodeTime !== undefined && nodes * wall > limits.maxNodeTime) return skipFor(18);
  if (limits.maxDuration && wall >= limits.maxDuration) return skipFor(13);
  return null;
}

/** Least share of the accounted nodes that must have data. */
export const MIN_NODE_FRACTION = 0.95;

/** Rules 7 and 8: `archived` nodes have at least one archive. */
export function skipByArchives(nodeCount: number, archived: number, fraction = MIN_NODE_FRACTION): Skip | null {
  if (archived === 0) return skipFor(15);
  // All nodes present is always enough; otherwise strictly more than the fraction, as the reference has it.
  if (archived >= nodeCount || archived / nodeCount > fraction) return null;
  return skipFor(17);
}

export interface Verdict {
  /** Analytics are worth running. */
  readonly enough: boolean;
  readonly skip: Skip | null;
  /** Accounted nodes without data; negative if there are more nodes than accounted. */
  readonly missing: number;
  readonly complete: boolean;
}

/**
 * Rules 9 and 10 for nodes that have data in the job's time. Differs from the reference in the gap between "enough" and
 * half missing, which it calls a success without metrics once the job is old: ours is error 17.
 */
export function judgeNodes(nodeCount: number, withData: number, fraction = MIN_NODE_FRACTION): Verdict {
  const missing = nodeCount - withData;
  const complete = withData === nodeCount;
  // Rounded, so that 1 − 0.95 is the 0.05 it stands for.
  const allowed = Number((1 - fraction).toFixed(12));
  const enough =
    missing === 0 || (nodeCount !== 0 && (missing / nodeCount < allowed || (fraction === 0 && withData > 0)));
  if (!enough) {
    const half = missing / nodeCount >= 0.5;
    return { enough, skip: skipFor(half ? 8 : 17), missing, complete };
  }
  const good = withData >= fraction * nodeCount;
  return { enough, skip: good ? null : skipFor(16), missing, complete };
}
