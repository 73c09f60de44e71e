// Owns the public surface of jobs/: re-exports only.

export type { Job, JobRecord } from './job.ts';
