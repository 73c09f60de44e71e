// Owns documents in the embedded store: summaries and time series in two tables, as the two collections of XDMoD.

import type { Row, Schema, Statement, Store, Value } from '../databases/index.ts';
import type { Document } from '../document/index.ts';
import { type Refusal, type Sink, textOf, withTimeseries } from './sink.ts';

export const DOCUMENT_SCHEMA: Schema = {
  sql: `
    CREATE TABLE IF NOT EXISTS summary (
      id TEXT PRIMARY KEY, job_id TEXT NOT NULL, local_id TEXT, task_id TEXT, user TEXT, nodes INTEGER, start_time REAL, end_time REAL,
      document TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS summary_job ON summary (job_id);
    CREATE INDEX IF NOT EXISTS summary_local ON summary (local_id);
    CREATE INDEX IF NOT EXISTS summary_task ON summary (task_id);
    CREATE INDEX IF NOT EXISTS summary_end ON summary (end_time);
    CREATE TABLE IF NOT EXISTS timeseries (id TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
  `,
};

const text = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** `LEADER_INDEX` of an array task. */
export const taskId = ({
  local_job_id: local,
  local_job_array_index: index,
}: Record<string, unknown>): string | null => (typeof index === 'number' && index >= 0 ? `${local}_${index}` : null);

interface Rows {
  readonly summary: readonly [id: string, ...Value[]];
  /** JSON. */
  readonly series: string | null;
}

/** What of the accounting record is not a number or a text has its place in the document alone. */
function rowsOf(document: Document): Rows | Refusal {
  const { timeseries, ...summary } = document;
  const id = document._id;
  const acct = (summary.acct ?? {}) as Record<string, unknown>;
  const whole = textOf(document, summary);
  const series = timeseries ? textOf(document, { _id: id, ...(timeseries as object) }) : null;
  for (const written of [whole, series]) if (written !== null && typeof written !== 'string') return written;
  const keys = [text(acct.id) ?? '', text(acct.local_job_id), taskId(acct), text(acct.user)];
  const numbers = [acct.nodes, acct.start_time, acct.end_time].map(number);
  return { summary: [id, ...keys, ...numbers, whole as string], series: series as string | null };
}

export class SqliteSink implements Sink {
  readonly #store: Store;
  readonly #summary: Statement;
  readonly #series: Statement;
  readonly #noSeries: Statement;

  constructor(store: Store) {
    this.#store = store;
    this.#summary = store.prepare('INSERT OR REPLACE INTO summary VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#series = store.prepare('INSERT OR REPLACE INTO timeseries VALUES (?, ?)');
    this.#noSeries = store.prepare('DELETE FROM timeseries WHERE id = ?');
  }

  async write(documents: readonly Document[]): Promise<readonly Refusal[]> {
    const refused: Refusal[] = [];
    const all = documents.flatMap((document) => {
      const rows = rowsOf(document);
      if ('id' in rows) refused.push(rows);
      return 'id' in rows ? [] : [rows];
    });
    this.#store.transaction(() => {
      for (const { summary, series } of all) {
        const [id] = summary;
        const problem = this.#store.attempt(() => {
          if (series === null) this.#noSeries.run(id);
          else this.#series.run(id, series);
          this.#summary.run(...summary);
        });
        if (problem) refused.push({ id, problem: { ...problem, code: 'E_DOCUMENT' } });
      }
    });
    return refused;
  }

  async close(): Promise<void> {
    // The store belongs to the caller.
  }
}

function parse(row: Row | undefined): Record<string, unknown> | null {
  return row ? (JSON.parse(String(row.document)) as Record<string, unknown>) : null;
}

/** Summary documents, latest end first. */
export const countDocuments = (store: Store): number =>
  Number(store.prepare('SELECT count(*) AS n FROM summary').get()!.n);

export function listDocuments(store: Store, limit: number): Record<string, unknown>[] {
  return store
    .prepare('SELECT document FROM summary ORDER BY end_time DESC, id LIMIT ?')
    .all(limit)
    .map((row) => parse(row)!);
}

/** Documents of these ids, without series. */
export function findSummaries(store: Store, ids: readonly string[]): Record<string, unknown>[] {
  const find = store.prepare('SELECT document FROM summary WHERE id = ?');
  return ids.map((id) => parse(find.get(id))).filter((document) => document !== null);
}

/**
 * Documents of a job by its id, element of an array as Slurm shows it, or document id, with `timeseries` inside, latest first. The
 * number of an array is also the id of one of its elements: where there is none of that id, or with `ID[]`, it is all of them.
 */
export function findDocuments(store: Store, job: string): Record<string, unknown>[] {
  const whole = documentReader(store);
  const read = (where: string, ...values: string[]) =>
    store
      .prepare(`SELECT id, document FROM summary WHERE ${where} ORDER BY end_time DESC`)
      .all(...values)
      .map((row) => whole(row));
  const array = /^(.+)\[\]$/.exec(job)?.[1];
  const itself = array === undefined ? read('job_id = ? OR task_id = ? OR id = ?', job, taskOf(job), job) : [];
  return itself.length > 0 ? itself : read('local_id = ?', array ?? job);
}

/** `500[3]` is `500_3`. */
export const taskOf = (job: string): string => job.replace(/^(\d+)\[(\d+)\]$/, '$1_$2');

/** Makes documents of rows of `summary`, with their time series. */
export function documentReader(store: Store): (row: Row) => Record<string, unknown> {
  const series = store.prepare('SELECT document FROM timeseries WHERE id = ?');
  return (row) => withTimeseries(parse(row)!, parse(series.get(String(row.id))));
}
