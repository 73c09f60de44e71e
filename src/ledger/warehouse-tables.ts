// Owns the tables of our own in the warehouse: what is known of each job's tries, and leases. Made by `jobsum setup`.

import { has, type Queryable, type Tables } from '../databases/index.ts';

/** One row a job; its key outlives a new ingestion, which gives jobs other ids. */
const JOB = `
  CREATE TABLE IF NOT EXISTS modw_supremm.jobsum_job (
    resource_id INT NOT NULL,
    document_id VARCHAR(150) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    job_id BIGINT NULL,
    state VARCHAR(8) CHARACTER SET ascii NOT NULL,
    attempts INT NOT NULL,
    next_try DOUBLE NULL,
    seen VARCHAR(64) CHARACTER SET ascii NULL,
    error SMALLINT NULL,
    code VARCHAR(40) CHARACTER SET ascii NULL,
    problem TEXT CHARACTER SET utf8mb4 NULL,
    run VARCHAR(40) CHARACTER SET ascii NOT NULL,
    finished DOUBLE NOT NULL,
    PRIMARY KEY (resource_id, document_id),
    KEY state (resource_id, state, finished),
    KEY job (job_id)
  ) ENGINE=InnoDB`;

const LEASE = `
  CREATE TABLE IF NOT EXISTS modw_supremm.jobsum_lease (
    name VARCHAR(100) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    token BIGINT NOT NULL,
    host VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL,
    pid BIGINT NOT NULL,
    mark VARCHAR(255) CHARACTER SET ascii NOT NULL,
    expires DOUBLE NOT NULL
  ) ENGINE=InnoDB`;

/** With the incumbent's own mark of what became of a job (accounting.md §6). */
export const LEDGER_TABLES: Tables = {
  reads: [],
  writes: {
    'modw_supremm.process': 'process_version',
    'modw_supremm.jobsum_job': 'state',
    'modw_supremm.jobsum_lease': 'expires',
  },
  ddl: [
    `CREATE TABLE IF NOT EXISTS modw_supremm.process (
       jobid INT NOT NULL PRIMARY KEY, process_version INT NOT NULL DEFAULT 0, process_timestamp TIMESTAMP NULL DEFAULT NULL,
       process_time DOUBLE DEFAULT 0, KEY proc (process_version))`,
  ],
};

/** Repeatable; the names of the tables. Those of an earlier version get what they lack. */
export async function setupLedger(warehouse: Queryable): Promise<string[]> {
  await warehouse.run(JOB);
  const [there] = await warehouse.rows(
    `SELECT column_name FROM information_schema.columns
     WHERE table_schema = 'modw_supremm' AND table_name = 'jobsum_job' AND column_name = 'seen'`,
  );
  if (!there)
    await warehouse.run(
      'ALTER TABLE modw_supremm.jobsum_job ADD COLUMN seen VARCHAR(64) CHARACTER SET ascii NULL AFTER next_try',
    );
  await warehouse.run(LEASE);
  return ['modw_supremm.jobsum_job', 'modw_supremm.jobsum_lease'];
}

/** Whether the tables are there, as this version needs them. @throws JobsumError E_SERVICE, E_DENIED */
export const hasLedger = async (warehouse: Queryable): Promise<boolean> =>
  (await has(warehouse, 'SELECT 1 FROM modw_supremm.jobsum_lease LIMIT 1')) &&
  (await has(warehouse, 'SELECT seen FROM modw_supremm.jobsum_job LIMIT 1'));
