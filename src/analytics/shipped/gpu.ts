// Owns GpuUsage, GpuPower and GpuEnergy: activity, memory, power and energy of each GPU (§2.20, 2.21).

import { type Analytic, E, failure, type Preprocessor } from '../analytic.ts';
import { energyStats, notePartial, reducer, Table } from '../collect.ts';
import { distinct } from '../keys.ts';
import { stats } from '../stats.ts';

const STATS = ['gpuactive', 'memused', 'memactive'];
/** Watts a unit: the first is what sites patched in, the second is in PCP's own agent since 5.3, the last in that for AMD's. */
const WATTS: Readonly<Record<string, number>> = {
  'nvidia.powerused': 1e-3,
  'nvidia.power': 1e-3,
  'amdgpu.gpu.average_power': 1e-6,
};
/** Joules a unit of `nvidia.energy`. */
const MILLIJOULE = 1e-3;

export const gpuUsage: Analytic = {
  cls: 'GpuUsage',
  key: 'gpu',
  section: 'summary',
  // Percent and bytes from both agents.
  alternatives: [
    ['nvidia.gpuactive', 'nvidia.memused'],
    ['amdgpu.gpu.load', 'amdgpu.memory.used'],
  ],
  optional: ['nvidia.memactive'],
  units: { 'nvidia.memused': 'byte', 'amdgpu.memory.used': 'byte' },
  declare: (metrics) => ({
    mode: 'all',
    empty: 'stop',
    columns: 'follow',
    reducers: metrics.map((_, metric) => ({ kind: 'ROLL', lane: { fold: 'each', rows: [{ metric }] } })),
  }),
  finish(shares, _job, _data, note) {
    const table = new Table();
    for (const share of shares) {
      const devices = distinct(share.result.labels ?? { ids: [], names: [] });
      notePartial(share, note);
      share.metrics.forEach((_, m) => {
        const roll = reducer(share, m, 'ROLL');
        roll.mean.forEach((mean, i) => {
          if (roll.counts?.[i] === 0) return;
          table.add(share.node, devices[i]!, STATS[m]!, mean);
          table.add(share.node, devices[i]!, `${STATS[m]}max`, roll.max[i]!);
        });
      });
    }
    // A word, unlike all other errors (KEEP).
    return table.empty ? failure('no data') : table.toObject(note);
  },
};

/**
 * Leaves what the GPUs' own counters say they used. Not a part of GpuPower's consumer: cards before Volta have no such counter, and the
 * agent's error in its place would stop a consumer that reads power with it.
 */
export const gpuEnergy: Preprocessor = {
  cls: 'GpuEnergy',
  alternatives: [['nvidia.energy']],
  declare: () => ({ mode: 'firstlast', reducers: [{ kind: 'FIRSTLAST' }] }),
  finish(shares, _job, data) {
    for (const share of shares) {
      const fl = reducer(share, 0, 'FIRSTLAST');
      if (fl.calls < 2 || fl.first.kind !== 'ok' || fl.last.kind !== 'ok') continue;
      const devices = distinct(fl.instances[0]!);
      const joules = new Map(Array.from(fl.delta[0]!, (delta, i) => [devices[i]!, delta * MILLIJOULE]));
      data.gpuEnergy.set(share.node, joules);
    }
    return { document: {} };
  },
};

/** Most by which a counter may differ from the integral of the readings. */
const BELIEVED = 2;

/**
 * The GPU's own counter knows what happened between samples; the integral of readings, one in half a minute, does not. A counter that
 * began again meanwhile (driver, reset of the card), or is of a part of the time only, is far off the integral, which then counts.
 */
const energyOf = (counted: number | undefined, integral: number): number =>
  counted !== undefined && counted * BELIEVED >= integral && counted <= integral * BELIEVED ? counted : integral;

export const gpuPower: Analytic = {
  cls: 'GpuPower',
  key: 'gpupower',
  section: 'summary',
  alternatives: Object.keys(WATTS).map((name) => [name]),
  units: { 'nvidia.powerused': 'milliwatt', 'nvidia.power': 'milliwatt', 'amdgpu.gpu.average_power': 'microwatt' },
  declare: ([name]) => {
    const lane = { fold: 'each', rows: [{ metric: 0 }], scale: WATTS[name!]! } as const;
    return {
      mode: 'all',
      columns: 'follow',
      reducers: [
        { kind: 'ROLL', lane, skipFirst: true },
        { kind: 'INTEGRATE', lane },
      ],
    };
  },
  finish(shares, _job, data, note) {
    const table = new Table();
    for (const share of shares) {
      const roll = reducer(share, 0, 'ROLL');
      const labels = share.result.labels;
      if (roll.count === 0 || !labels) continue;
      const devices = distinct(labels);
      notePartial(share, note);
      const energy = reducer(share, 1, 'INTEGRATE').total;
      roll.mean.forEach((mean, i) => {
        if (roll.counts?.[i] === 0) return;
        const device = devices[i]!;
        const counted = data.gpuEnergy.get(share.node)?.get(device);
        table.add(share.node, device, 'mean', mean);
        table.add(share.node, device, 'max', roll.max[i]!);
        table.add(share.node, device, 'energy', energyOf(counted, energy[i]!));
      });
    }
    if (table.empty) return failure(E.tooFewPoints);
    const lists = table.toObject(note, {
      reduce: (values, column) => (column === 'energy' ? energyStats(values) : stats(values)),
    });
    return Object.fromEntries(
      Object.entries(lists).map(([device, s]) => [device, { power: { mean: s.mean, max: s.max }, energy: s.energy }]),
    );
  },
};
