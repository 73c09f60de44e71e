// Owns HardwareInventory: cores of each node (preprocessors.md §2).

import type { Preprocessor } from '../analytic.ts';
import { reducer } from '../collect.ts';
import { stats } from '../stats.ts';

export const hardwareInventory: Preprocessor = {
  cls: 'HardwareInventory',
  alternatives: [['kernel.percpu.cpu.user'], ['hinv.ncpu']],
  // Per CPU: as many values as cores. Otherwise the value itself.
  declare: (metrics) => ({
    mode: 'all',
    raw: true,
    reducers: [
      { kind: 'LATCH', lane: { fold: metrics[0] === 'hinv.ncpu' ? 'first' : 'count', rows: [{ metric: 0 }] } },
    ],
  }),
  finish(shares, _job, data) {
    const cores: number[] = [];
    for (const share of shares) {
      const value = reducer(share, 0, 'LATCH').value;
      if (value === null) continue;
      data.cores.set(share.node, value);
      cores.push(value);
    }
    return { document: { cores: stats(cores) } };
  },
};
