// Owns trying whatever a configuration names: servers, what their accounts may do there, directories. Nothing is written.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config, MysqlSettings, ResourceSettings, SourceSettings } from '../config/index.ts';
import { Warehouse } from '../databases/index.ts';
import { detectSchema, SacctSource, type WarehouseSchema } from '../jobs/index.ts';
import { counted, JobsumError, type Problem, systemClock, toProblem } from '../kernel/index.ts';
import { pingMongo } from '../sinks/index.ts';

/** One thing that was tried. */
export interface Trial {
  readonly what: string;
  readonly ok: boolean;
  /** What answered. */
  readonly answer?: string;
  readonly problem?: Problem;
}

async function attempt(what: string, body: () => Promise<string> | string): Promise<Trial> {
  try {
    return { what, ok: true, answer: await body() };
  } catch (error) {
    return { what, ok: false, problem: toProblem(error) };
  }
}

function readable(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new JobsumError('E_INPUT_MISSING', 'no such directory', { file: path });
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
  } catch (cause) {
    throw new JobsumError('E_INPUT_MISSING', 'the directory may not be read', { file: path }, { cause });
  }
  return path;
}

/** A file that is there or can be made: in its directory, or the nearest one above that exists. */
function writable(path: string, code: 'E_STORE' | 'E_IO' = 'E_IO'): string {
  let place = path;
  while (!existsSync(place)) place = dirname(place);
  try {
    accessSync(place, constants.W_OK);
  } catch (cause) {
    throw new JobsumError(code, 'may not be written', { file: place }, { cause });
  }
  return path;
}

const ACCOUNTING = ['systemaccount', 'account', 'hosts', 'jobhosts'].map((t) => `modw.${t}`);
const INDEX = ['archive_paths', 'archives_nodelevel', 'archives_joblevel'].map((t) => `modw_supremm.${t}`);

/** Tables that runs of these resources read. */
function tablesRead(schema: WarehouseSchema, resources: readonly ResourceSettings[]): string[] {
  const jobs = schema === 7 ? ['modw.jobfact'] : ['modw.job_tasks', 'modw.job_records'];
  const indexed = resources.some((r) => r.archiveLookup === 'warehouse');
  return [...jobs, ...ACCOUNTING, 'mod_shredder.shredded_job', ...(indexed ? INDEX : [])];
}

/** Table → a column: what runs of these resources insert and replace. */
function tablesWritten(
  schema: WarehouseSchema,
  resources: readonly ResourceSettings[],
): Readonly<Record<string, string>> {
  const indexes = resources.some((r) => r.archives !== null);
  const scripts = schema === 7 ? 'batchscripts' : 'job_scripts';
  return {
    'modw_supremm.process': 'process_version',
    'modw_supremm.jobsum_job': 'state',
    'modw_supremm.jobsum_lease': 'expires',
    ...(indexes ? Object.fromEntries(INDEX.slice(1).map((t) => [t, 'end_time_ts'])) : {}),
    ...(indexes ? { 'modw_supremm.archive_paths': 'filename' } : {}),
    ...(resources.some((r) => r.scripts) ? { [`modw_supremm.${scripts}`]: 'script' } : {}),
  };
}

/** For each table that cannot be used as it is needed a trial of its own. */
async function rights(warehouse: Warehouse, schema: WarehouseSchema, config: Config): Promise<Trial[]> {
  const resources = config.resources.filter((r) => r.enabled && r.source.kind === 'xdmod');
  const writes = Object.entries(tablesWritten(schema, resources));
  const reads = [...tablesRead(schema, resources), ...writes.map(([table]) => table)];
  const trials: Trial[] = [];
  for (const table of reads)
    trials.push(
      await attempt(`reading ${table}`, async () => String(await warehouse.rows(`SELECT 1 FROM ${table} LIMIT 0`))),
    );
  const unread = new Set(trials.filter((t) => !t.ok).map((t) => t.what));
  for (const [table, column] of writes) {
    if (unread.has(`reading ${table}`)) continue;
    // The server asks for the same rights to explain a statement as to run it.
    const sql = `EXPLAIN INSERT IGNORE INTO ${table} (${column}) SELECT NULL FROM DUAL WHERE 1 = 0
      ON DUPLICATE KEY UPDATE ${column} = VALUES(${column})`;
    trials.push(await attempt(`writing ${table}`, async () => String(await warehouse.rows(sql))));
  }
  const failed = trials.filter((t) => !t.ok);
  const answer = `${reads.length} tables to read, ${writes.length} to write`;
  return failed.length > 0 ? failed : [{ what: 'tables', ok: true, answer }];
}

async function tryWarehouse(settings: MysqlSettings, config: Config): Promise<Trial[]> {
  let warehouse: Warehouse | null = null;
  let schema: WarehouseSchema | null = null;
  const connected = await attempt('warehouse', async () => {
    warehouse = await Warehouse.connect(settings, { connections: 1 });
    schema = await detectSchema(warehouse);
    return `schema ${schema}`;
  });
  try {
    if (!warehouse || !schema) return [connected];
    const trials = [connected, ...(await rights(warehouse, schema, config))];
    for (const { name, enabled, archiveLookup } of config.resources)
      if (enabled && archiveLookup === 'warehouse')
        trials.push(await attempt(`archives of ${name}`, () => inTables(warehouse!)));
    return trials;
  } finally {
    await (warehouse as Warehouse | null)?.close();
  }
}

async function inTables(warehouse: Warehouse): Promise<string> {
  const [row] = await warehouse.rows<{ n: number }>('SELECT count(*) AS n FROM modw_supremm.archive_paths');
  return `${row?.n ?? 0} in the warehouse's tables`;
}

const HOUR = 3600;

/** Asks Slurm as a run does, for the last hour: of its own clock, which is that of this machine or near it. */
async function jobsLately({ kind: _, ...command }: Extract<SourceSettings, { kind: 'sacct' }>): Promise<string> {
  const selection = { from: Math.floor(systemClock()) - HOUR };
  let jobs = 0;
  for await (const record of new SacctSource({ ...command, selection, back: HOUR }).records())
    if (record.kind === 'job') jobs++;
  return `${counted(jobs, 'job')} ended in the last hour`;
}

/** What summarize says of such a resource, too. */
function noSource(datasource: string): never {
  throw new JobsumError(
    'E_CONFIG',
    `the datasource ${datasource} is not supported yet: this resource cannot be summarised`,
    {
      expected: 'pcp, or enabled: false',
    },
  );
}

function present(path: string): string {
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    throw new JobsumError('E_INPUT_MISSING', 'the list of jobs cannot be read', { file: path }, { cause });
  }
  return path;
}

export async function tryAll(config: Config): Promise<Trial[]> {
  const { warehouse, output, textfile, state } = config;
  const trials = warehouse ? await tryWarehouse(warehouse, config) : [];
  if (output?.kind === 'mongodb')
    trials.push(await attempt('mongodb', async () => `server ${await pingMongo(output)}`));
  if (output?.kind === 'sqlite') trials.push(await attempt('output', () => writable(output.path)));
  if (output?.kind === 'file')
    for (const path of [output.fragments, output.complete])
      if (path !== undefined) trials.push(await attempt('output', () => writable(path)));
  for (const { name, source, datasource, archives, scripts, enabled } of config.resources) {
    if (!enabled) continue;
    if (datasource !== 'pcp') trials.push(await attempt(`data of ${name}`, () => noSource(datasource)));
    if (source.kind === 'sacct') trials.push(await attempt(`sacct of ${name}`, () => jobsLately(source)));
    if (source.kind === 'file' && source.path !== '-')
      trials.push(await attempt(`jobs of ${name}`, () => present(source.path)));
    if (archives !== null) trials.push(await attempt(`archives of ${name}`, () => readable(archives)));
    if (scripts) trials.push(await attempt(`job scripts of ${name}`, () => readable(scripts.path)));
  }
  trials.push(await attempt('state', () => writable(state, 'E_STORE')));
  if (textfile !== null) trials.push(await attempt('textfile', () => writable(dirname(textfile))));
  return trials;
}
