// Owns IpmiPower: node power and energy from IPMI DCMI (§2.22). Watts and joules.

import { type Analytic, E, EPSILON, failure } from './analytic.ts';
import { reducer } from './collect.ts';
import { stats } from './stats.ts';

/** Least part of nodes × walltime that readings must cover. */
const COVERAGE = 0.9;

export const ipmiPower: Analytic = {
  cls: 'IpmiPower',
  key: 'ipmi',
  section: 'summary',
  alternatives: [['ipmi.dcmi.power']],
  declare: () => {
    const lane = { fold: 'first', rows: [{ metric: 0 }] } as const;
    return {
      mode: 'all',
      empty: 'skip',
      floor: EPSILON,
      reducers: [
        { kind: 'ROLL', lane, skipFirst: true },
        { kind: 'INTEGRATE', lane },
      ],
    };
  },
  finish(shares, job) {
    const mean: number[] = [];
    const max: number[] = [];
    const energy: number[] = [];
    let covered = 0;
    for (const share of shares) {
      const integral = reducer(share, 1, 'INTEGRATE');
      if (integral.records === 0) continue;
      energy.push(integral.total[0]!);
      covered += integral.elapsed;
      const roll = reducer(share, 0, 'ROLL');
      if (roll.count === 0) continue;
      mean.push(roll.mean[0]!);
      max.push(roll.max[0]!);
    }
    const total = energy.reduce((a, b) => a + b, 0);
    if (total < EPSILON) return failure(E.notAvailable);
    if (covered < COVERAGE * job.nodeCount * job.walltime) return failure(E.tooFewPoints);
    if (mean.length === 0) return failure(E.tooFewPoints);
    return { power: { mean: stats(mean), max: stats(max) }, energy: { ...stats(energy), total } };
  },
};
