// Owns what a ledger is: what is known of each job's tries. A row is written only after the job's document is durable.

import type { Problem } from '../kernel/index.ts';

/**
 * done: summarised, or skipped by a rule that time does not change. partial: summarised from what there is of its nodes' data, the
 * rest may still come. waiting: too few of its nodes have data, they may still come. failed: a defect or a dead worker, tried again.
 * poison: failed too often, set aside until someone looks.
 */
export type JobState = 'done' | 'partial' | 'waiting' | 'failed' | 'poison';

export const JOB_STATES: readonly JobState[] = ['done', 'partial', 'waiting', 'failed', 'poison'];

/** States of jobs that some later run takes again. */
export const OPEN_STATES: readonly JobState[] = ['partial', 'waiting', 'failed'];

/** How a ledger knows a job. */
export interface JobKey {
  /** Id of its document. */
  readonly id: string;
  /** `job_tasks.job_id`, when it comes from a warehouse. */
  readonly warehouseId?: number;
}

/** What came of one try. */
export interface LedgerEntry extends JobKey {
  /** partial: some of its nodes' data are not there. missing: too few of its nodes have data. Of both, the rest may still come. */
  readonly result: 'done' | 'partial' | 'missing' | 'failed';
  /** What there was of its nodes' archives, as a fingerprint: when that has changed, the job is tried again. */
  readonly seen?: string;
  /** Archives of its nodes are there that could not be read now: it stays open until they can be, whatever the grace period. */
  readonly unread?: boolean;
  /** Epoch seconds at which the job ended: archives are waited for from there. */
  readonly ended: number;
  /** Job error number (summary-document.md §3): why it has no analytics. */
  readonly error?: number;
  readonly problem?: Problem;
  /** Spent on it. */
  readonly seconds: number;
}

/** What a try has led to. */
export interface Became {
  readonly state: JobState;
  /** This one included. */
  readonly attempts: number;
}

export interface LedgerRow extends JobKey {
  readonly state: JobState;
  /** Tries since it was last done. */
  readonly attempts: number;
  /** Epoch seconds from which it is tried again, if nothing new is there before; null: never by itself. */
  readonly nextTry: number | null;
  /** Of an open job: what there was of its nodes' archives; null: not known. */
  readonly seen: string | null;
  readonly error: number | null;
  readonly problem: Problem | null;
  /** Run that tried it last. */
  readonly run: string;
  /** Epoch seconds of the last try. */
  readonly finished: number;
}

/** Why a job stands as it does: a job error number, the code of a problem, or both. */
export interface LedgerReason {
  readonly error: number | null;
  readonly code: string | null;
}

/** How many jobs stand in a state for a reason. */
export interface LedgerCount extends LedgerReason {
  readonly state: JobState;
  readonly jobs: number;
}

/** Jobs that are open, and when the one that ended first did (epoch seconds; null: there is none). */
export interface Backlog {
  readonly jobs: number;
  readonly oldestEnd: number | null;
}

export const sumOf = (parts: readonly Backlog[]): Backlog => ({
  jobs: parts.reduce((sum, p) => sum + p.jobs, 0),
  oldestEnd: parts.reduce<number | null>(
    (least, { oldestEnd: e }) => (least === null || (e !== null && e < least) ? e : least),
    null,
  ),
});

export interface Ledger {
  /** Of these jobs, those that a run passes over now, and as what. */
  settled(jobs: readonly JobKey[]): Promise<ReadonlyMap<string, JobState>>;
  /**
   * All or nothing, durable when it resolves. The same entries given again by the same run change nothing, so that a call
   * whose answer was lost can be repeated.
   * @returns what became of each, by id of its document
   * @throws JobsumError E_LEASE_LOST: another run has taken over; nothing was written
   */
  record(entries: readonly LedgerEntry[]): Promise<ReadonlyMap<string, Became>>;
  /** Rows of these document ids. */
  find(ids: readonly string[]): Promise<LedgerRow[]>;
  /** Rows in a state, all or those with a reason, last tried first. */
  list(state: JobState, limit: number, reason?: LedgerReason): Promise<LedgerRow[]>;
  counts(): Promise<LedgerCount[]>;
  /** Jobs that will be tried again. */
  backlog(): Promise<Backlog>;
}

/** End of a job by the id of its document, `<job id>-<end>`; null: it has none. */
export function endOf(documentId: string): number | null {
  const m = /-(\d+)$/.exec(documentId);
  return m ? Number(m[1]) : null;
}
