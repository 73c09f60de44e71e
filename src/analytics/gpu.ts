// Owns GpuUsage and GpuPower: activity, memory, power and energy of each GPU (§2.20, 2.21).

import { type Analytic, E, failure } from './analytic.ts';
import { energyStats, notePartial, reducer, Table } from './collect.ts';
import { distinct } from './keys.ts';
import { stats } from './stats.ts';

const STATS = ['gpuactive', 'memused', 'memactive'];
const MILLIWATT = 1e-3;

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

export const gpuPower: Analytic = {
  cls: 'GpuPower',
  key: 'gpupower',
  section: 'summary',
  // The first is what sites patched in; the second is in PCP's own agent since 5.3. Milliwatts both.
  alternatives: [['nvidia.powerused'], ['nvidia.power']],
  declare: () => {
    const lane = { fold: 'each', rows: [{ metric: 0 }], scale: MILLIWATT } as const;
    return {
      mode: 'all',
      columns: 'follow',
      reducers: [
        { kind: 'ROLL', lane, skipFirst: true },
        { kind: 'INTEGRATE', lane },
      ],
    };
  },
  finish(shares, _job, _data, note) {
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
        table.add(share.node, devices[i]!, 'mean', mean);
        table.add(share.node, devices[i]!, 'max', roll.max[i]!);
        table.add(share.node, devices[i]!, 'energy', energy[i]!);
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
