// Owns leases in the embedded store.

import type { Schema, Store } from '../databases/index.ts';
import { type Clock, systemClock } from '../kernel/index.ts';
import {
  type Holder,
  isDead,
  LEASE_SECONDS,
  type Lease,
  type Leases,
  leaseOf,
  locked,
  lost,
  thisHolder,
} from './lease.ts';

/** A lease given back keeps its row, so that tokens go on growing. */
export const LEASE_SCHEMA: Schema = {
  sql: `
    CREATE TABLE IF NOT EXISTS lease (
      name TEXT PRIMARY KEY, token INTEGER NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL, mark TEXT NOT NULL,
      expires REAL NOT NULL
    ) WITHOUT ROWID;
  `,
  upgrades: { 2: 'DROP TABLE IF EXISTS lease' },
};

export class StoreLeases implements Leases {
  readonly #store: Store;
  readonly #seconds: number;
  readonly #now: Clock;

  constructor(store: Store, options: { readonly seconds?: number; readonly clock?: Clock } = {}) {
    this.#store = store;
    this.#seconds = options.seconds ?? LEASE_SECONDS;
    this.#now = options.clock ?? systemClock;
  }

  async take(name: string): Promise<Lease> {
    const store = this.#store;
    const { host, pid, mark } = thisHolder();
    const token = store.transaction(() => {
      const row = store.prepare('SELECT * FROM lease WHERE name = ?').get(name);
      const left = Number(row?.expires ?? 0) - this.#now();
      if (row && left > 0) {
        const holder: Holder = { host: String(row.host), pid: Number(row.pid), mark: String(row.mark) };
        if (!isDead(holder)) throw locked(name, holder, left, store.path);
      }
      const next = Number(row?.token ?? 0) + 1;
      store
        .prepare('INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, ?)')
        .run(name, next, host, pid, mark, this.#now() + this.#seconds);
      return next;
    });
    const until = (expires: number): boolean =>
      store.transaction(() => {
        if (!holdsLease(store, { name, token })) return false;
        store.prepare('UPDATE lease SET expires = ? WHERE name = ?').run(expires, name);
        return true;
      });
    const release = async (): Promise<void> => void until(0);
    return leaseOf({ name, token, seconds: this.#seconds, release }, async () => {
      if (!until(this.#now() + this.#seconds)) throw lost(name);
    });
  }
}

/** Whether no other has taken it since; to be asked inside the transaction it is to guard. */
export function holdsLease(store: Store, lease: Pick<Lease, 'name' | 'token'>): boolean {
  return Number(store.prepare('SELECT token FROM lease WHERE name = ?').get(lease.name)?.token) === lease.token;
}
