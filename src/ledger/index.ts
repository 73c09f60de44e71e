// Owns the public surface of ledger/: re-exports only.

export { type AccountedJobsOptions, accountedJobs } from './accounted-jobs.ts';
export { accounted, backlogOf, ledgerOf, lookBack, type StatusSite, untriedJobs } from './backlog.ts';
export { keepAlive, LEASE_SECONDS, type Lease, type Leases } from './lease.ts';
export {
  type Backlog,
  type Became,
  endOf,
  JOB_STATES,
  type JobKey,
  type JobState,
  type Ledger,
  type LedgerCount,
  type LedgerEntry,
  type LedgerReason,
  type LedgerRow,
  OPEN_STATES,
  sumOf,
} from './ledger.ts';
export { type LeaseHeld, leasesHeld, ledgersOf, runState, stillHeld, warehouseLeasesHeld } from './overview.ts';
export { judgeTry, passedOver, RETRY, type RetryPolicy } from './policy.ts';
export { type JobQuery, LISTED_STATES, type ListedState, PAGE } from './query.ts';
export { REPORTED_SCHEMA, Reported } from './reported.ts';
export { RUNS_SCHEMA, type RunRecord, Runs } from './runs.ts';
export { LEASE_SCHEMA, StoreLeases } from './store-lease.ts';
export { LEDGER_SCHEMA, ledgerRow, StoreLedger, type StoreLedgerOptions } from './store-ledger.ts';
export { WarehouseLeases } from './warehouse-lease.ts';
export {
  type WarehouseJobRow,
  WarehouseLedger,
  type WarehouseLedgerOptions,
  warehouseRow,
} from './warehouse-ledger.ts';
export { hasLedger, LEDGER_TABLES, setupLedger } from './warehouse-tables.ts';
