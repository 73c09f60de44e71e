// Owns trying whatever a configuration names: servers, what their accounts may do there, directories. Nothing is written.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { INDEX_TABLES, indexedArchives } from '../catalog/index.ts';
import type { Config, MysqlSettings, ResourceSettings, SourceSettings } from '../config/index.ts';
import type { Tables } from '../databases/index.ts';
import { Mysql, tryReading, tryWriting } from '../databases/index.ts';
import { accountingTables, detectSchema, SacctSource, type WarehouseSchema } from '../jobs/index.ts';
import { scriptTables } from '../jobscripts/index.ts';
import { counted, JobsumError, type Problem, systemClock, toProblem } from '../kernel/index.ts';
import { LEDGER_TABLES } from '../ledger/index.ts';
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

/** The tables that runs of these resources need. */
function tablesOf(schema: WarehouseSchema, resources: readonly ResourceSettings[]): Pick<Tables, 'reads' | 'writes'> {
  return {
    reads: [
      ...accountingTables(schema).reads,
      ...(resources.some((r) => r.archiveLookup === 'warehouse') ? INDEX_TABLES.reads : []),
    ],
    writes: {
      ...LEDGER_TABLES.writes,
      ...(resources.some((r) => r.archives !== null) ? INDEX_TABLES.writes : {}),
      ...(resources.some((r) => r.scripts) ? scriptTables(schema).writes : {}),
    },
  };
}

/** For each table that cannot be used as it is needed a trial of its own. */
async function rights(warehouse: Mysql, schema: WarehouseSchema, config: Config): Promise<Trial[]> {
  const resources = config.resources.filter((r) => r.enabled && r.source.kind === 'xdmod');
  const tables = tablesOf(schema, resources);
  const writes = Object.entries(tables.writes);
  const reads = [...tables.reads, ...Object.keys(tables.writes)];
  const trials: Trial[] = [];
  for (const table of reads)
    trials.push(await attempt(`reading ${table}`, () => tryReading(warehouse, table).then(() => table)));
  const unread = new Set(trials.filter((t) => !t.ok).map((t) => t.what));
  for (const [table, column] of writes) {
    if (unread.has(`reading ${table}`)) continue;
    trials.push(await attempt(`writing ${table}`, () => tryWriting(warehouse, table, column).then(() => table)));
  }
  const failed = trials.filter((t) => !t.ok);
  const answer = `${reads.length} tables to read, ${writes.length} to write`;
  return failed.length > 0 ? failed : [{ what: 'tables', ok: true, answer }];
}

async function tryWarehouse(settings: MysqlSettings, config: Config): Promise<Trial[]> {
  let warehouse: Mysql | null = null;
  let schema: WarehouseSchema | null = null;
  const connected = await attempt('warehouse', async () => {
    warehouse = await Mysql.connect(settings, { connections: 1 });
    schema = await detectSchema(warehouse);
    return `schema ${schema}`;
  });
  try {
    if (!warehouse || !schema) return [connected];
    const trials = [connected, ...(await rights(warehouse, schema, config))];
    for (const { name, enabled, archiveLookup } of config.resources)
      if (enabled && archiveLookup === 'warehouse')
        trials.push(
          await attempt(
            `archives of ${name}`,
            async () => `${await indexedArchives(warehouse!)} in the warehouse's tables`,
          ),
        );
    return trials;
  } finally {
    await (warehouse as Mysql | null)?.close();
  }
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
