// Owns the frame of every run: the embedded store it opens, the lease it is under, and its record there from beginning to end.

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CATALOG_SCHEMA } from '../catalog/index.ts';
import { type Schema, Store } from '../databases/index.ts';
import { SOURCE_SCHEMA } from '../jobs/index.ts';
import { type Clock, ERRORS, JobsumError, type Patience, toProblem } from '../kernel/index.ts';
import {
  keepAlive,
  LEASE_SCHEMA,
  LEDGER_SCHEMA,
  type Lease,
  type Leases,
  REPORTED_SCHEMA,
  RUNS_SCHEMA,
  Runs,
  StoreLeases,
} from '../ledger/index.ts';
import { MESSAGES } from '../run/index.ts';
import { DOCUMENT_SCHEMA } from '../sinks/index.ts';
import { type Logger, problemFields } from './logger.ts';

export const SCHEMAS = [
  CATALOG_SCHEMA,
  DOCUMENT_SCHEMA,
  LEDGER_SCHEMA,
  LEASE_SCHEMA,
  RUNS_SCHEMA,
  REPORTED_SCHEMA,
  SOURCE_SCHEMA,
];

/** Of a file that a configuration names, which nobody types by mistake. @throws JobsumError E_STORE */
export function makeDirectoryOf(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    const detail = { file: path, found: String(cause) };
    throw new JobsumError('E_STORE', 'cannot make the directory', detail, { cause });
  }
}

/** The store of a run, made if it is not there; its directory must be. @throws JobsumError E_STORE, E_IO */
export function openStore(path: string, more: readonly Schema[] = []): Store {
  const directory = dirname(path);
  if (!existsSync(directory)) {
    const detail = { file: path, expected: 'a directory that is there', found: `no ${directory}` };
    throw new JobsumError('E_STORE', 'cannot make the store', detail);
  }
  return new Store(path, [...SCHEMAS, ...more]);
}

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
    log.warn('service.away', MESSAGES['service.away'], {
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
