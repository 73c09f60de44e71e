// Owns the stored points of a job's nodes as time series: levels and rates, per node and per device (§1.10, 1.11).

import { calls, type Share } from './analytic.ts';
import { reducer } from './collect.ts';
import type { Device, HostSeries } from './envelope.ts';
import { instanceName, numberKeys } from './keys.ts';

/** Fewest points that make a series. */
export const MIN_POINTS = 3;

/** What is held of every node at once; its rows are read where they are used, since a large job's do not fit into memory. */
export interface Points {
  readonly share: Share;
  readonly t: Float64Array;
  readonly v: Float64Array;
  readonly width: number;
}

/** A node counts if its analytic was called. */
export const wasCalled = (share: Share): boolean => calls(share.result) > 0;

/** Stored points of the nodes that count (all with points by default), and the smallest number over all nodes of the job. `at`: which reducer has them. */
export function gather(
  shares: readonly Share[],
  nodeCount: number,
  counts: ((share: Share) => boolean) | null = null,
  at: (share: Share) => number = () => 0,
): { nodes: Points[]; length: number } {
  const nodes = shares
    .map((share): Points => {
      const { t, v, width } = reducer(share, at(share), 'SUBSAMPLE');
      return { share, t, v, width };
    })
    .filter((p) => counts?.(p.share) ?? p.t.length > 0);
  const length = nodes.length < nodeCount ? 0 : Math.min(...nodes.map((p) => p.t.length));
  return { nodes, length };
}

/** Times of the points: always those of the first node (KEEP), as far as there are points. */
export function timesOf(nodes: readonly Points[], length: number): number[] {
  return Array.from((nodes[0]?.t ?? new Float64Array(0)).subarray(0, length));
}

/** Differences by time; one value less than there are points. */
export const rates = (values: ArrayLike<number>, t: ArrayLike<number>): number[] =>
  Array.from({ length: Math.max(0, values.length - 1) }, (_, k) => (values[k + 1]! - values[k]!) / (t[k + 1]! - t[k]!));

/** Columns of the stored rows. */
export function columnsOf(p: Points, columns: readonly number[], length: number): number[][] {
  const { rows } = reducer(p.share, 0, 'SUBSAMPLE');
  return columns.map((i) => Array.from({ length }, (_, k) => rows[k * p.width + i]!));
}

export const allColumns = (p: Points): number[] => Array.from({ length: p.width }, (_, i) => i);

const none = { ids: [], names: [] };

/** One line per column: `series` makes its values of the stored ones. */
export function devicesOf(
  p: Points,
  length: number,
  series: (values: number[]) => readonly number[],
  label: (name: string) => string = (name) => name,
): () => Device[] {
  return () => {
    const labels = p.share.result.labels ?? none;
    const keys = numberKeys(labels.ids);
    return columnsOf(p, allColumns(p), length).map((values, i) => ({
      key: keys[i] ?? String(i),
      label: label(instanceName(labels, i)),
      values: series(values),
    }));
  };
}

export function levelOf(p: Points, length: number): HostSeries {
  return { index: p.share.index, all: Array.from(p.v.subarray(0, length)) };
}

/** Whether an instance came or went: then sums of counters over the instances make steps that are no rates. */
export function changing(share: Share): boolean {
  const { presence } = share.result;
  return presence?.counts.some((n) => n < presence.records) ?? false;
}

/** Sum, or mean, of the rates of those columns that have one, at each time. */
export function foldRates(columns: readonly (readonly number[])[], mean: boolean): number[] {
  return Array.from({ length: columns[0]?.length ?? 0 }, (_, k) => {
    const there = columns.map((c) => c[k]!).filter((x) => !Number.isNaN(x));
    const sum = there.reduce((a, b) => a + b, 0);
    return mean ? sum / there.length : sum;
  });
}
