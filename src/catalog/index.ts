// Owns the public surface of catalog/: re-exports only.

export { Catalog, type CatalogEntry, type ScanReport } from './catalog.ts';
export { CATALOG_SCHEMA } from './catalog-schema.ts';
export { makeDirectoryOf, openPresent, openStore, SCHEMAS, siteStore } from './embedded-store.ts';
export { type IndexedCounts, type IndexedResource, type IndexSummary, indexArchives } from './index-archives.ts';
export { IndexedArchives } from './indexed.ts';
export { adjustWindow, lookupNode, type NodeWindow } from './lookup.ts';
export { parseArchiveJob, stampOf } from './names.ts';
export { planTasks, type Task, type WantedWindow } from './plan.ts';
export { FILES, type FileSystem, walk } from './scan.ts';
export { ScanPool } from './scan-pool.ts';
export { type OpenArchive, ownScanner } from './scanner.ts';
export { fingerprint, isWritten } from './seen.ts';
export { type CatalogTally, catalogsOf } from './tally.ts';
export { INDEX_SCHEMA, INDEX_TABLES, indexedArchives, WarehouseIndex } from './warehouse-index.ts';
