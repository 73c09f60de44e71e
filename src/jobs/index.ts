// Owns the public surface of jobs/: re-exports only.

export type { Job, JobRecord } from './job.ts';
export { type JobFilter, type JobFormat, readJobs, selects } from './source.ts';
export { detectSchema, type WarehouseSchema } from './warehouse-schema.ts';
