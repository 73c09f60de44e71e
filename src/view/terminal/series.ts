// Owns small charts of the time series, in both of their forms.

import { num, part } from '../../document/index.ts';
import { clean } from '../../kernel/clean.ts';
import { sparkline, table } from './text.ts';

const TITLES: Readonly<Record<string, string>> = {
  cpuuser: 'CPU user %',
  memused: 'memory GiB',
  memused_minus_diskcache: 'memory without cache GiB',
  gpu_usage: 'GPU %',
  ib_lnet: 'InfiniBand MiB/s',
  block: 'local disks GiB/s',
  lnet: 'parallel file system MiB/s',
  nfs: 'NFS MiB/s',
};
const MAX_HOSTS = 8;

const numbers = (value: unknown): number[] =>
  Array.isArray(value) ? value.map((x) => (typeof x === 'number' ? x : Number.NaN)) : [];

const short = (x: number): string => (Math.abs(x) >= 100 ? x.toFixed(0) : x.toFixed(2));

export function seriesLines(doc: unknown, width: number): string[] {
  const series = part(doc, 'timeseries');
  if (!series) return [];
  const names = part(series, 'hosts') ?? {};
  const lines: string[] = [];
  for (const key of Object.keys(series)) {
    const one = part(series, key);
    if (!one || num(series, key) !== null || !Array.isArray(one.times)) continue;
    const chartWidth = Math.max(20, width - 50);
    const rows: string[][] = [];
    const add = (label: string, values: number[]): void => {
      const finite = values.filter(Number.isFinite);
      if (finite.length === 0) return;
      rows.push([
        clean(label),
        sparkline(values, chartWidth),
        `${short(Math.min(...finite))} … ${short(Math.max(...finite))}`,
      ]);
    };
    if (Array.isArray(one.max)) {
      // The envelope of many nodes: [value, node] pairs.
      for (const form of ['max', 'med', 'min']) {
        const list = Array.isArray(one[form]) ? (one[form] as unknown[]) : [];
        add(form, numbers(list.map((pair) => (Array.isArray(pair) ? pair[0] : null))));
      }
    } else {
      for (const [index, host] of Object.entries(part(one, 'hosts') ?? {}).slice(0, MAX_HOSTS)) {
        add(String(names[index] ?? index), numbers(part(host)?.all));
      }
    }
    if (rows.length > 0)
      lines.push(Object.hasOwn(TITLES, key) ? TITLES[key]! : clean(key), ...table(rows).map((line) => `  ${line}`));
  }
  return lines;
}
