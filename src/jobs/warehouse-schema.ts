// Owns telling which warehouse stands before us (accounting.md §1). The number is not XDMoD's release.

import type { Queryable, Tables } from '../databases/index.ts';
import { JobsumError } from '../kernel/index.ts';

/** 7: `jobfact`, read only as well as can be. 8: `job_tasks`. 9: with GPUs. */
export type WarehouseSchema = 7 | 8 | 9;

async function has(q: Queryable, sql: string): Promise<boolean> {
  try {
    await q.rows(sql);
    return true;
  } catch (error) {
    if (error instanceof JobsumError && error.code === 'E_SCHEMA') return false;
    throw error;
  }
}

/** @throws JobsumError E_SCHEMA (no XDMoD there at all), E_DENIED, E_SERVICE */
export async function detectSchema(q: Queryable): Promise<WarehouseSchema> {
  if (await has(q, 'SELECT 1 FROM modw.job_tasks LIMIT 1')) {
    return (await has(q, 'SELECT gpu_count FROM modw.job_tasks LIMIT 1')) ? 9 : 8;
  }
  await q.rows('SELECT 1 FROM modw.jobfact LIMIT 1');
  return 7;
}

/** The tables of accounting that runs read. */
export const accountingTables = (schema: WarehouseSchema): Tables => ({
  reads: [
    ...(schema === 7 ? ['modw.jobfact'] : ['modw.job_tasks', 'modw.job_records']),
    ...['systemaccount', 'account', 'hosts', 'jobhosts'].map((t) => `modw.${t}`),
    'mod_shredder.shredded_job',
  ],
  writes: {},
  ddl: [],
});
