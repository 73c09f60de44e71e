// Owns the public surface of the kernel: re-exports only.

export { bytes, count, counted, energy, percent } from './amounts.ts';
export { packageFile } from './built.ts';
export { clean, cleanJson } from './clean.ts';

export { MAX_PROBLEMS, PATIENCE_SECONDS } from './defaults.ts';
export { ERRORS, type ErrorClass, type ErrorCode, type ErrorKind } from './error-table.ts';
export {
  describeProblem,
  type ErrorDetail,
  type ErrorPlace,
  exitWhenStopped,
  fromProblem,
  isStop,
  JobsumError,
  type Problem,
  STOPPED,
  toProblem,
} from './errors.ts';
export { compressHosts, expandHosts, MAX_HOSTS } from './hostlist.ts';
export { merged } from './merge.ts';
export { type Patience, patiently } from './patience.ts';
export { processStart } from './process.ts';
export { newRunId } from './run-id.ts';
export { hideSecret, maskSecretFields, redact } from './secrets.ts';
export {
  type Clock,
  compare,
  DURATION,
  formatDuration,
  formatSeconds,
  NS,
  nsOf,
  parseDuration,
  parseInstant,
  systemClock,
} from './time.ts';
export {
  partialName,
  removeAbandoned,
  syncDirectory,
  type Target,
  targetOf,
  WholeFile,
  writeFileWhole,
} from './whole-file.ts';
export { ioError, writeWhole } from './write.ts';
export { localZone, type WallTime, zonedInstant, zoneOffset } from './zone.ts';
