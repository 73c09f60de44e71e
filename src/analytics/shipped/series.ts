// Owns the plain time-series analytics: rates of sums, and levels with a line per instance (§2.24–2.28, 2.30, 2.31, 2.33).

import type { Lane, UnitsName } from '../../reduce/index.ts';
import { type Analytic, calls, E, failure, trafficUnits, unitsOf } from '../analytic.ts';
import { notePartial, noteTotals, reducer } from '../collect.ts';
import { type HostSeries, seriesForm } from '../envelope.ts';
import { devicesOf, gather, levelOf, MIN_POINTS, rates, timesOf, wasCalled } from '../points.ts';

/** Bytes → MiB, or KiB → GiB. */
const MIB = 1 / 1048576;

/** Rate of the sum of all metrics, by what each device counted while it was there. Records in which a metric is empty are none: a partial sum would make a step.
 *  `others`: alternatives with as many metrics. */
function rateSeries(
  cls: string,
  key: string,
  metrics: readonly string[],
  uneven: 'stop' | 'skip' | 'use',
  others: readonly (readonly string[])[] = [],
): Analytic {
  const value: Lane = { fold: 'total', rows: metrics.map((_, metric) => ({ metric })), scale: MIB };
  const rectangular = uneven === 'use' ? {} : { rectangular: uneven === 'skip' ? ('skip' as const) : true };
  return {
    cls,
    key,
    section: 'timeseries',
    alternatives: [metrics, ...others],
    units: trafficUnits([metrics, ...others].flat()),
    counts: true,
    declare: () => ({
      mode: 'all',
      // Says which devices came or went.
      columns: 'follow',
      ...rectangular,
      // The second counts the records that the first can use.
      reducers: [
        { kind: 'SUBSAMPLE', value },
        { kind: 'ROLL', lane: { ...value, fold: 'count' } },
      ],
    }),
    finish(shares, job, _data, note) {
      const { nodes, length } = gather(shares, job.nodeCount, wasCalled);
      if (nodes.length !== job.nodeCount) return failure(E.notAllNodes);
      if (length < MIN_POINTS) return failure(E.tooShort);
      const hosts = nodes.map((p): HostSeries => {
        if (reducer(p.share, 1, 'ROLL').count < calls(p.share.result))
          note('records in which a metric has no values do not count', p.share.node);
        noteTotals(p.share, note);
        return { index: p.share.index, all: rates(p.v.subarray(0, length), p.t) };
      });
      return seriesForm(timesOf(nodes, length).slice(1), hosts);
    },
  };
}

/** §2.24, GiB/s */
export const blockSeries = rateSeries(
  'BlockTimeseries',
  'block',
  ['disk.dev.read_bytes', 'disk.dev.write_bytes'],
  'stop',
);
/** §2.25, MiB/s, under the key that the viewer knows for any parallel file system */
export const gpfsSeries = rateSeries(
  'GpfsTimeseries',
  'lnet',
  ['gpfs.fsios.read_bytes', 'gpfs.fsios.write_bytes'],
  'use',
);
/** §2.26, MiB/s */
export const lustreSeries = rateSeries(
  'LustreTimeseries',
  'lnet',
  ['lustre.llite.read_bytes.total', 'lustre.llite.write_bytes.total'],
  'use',
);
/** §2.27, MiB/s */
export const infinibandSeries = rateSeries(
  'InfiniBandTimeseries',
  'ib_lnet',
  ['infiniband.port.switch.in.bytes', 'infiniband.port.switch.out.bytes'],
  'use',
  [['infiniband.port.in.bytes', 'infiniband.port.out.bytes']],
);
/** §2.28, MiB/s */
export const nfsSeries = rateSeries(
  'NfsTimeseries',
  'nfs',
  ['read', 'write'].flatMap((way) => ['normal', 'direct', 'server'].map((kind) => `nfsclient.bytes.${way}.${kind}`)),
  'skip',
);

/** Values as they are, with one line per instance. */
function levelSeries(
  cls: string,
  key: string,
  alternatives: readonly (readonly string[])[],
  lanes: { value: Lane; row: Lane },
  label: (name: string) => string,
  units?: UnitsName,
): Analytic {
  return {
    cls,
    key,
    section: 'timeseries',
    alternatives,
    ...(units ? { units: unitsOf(units, alternatives.flat()) } : {}),
    declare: () => ({ mode: 'all', empty: 'skip', columns: 'follow', reducers: [{ kind: 'SUBSAMPLE', ...lanes }] }),
    finish(shares, job, _data, note) {
      const { nodes, length } = gather(shares, job.nodeCount);
      const hosts = nodes.map((p): HostSeries => {
        notePartial(p.share, note);
        return { ...levelOf(p, length), devices: devicesOf(p, length, (values) => values, label) };
      });
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
  [['mem.numa.util.used', 'mem.numa.util.filePages', 'mem.numa.util.slab']],
  { value: { fold: 'sum', rows: minusCache, scale: MIB }, row: { fold: 'each', rows: minusCache, scale: MIB } },
  numaLabel,
  'kbyte',
);
/** §2.31, GiB */
export const totalMemSeries = levelSeries(
  'TotalMemUsageTimeseries',
  'memused',
  [['mem.numa.util.used']],
  {
    value: { fold: 'sum', rows: [{ metric: 0 }], scale: MIB },
    row: { fold: 'each', rows: [{ metric: 0 }], scale: MIB },
  },
  numaLabel,
  'kbyte',
);
/** §2.33, percent */
export const gpuSeries = levelSeries(
  'GpuUsageTimeseries',
  'gpu_usage',
  [['nvidia.gpuactive'], ['amdgpu.gpu.load']],
  { value: { fold: 'mean', rows: [{ metric: 0 }] }, row: { fold: 'each', rows: [{ metric: 0 }] } },
  (name) => name,
);
