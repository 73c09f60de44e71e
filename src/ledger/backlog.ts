// Owns the backlog: jobs that are open in the ledgers of a store and a site, or that no run has taken yet.

import type { ResourceSettings } from '../config/index.ts';
import type { Mysql, Store } from '../databases/index.ts';
import { detectSchema } from '../jobs/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Backlog, Ledger } from './ledger.ts';
import { sumOf } from './ledger.ts';
import { ledgersOf } from './overview.ts';
import { FORGOTTEN, WarehouseLedger } from './warehouse-ledger.ts';
/** Jobs of a resource that the warehouse has and no run has marked, or whose mark was deleted. */
export async function untriedJobs(warehouse: Mysql, resource: number): Promise<Backlog> {
  const from = (table: string, alive: string): string =>
    `SELECT count(*) AS jobs, min(jf.end_time_ts) AS oldest FROM modw.${table} jf
     LEFT JOIN modw_supremm.process p ON p.jobid = jf.job_id
     LEFT JOIN modw_supremm.jobsum_job j ON j.resource_id = jf.resource_id AND j.job_id = jf.job_id AND NOT ${FORGOTTEN}
     WHERE jf.resource_id = ? AND ${alive} AND p.jobid IS NULL AND j.job_id IS NULL`;
  const old = (await detectSchema(warehouse)) === 7;
  const sql = old ? from('jobfact', 'TRUE') : from('job_tasks', 'jf.is_deleted = 0');
  const [row] = await warehouse.rows<{ jobs: number; oldest: number | null }>(sql, [resource]);
  return { jobs: Number(row?.jobs ?? 0), oldestEnd: row?.oldest ?? null };
}

export interface StatusSite {
  readonly warehouse: Mysql;
  readonly resources: readonly ResourceSettings[];
}

export const ledgerOf = ({ warehouse }: StatusSite, { id }: ResourceSettings): Ledger =>
  new WarehouseLedger(warehouse, { resourceId: id, run: '' });
export const accounted = (site: StatusSite | undefined): readonly ResourceSettings[] =>
  site?.resources.filter((r) => r.source.kind === 'xdmod') ?? [];

/** Jobs that are open in all ledgers of a store, and of a site. */
export async function backlogOf(store: Store, site?: StatusSite): Promise<Backlog> {
  const parts = ledgersOf(store).map(({ ledger }) => ledger.backlog());
  for (const resource of accounted(site))
    parts.push(ledgerOf(site!, resource).backlog(), untriedJobs(site!.warehouse, resource.id));
  return sumOf(await Promise.all(parts));
}

/** A job that accounting no longer has is asked for no longer than so many seconds behind the grace period. */
const MAX_LATE = 7 * 86_400;

/** How many seconds back accounting is asked for jobs: as long as data are waited for, and as far as any job is open. */
export async function lookBack(ledger: Ledger, grace: number, clock: Clock): Promise<number> {
  const { oldestEnd } = await ledger.backlog();
  const age = oldestEnd === null ? 0 : clock() - oldestEnd;
  return Math.min(Math.max(grace, age), grace + MAX_LATE);
}
