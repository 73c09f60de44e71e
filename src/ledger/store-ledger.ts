// Owns the ledger in the embedded store: for runs without a warehouse.

import type { Row, Schema, Statement, Store } from '../databases/index.ts';
import { type Clock, type Problem, systemClock } from '../kernel/index.ts';
import { type Lease, lost } from './lease.ts';
import {
  type Backlog,
  type Became,
  endOf,
  type JobKey,
  type JobState,
  type Ledger,
  type LedgerCount,
  type LedgerEntry,
  type LedgerReason,
  type LedgerRow,
  OPEN_STATES,
  sumOf,
} from './ledger.ts';
import { attemptsNow, judgeTry, passedOver, RETRY, type RetryPolicy } from './policy.ts';
import { holdsLease } from './store-lease.ts';

export const LEDGER_SCHEMA: Schema = {
  sql: `
    CREATE TABLE IF NOT EXISTS ledger (
      id TEXT NOT NULL, sinks TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, problem TEXT,
      finished REAL NOT NULL, next_try REAL, error INTEGER, run TEXT NOT NULL DEFAULT '', seen TEXT, PRIMARY KEY (id, sinks)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS ledger_state ON ledger (sinks, state, finished);
  `,
  upgrades: {
    2: `
      ALTER TABLE ledger ADD COLUMN next_try REAL;
      ALTER TABLE ledger ADD COLUMN error INTEGER;
      ALTER TABLE ledger ADD COLUMN run TEXT NOT NULL DEFAULT '';
      UPDATE ledger SET state = 'poison' WHERE state = 'failed' AND attempts >= 5;
    `,
    4: 'ALTER TABLE ledger ADD COLUMN seen TEXT',
  },
};

export interface StoreLedgerOptions {
  /** Names of the outputs; a job done for one set of outputs is not done for another. */
  readonly sinks: string;
  /** Of this run: tries are counted once a run. */
  readonly run: string;
  /** What guards the writes. */
  readonly lease?: Pick<Lease, 'name' | 'token'>;
  readonly policy?: RetryPolicy;
  readonly clock?: Clock;
}

export class StoreLedger implements Ledger {
  readonly #store: Store;
  readonly #options: StoreLedgerOptions;
  readonly #now: Clock;
  readonly #get: Statement;
  readonly #put: Statement;

  constructor(store: Store, options: StoreLedgerOptions) {
    this.#store = store;
    this.#options = options;
    this.#now = options.clock ?? systemClock;
    this.#get = store.prepare('SELECT * FROM ledger WHERE id = ? AND sinks = ?');
    this.#put = store.prepare(
      `INSERT OR REPLACE INTO ledger (id, sinks, state, attempts, problem, finished, next_try, error, run, seen)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  async settled(jobs: readonly JobKey[]): Promise<ReadonlyMap<string, JobState>> {
    const now = this.#now();
    const rows = (await this.find(jobs.map((j) => j.id))).filter((row) => passedOver(row, now));
    return new Map(rows.map((row) => [row.id, row.state]));
  }

  async record(entries: readonly LedgerEntry[]): Promise<ReadonlyMap<string, Became>> {
    const { sinks, run, lease, policy = RETRY } = this.#options;
    const now = this.#now();
    const became = new Map<string, Became>();
    this.#store.transaction(() => {
      if (lease && !holdsLease(this.#store, lease)) throw lost(lease.name);
      for (const e of entries) {
        const row = this.#get.get(e.id, sinks);
        const attempts = attemptsNow(row ? ledgerRow(row) : undefined, run);
        const { state, nextTry } = judgeTry(e, attempts, now, policy);
        const problem = e.problem ? JSON.stringify(e.problem) : null;
        this.#put.run(e.id, sinks, state, attempts, problem, now, nextTry, e.error ?? null, run, e.seen ?? null);
        became.set(e.id, { state, attempts });
      }
    });
    return became;
  }

  async find(ids: readonly string[]): Promise<LedgerRow[]> {
    return ids.flatMap((id) => {
      const row = this.#get.get(id, this.#options.sinks);
      return row ? [ledgerRow(row)] : [];
    });
  }

  async list(state: JobState, limit: number, reason?: LedgerReason): Promise<LedgerRow[]> {
    const only = reason ? "AND error IS ? AND json_extract(problem, '$.code') IS ?" : '';
    return this.#store
      .prepare(`SELECT * FROM ledger WHERE sinks = ? AND state = ? ${only} ORDER BY finished DESC LIMIT ?`)
      .all(this.#options.sinks, state, ...(reason ? [reason.error, reason.code] : []), limit)
      .map(ledgerRow);
  }

  async counts(): Promise<LedgerCount[]> {
    return this.#store
      .prepare(
        `SELECT state, error, json_extract(problem, '$.code') AS code, count(*) AS jobs FROM ledger WHERE sinks = ?
         GROUP BY state, error, code ORDER BY state, jobs DESC`,
      )
      .all(this.#options.sinks)
      .map((row) => ({
        state: row.state as JobState,
        error: row.error === null ? null : Number(row.error),
        code: row.code === null ? null : String(row.code),
        jobs: Number(row.jobs),
      }));
  }

  async backlog(): Promise<Backlog> {
    const rows = this.#store
      .prepare(`SELECT id FROM ledger WHERE sinks = ? AND state IN (${OPEN_STATES.map(() => '?').join()})`)
      .all(this.#options.sinks, ...OPEN_STATES);
    return sumOf(rows.map((row) => ({ jobs: 1, oldestEnd: endOf(String(row.id)) })));
  }
}

/** A row of the table `ledger`. */
export function ledgerRow(row: Row): LedgerRow {
  return {
    id: String(row.id),
    state: row.state as JobState,
    attempts: Number(row.attempts),
    nextTry: row.next_try === null ? null : Number(row.next_try),
    seen: row.seen === null ? null : String(row.seen),
    error: row.error === null ? null : Number(row.error),
    problem: row.problem === null ? null : (JSON.parse(String(row.problem)) as Problem),
    run: String(row.run),
    finished: Number(row.finished),
  };
}
