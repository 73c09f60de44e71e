// Owns a test warehouse: databases modw, mod_shredder and modw_supremm of schema 7, 8 or 9, and jobs put in as XDMoD's ingestor does.
//
//   await createWarehouse(warehouse, 9);                       // drops what is there
//   const ids = await addJobs(warehouse, [{ resourceId: 1, localId: 500, start, end, hosts: ['n2', 'n1'] }]);
//   ids[0]                                                     // job_tasks.job_id: the key of modw_supremm.process

import type { Mysql, SqlParameter, SqlScalar } from '../../src/databases/index.ts';
import { TABLES, TABLES_7 } from './warehouse-tables.ts';

export type WarehouseSchema = 7 | 8 | 9;

export interface WarehouseJob {
  readonly resourceId: number;
  readonly localId: number;
  readonly start: number;
  readonly end: number;
  /** In the scheduler's order (`order_id`). */
  readonly hosts: readonly string[];
  /** Default -1: no array element. */
  readonly arrayIndex?: number;
  /** Default the local id. */
  readonly raw?: number | null;
  /** `mod_shredder.shredded_job.source_format`; null: the row was purged. Default slurm. */
  readonly format?: 'pbs' | 'sge' | 'slurm' | 'lsf' | null;
  /** Accounted number of nodes; default the number of hosts. */
  readonly nodes?: number;
  readonly cpus?: number;
  readonly gpus?: number;
  readonly user?: string;
  readonly uid?: number | null;
  readonly group?: string | null;
  readonly gid?: number | null;
  readonly account?: string;
  readonly queue?: string | null;
  readonly name?: string | null;
  readonly submit?: number;
  readonly eligible?: number | null;
  readonly exitCode?: string | null;
  readonly state?: string | null;
  readonly timelimit?: number | null;
  readonly mem?: string | null;
  /** Soft-deleted row. */
  readonly deleted?: boolean;
}

const DATABASES = ['modw', 'mod_shredder', 'modw_supremm'];

export async function createWarehouse(warehouse: Mysql, schema: WarehouseSchema = 9): Promise<void> {
  for (const name of DATABASES) {
    await warehouse.run(`DROP DATABASE IF EXISTS ${name}`);
    await warehouse.run(`CREATE DATABASE ${name} CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci`);
  }
  const absent = schema === 7 ? /TABLE (modw\.job_tasks|modw\.job_records|modw_supremm\.job_scripts) / : /^$/;
  const tables = [...TABLES.split(';'), ...(schema === 7 ? TABLES_7.split(';') : [])].map((sql) => sql.trim());
  for (const sql of tables) if (sql !== '' && !absent.test(sql)) await warehouse.run(sql);
  if (schema === 8) await warehouse.run('ALTER TABLE modw.job_tasks DROP COLUMN gpu_count');
  await warehouse.run("INSERT INTO modw.account (id, charge_number) VALUES (1, 'project1')");
}

const BATCH = 1000;

async function insert(warehouse: Mysql, into: string, rows: readonly (readonly SqlScalar[])[]): Promise<void> {
  for (let i = 0; i < rows.length; i += BATCH)
    await warehouse.run(`INSERT IGNORE INTO ${into} VALUES ?`, [rows.slice(i, i + BATCH) as SqlParameter]);
}

async function keys(warehouse: Mysql, sql: string, parameters: SqlParameter[] = []): Promise<Map<string, number>> {
  const rows = await warehouse.rows<{ name: string; id: number }>(sql, parameters);
  return new Map(rows.map((r) => [r.name, r.id]));
}

/** Puts jobs in after those that are there; the warehouse's job ids in the same order. */
export async function addJobs(warehouse: Mysql, jobs: readonly WarehouseJob[]): Promise<number[]> {
  const { modern, gpus } = await shape(warehouse);
  const facts = modern ? 'modw.job_tasks' : 'modw.jobfact';
  const [last] = await warehouse.rows<{ id: number | null }>(`SELECT max(job_id) AS id FROM ${facts}`);
  const ids = jobs.map((_, i) => (last?.id ?? 0) + 1 + i);
  const userOf = (j: WarehouseJob): string => j.user ?? 'user1';
  const accountOf = (j: WarehouseJob): string => j.account ?? 'project1';
  const known = await keys(warehouse, 'SELECT concat(resource_id, " ", username) AS name, id FROM modw.systemaccount');
  const users = new Map(jobs.map((j) => [`${j.resourceId} ${userOf(j)}`, [j.resourceId, userOf(j)] as const]));
  const newUsers = [...users].filter(([key]) => !known.has(key)).map(([, row]) => row);
  await insert(warehouse, 'modw.systemaccount (resource_id, username)', newUsers);
  const knownAccounts = await keys(warehouse, 'SELECT charge_number AS name, id FROM modw.account');
  const newAccounts = [...new Set(jobs.map(accountOf))].filter((a) => !knownAccounts.has(a)).map((a) => [a]);
  await insert(warehouse, 'modw.account (charge_number)', newAccounts);
  const hosts = new Map(jobs.flatMap((j) => j.hosts.map((h) => [`${j.resourceId} ${h}`, [j.resourceId, h] as const])));
  await insert(warehouse, 'modw.hosts (resource_id, hostname)', [...hosts.values()]);
  const user = await keys(warehouse, 'SELECT concat(resource_id, " ", username) AS name, id FROM modw.systemaccount');
  const account = await keys(warehouse, 'SELECT charge_number AS name, id FROM modw.account');
  const host = await keys(warehouse, 'SELECT concat(resource_id, " ", hostname) AS name, id FROM modw.hosts');

  const common = (j: WarehouseJob): SqlScalar[] => [
    ...[j.resourceId, j.localId, j.arrayIndex ?? -1, j.raw === undefined ? j.localId : j.raw],
    ...[user.get(`${j.resourceId} ${userOf(j)}`)!, j.name === undefined ? 'solver' : j.name, j.submit ?? j.start - 60],
    ...[j.start, j.end, j.eligible === undefined ? j.start - 50 : j.eligible, j.nodes ?? j.hosts.length],
    ...[j.cpus ?? j.hosts.length * 4, j.group ?? 'users', j.gid ?? 100, j.uid === undefined ? 1001 : j.uid],
    ...[j.exitCode ?? '0:0', j.state ?? 'COMPLETED', j.cpus ?? j.hosts.length * 4, j.mem ?? '4G', j.timelimit ?? 7200],
  ];
  const columns = `resource_id, local_jobid, local_job_array_index, local_job_id_raw, systemaccount_id, name, submit_time_ts,
    start_time_ts, end_time_ts, eligible_time_ts, ${modern ? 'node_count, processor_count' : 'nodecount, processors'},
    group_name, gid_number, uid_number, exit_code, exit_state, cpu_req, mem_req, timelimit`;
  if (modern) {
    const records = jobs.map((j, i) => [
      ids[i]!,
      j.resourceId,
      account.get(accountOf(j))!,
      j.queue ?? 'normal',
      j.start,
    ]);
    await insert(warehouse, 'modw.job_records (job_record_id, resource_id, account_id, queue, start_time_ts)', records);
    await insert(
      warehouse,
      `modw.job_tasks (job_id, job_record_id, job_id_origin_id, is_deleted, ${columns}${gpus ? ', gpu_count' : ''})`,
      jobs.map((j, i) => [
        ...[ids[i]!, ids[i]!, ids[i]!, j.deleted ? 1 : 0, ...common(j), ...(gpus ? [j.gpus ?? 0] : [])],
      ]),
    );
  } else {
    await insert(
      warehouse,
      `modw.jobfact (job_id, account_id, queue_id, ${columns})`,
      jobs.map((j, i) => [ids[i]!, account.get(accountOf(j))!, j.queue ?? 'normal', ...common(j)]),
    );
  }
  const places = jobs.flatMap((j, i) =>
    j.hosts.map((h, o) => [ids[i]!, host.get(`${j.resourceId} ${h}`)!, o] as const),
  );
  await insert(warehouse, 'modw.jobhosts (job_id, host_id, order_id)', places);
  const shredded = jobs.flatMap((j, i) => (j.format === null ? [] : [[ids[i]!, j.format ?? 'slurm'] as const]));
  await insert(warehouse, 'mod_shredder.shredded_job (shredded_job_id, source_format)', shredded);
  return ids;
}

async function shape(warehouse: Mysql): Promise<{ modern: boolean; gpus: boolean }> {
  const rows = await warehouse.rows<{ name: string }>(
    "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'modw' AND table_name = 'job_tasks'",
  );
  return { modern: rows.length > 0, gpus: rows.some((r) => r.name === 'gpu_count') };
}
