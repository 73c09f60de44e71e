// Owns the public surface of reduce/: re-exports only.

export { type Coverage, CoverageCounter } from './coverage.ts';
export { askedBy, reduceRows, WindowEngine } from './engine.ts';
export { Instant } from './instant.ts';
export { chosen, type Join, join } from './join.ts';
export { type Match, nameExpression, namesOf } from './match.ts';
export { effectiveBits } from './normalize.ts';
export { BOOT, BOOT_METRICS, type Evidence, type Moment, momentsOf, RAN_ON } from './restarts.ts';
export type * from './result.ts';
export type * from './row.ts';
export {
  type ConsumerSpec,
  type Fold,
  type Lane,
  type LaneRow,
  LEAD_POINTS,
  type Lead,
  lanesOf,
  MAX_BORDERS,
  MAX_COLUMNS,
  MAX_MATCHES,
  MAX_POINTS,
  MAX_SERIES,
  MAX_TALLY,
  type ReducerSpec,
  totalledBy,
  UNITS_NAMES,
  type UnitsName,
  type WindowSpec,
} from './spec.ts';
export { canWrap, paceOf, type Restart } from './watched.ts';
