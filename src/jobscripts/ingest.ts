// Owns the way of saved scripts into the warehouse: a day at a time, nothing twice, and what finds no job is tried again.

import { existsSync } from 'node:fs';
import type { ResourceSettings } from '../config/index.ts';
import type { Mysql, Schema, Store } from '../databases/index.ts';
import { JobsumError, type Problem, toProblem } from '../kernel/index.ts';
import { idOf, readScript, type ScriptFile, scriptDays, scriptsOf } from './files.ts';
import { type Candidate, matchScript } from './match.ts';
import { type ScriptRow, type ScriptTable, scriptTable } from './tables.ts';

/** What became of each file: it is looked at again when it has changed, or found no job yet. */
export const SCRIPT_SCHEMA: Schema = {
  sql: `
    CREATE TABLE IF NOT EXISTS script_file (
      resource INTEGER NOT NULL, path TEXT NOT NULL, day INTEGER NOT NULL, signature TEXT NOT NULL, matched INTEGER NOT NULL,
      PRIMARY KEY (resource, path)
    ) WITHOUT ROWID;
  `,
};

export interface ScriptReport {
  files: number;
  /** Stored before. */
  unchanged: number;
  matched: number;
  /** Of no job that the warehouse has: tried again by the next run. */
  unmatched: number;
  /** Names without a job id. */
  rejected: number;
  failed: number;
  /** Rows of the warehouse that were written. */
  written: number;
  readonly problems: Problem[];
}

export const emptyReport = (): ScriptReport => ({
  ...{ files: 0, unchanged: 0, matched: 0, unmatched: 0, rejected: 0, failed: 0, written: 0, problems: [] },
});

export interface ScriptOptions {
  readonly resource: Pick<ResourceSettings, 'id' | 'name'>;
  readonly scripts: NonNullable<ResourceSettings['scripts']>;
  /** Days before the latest day that has scripts which are looked at again. */
  readonly dayDelta: number;
  readonly all: boolean;
  readonly signal?: AbortSignal;
}

const DAY = 86_400;
/** Files looked up at a time. */
const LOT = 500;
const TIME = { start: 'start_time_ts', submit: 'submit_time_ts', end: 'end_time_ts', none: 'start_time_ts' } as const;

export class ScriptIngest {
  readonly #store: Store;
  readonly #warehouse: Mysql;
  readonly #options: ScriptOptions;
  readonly report: ScriptReport = emptyReport();

  constructor(store: Store, warehouse: Mysql, options: ScriptOptions) {
    this.#store = store;
    this.#warehouse = warehouse;
    this.#options = options;
  }

  /** @throws JobsumError E_INPUT_MISSING (no such directory), and what the warehouse throws */
  async run(): Promise<ScriptReport> {
    const { scripts, resource, dayDelta, all, signal } = this.#options;
    if (!existsSync(scripts.path))
      throw new JobsumError('E_INPUT_MISSING', 'no directory of job scripts', { file: scripts.path });
    const table = await scriptTable(this.#warehouse, resource.id);
    const latest = await table.latest();
    const from = all || latest === null ? Number.NEGATIVE_INFINITY : latest - dayDelta * DAY;
    const waiting = this.#store
      .prepare('SELECT DISTINCT day FROM script_file WHERE resource = ? AND matched = 0')
      .all(resource.id)
      .map((row) => Number(row.day));
    for (const { path, day } of scriptDays(scripts.path)) {
      if (signal?.aborted) break;
      if (day >= from || waiting.includes(day)) await this.#day(table, path, day);
    }
    return this.report;
  }

  async #day(table: ScriptTable, directory: string, day: number): Promise<void> {
    const { files, rejected } = scriptsOf(directory, day);
    const r = this.report;
    r.files += files.length + rejected.length;
    r.rejected += rejected.length;
    const known = this.#store.prepare('SELECT signature, matched FROM script_file WHERE resource = ? AND path = ?');
    const fresh = files.filter((f) => {
      const row = known.get(this.#options.resource.id, f.path);
      const same = row?.matched === 1 && row.signature === f.signature && !this.#options.all;
      if (same) r.unchanged++;
      return !same;
    });
    for (let i = 0; i < fresh.length && !this.#options.signal?.aborted; i += LOT)
      await this.#lot(table, fresh.slice(i, i + LOT), day);
  }

  async #lot(table: ScriptTable, files: readonly ScriptFile[], day: number): Promise<void> {
    const { id: resource } = this.#options.resource;
    const candidates = table.old ? [] : await this.#candidatesOf(files, day);
    const rows = new Map<number | string, ScriptRow>();
    const seen: [ScriptFile, boolean][] = [];
    for (const file of files) {
      try {
        const jobs = matchScript(file, candidates);
        const matched = table.old || jobs.length > 0;
        const script = matched ? readScript(file.path) : '';
        if (table.old) rows.set(idOf(file), [idOf(file), resource, script]);
        for (const { id, start } of jobs)
          rows.set(id, [id, resource, new Date(start * 1000).toISOString().slice(0, 10), script]);
        seen.push([file, matched]);
        this.report[matched ? 'matched' : 'unmatched']++;
      } catch (error) {
        this.report.failed++;
        this.report.problems.push({ ...toProblem(error), file: file.path });
      }
    }
    this.report.written += await table.write([...rows.values()]);
    const note = this.#store.prepare('INSERT OR REPLACE INTO script_file VALUES (?, ?, ?, ?, ?)');
    this.#store.transaction(() => {
      for (const [f, matched] of seen) note.run(resource, f.path, day, f.signature, matched ? 1 : 0);
    });
  }

  async #candidatesOf(files: readonly ScriptFile[], day: number): Promise<Candidate[]> {
    const byRaw = await this.#candidates('local_job_id_raw', files, day);
    const left = files.filter((f) => matchScript(f, byRaw).length === 0);
    return [...byRaw, ...(await this.#candidates('local_jobid', left, day))];
  }

  /** Jobs that files of a day may belong to. Numbers are compared with numbers. */
  async #candidates(
    column: 'local_job_id_raw' | 'local_jobid',
    files: readonly ScriptFile[],
    day: number,
  ): Promise<Candidate[]> {
    if (files.length === 0) return [];
    const { resource, scripts } = this.#options;
    const time = TIME[scripts.day];
    // The day before and the day after: directories have the site's local date.
    const near = scripts.day === 'none' ? '' : `AND ${time} >= ? AND ${time} < ?`;
    const rows = await this.#warehouse.rows<{ [K in keyof Candidate]: number | null }>(
      `SELECT job_id AS id, local_jobid AS local, local_job_array_index AS \`index\`, local_job_id_raw AS raw, start_time_ts AS start,
         ${time} AS time FROM modw.job_tasks WHERE resource_id = ? AND is_deleted = 0 AND ${column} IN (?) ${near}`,
      [resource.id, [...new Set(files.map((f) => f.base))], ...(near === '' ? [] : [day - DAY, day + 2 * DAY])],
    );
    return rows.map((r) => ({
      ...{
        id: Number(r.id),
        local: Number(r.local),
        index: Number(r.index),
        raw: r.raw === null ? null : Number(r.raw),
      },
      ...{ start: Number(r.start), time: Number(r.time) },
    }));
  }
}
