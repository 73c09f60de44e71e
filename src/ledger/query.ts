// Owns what jobs may be asked for by: state, reason, user, node, times.

import type { Reasons } from '../document/index.ts';
import type { JobState } from './ledger.ts';
/** As a ledger has it; `untried`: accounting has the job, and no run has dealt with it. */
export type ListedState = JobState | 'untried';

export const LISTED_STATES: readonly ListedState[] = ['done', 'partial', 'waiting', 'failed', 'poison', 'untried'];

/** Which jobs are asked for. */
export interface JobQuery {
  readonly states?: readonly ListedState[];
  readonly reasons?: Reasons;
  readonly user?: string;
  /** By its whole name or the short one. */
  readonly node?: string;
  /** Bounds of the job's end, epoch seconds, inclusive. */
  readonly from?: number;
  readonly to?: number;
  /** Only jobs that a run has dealt with since, epoch seconds. */
  readonly since?: number;
}

/** Pages of jobs that are asked of a place at a time. */
export const PAGE = 200;
