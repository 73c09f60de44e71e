// Owns the public surface of archives/: re-exports only.

export { Catalog, CATALOG_SCHEMA, type CatalogEntry, type ProbeArchive, type ScanReport } from './catalog.ts';
export { adjustWindow, lookupNode, type NodeWindow } from './lookup.ts';
export { archiveMember, type ArchiveJob, hostKey, parseArchiveJob } from './names.ts';
export { MAX_WINDOWS, planTasks, type Task, type TaskWindow, type WantedWindow } from './plan.ts';
export { type FoundArchive, scanArchives } from './scan.ts';
