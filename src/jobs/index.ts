// Owns the public surface of jobs/: re-exports only.

export type { JobFormat } from './forms.ts';
export type { Job, JobRecord, JobSource } from './job.ts';
export { askSacct, type SacctAnswer, separator } from './sacct-call.ts';
export { type SacctOptions, SacctSource, SOURCE_SCHEMA } from './sacct-source.ts';
export {
  type JobId,
  PROCESS_VERSION,
  type ProcessState,
  parseErrorNumber,
  parseJobId,
  type Selection,
} from './selection.ts';
export { FileSource, type JobFilter, namesOf, readJobs, selects } from './source.ts';
export { accountingTables, detectSchema, type WarehouseSchema } from './warehouse-schema.ts';
export { hostName, type Patiently, uniqueId, type XdmodOptions, XdmodSource } from './xdmod.ts';
