// Owns the record of runs in the embedded store: when, who, what came of it. A run that was killed has no end.

import type { Schema, Store } from '../databases/index.ts';
import { type Clock, type Problem, redact, systemClock } from '../kernel/index.ts';
import { type Holder, thisHolder } from './lease.ts';

export const RUNS_SCHEMA: Schema = {
  sql: `
    CREATE TABLE IF NOT EXISTS run (
      id TEXT PRIMARY KEY, command TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL, started REAL NOT NULL,
      ended REAL, exit_code INTEGER, counts TEXT, problem TEXT, mark TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS run_started ON run (started);
  `,
  upgrades: { 6: "ALTER TABLE run ADD COLUMN mark TEXT NOT NULL DEFAULT ''" },
};

/** Every five minutes for a month. */
const KEPT = 10_000;

export interface RunRecord extends Holder {
  readonly run: string;
  readonly command: string;
  /** Epoch seconds. */
  readonly started: number;
  /** Null: it is running, or it was killed. */
  readonly ended: number | null;
  readonly exitCode: number | null;
  readonly counts: Readonly<Record<string, unknown>>;
  readonly problem?: Problem;
}

export class Runs {
  readonly #store: Store;
  readonly #now: Clock;

  constructor(store: Store, clock = systemClock) {
    this.#store = store;
    this.#now = clock;
  }

  /** Notes that a run has begun; the returned function notes its end. */
  begin(run: string, command: string): (exitCode: number, counts: object, problem?: Problem) => void {
    const { host, pid, mark } = thisHolder();
    this.#store
      .prepare('INSERT INTO run (id, command, host, pid, mark, started) VALUES (?, ?, ?, ?, ?, ?)')
      .run(run, command, host, pid, mark, this.#now());
    this.#store
      .prepare('DELETE FROM run WHERE started < (SELECT started FROM run ORDER BY started DESC LIMIT 1 OFFSET ?)')
      .run(KEPT);
    return (exitCode, counts, problem) =>
      this.#store
        .prepare('UPDATE run SET ended = ?, exit_code = ?, counts = ?, problem = ? WHERE id = ?')
        .run(this.#now(), exitCode, JSON.stringify(counts), problem ? redact(JSON.stringify(problem)) : null, run);
  }

  /** The latest runs, of one command or of all, newest first. */
  latest(limit: number, command?: string): RunRecord[] {
    return this.#store
      .prepare('SELECT * FROM run WHERE ? IS NULL OR command = ? ORDER BY started DESC, id DESC LIMIT ?')
      .all(command ?? null, command ?? null, limit)
      .map((row) => ({
        run: String(row.id),
        command: String(row.command),
        host: String(row.host),
        pid: Number(row.pid),
        mark: String(row.mark),
        started: Number(row.started),
        ended: row.ended === null ? null : Number(row.ended),
        exitCode: row.exit_code === null ? null : Number(row.exit_code),
        counts: JSON.parse(String(row.counts ?? '{}')) as Record<string, unknown>,
        ...(row.problem === null ? {} : { problem: JSON.parse(String(row.problem)) as Problem }),
      }));
  }
}
