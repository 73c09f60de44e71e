// Owns the public surface of archives/: re-exports only.

export {
  CATALOG_SCHEMA,
  Catalog,
  type CatalogEntry,
  type CatalogOptions,
  type Nearby,
  type ScanReport,
} from './catalog.ts';
export { IndexedArchives, type IndexedOptions } from './indexed.ts';
export { adjustWindow, lookupNode, type NodeWindow } from './lookup.ts';
export {
  type ArchiveJob,
  archiveMember,
  COMPRESSED,
  compressionOf,
  hostKey,
  namesHost,
  parseArchiveJob,
  sameHost,
  stampOf,
} from './names.ts';
export { MAX_WINDOWS, planTasks, type Task, type TaskWindow, type WantedWindow } from './plan.ts';
export { type FoundArchive, scanArchives, scanShare, scanTop } from './scan.ts';
export { type ProbeArchive, type Probed, probeAll, type Scanner } from './scanner.ts';
export { INDEX_SCHEMA, INDEX_TABLES, type IndexReport, WarehouseIndex } from './warehouse-index.ts';
