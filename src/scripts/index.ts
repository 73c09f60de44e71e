// Owns the public surface of scripts/: re-exports only.

export { fitScript, MAX_BYTES, readScript, type ScriptFile, scriptDays, scriptsOf } from './files.ts';
export { SCRIPT_SCHEMA, ScriptIngest, type ScriptOptions, type ScriptReport } from './ingest.ts';
export { type Candidate, matchScript } from './match.ts';
