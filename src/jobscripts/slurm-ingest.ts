// Owns the way of scripts that Slurm has stored into the warehouse: of jobs there that have none yet, a bounded number at a time.

import type { ResourceSettings } from '../config/index.ts';
import type { Mysql, Store } from '../databases/index.ts';
import { type Clock, JobsumError } from '../kernel/index.ts';
import { fitScript } from './files.ts';
import { emptyReport, type ScriptReport } from './ingest.ts';
import { knownJobs, type SacctCommand, scriptsOfSlurm } from './sacct.ts';
import { type ScriptRow, type ScriptTable, scriptTable } from './tables.ts';

/** Jobs asked for at a time. */
const LOT = 100;
const DAY = 86_400;

export interface SlurmScriptOptions {
  readonly resource: Pick<ResourceSettings, 'id' | 'name'>;
  readonly sacct: SacctCommand;
  /** Days before the latest day that has scripts (none: before now) in which jobs without are looked for. */
  readonly dayDelta: number;
  readonly all: boolean;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** A row of the warehouse. */
interface Task {
  readonly id: number;
  readonly raw: number;
  readonly submit: number;
  readonly start: number;
}

export class SlurmScriptIngest {
  readonly #store: Store;
  readonly #warehouse: Mysql;
  readonly #options: SlurmScriptOptions;
  readonly report: ScriptReport = emptyReport();

  constructor(store: Store, warehouse: Mysql, options: SlurmScriptOptions) {
    this.#store = store;
    this.#warehouse = warehouse;
    this.#options = options;
  }

  /** @throws JobsumError E_INPUT_MISSING, E_NO_SCRIPTS (sacct), E_SCHEMA, and what the warehouse throws */
  async run(): Promise<ScriptReport> {
    const { resource, dayDelta, all, clock, signal } = this.#options;
    const table = await scriptTable(this.#warehouse, resource.id);
    if (table.old) throw new JobsumError('E_SCHEMA', 'scripts that Slurm has stored need the table job_scripts');
    const latest = (await table.latest()) ?? clock();
    const tasks = await this.#without(all ? 0 : latest - dayDelta * DAY);
    for (let i = 0; i < tasks.length && !signal?.aborted; i += LOT) await this.#lot(table, tasks.slice(i, i + LOT));
    return this.report;
  }

  /** Jobs since then that have no script, and of which Slurm was not found to have none. */
  async #without(from: number): Promise<Task[]> {
    const { id } = this.#options.resource;
    const rows = await this.#warehouse.rows<{ [K in keyof Task]: number | string }>(
      `SELECT t.job_id AS id, t.local_job_id_raw AS raw, t.submit_time_ts AS submit, t.start_time_ts AS start FROM modw.job_tasks t
       LEFT JOIN modw_supremm.job_scripts s ON s.tg_job_id = t.job_id
       WHERE t.resource_id = ? AND t.is_deleted = 0 AND t.local_job_id_raw IS NOT NULL AND t.start_time_ts >= ? AND s.tg_job_id IS NULL
       ORDER BY t.job_id`,
      [id, Math.floor(from)],
    );
    const none = this.#store.prepare('SELECT 1 FROM script_file WHERE resource = ? AND path = ?');
    return rows
      .map((r) => ({ id: Number(r.id), raw: Number(r.raw), submit: Number(r.submit), start: Number(r.start) }))
      .filter((task) => this.#options.all || none.get(id, placeOf(task)) === undefined);
  }

  async #lot(table: ScriptTable, tasks: readonly Task[]): Promise<void> {
    const { resource, sacct } = this.#options;
    const known = new Map(
      (
        await knownJobs(
          sacct,
          tasks.map((t) => t.raw),
        )
      ).map((job) => [job.raw, job]),
    );
    // An id that was used again is another job's.
    const ours = tasks.flatMap((task) => {
      const job = known.get(task.raw);
      return job && (job.submit === task.submit || job.start === task.start) ? [{ task, shown: job.shown }] : [];
    });
    const scripts = await scriptsOfSlurm(sacct, [...new Set(ours.map((o) => o.shown))]);
    const rows: ScriptRow[] = [];
    const without: Task[] = [];
    for (const { task, shown } of ours) {
      const script = scripts.get(shown);
      if (script === null) without.push(task);
      else if (script !== undefined)
        rows.push([task.id, resource.id, new Date(task.start * 1000).toISOString().slice(0, 10), fitScript(script)]);
    }
    this.report.files += tasks.length;
    this.report.matched += rows.length;
    this.report.unmatched += tasks.length - rows.length;
    this.report.written += await table.write(rows);
    const note = this.#store.prepare('INSERT OR REPLACE INTO script_file VALUES (?, ?, ?, ?, 1)');
    this.#store.transaction(() => {
      for (const task of without) note.run(resource.id, placeOf(task), Math.floor(task.start / DAY) * DAY, 'none');
    });
  }
}

/** In place of the path of a file. */
const placeOf = (task: Task): string => `sacct:${task.raw}:${task.submit}`;
