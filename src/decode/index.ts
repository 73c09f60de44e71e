// Owns the public surface of decode/: re-exports only.

export { canonicalDump, type DumpOptions, type DumpTotals, dumpSum } from './dump.ts';
export { archiveBase, type FileSet, fileSetBytes, findFiles } from './fileset.ts';
export { type ArchiveInfo, type ArchiveProbe, archiveInfo, probeArchive } from './info.ts';
export { limits, MAX_VOLUME_BYTES } from './limits.ts';
export type { ArchiveLabel, Metric } from './metric.ts';
export { ArchiveReader } from './reader.ts';
export { decodeNode, type NodeResult, type NodeTask, type NodeWindow, type NodeWindowResult } from './session.ts';
export { useModule, Wasm, wasmModule } from './wasm.ts';
