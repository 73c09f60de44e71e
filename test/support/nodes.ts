// Owns jobs made of records written down in tests: nodes' rows through the TypeScript engine and all analytics to a document's parts.

import {
  type AnalyticSet,
  finishJob,
  type JobParts,
  leadsOf,
  type NodeOutcome,
  planNode,
} from '../../src/analytics/index.ts';
import type { Job } from '../../src/jobs/index.ts';
import { type Cell, type Lead, type Row, WindowEngine } from '../../src/reduce/index.ts';

/** Values of a metric in a record, by instance name `NAMEn` (its number is n), or of a metric without instances. */
export type Values = readonly number[] | Readonly<Record<string, number | string>>;
/** Metrics of a record. */
export type Sample = Readonly<Record<string, Values>>;

export const START = 1_700_000_000;
export const STEP = 30;

export function jobOf(nodes: number, seconds: number, acct: Job['acct'] = {}): Job {
  return {
    jobId: '4242',
    start: START,
    end: START + seconds,
    nodes: Array.from({ length: nodes }, (_, i) => `n${i}`),
    nodeCount: nodes,
    walltime: seconds,
    acct: { id: '4242', resource_manager: 'slurm', uid: 1000, user: 'auser', ...acct },
  };
}

const paths = new Map<string, number>();

/** The number at the end of the name, so that `cpu3` is instance 3; paths are numbered as they come, and names that begin with a
 *  number as they stand in the record. */
function idOf(name: string, i: number): number {
  if (/^\d/.test(name)) return i;
  if (!name.startsWith('/')) return Number(/\d+$/.exec(name)?.[0] ?? i);
  const id = paths.get(name) ?? 1_000_000 + paths.size;
  paths.set(name, id);
  return id;
}

function cellOf(values: Values): Cell {
  if (Array.isArray(values)) {
    return { count: values.length, values: Float64Array.from(values), ids: Int32Array.from(values, () => -1) };
  }
  const entries = Object.entries(values as Record<string, number | string>);
  const names = new Map(entries.map(([name], i) => [idOf(name, i), name]));
  const texts = entries.some(([, v]) => typeof v === 'string');
  return {
    count: entries.length,
    values: texts ? new Float64Array(0) : Float64Array.from(entries, ([, v]) => v as number),
    ...(texts ? { strings: entries.map(([, v]) => v as string) } : {}),
    ids: Int32Array.from(entries, ([name], i) => idOf(name, i)),
    nameOf: (id) => names.get(id),
    domainSize: entries.length,
  };
}

/** Records of each node, every 30 s from the job's start; null: none at that time. */
export function summarize(job: Job, nodes: readonly (readonly (Sample | null)[])[], set?: AnalyticSet): JobParts {
  const leads = new Map<string, Lead>();
  const outcomes = nodes.map((samples, index): NodeOutcome => {
    const names = new Set(samples.flatMap((s) => Object.keys(s ?? {})));
    const plans = planNode(job, (name) => names.has(name), {}, { node: job.nodes[index]!, ...(set ? { set } : {}) });
    const engine = new WindowEngine({
      startNs: 0n,
      endNs: 2n ** 62n,
      walltime: job.walltime,
      consumers: plans.map((p) => p.spec),
      leads: plans.map((p) => leads.get(p.cls) ?? null),
    });
    samples.forEach((sample, i) => {
      if (sample) engine.row(rowOf(sample, START + i * STEP));
    });
    const results = engine.finish();
    const shares = plans.map((p, i) => ({ cls: p.cls, metrics: p.spec.metrics, result: results[i]! }));
    for (const [cls, lead] of leadsOf(shares)) if (!leads.has(cls)) leads.set(cls, lead);
    return { index, node: job.nodes[index]!, shares };
  });
  return finishJob(job, outcomes, set);
}

function rowOf(sample: Sample, t: number): Row {
  const cells = new Map(Object.entries(sample).map(([metric, values]) => [metric, cellOf(values)]));
  return { t, ns: BigInt(t) * 1_000_000_000n, cells };
}

export const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
