// Owns the public surface of analytics/: re-exports only.

export { type Feed, feedsOf } from './feeds.ts';
export { finishJob, type JobParts } from './finish.ts';
export { leadsOf, type NodeOutcome, type NodePlan, type Normalization, planNode } from './plan-node.ts';
export { ANALYTICS, PREPROCESSORS, WANTED_METRICS } from './registry.ts';
export { type AnalyticSet, analyticSet, type PluginLists, SHIPPED } from './set.ts';
export { loadAnalyticModules } from './site/load.ts';
export { type Stats, stats } from './stats.ts';
