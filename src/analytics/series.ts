// Owns the time-series analytics: sub-sampled sums and rates over the nodes (§1.11.2, 2.24–2.33).

import type { Lane } from '../reduce/index.ts';
import { type Analytic, E, failure, type JobData, type Share } from './analytic.ts';
import { instanceName, reducer } from './collect.ts';
import { type Device, type HostSeries, seriesForm } from './envelope.ts';

/** Bytes → MiB, or KiB → GiB. */
const MIB = 1 / 1048576;
const MIN_POINTS = 3;

/** What is held of every node at once; its rows are read where they are used, since a large job's do not fit into memory. */
interface Points {
  readonly share: Share;
  readonly t: Float64Array;
  readonly v: Float64Array;
  readonly width: number;
}

/** Stored points of the nodes that delivered any, and the smallest number over all nodes of the job (0 if one has none). */
function gather(shares: readonly Share[], nodeCount: number): { nodes: Points[]; length: number } {
  const nodes = shares
    .map((share): Points => {
      const { t, v, width } = reducer(share, 0, 'SUBSAMPLE');
      return { share, t, v, width };
    })
    .filter((p) => p.t.length > 0);
  const length = nodes.length < nodeCount ? 0 : Math.min(...nodes.map((p) => p.t.length));
  return { nodes, length };
}

/** Times of the points: always those of the first node (KEEP), as far as there are points. */
function timesOf(nodes: readonly Points[], length: number): number[] {
  return Array.from((nodes[0]?.t ?? new Float64Array(0)).subarray(0, length));
}

const rates = (values: readonly number[], t: Float64Array): number[] =>
  values.slice(1).map((v, k) => (v - values[k]!) / (t[k + 1]! - t[k]!));

function columnsOf(p: Points, columns: readonly number[], length: number): number[][] {
  const { rows } = reducer(p.share, 0, 'SUBSAMPLE');
  return columns.map((i) => Array.from({ length }, (_, k) => rows[k * p.width + i]!));
}

function rateSeries(cls: string, key: string, metrics: readonly string[], rectangular: boolean): Analytic {
  const value: Lane = { fold: 'sum', rows: metrics.map((_, metric) => ({ metric })), scale: MIB };
  return {
    cls,
    key,
    section: 'timeseries',
    alternatives: [metrics],
    declare: () => ({ mode: 'all', ...(rectangular ? { rectangular } : {}), reducers: [{ kind: 'SUBSAMPLE', value }] }),
    finish(shares, job) {
      const { nodes, length } = gather(shares, job.nodeCount);
      if (nodes.length !== job.nodeCount) return failure(E.notAllNodes);
      if (length < MIN_POINTS) return failure(E.tooShort);
      const hosts = nodes.map(
        (p): HostSeries => ({ index: p.share.index, all: rates(Array.from(p.v.subarray(0, length)), p.t) }),
      );
      return seriesForm(timesOf(nodes, length).slice(1), hosts);
    },
  };
}

/** §2.24, GiB/s */
export const blockSeries = rateSeries(
  'BlockTimeseries',
  'block',
  ['disk.dev.read_bytes', 'disk.dev.write_bytes'],
  true,
);
/** §2.27, MiB/s */
export const infinibandSeries = rateSeries(
  'InfiniBandTimeseries',
  'ib_lnet',
  ['infiniband.port.switch.in.bytes', 'infiniband.port.switch.out.bytes'],
  false,
);

/** Values as they are, with one line per instance. */
function levelSeries(
  cls: string,
  key: string,
  metrics: readonly string[],
  lanes: { value: Lane; row: Lane },
  label: (name: string) => string,
): Analytic {
  return {
    cls,
    key,
    section: 'timeseries',
    alternatives: [metrics],
    declare: () => ({ mode: 'all', empty: 'skip', labels: 0, reducers: [{ kind: 'SUBSAMPLE', ...lanes }] }),
    finish(shares, job) {
      const { nodes, length } = gather(shares, job.nodeCount);
      const devices = (p: Points): Device[] => {
        const labels = p.share.result.labels ?? { ids: [], names: [] };
        const columns = columnsOf(p, [...labels.ids.keys()], length);
        return columns.map((values, i) => ({
          key: String(labels.ids[i]),
          label: label(instanceName(labels, i)),
          values,
        }));
      };
      const hosts = nodes.map(
        (p): HostSeries => ({
          index: p.share.index,
          all: Array.from(p.v.subarray(0, length)),
          devices: () => devices(p),
        }),
      );
      return seriesForm(timesOf(nodes, length), hosts);
    },
  };
}

const numaLabel = (name: string): string => `numa ${name}`;
const minusCache = [{ metric: 0 }, { metric: 1, weight: -1 }, { metric: 2, weight: -1 }];

/** §2.30, GiB */
export const memUsageSeries = levelSeries(
  'MemUsageTimeseries',
  'memused_minus_diskcache',
  ['mem.numa.util.used', 'mem.numa.util.filePages', 'mem.numa.util.slab'],
  { value: { fold: 'sum', rows: minusCache, scale: MIB }, row: { fold: 'each', rows: minusCache, scale: MIB } },
  numaLabel,
);
/** §2.31, GiB */
export const totalMemSeries = levelSeries(
  'TotalMemUsageTimeseries',
  'memused',
  ['mem.numa.util.used'],
  {
    value: { fold: 'sum', rows: [{ metric: 0 }], scale: MIB },
    row: { fold: 'each', rows: [{ metric: 0 }], scale: MIB },
  },
  numaLabel,
);
/** §2.33, percent */
export const gpuSeries = levelSeries(
  'GpuUsageTimeseries',
  'gpu_usage',
  ['nvidia.gpuactive'],
  { value: { fold: 'mean', rows: [{ metric: 0 }] }, row: { fold: 'each', rows: [{ metric: 0 }] } },
  (name) => name,
);

/** CPUs of a node that the series shows, by column; null if the job's list does not fit the node. */
function shownCpus(p: Points, data: JobData): readonly number[] | null {
  const own = data.cpus?.get(p.share.node);
  if (!own) return Array.from({ length: p.width }, (_, i) => i);
  return own.length > 0 && own.every((cpu) => cpu >= 0 && cpu < p.width) ? own : null;
}

/** Milliseconds of CPU time per second that are one percent. */
const MS_PER_PERCENT = 10;

/** §2.29: milliseconds of user time per second / 10 = percent. All columns are kept while reading, since the job's CPUs may
 *  be known only later; which points are kept depends on time alone. */
export const cpuUserSeries: Analytic = {
  cls: 'CpuUserTimeseries',
  key: 'cpuuser',
  section: 'timeseries',
  alternatives: [['kernel.percpu.cpu.user']],
  declare: () => ({
    mode: 'all',
    empty: 'skip',
    labels: 0,
    reducers: [{ kind: 'SUBSAMPLE', row: { fold: 'each', rows: [{ metric: 0 }] } }],
  }),
  finish(shares, job, data) {
    const { nodes, length } = gather(shares, job.nodeCount);
    const shown = nodes.map((p) => shownCpus(p, data));
    if (length < MIN_POINTS || shown.includes(null)) return failure(E.tooShort);
    const hosts = nodes.map((p, n): HostSeries => {
      const restricted = Boolean(data.cpus?.get(p.share.node));
      const cpus = shown[n]!;
      const columns = (): number[][] => columnsOf(p, cpus, length).map((c) => c.map((ms) => ms / MS_PER_PERCENT));
      const devices = (): Device[] => {
        const labels = p.share.result.labels ?? { ids: [], names: [] };
        return columns().map((values, i) => ({
          key: restricted ? String(i) : String(labels.ids[cpus[i]!] ?? cpus[i]),
          label: instanceName(labels, cpus[i]!),
          values: rates(values, p.t),
        }));
      };
      const all = columns();
      const mean = Array.from({ length }, (_, k) => all.reduce((sum, c) => sum + c[k]!, 0) / all.length);
      return { index: p.share.index, all: rates(mean, p.t), devices };
    });
    return seriesForm(timesOf(nodes, length).slice(1), hosts);
  },
};
