// Owns the public surface of pcp/: re-exports only.

export { globMatcher } from './archive/globs.ts';
export { hostKey, namesHost, sameHost } from './archive/host-names.ts';
export { ofOneHost } from './archive/hosts.ts';
export { NO_INDOM, pmidText } from './archive/metric.ts';
export { ArchiveReader } from './archive/reader.ts';
export type { ValueSet } from './archive/records.ts';
export type { EventRecord, Value } from './archive/value.ts';
export { TYPE_NAMES } from './archive/values.ts';
export { findFiles, resolveArchives } from './files/fileset.ts';
export { type Bounds, bounds, limits, MAX_METADATA_BYTES, MAX_VOLUME_BYTES, setBounds } from './files/limits.ts';
export { archiveMember, compressionOf } from './files/names.ts';
export { conversionTo, UNITS, unitsText } from './files/units.ts';
export { type CheckResult, checkArchive } from './inspect/check.ts';
export { canonicalDump, DAMAGED, type DumpTotals, dumpSum } from './inspect/dump.ts';
export { glanceArchive } from './inspect/glance.ts';
export { type ArchiveInfo, archiveInfo, probeArchive } from './inspect/info.ts';
export { openArchive, type TimeSpan } from './library/archive.ts';
export type { PcpRecord } from './library/record-stream.ts';
export { decodeNode, decodeNodeByRows } from './reduce/passes.ts';
export { restartProblems } from './reduce/restarts.ts';
export type { NodeResult, NodeTask, NodeWindowResult } from './reduce/session.ts';
export { lend, peakMemory, useModule, Wasm, wasmModule } from './wasm/wasm.ts';
export { type CopyOptions, type CopyResult, copyArchive } from './write/copy.ts';
export type { Version } from './write/frames.ts';
export {
  type Datum,
  type InstanceSpec,
  indomId,
  type MetricSpec,
  pmid,
  type TypeName,
  type WrittenSet,
} from './write/types.ts';
export { type ArchiveOptions, ArchiveWriter } from './write/writer.ts';
