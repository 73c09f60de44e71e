// Owns the jobs that the warehouse has of a resource: as accounted, with the mark in the process table and our own state.

import type { ResourceSettings } from '../config/index.ts';
import type { Mysql, SqlParameter, SqlRow } from '../databases/index.ts';
import { detectSchema, uniqueId } from '../jobs/index.ts';
import type { LedgerRow } from './ledger.ts';
import type { JobQuery } from './query.ts';
import { PAGE } from './query.ts';
import type { WarehouseJobRow } from './warehouse-ledger.ts';
import { FORGOTTEN, warehouseRow } from './warehouse-ledger.ts';

interface Row extends SqlRow {
  readonly job_id: number;
  readonly end_time: number;
  readonly document_id: string | null;
  readonly process_version: number | null;
}

/** What the database can decide by itself; the rest is decided by what comes of the row. */
function conditionsOf(filter: JobQuery, ext: string): [string, SqlParameter[]][] {
  const { states, reasons, user, node, from, to, since } = filter;
  const all: [string, SqlParameter[]][] = [];
  if (from !== undefined) all.push(['jf.end_time_ts >= ?', [Math.ceil(from)]]);
  if (to !== undefined) all.push(['jf.end_time_ts <= ?', [Math.floor(to)]]);
  if (user !== undefined) all.push(['sa.username = ?', [user]]);
  if (since !== undefined) all.push(['j.finished >= ?', [since]]);
  if (node !== undefined)
    all.push([
      `EXISTS (SELECT 1 FROM modw.jobhosts jh JOIN modw.hosts h ON h.id = jh.host_id
         WHERE jh.job_id = jf.job_id AND (h.hostname IN (?) OR SUBSTRING_INDEX(h.hostname, '.', 1) = ?))`,
      [[node, node.endsWith(`.${ext}`) ? node.slice(0, -ext.length - 1) : node], node],
    ]);
  // Without a row of ours a mark of the incumbent says that a job is done.
  const marked: string[] = ['done', 'untried'];
  if (states && !states.some((s) => marked.includes(s)))
    all.push(['j.state IN (?)', [states.length > 0 ? states : ['']]]);
  if (reasons) {
    const { errors, codes } = reasons;
    all.push([
      '(j.error IN (?) OR j.code IN (?) OR (j.job_id IS NULL AND p.process_version IN (?)))',
      [
        orNone(errors, -1),
        orNone(codes, ''),
        orNone(
          errors.map((e) => -1000 - e),
          0,
        ),
      ],
    ]);
  }
  return all;
}

/** A list of SQL has at least one member. */
const orNone = <T extends string | number>(list: readonly T[], none: T): readonly T[] =>
  list.length > 0 ? list : [none];

/** What the warehouse knows of one run of a job. */
export interface AccountedJob {
  /** Of its document. */
  readonly id: string;
  /** By name. */
  readonly resource: string;
  readonly acct: Readonly<Record<string, unknown>>;
  readonly ledger: LedgerRow | null;
  /** Without a row of ours. Done, or given up, by another program: its error number, 0 for none; null: by nobody, or to be done again. */
  readonly marked?: number | null;
}

export interface AccountedJobsOptions {
  readonly resource: Pick<ResourceSettings, 'id' | 'name' | 'hostNameExt'>;
  readonly filter: JobQuery;
}

/** Page by page, latest end first. @throws JobsumError E_SCHEMA, E_SERVICE, E_DENIED */
export async function* accountedJobs(
  warehouse: Mysql,
  { resource, filter }: AccountedJobsOptions,
): AsyncGenerator<AccountedJob[]> {
  const old = (await detectSchema(warehouse)) === 7;
  const [jobs, nodes, alive] = old
    ? ['modw.jobfact', 'jf.nodecount', 'TRUE']
    : ['modw.job_tasks', 'jf.node_count', 'jf.is_deleted = 0'];
  const conditions = conditionsOf(filter, resource.hostNameExt);
  const select = `SELECT jf.job_id, jf.resource_id, jf.local_jobid AS local_job_id, jf.local_job_array_index, jf.local_job_id_raw,
      jf.start_time_ts AS start_time, jf.end_time_ts AS end_time, jf.name AS jobname, ${nodes} AS nodes, sa.username AS user,
      sj.source_format AS resource_manager, p.process_version, j.document_id, j.state, j.attempts, j.next_try, j.seen, j.error,
      j.problem, j.run, j.finished
    FROM ${jobs} jf LEFT JOIN modw.systemaccount sa ON sa.id = jf.systemaccount_id
    LEFT JOIN mod_shredder.shredded_job sj ON sj.shredded_job_id = jf.job_id
    LEFT JOIN modw_supremm.process p ON p.jobid = jf.job_id
    LEFT JOIN modw_supremm.jobsum_job j ON j.resource_id = jf.resource_id AND j.job_id = jf.job_id
      AND SUBSTRING_INDEX(j.document_id, '-', -1) = jf.end_time_ts AND NOT ${FORGOTTEN}
    WHERE jf.resource_id = ? AND ${alive} AND ${['(jf.end_time_ts < ? OR (jf.end_time_ts = ? AND jf.job_id < ?))', ...conditions.map(([sql]) => sql)].join(' AND ')}
    ORDER BY jf.end_time_ts DESC, jf.job_id DESC LIMIT ${PAGE}`;
  const parameters = conditions.flatMap(([, values]) => values);
  let [end, last] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  for (;;) {
    const page = await warehouse.rows<Row>(select, [resource.id, end, end, last, ...parameters]);
    yield page.map((row) => accountedJob(row, resource.name));
    if (page.length < PAGE) return;
    ({ end_time: end, job_id: last } = page.at(-1)!);
  }
}

function accountedJob(row: Row, resource: string): AccountedJob {
  const { document_id, start_time, end_time, jobname, nodes, user, process_version: mark } = row;
  const { local_job_id, local_job_array_index } = row;
  const id = uniqueId(row as never);
  return {
    id: document_id ?? `${id}-${end_time}`,
    resource,
    acct: { id, local_job_id, local_job_array_index, start_time, end_time, jobname, nodes, user },
    ledger: document_id === null ? null : warehouseRow(row as unknown as WarehouseJobRow),
    ...(document_id === null ? { marked: errorOfMark(mark) } : {}),
  };
}

function errorOfMark(mark: number | null): number | null {
  if (mark === null) return null;
  return mark <= -1000 ? -1000 - mark : 0;
}
