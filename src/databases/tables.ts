// Owns what is asked of a database about its tables: which there are, and what an account may do with them.

import { JobsumError } from '../kernel/index.ts';
import type { Queryable } from './mysql.ts';

/** The tables of one part of the product, by their whole names. */
export interface Tables {
  readonly reads: readonly string[];
  /** Table → a column of it: what is inserted into and replaced. */
  readonly writes: Readonly<Record<string, string>>;
  /** How those are made that no one else makes; repeatable. */
  readonly ddl: readonly string[];
}

/** The name in a `CREATE TABLE IF NOT EXISTS database.name`. */
export const tableOf = (ddl: string): string => /EXISTS ([\w.]+)/.exec(ddl)![1]!;

/** Whole names. */
export async function tablesIn(q: Queryable, database: string): Promise<Set<string>> {
  const rows = await q.rows<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
    [database],
  );
  return new Set(rows.map((r) => `${database}.${r.name}`));
}

/** @throws JobsumError E_DENIED, E_SERVICE */
export async function makeDatabase(q: Queryable, database: string): Promise<void> {
  const [found] = await q.rows('SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?', [database]);
  if (!found) await q.run(`CREATE DATABASE ${database} CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci`);
}

/** Whether the tables and columns of a statement are there. @throws JobsumError E_DENIED, E_SERVICE */
export async function has(q: Queryable, sql: string): Promise<boolean> {
  try {
    await q.rows(sql);
    return true;
  } catch (error) {
    if (error instanceof JobsumError && error.code === 'E_SCHEMA') return false;
    throw error;
  }
}

/** Reads nothing. @throws JobsumError E_SCHEMA, E_DENIED, E_SERVICE */
export async function tryReading(q: Queryable, table: string): Promise<void> {
  await q.rows(`SELECT 1 FROM ${table} LIMIT 0`);
}

/** Writes nothing: the server asks for the same rights to explain a statement as to run it. @throws JobsumError E_DENIED, E_SERVICE */
export async function tryWriting(q: Queryable, table: string, column: string): Promise<void> {
  await q.rows(`EXPLAIN INSERT IGNORE INTO ${table} (${column}) SELECT NULL FROM DUAL WHERE 1 = 0
    ON DUPLICATE KEY UPDATE ${column} = VALUES(${column})`);
}
