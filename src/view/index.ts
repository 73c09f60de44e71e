// Owns the public surface of view/: re-exports only.

export { archiveLines } from './terminal/archive.ts';
export { checkLines, feedLines } from './terminal/check.ts';
export { comparisonLines, storesLines } from './terminal/comparison.ts';
export {
  adviceOn,
  type Explained,
  explainLines,
  type NodeExplained,
  type PassedOver,
  passedOverLines,
} from './terminal/explain.ts';
export { type IndexedCounts, indexLines } from './terminal/index-run.ts';
export { jobTable } from './terminal/jobs.ts';
export {
  jobOfId,
  type KnownJob,
  LISTED_STATES,
  type ListedJob,
  type ListedState,
  listCsv,
  listedJob,
  listTable,
} from './terminal/list.ts';
export { stateOf } from './terminal/quality.ts';
export { filterInstances, recordJson, recordLines, sampleLines, samplesOf } from './terminal/records.ts';
export { reportLines } from './terminal/report.ts';
export { runLines } from './terminal/run.ts';
export { type LedgerStatus, type Status, statusLines } from './terminal/status.ts';
export { bytes, table } from './terminal/text.ts';
