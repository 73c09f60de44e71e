// Owns which analytics run on a node: the choice among alternatives by the names that exist there (§1.1).

import type { Job } from '../jobs/index.ts';
import type { ConsumerResult, ConsumerSpec, Lead } from '../reduce/index.ts';
import { type AnalyticSet, isListed, type PluginLists, SHIPPED } from './set.ts';

/** Counter widths in bits by metric name: range normalisation (§1.6), of analytics only. */
export type Normalization = Readonly<Record<string, number>>;

export interface NodePlan {
  readonly cls: string;
  readonly spec: ConsumerSpec;
}

export interface PlanOptions {
  /** Default: the shipped analytics alone. */
  readonly set?: AnalyticSet;
  readonly lists?: PluginLists | null;
  /** As accounting names it. */
  readonly node?: string;
  /** Told of a declaration that fails, which then does not run on this node. */
  readonly onFailure?: (cls: string, text: string) => void;
}

/** What one node runs for a job. */
export function planNode(
  job: Job,
  has: (name: string) => boolean,
  normalization: Normalization = {},
  { set = SHIPPED, lists, node = '', onFailure }: PlanOptions = {},
): NodePlan[] {
  const raw = new Set<string>(set.preprocessors.map((p) => p.cls));
  return [...set.preprocessors, ...set.analytics].flatMap((a) => {
    if (!isListed(a.cls, lists)) return [];
    const chosen = a.alternatives.find((names) => names.every(has));
    if (!chosen) return [];
    const metrics = [...chosen, ...(a.optional ?? []).filter((name) => has(name) && !chosen.includes(name))];
    const bits = metrics.map((name) => (raw.has(a.cls) ? 0 : (normalization[name] ?? 0)));
    const normalize = bits.some((b) => b > 0) ? { normalize: bits } : {};
    try {
      if (a.applies?.(job) === false) return [];
      return [{ cls: a.cls, spec: { metrics, ...a.declare(metrics, job, node), ...normalize } }];
    } catch (error) {
      onFailure?.(a.cls, error instanceof Error ? error.message : String(error));
      return [];
    }
  });
}

/** Results of one node by class. */
export interface NodeOutcome {
  readonly index: number;
  readonly node: string;
  readonly shares: readonly {
    readonly cls: string;
    readonly metrics: readonly string[];
    readonly result: ConsumerResult;
  }[];
}

/** Leads by class that a node's results have set. */
export function leadsOf(shares: NodeOutcome['shares']): Map<string, Lead> {
  const leads = new Map<string, Lead>();
  for (const { cls, result } of shares) {
    for (const r of result.reducers) if (r.kind === 'SUBSAMPLE' && r.lead) leads.set(cls, r.lead);
  }
  return leads;
}
