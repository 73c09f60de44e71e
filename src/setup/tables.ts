// Owns the preparation of a site's databases: the incumbent's tables that are needed and missing, our own, the portal's schema documents.

import { INDEX_TABLES } from '../catalog/index.ts';
import type { Config, MongoSettings } from '../config/index.ts';
import { Mongo, Warehouse } from '../databases/index.ts';
import { setupLedger } from '../ledger/index.ts';
import { schemaDocuments, setupMongo } from '../sinks/index.ts';

/** The incumbent's tables beside those of the index (accounting.md §6, jobscripts.md §2). */
const TABLES: readonly string[] = [
  ...INDEX_TABLES,
  `CREATE TABLE IF NOT EXISTS modw_supremm.process (
     jobid INT NOT NULL PRIMARY KEY, process_version INT NOT NULL DEFAULT 0, process_timestamp TIMESTAMP NULL DEFAULT NULL,
     process_time DOUBLE DEFAULT 0, KEY proc (process_version))`,
  `CREATE TABLE IF NOT EXISTS modw_supremm.job_scripts (
     tg_job_id BIGINT UNSIGNED NOT NULL PRIMARY KEY, resource_id INT NOT NULL, start_date DATE NOT NULL,
     script TEXT NOT NULL, KEY res_start_date (resource_id, start_date))`,
];
const OURS = ['jobsum_job', 'jobsum_lease'];

const nameOf = (sql: string): string => /EXISTS modw_supremm\.(\w+)/.exec(sql)![1]!;

/** What is there, and what would be made. */
export interface Plan {
  /** Null: the site has no warehouse. */
  readonly tables: { readonly present: readonly string[]; readonly missing: readonly string[] } | null;
  readonly mongodb: string | null;
  /** The portal's schema documents: ids of those that are not there, and of those that are there and differ from ours. */
  readonly documents: { readonly missing: readonly string[]; readonly different: readonly string[] };
}

async function tablesOf(warehouse: Warehouse): Promise<Set<string>> {
  const rows = await warehouse.rows<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'modw_supremm'",
  );
  return new Set(rows.map((r) => r.name));
}

/** Schema 7 has its job scripts in another table. */
const needed = (found: ReadonlySet<string>): readonly string[] =>
  TABLES.filter((sql) => nameOf(sql) !== 'job_scripts' || !found.has('batchscripts'));

export async function planSetup(config: Config): Promise<Plan> {
  const { output } = config;
  const mongodb = output?.kind === 'mongodb' ? output.database : null;
  const documents = output?.kind === 'mongodb' ? await planDocuments(output) : { missing: [], different: [] };
  if (!config.warehouse) return { tables: null, mongodb, documents };
  const warehouse = await Warehouse.connect(config.warehouse, { connections: 1 });
  try {
    const found = await tablesOf(warehouse);
    const wanted = [...needed(found).map(nameOf), ...OURS];
    return {
      tables: { present: wanted.filter((t) => found.has(t)), missing: wanted.filter((t) => !found.has(t)) },
      ...{ mongodb, documents },
    };
  } finally {
    await warehouse.close();
  }
}

async function planDocuments(account: MongoSettings): Promise<Plan['documents']> {
  const mongo = await Mongo.connect(account);
  try {
    return await schemaDocuments(mongo);
  } finally {
    await mongo.close();
  }
}

/** Makes what is missing, and leaves the documents that are to be kept as they are. Repeatable. */
export async function applySetup(
  config: Config,
  keep: readonly string[] = [],
): Promise<{ tables: readonly string[]; documents: readonly string[] }> {
  const tables: string[] = [];
  if (config.warehouse) {
    const warehouse = await Warehouse.connect(config.warehouse, { connections: 1 });
    try {
      const [schema] = await warehouse.rows(
        "SELECT schema_name FROM information_schema.schemata WHERE schema_name = 'modw_supremm'",
      );
      if (!schema) await warehouse.run('CREATE DATABASE modw_supremm CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci');
      const wanted = needed(await tablesOf(warehouse));
      for (const sql of wanted) await warehouse.run(sql);
      tables.push(...wanted.map((sql) => `modw_supremm.${nameOf(sql)}`), ...(await setupLedger(warehouse)));
    } finally {
      await warehouse.close();
    }
  }
  const { output } = config;
  if (output?.kind !== 'mongodb') return { tables, documents: [] };
  const mongo = await Mongo.connect(output);
  try {
    return { tables, documents: await setupMongo(mongo, keep) };
  } finally {
    await mongo.close();
  }
}
