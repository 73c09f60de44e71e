// Owns the series of hardware counters: instructions, memory bandwidth, power of ARM cores (§2.35–2.38).

import type { LaneRow } from '../../reduce/index.ts';
import { type Analytic, E, failure, type Share } from '../analytic.ts';
import { notePartial, reducer } from '../collect.ts';
import { type HostSeries, seriesForm } from '../envelope.ts';
import {
  allColumns,
  changing,
  columnsOf,
  devicesOf,
  foldRates,
  gather,
  MIN_POINTS,
  rates,
  timesOf,
  wasCalled,
} from '../points.ts';
import { counters, MEMORY_TRAFFIC } from './perf-counters.ts';
import { remembered } from './perf-event.ts';

const fell = (s: Share): number | null => (s.result.stop?.reason === 'decrease' ? E.restarted : null);

interface CounterSeries {
  readonly cls: string;
  readonly key: string;
  readonly alternatives: readonly (readonly string[])[];
  readonly rows: (metrics: readonly string[]) => readonly LaneRow[];
  readonly scale: number;
  /** What must not decrease. */
  readonly monotonic: 'value' | 'each';
  readonly minPoints: number;
}

function counterSeries(o: CounterSeries): Analytic {
  return {
    cls: o.cls,
    key: o.key,
    section: 'timeseries',
    alternatives: o.alternatives,
    counts: true,
    declare(metrics) {
      const rows = o.rows(metrics);
      const { scale, monotonic } = o;
      return {
        mode: 'all',
        empty: 'skip',
        columns: 'follow',
        reducers: [
          { kind: 'SUBSAMPLE', value: { fold: 'total', rows, scale }, row: { fold: 'each', rows, scale }, monotonic },
        ],
      };
    },
    finish(shares, job, data, note) {
      const error = remembered(shares, data, fell);
      if (error !== null) return failure(error);
      const { nodes, length } = gather(shares, job.nodeCount);
      if (length < o.minPoints) return failure(E.tooShort);
      const hosts = nodes.map((p): HostSeries => {
        notePartial(p.share, note);
        const devices = devicesOf(p, length, (values) => rates(values, p.t));
        const all = changing(p.share)
          ? foldRates(
              columnsOf(p, allColumns(p), length).map((c) => rates(c, p.t)),
              false,
            )
          : rates(p.v.subarray(0, length), p.t);
        return { index: p.share.index, all, devices };
      });
      return seriesForm(timesOf(nodes, length).slice(1), hosts);
    },
  };
}

const plain = (metrics: readonly string[]): LaneRow[] => metrics.map((_, metric) => ({ metric }));

/** Operations of an instruction on Sandy Bridge: 256-bit packed, scalar, 128-bit packed, x87. As in CpuPerfCounters. */
const SNB_WEIGHTS = [4, 1, 2, 1];

/** §2.35, per second. The reference asks for the first counter twice and weighs 5, 2, 1, 0. */
export const simdSeries = counterSeries({
  cls: 'SimdInsTimeseries',
  key: 'simdins',
  alternatives: [
    [
      ...['SIMD_FP_256_PACKED_DOUBLE', 'FP_COMP_OPS_EXE_SSE_SCALAR_DOUBLE'],
      ...['FP_COMP_OPS_EXE_SSE_FP_PACKED_DOUBLE', 'FP_COMP_OPS_EXE_X87'],
    ],
    ['FP_COMP_OPS_EXE_SSE_FP'],
    ['RETIRED_SSE_OPS_ALL'],
  ].map(counters),
  rows: (metrics) =>
    metrics.length === 1 ? plain(metrics) : SNB_WEIGHTS.map((weight, metric) => ({ metric, weight })),
  scale: 1,
  monotonic: 'each',
  minPoints: MIN_POINTS,
});

/** §2.36, per second */
export const sveSeries = counterSeries({
  cls: 'SveTimeseries',
  key: 'sveins',
  alternatives: [counters(['arm_a64fx__SVE_INST_RETIRED'])],
  rows: plain,
  scale: 1,
  monotonic: 'each',
  minPoints: MIN_POINTS,
});

/** Cache lines → GiB. */
const GIB_PER_LINE = 64 / 1073741824;

/** §2.37, GiB/s; each device has its own share, not the node's total as in the reference. */
export const memBandwidthSeries = counterSeries({
  cls: 'MemBwTimeseries',
  key: 'membw',
  alternatives: MEMORY_TRAFFIC,
  rows: plain,
  scale: GIB_PER_LINE,
  monotonic: 'value',
  minPoints: 0,
});

/** Core memory groups of an A64FX: the counters of the L2 cache and of memory are those of each group's first core. */
const GROUP = { step: 12, count: 4 };
/** Nanojoules of an event, and what counts it. */
const PARTS = [
  { label: 'cpu', weight: 8.04 },
  { label: 'l2', weight: 32.8, pick: GROUP },
  { label: 'mem', weight: 271.0, pick: GROUP },
];
const NJ = 1e-9;

/** §2.38, watts */
export const armPowerSeries: Analytic = {
  cls: 'ArmPowerUsageTimeseries',
  key: 'corepower',
  section: 'timeseries',
  alternatives: [counters(['EA_CORE', 'EA_L2', 'EA_MEMORY'].map((n) => `arm_a64fx__${n}`))],
  counts: true,
  declare() {
    // Every series names all metrics, if only with no weight: so that they store the same points.
    const of = (own: number | null): LaneRow[] =>
      PARTS.map(({ weight, pick }, metric) => ({
        metric,
        weight: own === null || own === metric ? weight : 0,
        ...(pick ? { pick } : {}),
      }));
    const series = (own: number | null) =>
      ({ kind: 'SUBSAMPLE', value: { fold: 'sum', rows: of(own), scale: NJ } }) as const;
    return { mode: 'all', empty: 'skip', reducers: [series(null), ...PARTS.map((_, m) => series(m))] };
  },
  finish(shares, job, data) {
    const error = remembered(shares, data, () => null);
    if (error !== null) return failure(error);
    const { nodes, length } = gather(shares, job.nodeCount, wasCalled);
    if (nodes.length !== job.nodeCount) return failure(E.notAllNodes);
    if (length < 2) return failure(E.tooShort);
    const hosts = nodes.map(
      (p): HostSeries => ({
        index: p.share.index,
        all: rates(p.v.subarray(0, length), p.t),
        devices: () =>
          PARTS.map(({ label }, m) => ({
            key: String(m),
            label,
            values: rates(reducer(p.share, m + 1, 'SUBSAMPLE').v.subarray(0, length), p.t),
          })),
      }),
    );
    return seriesForm(timesOf(nodes, length).slice(1), hosts);
  },
};
