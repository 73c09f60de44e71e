// Owns the public surface of document/: re-exports only.

export { type CompareOptions, type Comparison, compareDocuments, type Difference, type Golden } from './compare.ts';
export {
  type CauseCount,
  compareIds,
  compareStores,
  type PathDifferences,
  type StoredDocument,
  type StoresComparison,
} from './compare-stores.ts';
export { coverageSection, isFull, type NodeCoverage, reachOf, SLACK_INTERVALS, spansTime } from './coverage.ts';
export {
  SCHEMA_DOCUMENTS,
  SUMMARY_DEFINITIONS,
  type SummaryDefinitions,
  TIMESERIES_DEFINITIONS,
  type TimeseriesDefinitions,
} from './definitions.ts';
export { type Deviation, holds, readDeviations } from './deviations.ts';
export {
  buildDocument,
  type Document,
  type DocumentParts,
  documentId,
  jobOfId,
  SUMMARY_VERSION,
  TIMESERIES_VERSION,
} from './document.ts';
export type { Part, Spread } from './fields.ts';
export { devices, num, part, ranOn, shownId, spread } from './fields.ts';
export { fitDocument, MAX_DOCUMENT_BYTES } from './fit.ts';
export type { JobError, Reasons } from './job-errors.ts';
export { errorOf, errorOfFlag, JOB_ERRORS, jobError, reasonOf, reasonsOf } from './job-errors.ts';
export { toJson } from './json.ts';
export { type JsonSchema, SUMMARY_SCHEMA, TIMESERIES_SCHEMA } from './json-schema.ts';
export { portalRefusals } from './portal.ts';
export {
  judgeNodes,
  type Limits,
  MIN_NODE_FRACTION,
  type Skip,
  skipByAccounting,
  skipByArchives,
  type Verdict,
} from './rules.ts';
export { bsonBytes, isTyped } from './size.ts';
export { coveredShare, stateOf, unreadable } from './wholeness.ts';
