// Owns the public surface of scripts/: re-exports only.

export { fitScript, MAX_BYTES, readScript, type ScriptFile, scriptDays, scriptsOf } from './files.ts';
export { SCRIPT_SCHEMA, ScriptIngest, type ScriptOptions, type ScriptReport } from './ingest.ts';
export { type Candidate, matchScript } from './match.ts';
export { knownJobs, type SacctCommand, scriptsOfSlurm, splitScripts } from './sacct.ts';
export { SlurmScriptIngest, type SlurmScriptOptions } from './slurm-ingest.ts';
