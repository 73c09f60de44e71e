// Owns which analytics a run has: shipped ones, the site's modules, and each resource's lists.

import { type AnalyticSet, analyticSet, loadAnalyticModules, type PluginLists } from '../analytics/index.ts';
import type { Job } from '../jobs/index.ts';
import type { Problem } from '../kernel/index.ts';

export interface RunAnalytics {
  /** Modules of the site, for the workers to load. */
  readonly files: readonly string[];
  readonly set: AnalyticSet;
  readonly listsFor: (job: Job) => PluginLists | null;
}

/** What cannot be loaded is left out and reported. */
export async function loadAnalytics(modules: readonly string[]): Promise<{
  readonly analytics: Omit<RunAnalytics, 'listsFor'>;
  readonly problems: readonly Problem[];
}> {
  const { files, analytics, problems } = await loadAnalyticModules(modules);
  return { analytics: { files, set: analyticSet(analytics) }, problems };
}
