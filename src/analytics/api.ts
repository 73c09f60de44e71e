// Owns `jobsum/analytics`: the types for analytics of a site's own, and what their `finish` functions are given.

export type { Job } from '../jobs/index.ts';
export type {
  ConsumerResult,
  ConsumerSpec,
  FirstLastResult,
  Fold,
  Instances,
  IntegrateResult,
  Lane,
  LaneRow,
  LatchResult,
  ReducerResult,
  ReducerSpec,
  RollResult,
  SubsampleResult,
  TallyResult,
} from '../reduce/index.ts';
export { E, type Failure, failure, type JobData, type Note, type Share } from './analytic.ts';
export { energyStats } from './collect.ts';
export type { SiteAnalytic, SiteKit } from './site/load.ts';
export { type Stats, stats } from './stats.ts';
