// Owns writing the archive of one generated node: its hardware, the jobs on it, and a value for every metric and sample.

import {
  type ArchiveOptions,
  ArchiveWriter,
  type Datum,
  type InstanceSpec,
  type WrittenSet,
} from '../../src/write/index.ts';
import { type Definition, type Domain, definitions, INDOMS, indomOf } from './catalogue.ts';
import { type Random, seeded } from './random.ts';

/** A job's share of the node. */
export interface Resident {
  readonly jobId: string;
  readonly uid: number;
  readonly user: string;
  /** Epoch seconds. */
  readonly start: number;
  readonly end: number;
  readonly cpus: readonly number[];
  readonly command: string;
  /** 0…1: how busy its CPUs and GPUs are. */
  readonly load: number;
}

export interface NodeOptions {
  readonly base: string;
  readonly host: string;
  readonly version: ArchiveOptions['version'];
  readonly seed: string;
  /** Epoch seconds of the first sample. */
  readonly start: number;
  /** Seconds between samples. */
  readonly interval: number;
  /** Samples to write; whichever of the two limits comes first ends the archive. */
  readonly samples?: number;
  readonly bytes?: number;
  readonly cpus: number;
  readonly gpus?: number;
  readonly disks?: number;
  readonly interfaces?: number;
  /** Without it the node has no InfiniBand port and no Lustre. */
  readonly fabric?: boolean;
  /** Only the metrics that analytics read. */
  readonly core?: boolean;
  /** Hardware counters. */
  readonly perf?: boolean;
  readonly residents?: readonly Resident[];
}

export interface Written {
  readonly records: number;
  readonly values: number;
  /** Of the data volume. */
  readonly bytes: number;
  /** Epoch seconds of the last sample. */
  readonly end: number;
}

const NS = 1_000_000_000n;
/** hotproc and cgroup metrics come as a record of their own, as one more logging group does. */
const PROCESS_LAG = NS / 20n;

interface Series {
  readonly d: Definition;
  readonly set: { pmid: number; type: Definition['type']; ids: number[]; values: Datum[] };
}

const list = (n: number, name: (i: number) => string): InstanceSpec[] =>
  Array.from({ length: n }, (_, i) => ({ id: i, name: name(i) }));

function fixedInstances(o: NodeOptions): Map<Domain, InstanceSpec[]> {
  const minutes = [1, 5, 15].map((id) => ({ id, name: `${id} minute` }));
  const fabric = o.fabric ?? true;
  return new Map<Domain, InstanceSpec[]>([
    [null, [{ id: -1, name: '' }]],
    ['cpu', list(o.cpus, (i) => `cpu${i}`)],
    ['event', list(o.core ? 0 : o.cpus, (i) => `cpu${i}`)],
    ['load', minutes],
    ['numa', list(2, (i) => `node${i}`)],
    ['disk', list(o.disks ?? 2, (i) => `sd${String.fromCharCode(97 + i)}`)],
    ['net', list(o.interfaces ?? 2, (i) => (i === 0 ? 'lo' : `eth${i - 1}`))],
    ['nfs', list(1, () => '/home')],
    ['ib', list(fabric ? 1 : 0, (i) => `mlx5_${i}:1`)],
    ['lustre', list(fabric ? 1 : 0, () => 'scratch')],
    ['gpu', list(o.gpus ?? 0, (i) => `gpu${i}`)],
  ]);
}

const cpusetOf = (r: Resident): string => `/slurm/uid_${r.uid}/job_${r.jobId}`;

/** Kernel notation of CPU numbers: 0-3,8. */
function cpuText(cpus: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < cpus.length; ) {
    let j = i;
    while (cpus[j + 1] === cpus[j]! + 1) j++;
    parts.push(i === j ? `${cpus[i]}` : `${cpus[i]}-${cpus[j]}`);
    i = j + 1;
  }
  return parts.join(',');
}

class Generator {
  readonly #o: NodeOptions;
  readonly #random: Random;
  readonly #writer: ArchiveWriter;
  readonly #fixed: readonly Series[];
  readonly #residents: readonly Resident[];
  readonly #text: readonly Series[];
  #present = '';
  #values = 0;
  #records = 0;

  constructor(o: NodeOptions) {
    this.#o = o;
    this.#random = seeded(`${o.seed}/${o.host}`);
    this.#residents = o.residents ?? [];
    const startNs = BigInt(o.start) * NS;
    this.#writer = new ArchiveWriter(o.base, { version: o.version, host: o.host, startNs });
    const instances = fixedInstances(o);
    const changing = new Set<Domain>(['process', 'cgroup']);
    const present = definitions(o.core ?? false, o.perf).filter((d) =>
      changing.has(d.domain) ? this.#residents.length > 0 : instances.get(d.domain)!.length > 0,
    );
    for (const d of present) {
      const { name, pmid, type, semantics, units } = d;
      this.#writer.metric({ name, pmid, type, indom: indomOf(d.domain), semantics, units });
    }
    for (const [domain, members] of instances) {
      if (domain !== null && members.length > 0) this.#writer.indom(INDOMS[domain], startNs, members);
    }
    const series = present.map((d): Series => {
      const members = instances.get(d.domain) ?? [];
      const values = members.map(() =>
        d.model === 'counter' || d.model === 'cpu' ? Math.floor(this.#random() * 1e9) : d.hi,
      );
      return { d, set: { pmid: d.pmid, type: d.type, ids: members.map((m) => m.id), values } };
    });
    this.#fixed = series.filter((s) => !changing.has(s.d.domain));
    this.#text = series.filter((s) => changing.has(s.d.domain));
  }

  /** Business of a CPU at a time. */
  #load(cpu: number, t: number): number {
    const r = this.#residents.find((x) => x.start <= t && t <= x.end && x.cpus.includes(cpu));
    return r ? r.load : 0.02;
  }

  #step(s: Series, t: number, dt: number, load: number): void {
    const { d } = s;
    const v = s.set.values as number[];
    const n = v.length;
    switch (d.model) {
      case 'counter':
        for (let i = 0; i < n; i++)
          v[i] = v[i]! + Math.floor((d.lo + this.#random() * (d.hi - d.lo)) * (0.1 + load) * dt);
        return;
      case 'gauge':
        for (let i = 0; i < n; i++) v[i] = d.lo + Math.floor(this.#random() * (d.hi - d.lo));
        return;
      case 'busy':
        for (let i = 0; i < n; i++) v[i] = d.lo + Math.floor((d.hi - d.lo) * load * (0.85 + 0.15 * this.#random()));
        return;
      case 'const':
        if (d.name === 'hinv.ncpu') v[0] = this.#o.cpus;
        return;
      case 'cpu': {
        const state = d.name.slice('kernel.percpu.cpu.'.length);
        for (let i = 0; i < n; i++) {
          const share = this.#load(i, t);
          const part =
            { user: 0.94 * share, sys: 0.04 * share, idle: 1 - share, 'wait.total': 0.01 * share }[state] ??
            0.002 * share;
          v[i] = v[i]! + Math.floor(part * 1000 * dt * (0.98 + 0.02 * this.#random()));
        }
      }
    }
  }

  /** Processes and cgroups of the jobs that run at this time; a new instance domain when they change. */
  #processes(t: number, ns: bigint): void {
    if (this.#text.length === 0) return;
    const here = this.#residents.filter((r) => r.start <= t && t <= r.end);
    const numbered = here.flatMap((r) =>
      r.cpus.map((_, i) => ({ r, pid: 2000 + 40 * this.#residents.indexOf(r) + i })),
    );
    const present = here.map((r) => r.jobId).join(' ');
    if (present !== this.#present) {
      this.#present = present;
      if (here.length > 0) {
        this.#writer.indom(
          INDOMS.cgroup,
          ns,
          here.map((r) => ({ id: this.#residents.indexOf(r), name: cpusetOf(r) })),
        );
        this.#writer.indom(
          INDOMS.process,
          ns,
          numbered.map(({ r, pid }) => ({ id: pid, name: `${String(pid).padStart(6, '0')} ${r.command}` })),
        );
      }
    }
    const sets = this.#text.map(({ d, set }): WrittenSet => {
      if (d.domain === 'cgroup') {
        return { ...set, ids: here.map((r) => this.#residents.indexOf(r)), values: here.map((r) => cpuText(r.cpus)) };
      }
      const field = (r: Resident): Datum => {
        if (d.name.endsWith('cpusallowed')) return cpuText(r.cpus);
        if (d.name.endsWith('uid_nm')) return r.user;
        if (d.name.endsWith('cgroups')) return `cpuset:${cpusetOf(r)}/step_0;memory:${cpusetOf(r)}`;
        return d.lo + Math.floor(this.#random() * (d.hi - d.lo));
      };
      return { ...set, ids: numbered.map((p) => p.pid), values: numbered.map((p) => field(p.r)) };
    });
    this.#record(ns, sets);
  }

  #record(ns: bigint, sets: readonly WrittenSet[]): void {
    this.#writer.record(ns, sets);
    this.#records++;
    for (const s of sets) this.#values += s.ids.length;
  }

  run(): Written {
    const { start, interval, samples = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY, cpus } = this.#o;
    const sets = this.#fixed.map((s) => s.set);
    let i = 0;
    for (; i < samples && this.#writer.volumeBytes < bytes; i++) {
      const t = start + i * interval;
      // A little late, as a logger is.
      const ns = BigInt(t) * NS + BigInt(Math.floor(this.#random() * 1000)) * 1_000_000n;
      let load = 0;
      for (let c = 0; c < cpus; c++) load += this.#load(c, t) / cpus;
      for (const s of this.#fixed) this.#step(s, t, i === 0 ? 0 : interval, load);
      this.#record(ns, sets);
      this.#processes(t, ns + PROCESS_LAG);
    }
    const size = this.#writer.volumeBytes;
    this.#writer.close();
    return { records: this.#records, values: this.#values, bytes: size, end: start + (i - 1) * interval };
  }
}

/** Writes the archive; the same options give the same bytes. */
export function writeNode(options: NodeOptions): Written {
  if (options.samples === undefined && options.bytes === undefined)
    throw new RangeError('samples or bytes must be given');
  return new Generator(options).run();
}
