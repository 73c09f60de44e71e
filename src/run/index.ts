// Owns the public surface of run/: re-exports only.

export type { CommonOptions, RunOptions } from './options.ts';
export { namedOutput, type Output } from './outputs.ts';
export { summarize } from './run.ts';
export { summarizeSite } from './site.ts';
export { boundsOfConfig, commonOfConfig } from './site-plan.ts';
export type { RunIo, RunSummary } from './summary.ts';
