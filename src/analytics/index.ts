// Owns the public surface of analytics/: re-exports only.

export type { Contribution, Contributions } from './contribution.ts';
export { type Feed, feedsOf } from './feeds.ts';
export { finishJob, type JobParts } from './finish.ts';
export {
  leadsOf,
  type NodeOutcome,
  type NodePlan,
  type Normalization,
  type PlanOptions,
  planNode,
} from './plan-node.ts';
export { ANALYTICS, PREPROCESSORS, WANTED_METRICS } from './registry.ts';
export { type AnalyticSet, analyticSet, type PluginLists, SHIPPED } from './set.ts';
export { loadSite, type SiteAnalytic, type SiteKit, type SiteLoad } from './site.ts';
export { type Stats, stats } from './stats.ts';
