// Owns the state of a site or store at a glance: runs, backlog, failures by reason, jobs set aside, leases, archives.

import type { CatalogTally } from '../catalog/index.ts';
import { catalogsOf } from '../catalog/index.ts';
import type { Store } from '../databases/index.ts';
import { type Clock, type Problem, systemClock } from '../kernel/index.ts';
import type { JobState, LedgerCount, LedgerRow, RunRecord, StatusSite } from '../ledger/index.ts';
import {
  accounted,
  type Backlog,
  type LeaseHeld,
  type Ledger,
  leasesHeld,
  ledgerOf,
  ledgersOf,
  Runs,
  runState,
  sumOf,
  untriedJobs,
  warehouseLeasesHeld,
} from '../ledger/index.ts';
import { countDocuments } from '../sinks/index.ts';

export interface LedgerStatus {
  /** The outputs, or the resource. */
  readonly of: string;
  readonly jobs: Readonly<Record<JobState, number>>;
  /** Failures and skips by reason, most frequent first, with the jobs that were tried last. */
  readonly reasons: readonly (LedgerCount & { readonly ids: readonly string[] })[];
  /** Jobs that are open, or that no run has taken yet. */
  readonly backlog: { readonly jobs: number; readonly untried: number; readonly oldestEnd: number | null };
  /** Set aside after too many tries. */
  readonly poison: readonly LedgerRow[];
}

/** The state of a store or site. */
export interface Status {
  readonly store: string;
  /** Of its files. */
  readonly bytes: number;
  readonly documents: number;
  readonly runs: readonly (Omit<RunRecord, 'mark'> & { readonly state: ReturnType<typeof runState> })[];
  readonly ledgers: readonly LedgerStatus[];
  /** Why the warehouse could not be asked; what else there is then is that of the store alone. */
  readonly problem?: Problem;
  readonly leases: readonly LeaseHeld[];
  readonly archives: readonly CatalogTally[];
}

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
  if (site) leases.push(...(await warehouseLeasesHeld(site.warehouse)));
  const archives = catalogsOf(store);
  return {
    ...{ store: store.path, bytes: store.bytes().file, documents: countDocuments(store), ledgers, leases, archives },
    runs: new Runs(store).latest(runs).map(({ mark, ...r }) => ({ ...r, state: runState({ ...r, mark }) })),
  };
}
