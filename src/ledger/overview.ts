// Owns what the embedded store knows of all its ledgers and leases together, for people who ask.

import { hostname } from 'node:os';
import type { Mysql, Store } from '../databases/index.ts';
import { isDead } from './lease.ts';
import type { RunRecord } from './runs.ts';
import { StoreLedger } from './store-ledger.ts';

/** Sets of outputs that have a ledger. */
export function ledgersOf(store: Store): { readonly sinks: string; readonly ledger: StoreLedger }[] {
  return store
    .prepare('SELECT DISTINCT sinks FROM ledger ORDER BY sinks')
    .all()
    .map((row) => ({
      sinks: String(row.sinks),
      ledger: new StoreLedger(store, { sinks: String(row.sinks), run: '' }),
    }));
}

export interface LeaseHeld {
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** Epoch seconds. */
  readonly expires: number;
}

/** Leases of living holders. `now`: epoch seconds. */
export function leasesHeld(store: Store, now: number): LeaseHeld[] {
  const rows = store.prepare('SELECT * FROM lease WHERE expires > ? ORDER BY name').all(now);
  return stillHeld(
    rows.map((row) => ({
      ...{ name: String(row.name), host: String(row.host), pid: Number(row.pid), expires: Number(row.expires) },
      mark: String(row.mark),
    })),
  );
}

/** The same of the warehouse's. @throws JobsumError E_SCHEMA (there are no tables yet), E_SERVICE, E_DENIED */
export async function warehouseLeasesHeld(warehouse: Mysql): Promise<LeaseHeld[]> {
  const rows = await warehouse.rows<{ name: string; host: string; pid: number; mark: string; expires: number }>(
    'SELECT name, host, pid, mark, expires FROM modw_supremm.jobsum_lease WHERE expires > UNIX_TIMESTAMP() ORDER BY name',
  );
  return stillHeld(rows.map((row) => ({ ...row, pid: Number(row.pid) })));
}

/** Of leases that have not expired, those whose holder is not known to be dead. */
export function stillHeld(leases: readonly (LeaseHeld & { readonly mark: string })[]): LeaseHeld[] {
  return leases.filter((held) => !isDead(held)).map(({ mark: _, ...held }) => held);
}

/** A run without an end is at work, or was killed; of another host this is not known. */
export function runState(run: RunRecord): 'ended' | 'running' | 'killed' | 'unknown' {
  if (run.ended !== null) return 'ended';
  if (run.host !== hostname()) return 'unknown';
  // Its number may be another's now.
  if (isDead(run)) return 'killed';
  try {
    process.kill(run.pid, 0);
    return 'running';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'running' : 'killed';
  }
}
