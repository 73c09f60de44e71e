// Owns the terminal report of one job: document in, lines out.

import { devices, num, part, type Spread, shownId, spread, stateOf } from '../../document/index.ts';
import { clean } from '../../kernel/clean.ts';
import {
  bytes,
  compressHosts,
  count,
  counted,
  energy,
  formatDuration,
  formatSeconds,
  percent,
} from '../../kernel/index.ts';
import { qualityLines } from './quality.ts';
import { seriesLines } from './series.ts';
import { bar, table } from './text.ts';

export interface ReportOptions {
  /** Columns. */
  readonly width: number;
  readonly color: boolean;
  readonly series: boolean;
}

const KIB = 1024;
const MAX_COMMANDS = 8;
const MAX_DEVICES = 8;

type Section = readonly [title: string, lines: readonly string[]];

function headLines(doc: unknown): string[] {
  const acct = part(doc, 'acct') ?? {};
  const hosts = Array.isArray(acct.host_list) ? compressHosts(acct.host_list.map(String)) : '';
  const start = num(acct, 'start_time');
  const end = num(acct, 'end_time');
  const rows: string[][] = [];
  const add = (name: string, value: unknown): void => {
    if (value !== null && value !== undefined && value !== '') rows.push([name, clean(value)]);
  };
  add('user', [acct.user, acct.account].filter(Boolean).join(' / '));
  add('name', acct.jobname);
  add('partition', acct.partition);
  add('nodes', [acct.nodes, hosts].filter((x) => x !== undefined && x !== '').join('  '));
  add('cores', [acct.ncpus, num(acct, 'gpus') ? `${acct.gpus} GPUs` : ''].filter(Boolean).join(', '));
  if (start !== null && end !== null) {
    add('ran', `${formatSeconds(start)} to ${formatSeconds(end)} UTC, ${formatDuration(end - start)}`);
  }
  add('state', acct.exit_status);
  add('data', stateOf(doc));
  return table(rows).map((line) => `  ${line}`);
}

function range(s: Spread, show: (x: number) => string): string {
  return s.cnt > 1 && s.max !== s.min ? `${show(s.avg)}  (${show(s.min)} … ${show(s.max)})` : show(s.avg);
}

function cpuLines(doc: unknown): string[] {
  const own = part(doc, 'cpu', 'jobcpus');
  const shown = own ?? part(doc, 'cpu', 'nodecpus');
  if (!shown) return [];
  const rows = ['user', 'system', 'iowait', 'nice', 'idle'].flatMap((mode) => {
    const s = spread(shown, mode);
    return s ? [[mode, bar(s.avg), percent(s.avg), s.cnt > 1 ? `${percent(s.min)} … ${percent(s.max)}` : '']] : [];
  });
  const cores = num(shown, 'all', 'cnt');
  const busy = num(part(doc, 'cpu', 'effcpus'), 'all');
  const notes = [`${cores ?? '?'} CPUs${own ? ' of the job' : " of its nodes (the job's own are not known)"}`];
  if (busy !== null && own) notes.push(`${busy} busy`);
  return [...table(rows, [2]), notes.join(', ')];
}

/** From the job's control group: on nodes that jobs share, the other figures are those of all of them. */
function groupLines(doc: unknown): string[] {
  const rows: string[][] = [];
  const cores = spread(doc, 'process_cpu', 'cores');
  const seconds = num(doc, 'process_cpu', 'seconds', 'total');
  if (cores) rows.push(['cores in use', range(cores, (x) => x.toFixed(2)), 'per node, mean']);
  if (seconds !== null) rows.push(['CPU time', formatDuration(seconds), 'in all']);
  const add = (name: string, s: Spread | null, unit: string): void => {
    if (s) rows.push([name, range(s, bytes), unit]);
  };
  add('memory', spread(doc, 'process_memory', 'usage', 'avg'), 'per node, mean');
  add('peak', spread(doc, 'process_memory', 'usage', 'max'), 'per node');
  add('limit', spread(doc, 'process_memory', 'limit'), 'per node');
  return table(rows);
}

function memoryLines(doc: unknown): string[] {
  const rows: string[][] = [];
  const add = (name: string, s: Spread | null, unit: string): void => {
    if (s) rows.push([name, range(s, (x) => bytes(x * KIB)), unit]);
  };
  add('used', spread(doc, 'nodememory', 'used'), 'per node, mean');
  add('peak', spread(doc, 'nodememory', 'maxused'), 'per node');
  add('without cache', spread(doc, 'nodememory', 'used_minus_cache'), 'per node, mean');
  add('installed', spread(doc, 'nodememory', 'physmem'), 'per node');
  add('used', spread(doc, 'memory', 'used'), 'per core');
  add('without cache', spread(doc, 'memory', 'used_minus_cache'), 'per core');
  return table(rows);
}

function loadLines(doc: unknown): string[] {
  const rows = (['mean', 'max', 'meanpercore', 'maxpercore'] as const).flatMap((key) => {
    const s = spread(doc, 'load1', key);
    return s ? [[key.replace('percore', ' per core'), range(s, (x) => x.toFixed(2))]] : [];
  });
  return table(rows);
}

function gpuLines(doc: unknown): string[] {
  const power = new Map(devices(doc, 'gpupower'));
  const rows = devices(doc, 'gpu').map(([name, d]) => {
    const active = spread(d, 'gpuactive')?.avg ?? 0;
    const memory = spread(d, 'memused');
    const peak = spread(d, 'memusedmax');
    const watts = spread(power.get(name), 'power', 'mean');
    return [
      clean(name),
      bar(active / 100),
      `${active.toFixed(1)} %`,
      memory ? `${bytes(memory.avg)}${peak ? `, peak ${bytes(peak.max)}` : ''}` : '',
      watts ? `${watts.avg.toFixed(0)} W` : '',
    ];
  });
  return table(rows, [2]);
}

/** Devices with traffic first; `fields` are short metric names with their unit in bytes (0: a count). */
function deviceLines(doc: unknown, key: string, fields: readonly (readonly [string, number, string])[]): string[] {
  const list = devices(doc, key).map(([name, d]) => {
    const values = fields.map(([field]) => spread(d, field)?.avg ?? 0);
    return { name, values, total: values.reduce((a, b) => a + b, 0) };
  });
  const used = list.filter((d) => d.total > 0).sort((a, b) => b.total - a.total);
  if (list.length === 0) return [];
  const rows = used
    .slice(0, MAX_DEVICES)
    .map((d) => [
      clean(d.name),
      ...fields.map(([, unit, label], i) => `${label} ${unit ? bytes(d.values[i]! * unit) : count(d.values[i]!)}`),
    ]);
  const quiet = list.length - Math.min(used.length, MAX_DEVICES);
  return [...table(rows), ...(quiet > 0 ? [`${counted(quiet, 'other')} with less or no traffic`] : [])];
}

function powerLines(doc: unknown): string[] {
  const mean = spread(doc, 'ipmi', 'power', 'mean');
  if (!mean) return [];
  const total = num(doc, 'ipmi', 'energy', 'total');
  return [`${range(mean, (x) => `${x.toFixed(0)} W`)} per node${total !== null ? `, ${energy(total)} in all` : ''}`];
}

function processLines(doc: unknown): string[] {
  const dump = part(doc, 'procDump');
  const lines: string[] = [];
  for (const [key, label] of [
    ['constrained', "in the job's cgroup"],
    ['unconstrained', "the user's others"],
  ] as const) {
    const list = Array.isArray(dump?.[key]) ? dump[key] : [];
    if (list.length === 0) continue;
    lines.push(`${label}:`);
    for (const command of list.slice(0, MAX_COMMANDS)) lines.push(`  ${clean(command)}`);
    if (list.length > MAX_COMMANDS) lines.push(`  … and ${list.length - MAX_COMMANDS} more`);
  }
  return lines;
}

/** The first lines: what the reader came for. */
function verdictLines(doc: unknown): string[] {
  const rows: string[][] = [];
  const cpu = spread(doc, 'cpu', 'jobcpus', 'user') ?? spread(doc, 'cpu', 'nodecpus', 'user');
  if (cpu)
    rows.push([
      'CPU',
      bar(cpu.avg),
      `${percent(cpu.avg)} in user mode`,
      cpu.cov > 0.5 ? 'very uneven over the CPUs' : '',
    ]);
  const peak = spread(doc, 'nodememory', 'maxused');
  const installed = spread(doc, 'nodememory', 'physmem');
  if (peak && installed) {
    const share = peak.max / installed.avg;
    rows.push([
      'memory',
      bar(share),
      `peak ${bytes(peak.max * KIB)} of ${bytes(installed.avg * KIB)}`,
      share > 0.95 ? 'nearly full' : '',
    ]);
  }
  const gpus = devices(doc, 'gpu').flatMap(([, d]) => spread(d, 'gpuactive')?.avg ?? []);
  if (gpus.length > 0) {
    const mean = gpus.reduce((a, b) => a + b, 0) / gpus.length;
    rows.push(['GPU', bar(mean / 100), `${mean.toFixed(1)} % active on ${counted(gpus.length, 'device')}`, '']);
  }
  return table(rows).map((line) => `  ${line}`);
}

/** The report as lines without line ends. `doc` is any summary document, `timeseries` inside or not. */
export function reportLines(doc: unknown, options: ReportOptions): string[] {
  const bold = (s: string): string => (options.color ? `\u001b[1m${s}\u001b[0m` : s);
  const sections: Section[] = [
    ['CPU', cpuLines(doc)],
    ["The job's control group", groupLines(doc)],
    ['Memory', memoryLines(doc)],
    ['Load average', loadLines(doc)],
    ['GPU', gpuLines(doc)],
    [
      'Local disks',
      deviceLines(doc, 'block', [
        ['read_bytes', KIB, 'read'],
        ['write_bytes', KIB, 'written'],
      ]),
    ],
    [
      'NFS',
      deviceLines(doc, 'nfs', [
        ['read-normal', 1, 'read'],
        ['write-normal', 1, 'written'],
      ]),
    ],
    [
      'GPFS',
      deviceLines(doc, 'gpfs', [
        ['read_bytes', 1, 'read'],
        ['write_bytes', 1, 'written'],
      ]),
    ],
    [
      'Lustre',
      deviceLines(doc, 'lustre', [
        ['read_bytes-total', 1, 'read'],
        ['write_bytes-total', 1, 'written'],
      ]),
    ],
    [
      'Network',
      deviceLines(doc, 'network', [
        ['in-bytes', 1, 'in'],
        ['out-bytes', 1, 'out'],
      ]),
    ],
    [
      'InfiniBand',
      deviceLines(doc, 'infiniband', [
        ['switch-in-bytes', 1, 'in'],
        ['switch-out-bytes', 1, 'out'],
      ]),
    ],
    ['Power', powerLines(doc)],
    ['Processes', processLines(doc)],
    ['Time series', options.series ? seriesLines(doc, options.width) : []],
    ['Data', qualityLines(doc)],
  ];
  const verdict = verdictLines(doc);
  const lines = [
    bold(`Job ${shownId(part(doc, 'acct') ?? {})}`),
    ...headLines(doc),
    ...(verdict.length > 0 ? ['', ...verdict] : []),
  ];
  for (const [title, body] of sections) {
    if (body.length > 0) lines.push('', bold(title), ...body.map((line) => `  ${line}`));
  }
  const cut = (line: string): string =>
    line.length > options.width && !line.includes('\u001b') ? `${line.slice(0, options.width - 1)}…` : line;
  return lines.map(cut);
}
