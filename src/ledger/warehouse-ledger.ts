// Owns the ledger in the warehouse: the process table as the incumbent writes it (accounting.md §6), which the portal and
// the incumbent's selections read, and beside it a table of our own with what the process table has no place for.

import type { Mysql, Queryable, SqlScalar } from '../databases/index.ts';
import { type Clock, type Problem, systemClock } from '../kernel/index.ts';
import { LEASE_SECONDS, type Lease } from './lease.ts';
import {
  type Backlog,
  type Became,
  type JobKey,
  type JobState,
  type Ledger,
  type LedgerCount,
  type LedgerEntry,
  type LedgerReason,
  type LedgerRow,
  OPEN_STATES,
} from './ledger.ts';
import { attemptsNow, judgeTry, passedOver, RETRY, type RetryPolicy } from './policy.ts';
import { guardedBy } from './warehouse-lease.ts';

export interface WarehouseLedgerOptions {
  readonly resourceId: number;
  /** Of this run: tries are counted once a run. */
  readonly run: string;
  /** What guards the writes. */
  readonly lease?: Pick<Lease, 'name' | 'token'>;
  readonly leaseSeconds?: number;
  readonly policy?: RetryPolicy;
  readonly clock?: Clock;
}

/** Done with the current version of the summariser. */
const PROCESS_DONE = 1;
const PROCESS_ERROR = -1000;

export interface WarehouseJobRow extends Record<string, unknown> {
  readonly document_id: string;
  readonly job_id: number | null;
  readonly state: JobState;
  readonly attempts: number;
  readonly next_try: number | null;
  readonly seen: string | null;
  readonly error: number | null;
  readonly problem: string | null;
  readonly run: string;
  readonly finished: number;
}

const COLUMNS = 'document_id, job_id, state, attempts, next_try, seen, error, problem, run, finished';
const TABLE = 'modw_supremm.jobsum_job';
/** Of a row j of ours: who deletes the row of `process` wants the job done again, and what we have of it as done counts no more. */
export const FORGOTTEN =
  "(j.state = 'done' AND NOT EXISTS (SELECT 1 FROM modw_supremm.process mark WHERE mark.jobid = j.job_id))";
/** TEXT holds 64 kB; a problem is a line. */
const MAX_PROBLEM = 10_000;

export class WarehouseLedger implements Ledger {
  readonly #warehouse: Mysql;
  readonly #options: WarehouseLedgerOptions;
  readonly #now: Clock;

  constructor(warehouse: Mysql, options: WarehouseLedgerOptions) {
    this.#warehouse = warehouse;
    this.#options = options;
    this.#now = options.clock ?? systemClock;
  }

  /** Done only while the process table says so, too: who deletes a row there wants the job done again. */
  async settled(jobs: readonly JobKey[]): Promise<ReadonlyMap<string, JobState>> {
    if (jobs.length === 0) return new Map();
    const now = this.#now();
    const rows = await this.#warehouse.rows<WarehouseJobRow & { marked: number | null }>(
      `SELECT j.document_id, j.state, j.next_try, p.jobid AS marked FROM ${TABLE} j
       LEFT JOIN modw_supremm.process p ON p.jobid = j.job_id WHERE j.resource_id = ? AND j.document_id IN (?)`,
      [this.#options.resourceId, jobs.map((j) => j.id)],
    );
    const settled = rows.filter((r) => passedOver({ state: r.state, nextTry: r.next_try }, now));
    const marks = (r: WarehouseJobRow): boolean => r.state === 'done' || r.state === 'partial';
    return new Map(settled.filter((r) => !marks(r) || r.marked !== null).map((r) => [r.document_id, r.state]));
  }

  async record(entries: readonly LedgerEntry[]): Promise<ReadonlyMap<string, Became>> {
    if (entries.length === 0) return new Map();
    const { lease, leaseSeconds = LEASE_SECONDS } = this.#options;
    return this.#warehouse.transaction(async (q) => {
      if (lease) await guardedBy(q, lease, leaseSeconds);
      const became = await this.#recordJobs(q, entries);
      // Last, as it may be a MyISAM table, which no transaction holds back.
      await mark(q, entries);
      return became;
    });
  }

  async #recordJobs(q: Queryable, entries: readonly LedgerEntry[]): Promise<ReadonlyMap<string, Became>> {
    const { resourceId, run, policy = RETRY } = this.#options;
    const now = this.#now();
    const sql = `SELECT document_id, state, attempts, run FROM ${TABLE} WHERE resource_id = ? AND document_id IN (?) FOR UPDATE`;
    const known = await q.rows<WarehouseJobRow>(sql, [resourceId, entries.map((e) => e.id)]);
    const before = new Map(known.map((row) => [row.document_id, row]));
    const became = new Map<string, Became>();
    const rows = entries.map((e): SqlScalar[] => {
      const attempts = attemptsNow(before.get(e.id), run);
      const { state, nextTry } = judgeTry(e, attempts, now, policy);
      became.set(e.id, { state, attempts });
      const problem = e.problem ? JSON.stringify(e.problem).slice(0, MAX_PROBLEM) : null;
      const why = [e.error ?? null, e.problem?.code ?? null, problem];
      return [resourceId, e.id, e.warehouseId ?? null, state, attempts, nextTry, e.seen ?? null, ...why, run, now];
    });
    await q.run(
      `INSERT INTO ${TABLE} (resource_id, document_id, job_id, state, attempts, next_try, seen, error, code, problem, run, finished) VALUES ?
       ON DUPLICATE KEY UPDATE job_id = VALUES(job_id), state = VALUES(state), attempts = VALUES(attempts), next_try = VALUES(next_try),
         seen = VALUES(seen), error = VALUES(error), code = VALUES(code), problem = VALUES(problem), run = VALUES(run), finished = VALUES(finished)`,
      [rows],
    );
    return became;
  }

  async find(ids: readonly string[]): Promise<LedgerRow[]> {
    if (ids.length === 0) return [];
    return this.#rows('document_id IN (?)', [ids]);
  }

  list(state: JobState, limit: number, reason?: LedgerReason): Promise<LedgerRow[]> {
    const only = reason ? 'AND error <=> ? AND code <=> ?' : '';
    const parameters = [state, ...(reason ? [reason.error, reason.code] : []), limit];
    return this.#rows(`state = ? ${only} ORDER BY finished DESC LIMIT ?`, parameters);
  }

  async #rows(condition: string, parameters: readonly (SqlScalar | readonly SqlScalar[])[]): Promise<LedgerRow[]> {
    const sql = `SELECT ${COLUMNS} FROM ${TABLE} j WHERE NOT ${FORGOTTEN} AND resource_id = ? AND ${condition}`;
    return (await this.#warehouse.rows<WarehouseJobRow>(sql, [this.#options.resourceId, ...parameters])).map(
      warehouseRow,
    );
  }

  async counts(): Promise<LedgerCount[]> {
    const rows = await this.#warehouse.rows<{
      state: JobState;
      error: number | null;
      code: string | null;
      jobs: number;
    }>(
      `SELECT state, error, code, COUNT(*) AS jobs FROM ${TABLE} j WHERE NOT ${FORGOTTEN} AND resource_id = ?
       GROUP BY state, error, code ORDER BY state, jobs DESC`,
      [this.#options.resourceId],
    );
    return rows.map(({ state, error, code, jobs }) => ({ state, error, code, jobs: Number(jobs) }));
  }

  async backlog(): Promise<Backlog> {
    // The end of a job is the last part of its document's id.
    const [row] = await this.#warehouse.rows<{ jobs: number; oldest: number | null }>(
      `SELECT COUNT(*) AS jobs, MIN(CAST(SUBSTRING_INDEX(document_id, '-', -1) AS UNSIGNED)) AS oldest FROM ${TABLE}
       WHERE resource_id = ? AND state IN (?)`,
      [this.#options.resourceId, OPEN_STATES],
    );
    return { jobs: Number(row?.jobs ?? 0), oldestEnd: row?.oldest == null ? null : Number(row.oldest) };
  }
}

/** Rows of the process table. What failed by a defect has none, as a run of the incumbent that crashed leaves none. */
async function mark(q: Queryable, entries: readonly LedgerEntry[]): Promise<void> {
  const marked = entries.filter((e) => e.result !== 'failed' && e.warehouseId !== undefined);
  if (marked.length === 0) return;
  const version = (e: LedgerEntry): number => (e.error === undefined ? PROCESS_DONE : PROCESS_ERROR - e.error);
  await q.run(
    `INSERT INTO modw_supremm.process (jobid, process_version, process_timestamp, process_time)
     VALUES ${marked.map(() => '(?, ?, NOW(), ?)').join(', ')}
     ON DUPLICATE KEY UPDATE process_version = VALUES(process_version), process_timestamp = NOW(), process_time = VALUES(process_time)`,
    marked.flatMap((e) => [e.warehouseId!, version(e), e.seconds]),
  );
}

/** A row of the table `jobsum_job`. */
export function warehouseRow(row: WarehouseJobRow): LedgerRow {
  return {
    id: row.document_id,
    ...(row.job_id === null ? {} : { warehouseId: row.job_id }),
    state: row.state,
    attempts: row.attempts,
    nextTry: row.next_try,
    seen: row.seen,
    error: row.error,
    problem: parse(row.problem),
    run: row.run,
    finished: row.finished,
  };
}

/** A text that was cut is no JSON any more. */
function parse(text: string | null): Problem | null {
  if (text === null) return null;
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { code: 'E_INTERNAL', message: text };
  }
}
