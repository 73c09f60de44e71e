// Owns the frame of every run: the lease it is under, and its record in the embedded store from beginning to end.

import type { Store } from '../databases/index.ts';
import { type Clock, ERRORS, type JobsumError, type Patience, toProblem } from '../kernel/index.ts';
import { keepAlive, type Lease, type Leases, Runs, StoreLeases } from '../ledger/index.ts';
import { type Logger, problemFields } from './logger.ts';

/** Runs the body under a lease that is kept alive. @throws JobsumError E_LOCKED */
export async function leased<T>(
  leases: Leases,
  name: string,
  log: Logger,
  body: (lease: Lease) => Promise<T>,
): Promise<T> {
  const lease = await leases.take(name);
  const stop = keepAlive(lease, (lost) => log.warn('lease.lost', lost.message, problemFields(lost.toProblem())));
  try {
    return await body(lease);
  } finally {
    stop();
    // If it cannot be given back, it ends by itself.
    await lease.release().catch(() => undefined);
  }
}

/** Runs the body and records in the store that it began, and how it ended: by its summary or an error. */
export async function recorded<S extends { readonly exitCode: number }>(
  store: Store,
  { run, command, clock }: { readonly run: string; readonly command: string; readonly clock?: Clock },
  body: () => Promise<S>,
): Promise<S> {
  const end = new Runs(store, clock).begin(run, command);
  try {
    const summary = await body();
    const { problems: _, run: __, ...counts } = summary as S & { problems?: unknown; run?: unknown };
    end(summary.exitCode, counts);
    return summary;
  } catch (error) {
    const problem = toProblem(error);
    try {
      end(ERRORS[problem.code].exit, {}, problem);
    } catch {
      // The store is what failed: its record says that the run did not come to its end.
    }
    throw error;
  }
}

/** Waiting for a server that is unavailable, reported in the log. */
export function patienceOf(seconds: number, signal: AbortSignal | undefined, log: Logger): Patience {
  const onWait = (error: JobsumError, wait: number): void =>
    log.warn('service.away', 'waiting for a server that is unavailable', {
      ...problemFields(error.toProblem()),
      ms: Math.round(wait * 1000),
    });
  return { seconds, signal, onWait };
}

/** A run of a command that only one process does at a time on a store. @throws JobsumError E_LOCKED */
export function exclusively<S extends { readonly exitCode: number }>(
  store: Store,
  of: { readonly run: string; readonly command: string; readonly clock: Clock },
  log: Logger,
  body: () => Promise<S>,
): Promise<S> {
  return leased(new StoreLeases(store, of), of.command, log, () => recorded(store, of, body));
}
