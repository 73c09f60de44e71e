// Owns what an analytic is: a declaration of metrics and reducers, and a finish over the nodes' results. No bytes, no sources.

import type { Job } from '../jobs/index.ts';
import type { ConsumerResult, ConsumerSpec, UnitsName } from '../reduce/index.ts';

/** `{"error": n}` of a document; numbers in summary-document.md §3. */
export interface Failure {
  readonly error: number | string;
}

export const failure = (error: number | string): Failure => ({ error });

/** Analytic-level error numbers by meaning. */
export const E = {
  notAvailable: 1,
  tooShort: 2,
  tooFewPoints: 3,
  notAllNodes: 4,
  cpusetUnknown: 5,
  restarted: 6,
  instancesChanged: 7,
};

/** Metrics that are taken in the same units. */
export const unitsOf = (units: UnitsName, names: readonly string[]): Readonly<Record<string, UnitsName>> =>
  Object.fromEntries(names.map((name) => [name, units]));

/** Units of traffic: bytes (KiB of disks, as PCP has them) and pieces, as the names of such metrics say. */
export function trafficUnits(names: readonly string[]): Readonly<Record<string, UnitsName>> {
  const of = (name: string): UnitsName => {
    if (!/bytes|length/.test(name)) return 'count';
    return name.startsWith('disk.') ? 'kbyte' : 'byte';
  };
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}

/** Smallest power reading that counts: the double's epsilon, as the reference has it. */
export const EPSILON = 2 ** -52;

/** What one analytic got from one node. */
export interface Share {
  /** Position of the node in the job's node list. */
  readonly index: number;
  readonly node: string;
  /** The metrics chosen on this node, in fetch order: an alternative, then the optional ones that exist. */
  readonly metrics: readonly string[];
  /** May be read from a file at each access: take what is needed of one node before turning to the next, and keep no more. */
  readonly result: ConsumerResult;
}

/** What preprocessors leave for analytics. */
export interface JobData {
  /** Cores by node. */
  readonly cores: Map<string, number>;
  /** CPU indices of the job by node, ascending; null: unknown. Absent map: the process list was not collected. */
  cpus: Map<string, readonly number[] | null> | null;
  /** By node index: whether hardware counters were the job's on this and all earlier nodes. Absent map: not collected. */
  perf: Map<number, boolean> | null;
  /** Joules by node and GPU, as the GPUs' own counters have them. */
  readonly gpuEnergy: Map<string, ReadonlyMap<string, number>>;
}

/** Says in `errors` what a result leaves out, and why; `node` names the node. */
export type Note = (text: string, node: string) => void;

interface Declared {
  /** Class name: what white- and blacklists match, and the load order. */
  readonly cls: string;
  /** Whether it makes sense for the job; absent: for every job. */
  applies?(job: Job): boolean;
  /** Ordered alternatives: the first whose names all exist on the node is used. */
  readonly alternatives: readonly (readonly string[])[];
  readonly optional?: readonly string[];
  /**
   * Units in which it takes the values of a metric, whatever the archive has; of others they are those of the first archive. All that
   * read a metric take it in the same.
   */
  readonly units?: Readonly<Record<string, UnitsName>>;
  /** What it subtracts are counters, whatever the archive's descriptors say of them. */
  readonly counts?: boolean;
  /** The consumer for the chosen metrics (by position: see Share.metrics). With `normalize` it knows its counters' width itself. `node`: as accounting names it. */
  declare(metrics: readonly string[], job: Job, node?: string): Omit<ConsumerSpec, 'metrics'>;
}

export interface Analytic extends Declared {
  readonly key: string;
  readonly section: 'summary' | 'timeseries';
  /** The value under `key`; called if the metrics exist on at least one node. */
  finish(shares: readonly Share[], job: Job, data: JobData, note: Note): unknown;
}

export interface Preprocessor extends Declared {
  /** Parts of the document's top level, and entries for `data` and `errors`. `nodes`: all nodes that have data. */
  finish(
    shares: readonly Share[],
    job: Job,
    data: JobData,
    nodes: readonly { readonly index: number; readonly node: string }[],
  ): { readonly document: Record<string, unknown>; readonly errors?: Record<string, readonly string[]> };
}

/** A consumer stopped for one of these before its analytic had the record. */
const UNSEEN = new Set(['nodata', 'error', 'conversion']);

/** Records that reached the analytic: neither skipped for a missing instance domain nor the one that stopped it. */
export function acceptedRecords(result: ConsumerResult): number {
  return result.records - result.skipped - (result.stop ? 1 : 0);
}

/** Records that the analytic was called with, those included that it would not use. */
export function calls(result: ConsumerResult): number {
  return result.records - result.skipped - (result.stop && UNSEEN.has(result.stop.reason) ? 1 : 0);
}
