// Owns the public surface of run/: re-exports only.

export { Logger } from './logger.ts';
export type { RunOptions, RunSummary } from './options.ts';
export { Progress } from './progress.ts';
export { type RunIo, SCHEMAS, summarize } from './run.ts';
