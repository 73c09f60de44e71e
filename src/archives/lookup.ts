// Owns which archives of a node serve a job, and the job's window on that node (pipeline.md §6.1).

import { basename, normalize } from 'node:path';
import type { Job } from '../jobs/index.ts';
import { NS, nsOf, type Problem } from '../kernel/index.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import type { ArchiveJob } from './names.ts';

/** Begin and end archives further from the job's times than this belong to another run with the same id. */
const TOLERANCE_NS = 30n * NS;

export interface NodeWindow {
  readonly archives: readonly CatalogEntry[];
  /** Of archives that may have data of the job there and cannot be read. */
  readonly damaged: readonly { readonly base: string; readonly problem: Problem }[];
  readonly startNs: bigint;
  /** Inclusive; accounting's end has a resolution of one second, hence + 1 s. */
  readonly endNs: bigint;
}

const floorSecond = (ns: bigint): bigint => (ns / NS) * NS;
const ceilSecond = (ns: bigint): bigint => ((ns + NS - 1n) / NS) * NS;
const near = (a: bigint, b: bigint): boolean => (a > b ? a - b : b - a) <= TOLERANCE_NS;

/** The window narrowed or widened to the job's own begin and end archives, each at most 30 s; the last match wins. */
export function adjustWindow(job: Job, archives: readonly CatalogEntry[]): { startNs: bigint; endNs: bigint } {
  const jobStart = nsOf(job.start);
  const jobEnd = nsOf(job.end) + NS;
  let startNs = jobStart;
  let endNs = jobEnd;
  for (const archive of archives) {
    const name = basename(archive.base);
    if (name.startsWith(`job-${job.jobId}-begin`)) {
      const t = floorSecond(archive.startNs);
      if (near(t, jobStart)) startNs = t;
    } else if (name.startsWith(`job-${job.jobId}-end`)) {
      const t = ceilSecond(archive.endNs);
      if (near(t, jobEnd)) endNs = t;
    }
  }
  return { startNs, endNs };
}

const integer = (value: unknown): number => (/^-?\d{1,15}$/.test(String(value)) ? Number(value) : -1);

/** A job as names of archives call it. */
export function archiveJobOf({ acct, jobId }: Job): ArchiveJob {
  return {
    raw: integer(acct.local_job_id_raw ?? jobId),
    local: integer(acct.local_job_id ?? jobId),
    index: integer(acct.local_job_array_index ?? -1),
  };
}

/** Archives and window of one node of a job; no archives: the node has no data. */
export function lookupNode(catalog: Catalog, job: Job, node: string): NodeWindow {
  const given = job.archives && Object.hasOwn(job.archives, node) ? job.archives[node] : undefined;
  const span = [nsOf(job.start), nsOf(job.end) + NS] as const;
  if (given) {
    const archives: CatalogEntry[] = [];
    const damaged: { base: string; problem: Problem }[] = [];
    for (const base of given.map((path) => normalize(path))) {
      const found = catalog.byBase(base);
      if ('code' in found) damaged.push({ base, problem: found });
      else archives.push(found);
    }
    return { archives, damaged, ...adjustWindow(job, archives) };
  }
  const archiveJob = archiveJobOf(job);
  const archives = [...catalog.overlapping(node, ...span), ...catalog.ofJob(node, archiveJob)];
  const window = adjustWindow(job, archives);
  // Behind the look-up, which opens what was entered by its name.
  return { archives, damaged: catalog.touching({ node, job: archiveJob, ...window }), ...window };
}
