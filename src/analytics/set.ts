// Owns which analytics a run has: the shipped ones, those of the site behind them, and a resource's white- or blacklist.

import type { UnitsName } from '../reduce/index.ts';
import type { Analytic, Preprocessor } from './analytic.ts';
import { ANALYTICS, PREPROCESSORS } from './registry.ts';

export interface AnalyticSet {
  readonly preprocessors: readonly Preprocessor[];
  /** In the order in which results are written: of two under one key the later one counts. */
  readonly analytics: readonly Analytic[];
  /** Every metric name that some of them may ask for. */
  readonly wanted: readonly string[];
  /** In which units, by metric: those that some of them declares. */
  readonly units: Readonly<Record<string, UnitsName>>;
}

/** `site`: analytics of the site (site.ts), whose keys nobody else has. */
export function analyticSet(site: readonly Analytic[] = []): AnalyticSet {
  const analytics = [...ANALYTICS, ...site];
  const wanted = [...PREPROCESSORS, ...analytics].flatMap((a) => [...a.alternatives.flat(), ...(a.optional ?? [])]);
  const units = Object.assign({}, ...[...PREPROCESSORS, ...analytics].map((a) => a.units ?? {}));
  return { preprocessors: PREPROCESSORS, analytics, wanted: [...new Set(wanted)], units };
}

export const SHIPPED: AnalyticSet = analyticSet();

/** A resource's lists of classes, of analytics and preprocessors alike: with a whitelist the blacklist does not count (§1.1). */
export interface PluginLists {
  readonly whitelist: readonly string[] | null;
  readonly blacklist: readonly string[];
}

export function isListed(cls: string, lists: PluginLists | null | undefined): boolean {
  if (!lists) return true;
  return lists.whitelist ? lists.whitelist.includes(cls) : !lists.blacklist.includes(cls);
}
