// Owns the public surface of view/: re-exports only.

export { archiveLines } from './archive.ts';
export { checkLines, feedLines } from './check.ts';
export { comparisonLines, storesLines } from './comparison.ts';
export {
  adviceOn,
  type Explained,
  explainLines,
  type NodeExplained,
  type PassedOver,
  passedOverLines,
} from './explain.ts';
export { type IndexedCounts, indexLines } from './index-run.ts';
export { jobTable } from './jobs.ts';
export {
  jobOfId,
  type KnownJob,
  LISTED_STATES,
  type ListedJob,
  type ListedState,
  listCsv,
  listedJob,
  listTable,
} from './list.ts';
export { stateOf } from './quality.ts';
export { type Reasons, reasonOf, reasonsOf } from './reasons.ts';
export { filterInstances, recordJson, recordLines, sampleLines, samplesOf } from './records.ts';
export { type ReportOptions, reportLines } from './report.ts';
export { runLines } from './run.ts';
export { type LedgerStatus, type Status, statusLines } from './status.ts';
export { bytes, clean, table } from './text.ts';
