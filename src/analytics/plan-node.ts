// Owns which analytics run on a node: the choice among alternatives by the names that exist there (§1.1).

import type { Job } from '../jobs/index.ts';
import type { ConsumerResult, ConsumerSpec, Lead } from '../reduce/index.ts';
import { ANALYTICS, PREPROCESSORS } from './registry.ts';

/** Counter widths in bits by metric name: range normalisation (§1.6), of analytics only. */
export type Normalization = Readonly<Record<string, number>>;

export interface NodePlan {
  readonly cls: string;
  readonly spec: ConsumerSpec;
}

/** What one node runs for a job. */
export function planNode(job: Job, has: (name: string) => boolean, normalization: Normalization = {}): NodePlan[] {
  const raw = new Set<string>(PREPROCESSORS.map((p) => p.cls));
  return [...PREPROCESSORS, ...ANALYTICS].flatMap((a) => {
    const chosen = a.alternatives.find((names) => names.every(has));
    if (!chosen) return [];
    const metrics = [...chosen, ...(a.optional ?? []).filter(has)];
    const bits = metrics.map((name) => (raw.has(a.cls) ? 0 : (normalization[name] ?? 0)));
    const normalize = bits.some((b) => b > 0) ? { normalize: bits } : {};
    return [{ cls: a.cls, spec: { metrics, ...a.declare(metrics, job), ...normalize } }];
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
