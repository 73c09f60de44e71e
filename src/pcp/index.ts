// Owns the public surface of the library `jobsum/pcp`: re-exports only.

export type {
  ArchiveLabel,
  ArchiveRecord,
  CheckResult,
  Collector,
  EventParameter,
  EventRecord,
  Finding,
  Metric,
  NodeWindowResult,
  Salvage,
  Value,
  ValueSet,
} from '../decode/index.ts';
export {
  checkArchive,
  indomText,
  pmidText,
  resolveArchives,
  SEMANTICS_NAMES,
  TYPE_NAMES,
  unitsText,
} from '../decode/index.ts';
export {
  ERRORS,
  type ErrorClass,
  type ErrorCode,
  type ErrorDetail,
  type ErrorKind,
  type ErrorPlace,
  JobsumError,
  type Problem,
} from '../kernel/index.ts';
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
} from '../reduce/index.ts';
export type { Version } from '../write/index.ts';
export { type OpenOptions, openArchive, PcpArchive, type RecordOptions, type TimeSpan } from './archive.ts';
export { type CopyOptions, type CopyResult, copyArchive, type Undescribed } from './copy.ts';
export { globMatcher } from './names.ts';
export { type PcpRecord, RecordStream } from './stream.ts';
export type { Help, Instance } from './surroundings.ts';
