// Owns the public surface of run/: re-exports only.

export { type LogFields, Logger, problemFields } from './logger.ts';
export type { RunOptions, RunSummary } from './options.ts';
export { Progress } from './progress.ts';
export { type RunIo, SCHEMAS, summarize } from './run.ts';
export { checkTextfile, type RunFigures, textfileOf, writeTextfile } from './textfile.ts';
