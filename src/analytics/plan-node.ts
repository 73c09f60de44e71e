// Owns which analytics run on a node: the choice among alternatives by the names that exist there (§1.1).

import type { Job } from '../jobs/index.ts';
import type { ConsumerResult, ConsumerSpec, Lead } from '../reduce/index.ts';
import type { Analytic } from './analytic.ts';
import { type AnalyticSet, isListed, type PluginLists, SHIPPED } from './set.ts';

/** Counter widths in bits by metric name: range normalization (§1.6), of analytics only. */
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
  /** As the reference: counters are differences of what they hold, whatever happened to them. */
  readonly asReference?: boolean;
  /** Called with a declaration that fails, which then does not run on this node. */
  readonly onFailure?: (cls: string, text: string) => void;
}

/** What one node runs for a job. */
export function planNode(
  job: Job,
  has: (name: string) => boolean,
  normalization: Normalization = {},
  { set = SHIPPED, lists, node = '', asReference = false, onFailure }: PlanOptions = {},
): NodePlan[] {
  const raw = new Set<string>(set.preprocessors.map((p) => p.cls));
  return [...set.preprocessors, ...set.analytics].flatMap((a) => {
    if (!isListed(a.cls, lists)) return [];
    const chosen = a.alternatives.find((names) => names.every(has));
    if (!chosen) return [];
    const metrics = [...chosen, ...(a.optional ?? []).filter((name) => has(name) && !chosen.includes(name))];
    const widths = metrics.map((name) => (Object.hasOwn(normalization, name) ? normalization[name]! : 0));
    try {
      if (a.applies?.(job) === false) return [];
      const declared = a.declare(metrics, job, node);
      const counted =
        raw.has(a.cls) || declared.normalize ? {} : asReference ? normalized(widths) : counting(a, declared, widths);
      return [{ cls: a.cls, spec: { metrics, ...declared, ...counted } }];
    } catch (error) {
      onFailure?.(a.cls, error instanceof Error ? error.message : String(error));
      return [];
    }
  });
}

/** Range normalization as the reference has it (§1.6). */
const normalized = (widths: readonly number[]): Pick<ConsumerSpec, 'normalize'> =>
  widths.some((bits) => bits > 0) ? { normalize: widths } : {};

/** Reducers that subtract a record's values from another's. */
const SUBTRACTING = new Set(['FIRSTLAST', 'SUBSAMPLE', 'FULLSERIES', 'SECTIONS', 'DUTY', 'WRAPSUM']);

/** Counters rise only, for reducers that subtract; a WRAPSUM knows how wide its are. */
function counting(
  { counts }: Pick<Analytic, 'counts'>,
  { reducers }: Pick<ConsumerSpec, 'reducers'>,
  widths: readonly number[],
): Pick<ConsumerSpec, 'counters' | 'counts'> {
  if (!reducers.some((r) => SUBTRACTING.has(r.kind))) return {};
  const own = reducers.flatMap((r) => (r.kind === 'WRAPSUM' ? [r.bits] : []))[0] ?? 0;
  return { counters: widths.map((bits) => (bits > 0 ? bits : own)), ...(counts ? { counts } : {}) };
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
