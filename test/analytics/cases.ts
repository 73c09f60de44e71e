// Owns the golden jobs (../shared/golden/jobs) as this project's jobs, and their summaries by either engine.

import { readdirSync, readFileSync } from 'node:fs';
import {
  finishJob,
  leadsOf,
  type NodeOutcome,
  type NodePlan,
  type Normalization,
  planNode,
  WANTED_METRICS,
} from '../../src/analytics/index.ts';
import { buildDocument, coverageSection, type Document, type NodeCoverage } from '../../src/document/index.ts';
import type { Job } from '../../src/jobs/index.ts';
import { describeProblem, nsOf, type Problem } from '../../src/kernel/index.ts';
import { decodeNode, decodeNodeByRows, type NodeTask, restartProblems, Wasm } from '../../src/pcp/index.ts';
import { BOOT_METRICS, type Coverage, type Lead, reduceRows } from '../../src/reduce/index.ts';
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

/** Reads one node of a case: which analytics run on it, what their consumers found, and how much data there was. */
type ReadNode = (
  base: string,
  job: Job,
  plan: { readonly normalization: Normalization; readonly asReference?: boolean },
  leads: ReadonlyMap<string, Lead>,
) => NodeRead;

interface NodeRead {
  readonly shares: NodeOutcome['shares'];
  readonly coverage: Coverage;
  readonly problems: readonly Problem[];
}

const byOracle: ReadNode = (base, job, { normalization, asReference = false }, leads) => {
  const archive = decodeArchive(base);
  const plans = planNode(job, (name) => archive.names.has(name), normalization, { asReference });
  const span = { startNs: nsOf(job.start), endNs: nsOf(job.end + 1), walltime: job.walltime };
  const consumers = plans.map((p) => p.spec);
  const rows = [...rowsOf(archive, [...WANTED_METRICS, ...BOOT_METRICS])];
  const engine = reduceRows({ ...span, consumers, leads: plans.map((p) => leads.get(p.cls) ?? null) }, rows);
  const results = engine.finish();
  const shares = plans.map((p, i) => ({ cls: p.cls, metrics: p.spec.metrics, result: results[i]! }));
  return { shares, coverage: engine.coverage(), problems: restartProblems(engine.restarts) };
};

const byDecoder =
  (decode: typeof decodeNode): ReadNode =>
  (base, job, { normalization, asReference = false }, leads) => {
    let plans: readonly NodePlan[] = [];
    const task: NodeTask = {
      archives: [base],
      wanted: WANTED_METRICS,
      windows: [
        {
          startNs: nsOf(job.start),
          endNs: nsOf(job.end + 1),
          walltime: job.walltime,
          archives: [0],
          declare: (has) => {
            plans = planNode(job, has, normalization, { asReference });
            return plans.map((p) => p.spec);
          },
          leads: () => plans.map((p) => leads.get(p.cls) ?? null),
        },
      ],
    };
    wasm ??= new Wasm();
    const [window] = decode(wasm, task).windows;
    const shares = plans.map((p, i) => ({ cls: p.cls, metrics: p.spec.metrics, result: window!.consumers[i]! }));
    return { shares, coverage: window!.coverage, problems: window!.problems };
  };

let wasm: Wasm | undefined;

/** The ways a case can be read: the product's, and the oracle's rows through the TypeScript engine. */
export const READERS: Readonly<Record<'WASM' | 'oracle', ReadNode>> = { WASM: byDecoder(decodeNode), oracle: byOracle };

/** As `--engine ts` reads. */
export const byRows: ReadNode = byDecoder(decodeNodeByRows);

/** The case's document. */
export function summarizeCase(golden: GoldenCase, read: ReadNode, asReference = false): Document {
  const job = jobOf(golden);
  const leads = new Map<string, Lead>();
  const covered: NodeCoverage[] = [];
  const said: string[] = [];
  const outcomes = golden.archives.map((base, index): NodeOutcome => {
    const plan = { normalization: normalizationOf(golden), asReference };
    const { shares, coverage, problems } = read(shared('archives', base), job, plan, leads);
    said.push(...problems.map(describeProblem));
    const about = { index, node: golden.nodes[index]!, startNs: nsOf(job.start), endNs: nsOf(job.end + 1) };
    covered.push({ ...about, data: { coverage, archives: 1, bytes: 0 } });
    const outcome = { index, node: golden.nodes[index]!, shares };
    // The first node that reaches its twelfth point sets the lead of all (analytics.md §1.10).
    for (const [cls, lead] of leadsOf(shares)) if (!leads.has(cls)) leads.set(cls, lead);
    return outcome;
  });
  const missing = job.nodeCount - outcomes.length;
  const parts = finishJob(job, outcomes);
  return buildDocument(job, {
    ...parts,
    errors: said.length > 0 ? { ...parts.errors, job: said } : parts.errors,
    coverage: coverageSection({ expected: job.nodeCount, nodes: covered, analytics: parts.contributions }),
    hosts: outcomes.map(({ index, node }) => ({ index, node })),
    complete: missing === 0,
    missing,
    elapsed: 0,
    created: 0,
  });
}
