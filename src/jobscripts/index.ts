// Owns the public surface of jobscripts/: re-exports only.

export { fitScript, MAX_BYTES } from './files.ts';
export { SCRIPT_SCHEMA } from './ingest.ts';
export { matchScript } from './match.ts';
export { ingestScripts, type ScriptsSummary } from './run.ts';
export { scriptsOfSlurm, splitScripts } from './sacct.ts';
export { SlurmScriptIngest } from './slurm-ingest.ts';
export { scriptTables } from './tables.ts';
