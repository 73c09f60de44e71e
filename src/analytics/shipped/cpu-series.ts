// Owns CpuUserTimeseries: user time of the job's CPUs, or of all (§2.29).

import { type Analytic, E, failure, type JobData } from '../analytic.ts';
import { notePartial } from '../collect.ts';
import { type Device, type HostSeries, seriesForm } from '../envelope.ts';
import { instanceName, numberKeys } from '../keys.ts';
import {
  allColumns,
  changing,
  columnsOf,
  foldRates,
  gather,
  MIN_POINTS,
  type Points,
  rates,
  timesOf,
} from '../points.ts';
import { placesOfCpus } from './cpu-list.ts';

/** Columns of a node that the series shows: those of the job's CPUs; null if one of these is not there. */
function shownColumns(p: Points, data: JobData): readonly number[] | null {
  const own = data.cpus?.get(p.share.node);
  if (!own) return allColumns(p);
  const columns = placesOfCpus(p.share.result.labels ?? { ids: [], names: [] }, own);
  return columns.length > 0 && !columns.includes(-1) ? columns : null;
}

/** Milliseconds of CPU time per second that are one percent. */
const MS_PER_PERCENT = 10;

/** Milliseconds of user time per second / 10 = percent. All columns are kept while reading, since the job's CPUs may
 *  be known only later; which points are kept depends on time alone. */
export const cpuUserSeries: Analytic = {
  cls: 'CpuUserTimeseries',
  key: 'cpuuser',
  section: 'timeseries',
  alternatives: [['kernel.percpu.cpu.user']],
  units: { 'kernel.percpu.cpu.user': 'millisecond' },
  counts: true,
  declare: () => ({
    mode: 'all',
    empty: 'skip',
    columns: 'follow',
    reducers: [{ kind: 'SUBSAMPLE', row: { fold: 'each', rows: [{ metric: 0 }] } }],
  }),
  finish(shares, job, data, note) {
    const { nodes, length } = gather(shares, job.nodeCount);
    const shown = nodes.map((p) => shownColumns(p, data));
    if (length < MIN_POINTS || shown.includes(null)) return failure(E.tooShort);
    const hosts = nodes.map((p, n): HostSeries => {
      notePartial(p.share, note);
      const restricted = Boolean(data.cpus?.get(p.share.node));
      const cpus = shown[n]!;
      const columns = (): number[][] => columnsOf(p, cpus, length).map((c) => c.map((ms) => ms / MS_PER_PERCENT));
      const devices = (): Device[] => {
        const labels = p.share.result.labels ?? { ids: [], names: [] };
        const keys = numberKeys(labels.ids);
        return columns().map((values, i) => ({
          key: restricted ? String(i) : (keys[cpus[i]!] ?? String(cpus[i])),
          label: instanceName(labels, cpus[i]!),
          values: rates(values, p.t),
        }));
      };
      const list = columns();
      if (changing(p.share)) {
        const each = list.map((c) => rates(c, p.t));
        return { index: p.share.index, all: foldRates(each, true), devices };
      }
      const mean = Array.from({ length }, (_, k) => list.reduce((sum, c) => sum + c[k]!, 0) / list.length);
      return { index: p.share.index, all: rates(mean, p.t), devices };
    });
    return seriesForm(timesOf(nodes, length).slice(1), hosts);
  },
};
