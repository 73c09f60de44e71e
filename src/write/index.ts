// Owns the public surface of write/: re-exports only.

export type { Version } from './format.ts';
export type { DomainEntry } from './metadata.ts';
export {
  type Datum,
  type InstanceSpec,
  indomId,
  LABEL_CLASSES,
  type LabelSpec,
  type MetricSpec,
  NO_INDOM,
  pmid,
  SEMANTICS,
  TYPES,
  type TypeName,
  UNITS,
  type WrittenSet,
} from './types.ts';
export { type ArchiveOptions, ArchiveWriter } from './writer.ts';
