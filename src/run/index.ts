// Owns the public surface of run/: re-exports only.

export { type ExplainInput, explain, type KnownArchives } from './explain.ts';
export { type IndexedResource, type IndexOptions, type IndexSummary, indexArchives } from './index-archives.ts';
export { ingestScripts, type ScriptsOptions, type ScriptsSummary } from './job-scripts.ts';
export { fileJobs, type ListFilter, latestDocuments, listedStates, listJobs, type Place } from './list.ts';
export { storeJobs } from './list-store.ts';
export { warehouseJobs } from './list-warehouse.ts';
export { type LogFields, Logger, problemFields } from './logger.ts';
export type { CommonOptions, RunOptions } from './options.ts';
export { namedOutput, type Output } from './outputs.ts';
export { Progress } from './progress.ts';
export { type Pruned, type PruneOptions, prune } from './prune.ts';
export { makeDirectoryOf, SCHEMAS } from './recorded.ts';
export { summarize } from './run.ts';
export { PATIENCE_SECONDS } from './session.ts';
export { summarizeSite } from './site.ts';
export { boundsOfConfig, commonOfConfig, type SiteOptions } from './site-plan.ts';
export { status } from './status.ts';
export type { JobCounts, ResourceSummary, RunIo, RunSummary } from './summary.ts';
export { checkTextfile, type RunFigures, textfileFor, textfileOf, writeTextfile } from './textfile.ts';
