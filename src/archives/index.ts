// Owns the public surface of archives/: re-exports only.

export { Catalog, type CatalogEntry, type CatalogOptions, type ScanReport } from './catalog.ts';
export { CATALOG_SCHEMA } from './catalog-schema.ts';
export { archiveMember, COMPRESSED, compressionOf } from './file-names.ts';
export { hostKey, namesHost, sameHost } from './host-names.ts';
export { IndexedArchives, type IndexedOptions } from './indexed.ts';
export { adjustWindow, lookupNode, type NodeWindow } from './lookup.ts';
export { type ArchiveJob, parseArchiveJob, stampOf } from './names.ts';
export { MAX_WINDOWS, planTasks, type Task, type TaskWindow, type WantedWindow } from './plan.ts';
export {
  FILES,
  type FileSystem,
  type FoundArchive,
  type UnreadDirectory,
  type Walked,
  type WalkOrder,
  walk,
} from './scan.ts';
export {
  ownScanner,
  type ProbeArchive,
  type Probed,
  probeAll,
  type Scanned,
  type Scanner,
  scanTree,
} from './scanner.ts';
export { fingerprint, isWritten, type Served } from './seen.ts';
export { INDEX_SCHEMA, INDEX_TABLES, type IndexReport, WarehouseIndex } from './warehouse-index.ts';
