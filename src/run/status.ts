// Owns the state of a site or store at a glance: runs, backlog, failures by reason, jobs set aside, leases, archives.

import type { ResourceSettings } from '../config/index.ts';
import {
  endOf,
  type LeaseHeld,
  type Ledger,
  leasesHeld,
  ledgersOf,
  Runs,
  runState,
  WarehouseLedger,
} from '../ledger/index.ts';
import type { Store, Warehouse } from '../store/index.ts';
import type { LedgerStatus, Status } from '../view/index.ts';

const MAX_ROWS = 1000;

async function ledgerStatus(
  of: string,
  ledger: Ledger,
  untried?: { jobs: number; end: number | null },
): Promise<LedgerStatus> {
  const counts = await ledger.counts();
  const jobs = { done: 0, waiting: 0, failed: 0, poison: 0 };
  for (const c of counts) jobs[c.state] += c.jobs;
  const open = [...(await ledger.list('waiting', MAX_ROWS)), ...(await ledger.list('failed', MAX_ROWS))];
  const ends = [...open.map((r) => endOf(r.id)), untried?.end ?? null].filter((e) => e !== null);
  const reasons = counts.filter((c) => c.error !== null || c.code !== null).sort((a, b) => b.jobs - a.jobs);
  const waiting = jobs.waiting + jobs.failed;
  return {
    ...{ of, jobs, reasons, poison: await ledger.list('poison', MAX_ROWS) },
    backlog: {
      jobs: waiting + (untried?.jobs ?? 0),
      untried: untried?.jobs ?? 0,
      oldestEnd: ends.length === 0 ? null : ends.reduce((a, b) => Math.min(a, b)),
    },
  };
}

/** Jobs of a resource that the warehouse has and no run has marked. */
async function untriedJobs(warehouse: Warehouse, resource: number): Promise<{ jobs: number; end: number | null }> {
  const [row] = await warehouse.rows<{ jobs: number; end: number | null }>(
    `SELECT count(*) AS jobs, min(jf.end_time_ts) AS end FROM modw.job_tasks jf
     LEFT JOIN modw_supremm.process p ON p.jobid = jf.job_id
     LEFT JOIN modw_supremm.jobsum_job j ON j.resource_id = jf.resource_id AND j.job_id = jf.job_id
     WHERE jf.resource_id = ? AND jf.is_deleted = 0 AND p.jobid IS NULL AND j.job_id IS NULL`,
    [resource],
  );
  return { jobs: Number(row?.jobs ?? 0), end: row?.end ?? null };
}

/** Backlog over all ledgers of the store, for the figures of a run. */
export async function storeBacklog(store: Store): Promise<{ jobs: number; oldestEnd: number | null }> {
  const all = await Promise.all(ledgersOf(store).map(({ sinks, ledger }) => ledgerStatus(sinks, ledger)));
  const ends = all.flatMap((l) => l.backlog.oldestEnd ?? []);
  return {
    jobs: all.reduce((sum, l) => sum + l.backlog.jobs, 0),
    oldestEnd: ends.length === 0 ? null : Math.min(...ends),
  };
}

/** `site`: with the ledgers of its warehouse. */
export async function status(
  store: Store,
  runs: number,
  site?: { warehouse: Warehouse; resources: readonly ResourceSettings[] },
): Promise<Status> {
  const ledgers: LedgerStatus[] = [];
  for (const { sinks, ledger } of ledgersOf(store)) ledgers.push(await ledgerStatus(sinks, ledger));
  const leases: LeaseHeld[] = leasesHeld(store);
  for (const { id, name, source } of site?.resources ?? []) {
    if (source.kind !== 'xdmod') continue;
    const ledger = new WarehouseLedger(site!.warehouse, { resourceId: id, run: '' });
    ledgers.push(await ledgerStatus(name, ledger, await untriedJobs(site!.warehouse, id)));
  }
  if (site) {
    const rows = await site.warehouse.rows<{ name: string; host: string; pid: number; expires: number }>(
      'SELECT name, host, pid, expires FROM modw_supremm.jobsum_lease WHERE expires > UNIX_TIMESTAMP() ORDER BY name',
    );
    leases.push(...rows.map(({ name, host, pid, expires }) => ({ name, host, pid: Number(pid), expires })));
  }
  const archives = store
    .prepare('SELECT root, count(*) AS archives, count(problem) AS unreadable FROM archive GROUP BY root ORDER BY root')
    .all()
    .map((r) => ({ root: String(r.root), archives: Number(r.archives), unreadable: Number(r.unreadable) }));
  return {
    ...{ store: store.path, ledgers, leases, archives },
    runs: new Runs(store).latest(runs).map((r) => ({ ...r, state: runState(r) })),
  };
}
