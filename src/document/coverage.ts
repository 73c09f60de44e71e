// Owns the section `coverage`: how much data stands behind a document. Ours alone; readers of the document pass it over.

import type { Coverage } from '../reduce/index.ts';

/** What is known of one node of the job. */
export interface NodeCoverage {
  /** In the job's list of nodes. */
  readonly index: number;
  readonly node: string;
  /** Of the window that was read, ns. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Archives, and directories that may have some, that could not be read. */
  readonly unreadable?: number;
  /** Absent: nothing was read. */
  readonly data?: { readonly coverage: Coverage; readonly archives: number; readonly bytes: number };
}

/** Indices of nodes, as analytics report them. */
interface Contribution {
  readonly nodes: number;
  readonly partial: readonly number[];
  readonly missing: readonly number[];
}

export interface CoverageInput {
  /** Nodes that accounting names. */
  readonly expected: number;
  /** Nodes that were looked up: in a job that accounting rules out, none. */
  readonly nodes: readonly NodeCoverage[];
  readonly analytics: Readonly<Record<string, Contribution>>;
}

/**
 * Most entries of every list. Up to as many nodes are all listed; of more only those that are not fully covered, least
 * covered first, and `omitted` says how many are not in the list.
 */
export const MAX_LISTED = 64;

/** So many intervals may be missing at either end of a node that counts as full: a sample may fall to the other side of the job's begin or end. */
export const SLACK_INTERVALS = 3;

/** Seconds that a single step between two samples may stand for at either end: it does not show that there is an interval. */
const LONE_STEP = 60;

const seconds = (ns: bigint): number => Number(ns / 1000n) / 1e6;

/** Seconds before the first and after the last sample that the data speak for: one interval. */
export function reachOf(first: number, last: number, interval: number): number {
  return last - first >= 2 * interval ? interval : Math.min(interval, LONE_STEP);
}

interface Row {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly index: number;
  readonly covered: number;
  readonly full: boolean;
}

function rowOf(n: NodeCoverage): Row {
  const { index, node, data, unreadable = 0 } = n;
  const c = data?.coverage;
  const about = {
    ...{ index, node, records: c?.records ?? 0, archives: data?.archives ?? 0, bytes: data?.bytes ?? 0 },
    ...(unreadable > 0 ? { unreadable } : {}),
  };
  if (!c || c.firstNs === null || c.lastNs === null) {
    return { entry: { ...about, covered: 0 }, index, covered: 0, full: false };
  }
  const [start, end, first, last, interval] = [n.startNs, n.endNs, c.firstNs, c.lastNs, c.intervalNs].map(seconds) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const reach = reachOf(first, last, interval);
  const covered = Math.min(end, last + reach) - Math.max(start, first - reach) - seconds(c.gapNs);
  const slack = SLACK_INTERVALS * reach;
  const full = c.gaps === 0 && first <= start + slack && last >= end - slack;
  const entry = {
    ...about,
    first,
    last,
    interval,
    gaps: c.gaps,
    gap_seconds: seconds(c.gapNs),
    covered,
    ...(c.lastNs % 1000n === 0n ? {} : { nanoseconds: true }),
  };
  return { entry, index, covered, full };
}

/** Whether a node has data of the whole of its window, as `full` counts it. */
export const isFull = (node: NodeCoverage): boolean => rowOf(node).full;

/**
 * Whether a node's data span any time: a single sample, of however many records, is of a moment, and nothing that counts or is averaged can
 * be had from it.
 */
export const spansTime = ({ data }: NodeCoverage): boolean => data !== undefined && data.coverage.intervalNs > 0n;

/** `nodes` of an analytic alone if all contributed whole; else which did not, the first of them. */
function contributionForm(c: Contribution): Record<string, unknown> {
  return {
    nodes: c.nodes,
    ...(c.partial.length > 0 ? { partial: c.partial.slice(0, MAX_LISTED) } : {}),
    ...(c.missing.length > 0 ? { missing: c.missing.slice(0, MAX_LISTED) } : {}),
  };
}

export function coverageSection({ expected, nodes, analytics }: CoverageInput): Record<string, unknown> {
  const rows = nodes.map(rowOf);
  const listed =
    rows.length <= MAX_LISTED
      ? rows
      : rows
          .filter((r) => !r.full)
          .sort((a, b) => a.covered - b.covered || a.index - b.index)
          .slice(0, MAX_LISTED);
  const total = (pick: (r: Row) => unknown): number => rows.reduce((sum, r) => sum + (pick(r) as number), 0);
  const window = nodes.reduce((longest, n) => Math.max(longest, seconds(n.endNs - n.startNs)), 0);
  return {
    expected,
    reporting: rows.filter((r) => r.entry.records !== 0).length,
    full: rows.filter((r) => r.full).length,
    window,
    // A mean over all nodes that accounting names: those without data count as zero.
    covered: expected > 0 ? total((r) => r.covered) / expected : 0,
    records: total((r) => r.entry.records),
    archives: total((r) => r.entry.archives),
    bytes: total((r) => r.entry.bytes),
    nodes: listed.map((r) => r.entry),
    ...(listed.length < rows.length ? { omitted: rows.length - listed.length } : {}),
    analytics: Object.fromEntries(Object.entries(analytics).map(([cls, c]) => [cls, contributionForm(c)])),
  };
}
