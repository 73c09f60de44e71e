// Owns the state of a site or store at a glance: runs, backlog, failures by reason, jobs set aside, leases, archives.

import type { ResourceSettings } from '../config/index.ts';
import type { Store, Warehouse } from '../databases/index.ts';
import { detectSchema } from '../jobs/index.ts';
import { type Clock, type Problem, systemClock } from '../kernel/index.ts';
import {
  type Backlog,
  type LeaseHeld,
  type Ledger,
  leasesHeld,
  ledgersOf,
  Runs,
  runState,
  stillHeld,
  sumOf,
  WarehouseLedger,
} from '../ledger/index.ts';
import { countDocuments } from '../sinks/index.ts';
import type { LedgerStatus, Status } from '../view/index.ts';

const MAX_ROWS = 1000;
/** Jobs that are named for each reason. */
const MAX_NAMED = 20;

async function ledgerStatus(
  of: string,
  ledger: Ledger,
  untried: Backlog = { jobs: 0, oldestEnd: null },
): Promise<LedgerStatus> {
  const counts = await ledger.counts();
  const jobs = { done: 0, partial: 0, waiting: 0, failed: 0, poison: 0 };
  for (const c of counts) jobs[c.state] += c.jobs;
  const known = counts.filter((c) => c.error !== null || c.code !== null).sort((a, b) => b.jobs - a.jobs);
  const reasons: LedgerStatus['reasons'][number][] = [];
  for (const count of known) {
    const rows = await ledger.list(count.state, MAX_NAMED, count);
    reasons.push({ ...count, ids: rows.map((row) => row.id) });
  }
  return {
    ...{ of, jobs, reasons, poison: await ledger.list('poison', MAX_ROWS) },
    backlog: { ...sumOf([await ledger.backlog(), untried]), untried: untried.jobs },
  };
}

/** Jobs of a resource that the warehouse has and no run has marked. */
async function untriedJobs(warehouse: Warehouse, resource: number): Promise<Backlog> {
  const from = (table: string, alive: string): string =>
    `SELECT count(*) AS jobs, min(jf.end_time_ts) AS oldest FROM modw.${table} jf
     LEFT JOIN modw_supremm.process p ON p.jobid = jf.job_id
     LEFT JOIN modw_supremm.jobsum_job j ON j.resource_id = jf.resource_id AND j.job_id = jf.job_id
     WHERE jf.resource_id = ? AND ${alive} AND p.jobid IS NULL AND j.job_id IS NULL`;
  const old = (await detectSchema(warehouse)) === 7;
  const sql = old ? from('jobfact', 'TRUE') : from('job_tasks', 'jf.is_deleted = 0');
  const [row] = await warehouse.rows<{ jobs: number; oldest: number | null }>(sql, [resource]);
  return { jobs: Number(row?.jobs ?? 0), oldestEnd: row?.oldest ?? null };
}

export interface StatusSite {
  readonly warehouse: Warehouse;
  readonly resources: readonly ResourceSettings[];
}

const ledgerOf = ({ warehouse }: StatusSite, { id }: ResourceSettings): Ledger =>
  new WarehouseLedger(warehouse, { resourceId: id, run: '' });
const accounted = (site: StatusSite | undefined): readonly ResourceSettings[] =>
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

/** `runs`: of the last ones, how many. `site`: with the ledgers of its warehouse. */
export async function status(
  store: Store,
  runs: number,
  { site, clock = systemClock }: { readonly site?: StatusSite; readonly clock?: Clock } = {},
): Promise<Status> {
  const ledgers: LedgerStatus[] = [];
  for (const { sinks, ledger } of ledgersOf(store)) ledgers.push(await ledgerStatus(sinks, ledger));
  const leases: LeaseHeld[] = leasesHeld(store, clock());
  for (const resource of accounted(site)) {
    const untried = await untriedJobs(site!.warehouse, resource.id);
    ledgers.push(await ledgerStatus(resource.name, ledgerOf(site!, resource), untried));
  }
  if (site) {
    const rows = await site.warehouse.rows<{ name: string; host: string; pid: number; mark: string; expires: number }>(
      'SELECT name, host, pid, mark, expires FROM modw_supremm.jobsum_lease WHERE expires > UNIX_TIMESTAMP() ORDER BY name',
    );
    leases.push(...stillHeld(rows.map((row) => ({ ...row, pid: Number(row.pid) }))));
  }
  const archives = store
    .prepare('SELECT root, count(*) AS archives, count(problem) AS unreadable FROM archive GROUP BY root ORDER BY root')
    .all()
    .map((r) => ({
      ...{ root: String(r.root), archives: Number(r.archives), unreadable: Number(r.unreadable) },
      unread: store
        .prepare('SELECT problem FROM archive_unread WHERE root = ? ORDER BY path')
        .all(r.root!)
        .map((row) => JSON.parse(String(row.problem)) as Problem),
    }));
  return {
    ...{ store: store.path, bytes: store.bytes().file, documents: countDocuments(store), ledgers, leases, archives },
    runs: new Runs(store).latest(runs).map(({ mark, ...r }) => ({ ...r, state: runState({ ...r, mark }) })),
  };
}
