// Owns when a job is tried again and when it is given up. Pure functions.

import type { JobState, LedgerEntry } from './ledger.ts';

export interface RetryPolicy {
  /** A job that failed this often is set aside: a poison archive must not cost every night. */
  readonly maxAttempts: number;
  /** Archives may arrive late: a job that lacks data is open until it ended this many seconds ago. */
  readonly graceSeconds: number;
  /** Seconds before archives that could not be read are tried again; doubled with each try up to the longest. */
  readonly firstWait: number;
  readonly longestWait: number;
}

export const RETRY: RetryPolicy = { maxAttempts: 5, graceSeconds: 172_800, firstWait: 300, longestWait: 10_800 };

/** What a try leads to. `attempts` counts this one; `nextTry` is null when no run takes the job by itself. */
export function judgeTry(
  entry: Pick<LedgerEntry, 'result' | 'ended' | 'seen' | 'unread'>,
  attempts: number,
  now: number,
  policy: RetryPolicy = RETRY,
): { state: JobState; nextTry: number | null } {
  if (entry.result === 'failed') {
    // The next run, whenever it comes: who corrects the cause and runs again expects it to be tried.
    return attempts >= policy.maxAttempts ? { state: 'poison', nextTry: null } : { state: 'failed', nextTry: now };
  }
  const graceEnds = entry.ended + policy.graceSeconds;
  const over = now >= graceEnds;
  if (entry.result === 'done' || (over && !entry.unread)) return { state: 'done', nextTry: null };
  const state = entry.result === 'partial' ? 'partial' : 'waiting';
  // Whoever knows what there was sees when there is more, and tries once more at the end.
  if (entry.seen !== undefined && !entry.unread) return { state, nextTry: graceEnds };
  const next = now + Math.min(policy.longestWait, policy.firstWait * 2 ** (attempts - 1));
  // The last try is at the end of the grace period, not up to three hours after it.
  return { state, nextTry: over ? next : Math.min(next, graceEnds) };
}

/** Tries since the job was last done, this one included; recording the same try of a run again counts nothing. */
export function attemptsNow(row: { state: JobState; attempts: number; run: string } | undefined, run: string): number {
  const before = row && row.state !== 'done' ? row.attempts : 0;
  return row?.run === run && before > 0 ? before : before + 1;
}

/** Whether a run passes over a job in that state, unless there is something new of it. */
export function passedOver(row: { state: JobState; nextTry: number | null }, now: number): boolean {
  return row.state === 'done' || row.state === 'poison' || (row.nextTry !== null && row.nextTry > now);
}
