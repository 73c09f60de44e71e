// Owns generated clusters: a tree of node archives (layout A) and the matching `sacct -P` listing.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Resident, writeNode } from './node.ts';
import { seeded } from './random.ts';

export interface ClusterOptions {
  readonly root: string;
  readonly jobs: number;
  readonly nodes: number;
  readonly hours: number;
  /** Seconds between samples. */
  readonly interval: number;
  readonly cpus?: number;
  readonly seed?: string;
}

/** 2026-03-02T00:00:00Z, a Monday. */
export const EPOCH = 1_772_409_600;
const HEADER =
  'JobID|JobIDRaw|Cluster|Partition|QOS|Account|Group|GID|User|UID|Submit|Eligible|Start|End|Elapsed|ExitCode|State|NNodes|NCPUS|ReqCPUS|ReqMem|ReqTRES|AllocTRES|Timelimit|NodeList|JobName';

/** sacct's time without zone: UTC here. */
export const sacctTime = (t: number): string => new Date(t * 1000).toISOString().slice(0, 19);

/** Directory of layout A and archive name of a node's day. */
export function archiveBase(root: string, host: string, t: number): string {
  const iso = new Date(t * 1000).toISOString();
  const day = iso.slice(0, 10);
  const directory = join(root, iso.slice(0, 4), iso.slice(5, 7), host, day);
  mkdirSync(directory, { recursive: true });
  return join(directory, `${day.replaceAll('-', '')}.${iso.slice(11, 13)}.${iso.slice(14, 16)}`);
}

export interface Allocation {
  readonly resident: Resident;
  readonly nodes: readonly string[];
}

export function sacctLine({ resident: r, nodes }: Allocation, cpusPerNode: number): string {
  const ncpus = r.cpus.length * nodes.length;
  const tres = `billing=${ncpus},cpu=${ncpus},node=${nodes.length}`;
  const times = [r.start - 60, r.start - 60, r.start, r.end].map(sacctTime);
  const elapsed = sacctTime(r.end - r.start).slice(11);
  const partition = r.cpus.length === cpusPerNode ? 'whole' : 'shared';
  return [
    ...[r.jobId, r.jobId, 'example', partition, 'normal', 'project1', 'users', '100', r.user, r.uid, ...times, elapsed],
    ...['0:0', 'COMPLETED', nodes.length, ncpus, ncpus, '4G', tres, tres, '02:00:00', nodes.join(','), r.command],
  ].join('|');
}

export interface Cluster {
  /** Path of the listing. */
  readonly jobs: string;
  /** Root of the tree. */
  readonly archives: string;
  readonly bytes: number;
  readonly allocations: readonly Allocation[];
}

/** Jobs of one or two nodes, one after the other on each pair of nodes; every node's archive covers all hours. */
export function writeCluster(o: ClusterOptions): Cluster {
  const random = seeded(o.seed ?? 'cluster');
  const cpus = o.cpus ?? 4;
  const hosts = Array.from({ length: o.nodes }, (_, i) => `cpn-${String(i + 1).padStart(3, '0')}`);
  const span = o.hours * 3600;
  const perNode = Math.ceil(o.jobs / o.nodes);
  const slot = Math.floor(span / perNode);
  const allocations: Allocation[] = [];
  for (let j = 0; j < o.jobs; j++) {
    const node = j % o.nodes;
    const start = EPOCH + Math.floor(j / o.nodes) * slot + Math.floor(random() * slot * 0.1);
    const end = start + Math.floor(slot * (0.5 + 0.35 * random()));
    const wide = random() < 0.3 && o.nodes > 1;
    const nodes = wide ? [hosts[node]!, hosts[(node + 1) % o.nodes]!] : [hosts[node]!];
    const uid = 1000 + (j % 7);
    const resident: Resident = {
      ...{ jobId: String(5000 + j), uid, user: `user${j % 7}`, start, end, command: `solver${j % 5}` },
      ...{ cpus: Array.from({ length: cpus }, (_, i) => i), load: 0.3 + 0.65 * random() },
    };
    allocations.push({ resident, nodes });
  }
  const archives = join(o.root, 'archives');
  let bytes = 0;
  for (const host of hosts) {
    const written = writeNode({
      ...{ base: archiveBase(archives, host, EPOCH), host, version: 3, seed: o.seed ?? 'cluster', core: true },
      ...{ start: EPOCH, interval: o.interval, samples: Math.floor(span / o.interval) + 1, cpus },
      residents: allocations.filter((a) => a.nodes.includes(host)).map((a) => a.resident),
    });
    bytes += written.bytes;
  }
  const jobs = join(o.root, 'jobs.sacct');
  writeFileSync(jobs, `${[HEADER, ...allocations.map((a) => sacctLine(a, cpus))].join('\n')}\n`);
  return { jobs, archives, bytes, allocations };
}

export { HEADER as SACCT_HEADER };
