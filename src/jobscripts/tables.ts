// Owns the two tables that job scripts are stored in (jobscripts.md §2): by the warehouse's job, and the old one by the job's own id.

import type { Mysql, SqlRow, SqlScalar, Tables } from '../databases/index.ts';
import type { WarehouseSchema } from '../jobs/index.ts';
import { JobsumError } from '../kernel/index.ts';

/** What a row of the table is made of: the key that stands first in it, and the text that stands last. */
export type ScriptRow = readonly [key: number | string, ...rest: SqlScalar[], script: string];

export interface ScriptTable {
  /** `batchscripts` of schema 7: rows by the id in the file's name, whatever jobs there are. */
  readonly old: boolean;
  /** Midnight UTC of the latest day with scripts, epoch seconds; null: there are none. */
  latest(): Promise<number | null>;
  /** Writes what the table does not hold already; how many rows. */
  write(rows: readonly ScriptRow[]): Promise<number>;
}

const ROWS_BYTES = 4 * 1024 * 1024;

interface Shape {
  readonly name: string;
  /** In the order of a row. */
  readonly columns: readonly string[];
  readonly day: string;
}

const CURRENT: Shape = {
  name: 'modw_supremm.job_scripts',
  columns: ['tg_job_id', 'resource_id', 'start_date', 'script'],
  day: 'start_date',
};
const OLD: Shape = {
  name: 'modw_supremm.batchscripts',
  columns: ['local_job_id', 'resource_id', 'script'],
  day: 'DATE(updated)',
};

/** That of the schema; of 7 it is there. */
export const scriptTables = (schema: WarehouseSchema): Tables => ({
  reads: [],
  writes: { [(schema === 7 ? OLD : CURRENT).name]: 'script' },
  ddl:
    schema === 7
      ? []
      : [
          `CREATE TABLE IF NOT EXISTS modw_supremm.job_scripts (
             tg_job_id BIGINT UNSIGNED NOT NULL PRIMARY KEY, resource_id INT NOT NULL, start_date DATE NOT NULL,
             script TEXT NOT NULL, KEY res_start_date (resource_id, start_date))`,
        ],
});

/** @throws JobsumError E_SCHEMA: it has neither */
export async function scriptTable(warehouse: Mysql, resource: number): Promise<ScriptTable> {
  const has = async ({ name, columns }: Shape): Promise<JobsumError | null> => {
    try {
      await warehouse.rows(`SELECT ${columns[0]} FROM ${name} LIMIT 0`);
      return null;
    } catch (error) {
      if (error instanceof JobsumError && error.code === 'E_SCHEMA') return error;
      throw error;
    }
  };
  const missing = await has(CURRENT);
  if (missing && (await has(OLD))) throw missing;
  const shape = missing ? OLD : CURRENT;
  const { name, columns, day } = shape;
  const key = columns[0]!;
  return {
    old: shape === OLD,
    latest: async () => {
      const sql = `SELECT TIMESTAMPDIFF(SECOND, '1970-01-01', MAX(${day})) AS day FROM ${name} WHERE resource_id = ?`;
      const [row] = await warehouse.rows<{ day: number | null }>(sql, [resource]);
      return row?.day == null ? null : Number(row.day);
    },
    write: async (rows) => {
      if (rows.length === 0) return 0;
      const sql = `SELECT ${columns.join(', ')} FROM ${name} WHERE resource_id = ? AND ${key} IN (?)`;
      const held = await warehouse.rows<SqlRow>(sql, [resource, rows.map((r) => r[0])]);
      const before = new Map(held.map((h) => [String(h[key]), h]));
      const changed = rows.filter((row) =>
        columns.some((c, i) => String(before.get(String(row[0]))?.[c]) !== String(row[i])),
      );
      const update = columns.slice(1).map((c) => `${c} = VALUES(${c})`);
      const insert = `INSERT INTO ${name} (${columns.join(', ')}) VALUES ? ON DUPLICATE KEY UPDATE ${update.join(', ')}`;
      for (const lot of lots(changed)) await warehouse.run(insert, [lot as readonly (readonly SqlScalar[])[]]);
      return changed.length;
    },
  };
}

/** Rows for one statement each. */
function* lots(rows: readonly ScriptRow[]): Generator<readonly ScriptRow[]> {
  let lot: ScriptRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    lot.push(row);
    bytes += String(row.at(-1)).length;
    if (bytes < ROWS_BYTES) continue;
    yield lot;
    lot = [];
    bytes = 0;
  }
  if (lot.length > 0) yield lot;
}
