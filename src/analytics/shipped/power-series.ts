// Owns PowerUsageTimeseries: power of nodes over time from IPMI DCMI, else that of processors and memory from RAPL (§2.34). Watts.

import { type Analytic, E, EPSILON, failure } from '../analytic.ts';
import { type HostSeries, seriesForm } from '../envelope.ts';
import { gather, levelOf, MIN_POINTS, type Points, timesOf } from '../points.ts';
import { DCMI, POWER } from './ipmi.ts';
import { RESTARTED, raplConsumer, raplEnergy } from './rapl.ts';

const PART = 'watts are those of processors and memory (RAPL), not of the whole node';

const isCounted = ({ share }: Points): boolean => !share.metrics.includes(DCMI);

/** Readings of nothing are none. What is counted is known between two points, so that there is none at the first one. */
export const powerSeries: Analytic = {
  cls: 'PowerUsageTimeseries',
  key: 'power',
  section: 'timeseries',
  ...POWER,
  declare: (metrics) =>
    metrics.includes(DCMI)
      ? {
          mode: 'all',
          empty: 'skip',
          floor: EPSILON,
          floorSkips: true,
          reducers: [{ kind: 'SUBSAMPLE', value: { fold: 'first', rows: [{ metric: 0 }] } }],
        }
      : raplConsumer,
  finish(shares, job, _data, note) {
    const { nodes, length } = gather(shares, job.nodeCount);
    if (nodes.length !== job.nodeCount) return failure(E.notAllNodes);
    if (length < MIN_POINTS) return failure(E.tooShort);
    const times = timesOf(nodes, length);
    if (!nodes.some(isCounted))
      return seriesForm(
        times,
        nodes.map((p) => levelOf(p, length)),
      );
    const hosts: HostSeries[] = [];
    for (const p of nodes) {
      const { index, node } = p.share;
      if (!isCounted(p)) {
        hosts.push({ index, all: levelOf(p, length).all.slice(1) });
        continue;
      }
      const used = raplEnergy(p.share);
      if (!used) return failure(E.notAvailable);
      note(PART, node);
      if (used.restarted) note(RESTARTED, node);
      hosts.push({ index, all: used.watts.slice(0, length - 1) });
    }
    return seriesForm(times.slice(1), hosts);
  },
};
