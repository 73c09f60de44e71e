// Owns what an archive can feed: for each analytic the metrics that it would read there, or what it lacks.

import type { Analytic, Preprocessor } from './analytic.ts';
import { type AnalyticSet, SHIPPED } from './set.ts';

export interface Feed {
  readonly cls: string;
  /** Key in the document, `timeseries.KEY` of series; null: a preprocessor, which serves the others. */
  readonly key: string | null;
  /** What would be read; empty: the archive cannot feed it. */
  readonly metrics: readonly string[];
  /** Where it cannot: what each alternative lacks, that which lacks least first. */
  readonly missing: readonly (readonly string[])[];
}

function feedOf(a: Analytic | Preprocessor, has: (name: string) => boolean): Feed {
  const key = 'key' in a ? (a.section === 'timeseries' ? `timeseries.${a.key}` : a.key) : null;
  const chosen = a.alternatives.find((names) => names.every(has));
  if (chosen)
    return { cls: a.cls, key, metrics: [...new Set([...chosen, ...(a.optional ?? []).filter(has)])], missing: [] };
  const missing = a.alternatives.map((names) => [...new Set(names.filter((name) => !has(name)))]);
  return { cls: a.cls, key, metrics: [], missing: missing.sort((x, y) => x.length - y.length) };
}

/** `has`: whether the archive describes a metric of that name. */
export function feedsOf(has: (name: string) => boolean, set: AnalyticSet = SHIPPED): Feed[] {
  return [...set.preprocessors, ...set.analytics].map((a) => feedOf(a, has));
}
