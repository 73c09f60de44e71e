// Owns jobs of an XDMoD warehouse. Keys of all selected jobs first (16 bytes a job), then accounting records and hosts by pages of
// their primary keys: no query stays open while archives are read, and none sorts the jobs of a resource twice.

import type { ResourceSettings } from '../config/index.ts';
import type { Mysql, SqlRow } from '../databases/index.ts';
import { toProblem } from '../kernel/index.ts';
import { buildJob, idOf, nodesOf } from './build.ts';
import type { Job, JobRecord, JobSource } from './job.ts';
import type { Selection } from './selection.ts';
import { detectSchema, type WarehouseSchema } from './warehouse-schema.ts';
import { detailsQuery, hostsQuery, keysQuery } from './warehouse-sql.ts';

const PAGE = 500;

export interface XdmodOptions {
  readonly resource: Pick<ResourceSettings, 'id' | 'hostnameMode' | 'hostNameExt'>;
  readonly selection: Selection;
  /** Warehouse ids of jobs that are to be tried again. */
  readonly due?: readonly number[];
}

/** Runs one action against the warehouse; the caller may have it repeated while the server is unavailable. */
export type Patiently = <T>(action: () => Promise<T>) => Promise<T>;

/**
 * The id of a job in documents and names of archives: Slurm's own id for each task, otherwise the id with the index. A job whose
 * shredder row was purged is taken for another manager's, as the reference does.
 */
export function uniqueId(row: {
  local_job_id: unknown;
  local_job_array_index: unknown;
  local_job_id_raw: unknown;
  resource_manager: unknown;
}): string {
  if (row.local_job_id_raw !== null && row.resource_manager === 'slurm') return String(row.local_job_id_raw);
  const index = Number(row.local_job_array_index);
  return index === -1 ? String(row.local_job_id) : `${row.local_job_id}_${index}`;
}

/** How a host of the warehouse is called here (accounting.md §5.1, archive-index.md §4.2). */
export function hostName(name: string, mode: 'hostname' | 'fqdn', extension: string): string {
  if (mode === 'hostname') return name.split('.')[0]!;
  return extension === '' || name.endsWith(extension) ? name : `${name}.${extension}`;
}

export class XdmodSource implements JobSource {
  readonly #warehouse: Mysql;
  readonly #options: XdmodOptions;
  readonly #patiently: Patiently;

  constructor(warehouse: Mysql, options: XdmodOptions, patiently: Patiently = (action) => action()) {
    this.#warehouse = warehouse;
    this.#options = options;
    this.#patiently = patiently;
  }

  /** @throws JobsumError E_SCHEMA, E_DENIED, E_SERVICE, E_USAGE (a bad id) */
  async *records(): AsyncGenerator<JobRecord> {
    const schema = await this.#patiently(() => detectSchema(this.#warehouse));
    const { ids, ends } = await this.#patiently(() => this.#keys(schema));
    for (let at = 0; at < ids.length; at += PAGE) {
      const page = ids.slice(at, at + PAGE);
      const { details, hosts } = await this.#patiently(() => this.#page(schema, page));
      for (const [i, id] of page.entries()) {
        const row = details.get(id);
        // Deleted since, or the row whose end was corrected: that one has a key of its own.
        if (!row || row.end_time !== ends[at + i]) continue;
        yield this.#record(row, hosts.get(id) ?? [], at + i + 1);
      }
    }
  }

  async #keys(schema: WarehouseSchema): Promise<{ ids: number[]; ends: number[] }> {
    const { resource, selection, due = [] } = this.#options;
    const { sql, parameters } = keysQuery(schema, resource.id, selection, due);
    const ids: number[] = [];
    const ends: number[] = [];
    for await (const row of this.#warehouse.stream<{ id: number; end: number }>(sql, parameters)) {
      ids.push(row.id);
      ends.push(row.end);
    }
    return { ids, ends };
  }

  async #page(
    schema: WarehouseSchema,
    ids: number[],
  ): Promise<{ details: Map<number, SqlRow>; hosts: Map<number, string[]> }> {
    const details = detailsQuery(schema, ids);
    const rows = await this.#warehouse.rows<SqlRow & { warehouse_id: number }>(details.sql, details.parameters);
    const places = hostsQuery(ids);
    const hosts = new Map<number, string[]>();
    for (const { id, host } of await this.#warehouse.rows<{ id: number; host: string }>(
      places.sql,
      places.parameters,
    )) {
      const list = hosts.get(id);
      if (list) list.push(host);
      else hosts.set(id, [host]);
    }
    return { details: new Map(rows.map((row) => [row.warehouse_id, row])), hosts };
  }

  #record(row: SqlRow, hosts: readonly string[], line: number): JobRecord {
    try {
      return { kind: 'job', job: this.#job(row, hosts), line };
    } catch (error) {
      return {
        kind: 'rejected',
        problem: { ...toProblem(error), job: `${row.local_job_id} (job_id ${row.warehouse_id})` },
        line,
      };
    }
  }

  #job({ warehouse_id, ...row }: SqlRow, hosts: readonly string[]): Job {
    const { hostnameMode, hostNameExt } = this.#options.resource;
    const jobId = idOf(uniqueId(row as never));
    const nodes = nodesOf(hosts.map((h) => hostName(h, hostnameMode, hostNameExt)));
    return {
      ...buildJob({
        jobId,
        start: Number(row.start_time),
        end: Number(row.end_time),
        nodes,
        nodeCount: Number(row.nodes),
        acct: { id: jobId, job_uniq_id: jobId, ...row, host_list: nodes },
      }),
      warehouseId: Number(warehouse_id),
    };
  }
}
