// Owns the SQL that reads jobs of a warehouse, by schema (accounting.md §3 to 5).

import type { SqlParameter } from '../databases/index.ts';
import { type JobId, PROCESS_VERSION, type ProcessState, parseJobId, type Selection } from './selection.ts';
import type { WarehouseSchema } from './warehouse-schema.ts';

export interface Query {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}

interface Condition {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}

const any = (conditions: readonly Condition[]): Condition => ({
  sql: `(${conditions.map((c) => c.sql).join(' OR ')})`,
  parameters: conditions.flatMap((c) => c.parameters),
});

function stateCondition(state: ProcessState): Condition {
  const version = 'p.process_version';
  if (state === 'new') return { sql: `${version} IS NULL`, parameters: [] };
  if (state === 'bad') return { sql: `(${version} < 0 AND ${version} > -1000)`, parameters: [] };
  if (state === 'old') return { sql: `(${version} > 0 AND ${version} <> ?)`, parameters: [PROCESS_VERSION] };
  return { sql: `${version} = ?`, parameters: [state === 'current' ? PROCESS_VERSION : -1000 - state] };
}

/** The raw id, or the id of the array as the user knows it; an element by its index, or by its own raw id. */
function idCondition({ number, index }: JobId): Condition {
  if (index !== undefined)
    return { sql: '(jf.local_jobid = ? AND jf.local_job_array_index = ?)', parameters: [number, index] };
  return { sql: '(jf.local_job_id_raw = ? OR jf.local_jobid = ?)', parameters: [number, number] };
}

/**
 * Keys of the selected jobs, ended first first. Tasks that were deleted in the portal are gone; the process table's key is the job.
 * `due`: jobs of our own state that are to be tried again, which the process table says are done with.
 */
export function keysQuery(
  schema: WarehouseSchema,
  resource: number,
  selection: Selection,
  due: readonly number[],
): Query {
  const { ids, from, to, states } = selection;
  const conditions: Condition[] = [{ sql: 'jf.resource_id = ?', parameters: [resource] }];
  if (schema !== 7) conditions.push({ sql: 'jf.is_deleted = 0', parameters: [] });
  if (ids) conditions.push(any(ids.map((id) => idCondition(parseJobId(id)))));
  // Whole seconds: a bound between two of them lies behind the earlier.
  if (from !== undefined) conditions.push({ sql: 'jf.end_time_ts >= ?', parameters: [Math.ceil(from)] });
  if (to !== undefined) conditions.push({ sql: 'jf.end_time_ts <= ?', parameters: [Math.floor(to)] });
  if (states !== 'all') {
    const wanted = (states ?? ['new']).map(stateCondition);
    if (states === undefined && due.length > 0) wanted.push({ sql: 'jf.job_id IN (?)', parameters: [due] });
    conditions.push(any(wanted));
  }
  const table = schema === 7 ? 'modw.jobfact' : 'modw.job_tasks';
  const process = states === 'all' ? '' : 'LEFT JOIN modw_supremm.process p ON p.jobid = jf.job_id';
  return {
    sql: `SELECT DISTINCT jf.job_id AS id, jf.end_time_ts AS end FROM ${table} jf ${process}
          WHERE ${conditions.map((c) => c.sql).join(' AND ')} ORDER BY jf.end_time_ts, jf.job_id`,
    parameters: conditions.flatMap((c) => c.parameters),
  };
}

const COMMON = `jf.job_id AS warehouse_id, jf.resource_id, jf.local_jobid AS local_job_id, jf.local_job_array_index, jf.local_job_id_raw,
  jf.start_time_ts AS start_time, jf.end_time_ts AS end_time, jf.submit_time_ts AS submit, jf.eligible_time_ts AS eligible,
  jf.uid_number AS uid, aa.charge_number AS account, sa.username AS user, jf.name AS jobname, jf.group_name AS \`group\`,
  jf.gid_number AS gid, jf.exit_code, jf.exit_state AS exit_status, jf.cpu_req AS reqcpus, jf.mem_req AS reqmem, jf.timelimit,
  sj.source_format AS resource_manager`;

// Outer joins: a job whose account was lost is a job all the same.
const JOINS = `LEFT JOIN modw.systemaccount sa ON sa.id = jf.systemaccount_id
  LEFT JOIN mod_shredder.shredded_job sj ON sj.shredded_job_id = jf.job_id`;

/** Accounting records of these jobs. A job can have several rows; the one made last comes last. */
export function detailsQuery(schema: WarehouseSchema, ids: readonly number[]): Query {
  const sql =
    schema === 7
      ? `SELECT ${COMMON}, jf.queue_id AS \`partition\`, jf.nodecount AS nodes, jf.processors AS ncpus FROM modw.jobfact jf ${JOINS}
         LEFT JOIN modw.account aa ON aa.id = jf.account_id WHERE jf.job_id IN (?)`
      : `SELECT ${COMMON}, jr.queue AS \`partition\`, jf.node_count AS nodes, jf.processor_count AS ncpus
         ${schema === 9 ? ', jf.gpu_count AS gpus' : ''} FROM modw.job_tasks jf ${JOINS}
         LEFT JOIN modw.job_records jr ON jr.job_record_id = jf.job_record_id
         LEFT JOIN modw.account aa ON aa.id = jr.account_id
         WHERE jf.job_id IN (?) AND jf.is_deleted = 0 ORDER BY jf.job_id, jf.creation_time`;
  return { sql, parameters: [ids] };
}

/** Hosts of these jobs in the scheduler's order. The reference sorts by nothing, which gives the order of host ids. */
export function hostsQuery(ids: readonly number[]): Query {
  return {
    sql: `SELECT jh.job_id AS id, h.hostname AS host FROM modw.jobhosts jh JOIN modw.hosts h ON h.id = jh.host_id
          WHERE jh.job_id IN (?) ORDER BY jh.job_id, jh.order_id, jh.host_id`,
    parameters: [ids],
  };
}
