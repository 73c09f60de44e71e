// Owns the public surface of ledger/: re-exports only.

export { type JobState, Ledger, LEDGER_SCHEMA, type LedgerEntry, takeLease } from './ledger.ts';
