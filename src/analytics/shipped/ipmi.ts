// Owns IpmiPower: node power and energy from IPMI DCMI (§2.22), else those of processors and memory from RAPL. Watts and joules.

import { type Analytic, E, EPSILON, failure, type Share } from '../analytic.ts';
import { reducer } from '../collect.ts';
import { stats } from '../stats.ts';
import { RAPL, type RaplEnergy, RESTARTED, raplConsumer, raplEnergy } from './rapl.ts';

/** Least part of nodes × walltime that readings must cover. */
const COVERAGE = 0.9;

export const DCMI = 'ipmi.dcmi.power';
/** Where the power of a node may be, best first. */
export const POWER = {
  alternatives: [[DCMI], ...RAPL.map((name) => [name])],
  units: { [DCMI]: 'watt' },
} as const;

interface Used {
  readonly joules: number;
  readonly seconds: number;
  /** Mean and highest power; null: too few readings. */
  readonly power: readonly [mean: number, max: number] | null;
  readonly notes: readonly string[];
}

/** The highest mean between two stored points; at least that of all the time. */
const peakOf = ({ joules, seconds, watts }: RaplEnergy): number =>
  watts.reduce((peak, w) => Math.max(w, peak), joules / seconds);

const PART = 'power and energy are those of processors and memory (RAPL), not of the whole node';

function usedBy(share: Share): Used | null {
  if (!share.metrics.includes(DCMI)) {
    const used = raplEnergy(share);
    return (
      used && {
        ...used,
        power: [used.joules / used.seconds, peakOf(used)],
        notes: used.restarted ? [PART, RESTARTED] : [PART],
      }
    );
  }
  const integral = reducer(share, 1, 'INTEGRATE');
  if (integral.records === 0) return null;
  const roll = reducer(share, 0, 'ROLL');
  const power = roll.count === 0 ? null : ([roll.mean[0]!, roll.max[0]!] as const);
  return { joules: integral.total[0]!, seconds: integral.elapsed, power, notes: [] };
}

export const ipmiPower: Analytic = {
  cls: 'IpmiPower',
  key: 'ipmi',
  section: 'summary',
  ...POWER,
  declare: (metrics) => {
    if (!metrics.includes(DCMI)) return raplConsumer;
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
  finish(shares, job, _data, note) {
    const mean: number[] = [];
    const max: number[] = [];
    const energy: number[] = [];
    let covered = 0;
    for (const share of shares) {
      const used = usedBy(share);
      if (!used) continue;
      for (const text of used.notes) note(text, share.node);
      energy.push(used.joules);
      covered += used.seconds;
      if (!used.power) continue;
      mean.push(used.power[0]);
      max.push(used.power[1]);
    }
    const total = energy.reduce((a, b) => a + b, 0);
    if (total < EPSILON) return failure(E.notAvailable);
    if (covered < COVERAGE * job.nodeCount * job.walltime) return failure(E.tooFewPoints);
    if (mean.length === 0) return failure(E.tooFewPoints);
    return { power: { mean: stats(mean), max: stats(max) }, energy: { ...stats(energy), total } };
  },
};
