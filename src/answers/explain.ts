// Owns every stage of one job, looked up and not done: accounting, nodes, archives, coverage, analytics, document, ledger.

import { join } from 'node:path';
import type { Catalog, CatalogEntry } from '../catalog/index.ts';
import { lookupNode } from '../catalog/index.ts';
import type { Store } from '../databases/index.ts';
import { documentId, MIN_NODE_FRACTION, skipByArchives, stateOf } from '../document/index.ts';
import type { Job } from '../jobs/index.ts';
import { NS, type Problem } from '../kernel/index.ts';
import { type Ledger, ledgersOf } from '../ledger/index.ts';
import { findDocuments } from '../sinks/index.ts';
import type { Explained, NodeExplained } from './explained.ts';

/** Accounting of a job out of a document. */
export function jobOf(document: Record<string, unknown>): Job | null {
  const acct = document.acct as Record<string, unknown> | undefined;
  const { id, start_time: start, end_time: end, nodes, host_list: hosts } = acct ?? {};
  if (!acct || typeof start !== 'number' || typeof end !== 'number') return null;
  const list = Array.isArray(hosts) ? hosts.map(String) : [];
  const nodeCount = typeof nodes === 'number' ? nodes : list.length;
  return { jobId: String(id), start, end, nodes: list, nodeCount, walltime: end - start, acct };
}

const seconds = (ns: bigint): number => Number(ns / 1000n) / 1e6;
const OPEN = 2n ** 63n - 1n;
const shown = (e: CatalogEntry, base: string): { base: string; start: number; end: number | null } => ({
  ...{ base, start: seconds(e.startNs), end: e.endNs === OPEN ? null : seconds(e.endNs) },
});

export interface KnownArchives {
  readonly from: 'tree' | 'warehouse';
  readonly catalog: Catalog;
}

function explainNode({ from, catalog }: KnownArchives, job: Job, node: string): NodeExplained {
  // Of the tables whole paths are shown.
  const named = (base: string): string => (from === 'tree' ? base : join(catalog.root, base));
  const { archives, damaged, startNs, endNs } = lookupNode(catalog, job, node);
  const why = (n: CatalogEntry): string => {
    const gap = (ns: bigint): string => `${Number(ns / NS)} s`;
    return n.endNs < startNs
      ? `it ends ${gap(startNs - n.endNs)} before the job begins`
      : `it begins ${gap(n.startNs - endNs)} after the job ends`;
  };
  return {
    node,
    window: [seconds(startNs), seconds(endNs)],
    archives: archives.map((a) => shown(a, named(a.base))),
    rejected: [
      ...catalog.near(node, startNs, endNs).map((n) => ({ base: named(n.base), why: why(n) })),
      ...damaged.map(({ base, problem }) => ({ base: named(base), why: 'it cannot be read', problem })),
      ...catalog.hidden(node).map((problem) => ({ base: problem.file ?? '', why: 'it cannot be read', problem })),
    ],
  };
}

function explainArchives(known: readonly KnownArchives[], job: Job, fraction: number): Explained['archives'] {
  // Of several trees the one that has most for this job.
  const best = known
    .map((k) => ({ ...k, nodes: job.nodes.map((node) => explainNode(k, job, node)) }))
    .map((c) => ({ ...c, withArchives: c.nodes.filter((n) => n.archives.length > 0).length }))
    .sort((a, b) => b.withArchives - a.withArchives)[0];
  if (!best) return null;
  const { from, catalog, nodes, withArchives } = best;
  const enough = skipByArchives(job.nodeCount, withArchives, fraction) === null;
  return { from, root: catalog.root, known: catalog.size(), nodes, withArchives, enough };
}

/** Members of a document that are an error instead of a result. */
function withoutResult(value: unknown, path: string, depth: number): [string, number | string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const { error } = value as { error?: unknown };
  if (typeof error === 'number' || typeof error === 'string') return [[path, error]];
  if (depth === 0) return [];
  return Object.entries(value).flatMap(([key, v]) => withoutResult(v, path === '' ? key : `${path}.${key}`, depth - 1));
}

function explainDocument(document: Record<string, unknown>): Explained['document'] {
  const { _id, acct, summarization, coverage, errors, created, ...sections } = document;
  const s = (summarization ?? {}) as Record<string, unknown>;
  return {
    id: String(_id),
    complete: s.complete === true,
    state: stateOf(document),
    flag: Object.keys(s).find((k) => k.startsWith('skipped_') && s[k] === true) ?? null,
    created: typeof s.created === 'number' ? s.created : null,
    coverage: coverage ?? null,
    without: Object.fromEntries(withoutResult(sections, '', 2)),
    errors: errors ?? null,
  };
}

export interface ExplainInput {
  readonly store: Store;
  readonly archives: readonly KnownArchives[];
  /** Runs of the job as accounting has them, and where from; without any, those of the documents. */
  readonly jobs: readonly { readonly job: Job; readonly from: string }[];
  /** Documents that are not in the store. */
  readonly documents?: readonly Record<string, unknown>[];
  /** Why there may be more. */
  readonly unread?: Problem;
  readonly ledgers?: readonly { readonly of: string; readonly ledger: Ledger }[];
  readonly minNodeFraction?: number;
}

/** Each run of a job: an id may have been used again, and an array has many. */
export async function explain(id: string, input: ExplainInput): Promise<Explained[]> {
  const { store, minNodeFraction = MIN_NODE_FRACTION } = input;
  const documents = [...findDocuments(store, id), ...(input.documents ?? [])];
  const byId = new Map(documents.map((d) => [String(d._id), d]));
  const jobs = new Map(input.jobs.map((j) => [documentId(j.job), j]));
  for (const document of documents) {
    const job = jobOf(document);
    if (job && !jobs.has(documentId(job))) jobs.set(documentId(job), { job, from: `the document in ${store.path}` });
  }
  const ledgers = [...ledgersOf(store).map(({ sinks, ledger }) => ({ of: sinks, ledger })), ...(input.ledgers ?? [])];
  const runs: Explained[] = [];
  for (const [documentKey, { job, from }] of jobs) {
    const rows = await Promise.all(
      ledgers.map(async ({ of, ledger }) => (await ledger.find([documentKey])).map((row) => ({ ...row, of }))),
    );
    const document = byId.get(documentKey);
    const { jobId, start, end, nodes, nodeCount, acct } = job;
    runs.push({
      accounting: { from, id: jobId, start, end, nodes, nodeCount, acct },
      archives: explainArchives(input.archives, job, minNodeFraction),
      document: document ? explainDocument(document) : null,
      ...(input.unread ? { unread: input.unread } : {}),
      ledger: rows.flat(),
    });
  }
  return runs.sort((a, b) => a.accounting.end - b.accounting.end);
}
