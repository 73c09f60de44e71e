// Owns the public surface of write/: re-exports only.

export type { Version } from './format.ts';
export {
  type Datum,
  type InstanceSpec,
  indomId,
  type MetricSpec,
  NO_INDOM,
  pmid,
  SEMANTICS,
  TYPES,
  type TypeName,
  UNITS,
  type ValueSet,
} from './types.ts';
export { type ArchiveOptions, ArchiveWriter } from './writer.ts';
