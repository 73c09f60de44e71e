// Owns the public surface of archives/: re-exports only.

export { CATALOG_SCHEMA, Catalog, type CatalogEntry, type ProbeArchive, type ScanReport } from './catalog.ts';
export { adjustWindow, lookupNode, type NodeWindow } from './lookup.ts';
export { type ArchiveJob, archiveMember, COMPRESSED, compressionOf, hostKey, parseArchiveJob } from './names.ts';
export { MAX_WINDOWS, planTasks, type Task, type TaskWindow, type WantedWindow } from './plan.ts';
export { type FoundArchive, scanArchives } from './scan.ts';
