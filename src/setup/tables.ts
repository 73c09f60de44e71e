// Owns the preparation of a site's databases: the incumbent's tables that are needed and missing, our own, the portal's schema documents.

import { INDEX_TABLES } from '../catalog/index.ts';
import type { Config, MongoSettings } from '../config/index.ts';
import { Mongo, Mysql, makeDatabase, tableOf, tablesIn } from '../databases/index.ts';
import { scriptTables } from '../jobscripts/index.ts';
import { LEDGER_TABLES, setupLedger } from '../ledger/index.ts';
import { schemaDocuments, setupMongo } from '../sinks/index.ts';

const DATABASE = 'modw_supremm';
const OURS = ['modw_supremm.jobsum_job', 'modw_supremm.jobsum_lease'];
const short = (table: string): string => table.slice(table.indexOf('.') + 1);

/** What is there, and what would be made. */
export interface Plan {
  /** Null: the site has no warehouse. */
  readonly tables: { readonly present: readonly string[]; readonly missing: readonly string[] } | null;
  readonly mongodb: string | null;
  /** The portal's schema documents: ids of those that are not there, and of those that are there and differ from ours. */
  readonly documents: { readonly missing: readonly string[]; readonly different: readonly string[] };
}

/** The incumbent's tables that are ours to make where they are missing. Schema 7 has its job scripts in another table. */
function needed(found: ReadonlySet<string>): readonly string[] {
  const scripts = found.has('modw_supremm.batchscripts') ? [] : scriptTables(8).ddl;
  return [...INDEX_TABLES.ddl, ...LEDGER_TABLES.ddl, ...scripts];
}

export async function planSetup(config: Config): Promise<Plan> {
  const { output } = config;
  const mongodb = output?.kind === 'mongodb' ? output.database : null;
  const documents = output?.kind === 'mongodb' ? await planDocuments(output) : { missing: [], different: [] };
  if (!config.warehouse) return { tables: null, mongodb, documents };
  const warehouse = await Mysql.connect(config.warehouse, { connections: 1 });
  try {
    const found = await tablesIn(warehouse, DATABASE);
    const wanted = [...needed(found).map(tableOf), ...OURS];
    const [present, missing] = [wanted.filter((t) => found.has(t)), wanted.filter((t) => !found.has(t))];
    return {
      tables: { present: present.map(short), missing: missing.map(short) },
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
    const warehouse = await Mysql.connect(config.warehouse, { connections: 1 });
    try {
      await makeDatabase(warehouse, DATABASE);
      const wanted = needed(await tablesIn(warehouse, DATABASE));
      for (const sql of wanted) await warehouse.run(sql);
      tables.push(...wanted.map(tableOf), ...(await setupLedger(warehouse)));
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
