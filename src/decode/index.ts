// Owns the public surface of decode/: re-exports only.

export { Agreement } from './agreement.ts';
export {
  type Annotations,
  type HelpText,
  type Label,
  type LabelClass,
  type LabelRecord,
  type LabelSet,
  labelsAt,
} from './annotations.ts';
export { type CheckResult, checkArchive, type Finding, type Salvage } from './check.ts';
export { domainVersions, InstanceIdentities, instancesAt, type Member, versionAt, versionMembers } from './domains.ts';
export { canonicalDump, DAMAGED, type DumpOptions, type DumpTotals, dumpSum } from './dump.ts';
export { archiveBase, type FileSet, fileSetBytes, findFiles, resolveArchives } from './fileset.ts';
export { type ArchiveProbe, glanceArchive } from './glance.ts';
export { ofOneHost } from './hosts.ts';
export { type ArchiveInfo, archiveInfo, probeArchive } from './info.ts';
export { type Bounds, bounds, limits, MAX_METADATA_BYTES, MAX_VOLUME_BYTES, setBounds } from './limits.ts';
export { type ArchiveLabel, indomText, type Metric, NO_INDOM, pmidText } from './metric.ts';
export { decodeNode, decodeNodeByRows } from './passes.ts';
export { ArchiveReader } from './reader.ts';
export {
  type ArchiveRecord,
  type Collector,
  markBetween,
  type RawSet,
  rawSets,
  readRecords,
  type ValueSet,
} from './records.ts';
export { restartProblems } from './restarts.ts';
export type { Gap } from './salvage.ts';
export type { NodeResult, NodeTask, NodeWindow, NodeWindowResult } from './session.ts';
export { conversionTo, UNITS, unitsText } from './units.ts';
export type { EventParameter, EventRecord, Value } from './value.ts';
export { SEMANTICS_NAMES, TYPE_NAMES } from './values.ts';
export { lend, peakMemory, useModule, Wasm, wasmModule } from './wasm.ts';
