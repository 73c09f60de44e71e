// Owns LoadAvg: the one-minute load average, per node and per core (§2.16).

import { type Analytic, E, failure } from '../analytic.ts';
import { reducer } from '../collect.ts';
import { stats } from '../stats.ts';

export const loadAvg: Analytic = {
  cls: 'LoadAvg',
  key: 'load1',
  section: 'summary',
  alternatives: [['kernel.all.load']],
  declare: () => ({
    mode: 'all',
    empty: 'skip',
    reducers: [{ kind: 'ROLL', lane: { fold: 'first', rows: [{ metric: 0 }] }, skipFirst: true }],
  }),
  finish(shares, _job, data) {
    const mean: number[] = [];
    const max: number[] = [];
    const meanPerCore: number[] = [];
    const maxPerCore: number[] = [];
    for (const share of shares) {
      const roll = reducer(share, 0, 'ROLL');
      if (roll.count === 0) continue;
      mean.push(roll.mean[0]!);
      max.push(roll.max[0]!);
      const cores = data.cores.get(share.node);
      if (cores === undefined) continue;
      meanPerCore.push(roll.mean[0]! / cores);
      maxPerCore.push(roll.max[0]! / cores);
    }
    if (mean.length === 0) return failure(E.tooFewPoints);
    return {
      mean: stats(mean),
      max: stats(max),
      ...(meanPerCore.length > 0 ? { meanpercore: stats(meanPerCore), maxpercore: stats(maxPerCore) } : {}),
    };
  },
};
