// Owns the public surface of ledger/: re-exports only.

export { type JobState, LEDGER_SCHEMA, Ledger, type LedgerEntry, takeLease } from './ledger.ts';
export { RUNS_SCHEMA, type RunRecord, Runs } from './runs.ts';
