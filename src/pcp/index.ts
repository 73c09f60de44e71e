// Owns the public surface of the library `jobsum/pcp`: re-exports only.

export type { ArchiveLabel, Metric, Value, ValueSet } from '../decode/index.ts';
export { checkArchive, indomText, pmidText, SEMANTICS_NAMES, TYPE_NAMES, unitsText } from '../decode/index.ts';
export { JobsumError, type Problem } from '../kernel/index.ts';
export type { ConsumerResult, ConsumerSpec } from '../reduce/index.ts';
export { openArchive, PcpArchive, type PcpRecord, type RecordOptions } from './archive.ts';
export { type CopyOptions, type CopyResult, copyArchive } from './copy.ts';
export { globMatcher, resolveArchives } from './names.ts';
