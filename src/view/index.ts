// Owns the public surface of view/: re-exports only.

export { archiveLines } from './terminal/archive.ts';
export { checkLines, feedLines } from './terminal/check.ts';
export { comparisonLines, storesLines } from './terminal/comparison.ts';
export { adviceOn, explainLines, passedOverLines } from './terminal/explain.ts';
export { indexLines } from './terminal/index-run.ts';
export { jobTable } from './terminal/jobs.ts';
export { listCsv, listTable } from './terminal/list.ts';
export { filterInstances, recordJson, recordLines, sampleLines, samplesOf } from './terminal/records.ts';
export { reportLines } from './terminal/report.ts';
export { runLines } from './terminal/run.ts';
export { statusLines } from './terminal/status.ts';
export { table } from './terminal/text.ts';
