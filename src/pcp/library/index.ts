// Owns the public surface of the library `jobsum/pcp`: re-exports only.

export {
  ERRORS,
  type ErrorClass,
  type ErrorCode,
  type ErrorDetail,
  type ErrorKind,
  type ErrorPlace,
  JobsumError,
  type Problem,
} from '../../kernel/index.ts';
export type {
  ConsumerResult,
  ConsumerSpec,
  Coverage,
  DutyResult,
  FirstLastResult,
  Fold,
  FullSeriesResult,
  Instances,
  IntegrateResult,
  Lane,
  LaneRow,
  LatchResult,
  Lead,
  Match,
  Outcome,
  ReducerResult,
  ReducerSpec,
  RollResult,
  SectionsResult,
  SubsampleResult,
  TallyEntry,
  TallyResult,
  WrapSumResult,
} from '../../reduce/index.ts';
export { globMatcher } from '../archive/globs.ts';
export type { ArchiveLabel, Metric } from '../archive/metric.ts';
export { indomText, pmidText } from '../archive/metric.ts';
export type { ArchiveRecord, Collector, ValueSet } from '../archive/records.ts';
export type { EventParameter, EventRecord, Value } from '../archive/value.ts';
export { SEMANTICS_NAMES, TYPE_NAMES } from '../archive/values.ts';
export { resolveArchives } from '../files/fileset.ts';
export { unitsText } from '../files/units.ts';
export type { CheckResult, Finding, Salvage } from '../inspect/check.ts';
export { checkArchive } from '../inspect/check.ts';
export type { NodeWindowResult } from '../reduce/session.ts';
export { type CopyOptions, type CopyResult, copyArchive, type Undescribed } from '../write/copy.ts';
export type { Version } from '../write/frames.ts';
export { type OpenOptions, openArchive, PcpArchive, type RecordOptions, type TimeSpan } from './archive.ts';
export { type PcpRecord, RecordStream } from './record-stream.ts';
export type { Help, Instance } from './surroundings.ts';
