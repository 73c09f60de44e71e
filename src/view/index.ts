// Owns the public surface of view/: re-exports only.

export { archiveLines } from './archive.ts';
export { jobTable } from './jobs.ts';
export { type ReportOptions, reportLines } from './report.ts';
export { runLines } from './run.ts';
export { clean } from './text.ts';
