// Owns what has been done: one row per job, written only after its document is durable; and the lease on the store.

import { hostname } from 'node:os';
import { JobsumError, type Problem } from '../kernel/index.ts';
import type { Schema, Statement, Store } from '../store/index.ts';

export const LEDGER_SCHEMA: Schema = {
  sql: `
    CREATE TABLE IF NOT EXISTS ledger (
      id TEXT NOT NULL, sinks TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, problem TEXT,
      finished REAL NOT NULL, PRIMARY KEY (id, sinks)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS lease (
      name TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, taken REAL NOT NULL
    ) WITHOUT ROWID;
  `,
};

/** done: summarised, or skipped by a rule that time does not change. failed: tried again by the next run. */
export type JobState = 'done' | 'failed';

export interface LedgerEntry {
  readonly id: string;
  readonly state: JobState;
  readonly problem?: Problem;
}

/** A failing job is not tried for ever: a poison archive must not cost every night. */
const MAX_ATTEMPTS = 5;

export class Ledger {
  readonly #store: Store;
  readonly #sinks: string;
  readonly #get: Statement;
  readonly #put: Statement;

  /** `sinks`: names of the outputs; a job done for one set of outputs is not done for another. */
  constructor(store: Store, sinks: string) {
    this.#store = store;
    this.#sinks = sinks;
    this.#get = store.prepare('SELECT state, attempts FROM ledger WHERE id = ? AND sinks = ?');
    this.#put = store.prepare(
      `INSERT INTO ledger VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT (id, sinks)
       DO UPDATE SET state = excluded.state, attempts = ledger.attempts + 1, problem = excluded.problem, finished = excluded.finished`,
    );
  }

  /** Whether a run passes over the job: it is done, or has failed too often. */
  settled(id: string): boolean {
    const row = this.#get.get(id, this.#sinks);
    return row !== undefined && (row.state === 'done' || Number(row.attempts) >= MAX_ATTEMPTS);
  }

  record(entries: readonly LedgerEntry[]): void {
    const now = Date.now() / 1000;
    this.#store.transaction(() => {
      for (const e of entries) {
        this.#put.run(e.id, this.#sinks, e.state, e.problem ? JSON.stringify(e.problem) : null, now);
      }
    });
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Takes the store for this process; the returned function gives it back.
 * @throws JobsumError E_LOCKED if a living process of this host, or any of another, holds it
 */
export function takeLease(store: Store, name = 'run'): () => void {
  const host = hostname();
  store.transaction(() => {
    const row = store.prepare('SELECT host, pid FROM lease WHERE name = ?').get(name);
    const pid = Number(row?.pid);
    if (row && (row.host !== host || (pid !== process.pid && alive(pid)))) {
      throw new JobsumError('E_LOCKED', 'another run holds the store', {
        file: store.path,
        found: `process ${pid} on ${row.host}`,
      });
    }
    store.prepare('INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?)').run(name, host, process.pid, Date.now() / 1000);
  });
  return () => store.prepare('DELETE FROM lease WHERE name = ? AND host = ? AND pid = ?').run(name, host, process.pid);
}
