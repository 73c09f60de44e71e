// Owns the public surface of decode/: re-exports only.

export { canonicalDump, dumpSum, type DumpTotals } from './dump.ts';
export { archiveBase, findFiles, type FileSet, fileSetBytes } from './fileset.ts';
export { type ArchiveInfo, archiveInfo, type ArchiveProbe, probeArchive } from './info.ts';
export type { ArchiveLabel, Metric } from './metric.ts';
export { ArchiveReader } from './reader.ts';
export { decodeNode, type NodeResult, type NodeTask, type NodeWindow, type NodeWindowResult } from './session.ts';
export { useModule, Wasm, wasmModule } from './wasm.ts';
