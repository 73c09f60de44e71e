// Owns the public surface of answers/: re-exports only.

export { explain } from './explain.ts';
export type { Explained, PassedOver } from './explained.ts';
export { fromFile, type KnownJobAtSite, knownAtSite, treeOf } from './known.ts';
export { fileJobs, latestDocuments, listedStates, listJobs, type Place, warehouseJobs } from './list.ts';
export type { ListedJob } from './listed.ts';
export { type OpenedSite, openSite } from './opened.ts';
export { type Status, status } from './status.ts';
export { usageOf } from './usage.ts';
