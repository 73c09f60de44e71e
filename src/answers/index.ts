// Owns the public surface of answers/: re-exports only.

export { explain } from './explain.ts';
export { fromFile, type KnownJobAtSite, knownAtSite, treeOf } from './known.ts';
export { fileJobs, type ListFilter, latestDocuments, listedStates, listJobs, type Place } from './list.ts';
export { storeJobs } from './list-store.ts';
export { warehouseJobs } from './list-warehouse.ts';
export { type OpenedSite, openSite } from './opened.ts';
export { backlogOf, lookBack, status } from './status.ts';
