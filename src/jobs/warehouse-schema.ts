// Owns telling which warehouse stands before us (accounting.md §1). The number is not XDMoD's release.

import { has, type Queryable, type Tables } from '../databases/index.ts';

/** 7: `jobfact`, read only as well as can be. 8: `job_tasks`. 9: with GPUs. */
export type WarehouseSchema = 7 | 8 | 9;

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
