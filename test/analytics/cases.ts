// Owns the golden jobs (../shared/golden/jobs) as this project's jobs, and their summary by way of the oracle's rows.

import { readdirSync, readFileSync } from 'node:fs';
import {
  finishJob,
  leadsOf,
  type NodeOutcome,
  type Normalization,
  planNode,
  WANTED_METRICS,
} from '../../src/analytics/index.ts';
import { buildDocument, type Document } from '../../src/document/index.ts';
import type { Job } from '../../src/jobs/index.ts';
import { nsOf } from '../../src/kernel/index.ts';
import { type Lead, WindowEngine } from '../../src/reduce/index.ts';
import { decodeArchive } from '../oracle/archive.ts';
import { rowsOf } from '../oracle/rows.ts';
import { shared } from '../oracle/shared.ts';

/** The parts of a golden file that tests read (tools/JOB_CASES.md). */
export interface GoldenCase {
  readonly case: string;
  /** Relative to ../shared/archives, in node order. */
  readonly archives: readonly string[];
  readonly nodes: readonly string[];
  readonly job: {
    readonly job_id: string;
    readonly start: number;
    readonly end: number;
    readonly walltime: number;
    readonly nodecount: number;
    readonly acct: Readonly<Record<string, unknown>>;
    readonly normalization?: Readonly<Record<string, { readonly range: number }>>;
  };
  readonly document: Readonly<Record<string, unknown>>;
}

export function goldenCases(): GoldenCase[] {
  return readdirSync(shared('golden', 'jobs'))
    .filter((name) => name.endsWith('.json') && name !== 'cases.json')
    .sort()
    .map((name) => JSON.parse(readFileSync(shared('golden', 'jobs', name), 'utf8')) as GoldenCase);
}

export function jobOf(golden: GoldenCase): Job {
  const { job } = golden;
  return {
    jobId: job.job_id,
    start: job.start,
    end: job.end,
    nodes: golden.nodes,
    nodeCount: job.nodecount,
    walltime: job.walltime,
    acct: { ...job.acct, id: job.job_id },
  };
}

export function normalizationOf(golden: GoldenCase): Normalization {
  return Object.fromEntries(Object.entries(golden.job.normalization ?? {}).map(([name, { range }]) => [name, range]));
}

/** The case's document, decoded by the oracle and reduced by the TypeScript engine. */
export function summarizeByOracle(golden: GoldenCase): Document {
  const job = jobOf(golden);
  const leads = new Map<string, Lead>();
  const outcomes = golden.archives.map((base, index): NodeOutcome => {
    const archive = decodeArchive(shared('archives', base));
    const plans = planNode(job, (name) => archive.names.has(name), normalizationOf(golden));
    const engine = new WindowEngine({
      startNs: nsOf(job.start),
      endNs: nsOf(job.end + 1),
      walltime: job.walltime,
      consumers: plans.map((p) => p.spec),
      leads: plans.map((p) => leads.get(p.cls) ?? null),
    });
    for (const row of rowsOf(archive, WANTED_METRICS)) engine.row(row);
    const results = engine.finish();
    const shares = plans.map((p, i) => ({ cls: p.cls, metrics: p.spec.metrics, result: results[i]! }));
    const outcome = { index, node: golden.nodes[index]!, shares };
    // The first node that reaches its twelfth point sets the lead of all (analytics.md §1.10).
    for (const [cls, lead] of leadsOf(outcome)) if (!leads.has(cls)) leads.set(cls, lead);
    return outcome;
  });
  const missing = job.nodeCount - outcomes.length;
  return buildDocument(job, {
    ...finishJob(job, outcomes),
    hosts: outcomes.map(({ index, node }) => ({ index, node })),
    complete: missing === 0,
    missing,
    elapsed: 0,
    created: 0,
  });
}
