// Owns what an archive can feed: for each analytic the metrics that it would read there, or what it lacks.

import type { Problem } from '../kernel/index.ts';
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
  /** Metrics of its that are there in units that cannot be converted, with these and those that it expects; absent: none. */
  readonly misfits?: readonly { readonly metric: string; readonly expected: string; readonly found: string }[];
}

type Misfits = Readonly<Record<string, Pick<Problem, 'expected' | 'found'>>>;

function feedOf(a: Analytic | Preprocessor, described: (name: string) => boolean, misfits: Misfits): Feed {
  const isMisfit = (name: string): boolean => Object.hasOwn(misfits, name);
  const has = (name: string): boolean => described(name) && !isMisfit(name);
  const own = [...new Set([...a.alternatives.flat(), ...(a.optional ?? [])])].filter(isMisfit);
  const unfit = own.map((metric) => ({
    metric,
    expected: misfits[metric]!.expected ?? '',
    found: misfits[metric]!.found ?? '',
  }));
  const more = unfit.length > 0 ? { misfits: unfit } : {};
  const key = 'key' in a ? (a.section === 'timeseries' ? `timeseries.${a.key}` : a.key) : null;
  const chosen = a.alternatives.find((names) => names.every(has));
  if (chosen)
    return {
      cls: a.cls,
      key,
      metrics: [...new Set([...chosen, ...(a.optional ?? []).filter(has)])],
      missing: [],
      ...more,
    };
  const missing = a.alternatives.map((names) => [...new Set(names.filter((name) => !has(name)))]);
  return { cls: a.cls, key, metrics: [], missing: missing.sort((x, y) => x.length - y.length), ...more };
}

/** `has`: whether the archive describes a metric of that name. `misfits`: those that are left out because of their units. */
export function feedsOf(
  has: (name: string) => boolean,
  { set = SHIPPED, misfits = {} }: { readonly set?: AnalyticSet; readonly misfits?: Misfits } = {},
): Feed[] {
  return [...set.preprocessors, ...set.analytics].map((a) => feedOf(a, has, misfits));
}
