// Owns jobs that are large in one way: of thousands of nodes, whose archives are one file under as many names, or of many days.

import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveBase, EPOCH } from './cluster.ts';
import { type Resident, writeNode } from './node.ts';

export interface LargeJob {
  /** Arguments for `jobsum summarize`. */
  readonly args: readonly string[];
  /** Of all archives, as they are read. */
  readonly bytes: number;
}

const JOB_ID = '9000';

function resident(cpus: number, seconds: number): Resident {
  const times = { start: EPOCH, end: EPOCH + seconds };
  const all = Array.from({ length: cpus }, (_, i) => i);
  return { jobId: JOB_ID, uid: 1000, user: 'user0', ...times, cpus: all, command: 'solver', load: 0.8 };
}

function jobFile(root: string, nodes: readonly string[], seconds: number): string[] {
  const acct = { user: 'user0', uid: 1000, resource_manager: 'slurm', local_job_id_raw: Number(JOB_ID) };
  const job = { job_id: JOB_ID, start: EPOCH, end: EPOCH + seconds, nodes, acct };
  writeFileSync(join(root, 'jobs.ndjson'), `${JSON.stringify(job)}\n`);
  return ['summarize', '--jobs', join(root, 'jobs.ndjson'), '--archives', join(root, 'archives'), '--again'];
}

/** Different archives in a wide job: of every series that many nodes can be the least, the most or the middle at some time. */
const VARIANTS = 24;

/**
 * A job on all CPUs of many nodes. A few archives are generated and linked under the nodes' names: the layout
 * `HOST/YYYY/MM/DD` takes the host from the path.
 */
export function wideJob(root: string, nodes: number, cpus: number, samples: number, interval = 30): LargeJob {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const seconds = (samples - 1) * interval;
  const bases = Array.from({ length: Math.min(nodes, VARIANTS) }, (_, i) => join(root, `node${i}`));
  const sizes = bases.map(
    (base, i) =>
      writeNode({
        ...{ base, host: 'wide-0001', version: 3, seed: `wide${i}`, start: EPOCH, interval, samples, cpus, gpus: 4 },
        ...{ core: true, perf: true, residents: [resident(cpus, seconds)] },
      }).bytes,
  );
  const names = Array.from({ length: nodes }, (_, i) => `wide-${String(i + 1).padStart(4, '0')}`);
  const day = new Date(EPOCH * 1000).toISOString().slice(0, 10).split('-');
  let bytes = 0;
  for (const [i, name] of names.entries()) {
    bytes += sizes[i % bases.length]!;
    const directory = join(root, 'archives', name, ...day);
    mkdirSync(directory, { recursive: true });
    for (const member of ['meta', 'index', '0'])
      linkSync(`${bases[i % bases.length]}.${member}`, join(directory, `node.${member}`));
  }
  return { args: jobFile(root, names, seconds), bytes };
}

/** A job on one node with an archive a day, for this many days (or a part of one). */
export function longJob(root: string, days: number, cpus: number, interval = 30): LargeJob {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const seconds = Math.round(days * 86_400);
  const host = 'long-0001';
  let total = 0;
  for (let start = EPOCH; start < EPOCH + seconds; start += 86_400) {
    const samples = Math.ceil(Math.min(86_400, EPOCH + seconds - start) / interval);
    const { bytes } = writeNode({
      ...{ base: archiveBase(join(root, 'archives'), host, start), host, version: 3, seed: `long${start}` },
      ...{ start, interval, samples, cpus, gpus: 1, core: true, perf: true, residents: [resident(cpus, seconds)] },
    });
    total += bytes;
  }
  return { args: jobFile(root, [host], seconds), bytes: total };
}
