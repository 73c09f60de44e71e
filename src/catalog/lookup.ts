// Owns which archives of a node serve a job, and the job's window on that node (pipeline.md §6.1).

import { basename, normalize } from 'node:path';
import type { Job } from '../jobs/index.ts';
import { NS, nsOf, type Problem } from '../kernel/index.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { type ArchiveJob, archiveWord, isOfJob, parseArchiveJob } from './names.ts';

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

const integer = (value: unknown): number => (/^-?\d{1,15}$/.test(String(value)) ? Number(value) : -1);

/** A job as names of archives call it. Where accounting has no numbers apart its id tells: `500_3`, `500[3].server`, `7.server`. */
export function archiveJobOf({ acct, jobId }: Job): ArchiveJob {
  const shown = String(acct.local_job_id ?? jobId);
  const element = /^(\d+)[_[](\d+)\]?(?:\.|$)/.exec(shown);
  return {
    raw: integer(acct.local_job_id_raw ?? jobId.split('.')[0]),
    local: integer(element?.[1] ?? shown.split('.')[0]),
    index: integer(acct.local_job_array_index ?? element?.[2] ?? -1),
  };
}

const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

/** The one of these times that is nearest to that of accounting, of equally near ones the last; all too far from it: accounting's. */
function nearest(times: readonly bigint[], to: bigint): bigint {
  let best = to + TOLERANCE_NS;
  let found = to;
  for (const t of times) {
    if (distance(t, to) > distance(best, to)) continue;
    best = t;
    found = t;
  }
  return found;
}

/**
 * The window narrowed or widened to the job's own begin and end archives, each at most 30 s. Of several the nearest counts: another run of the
 * same id may be as near as that. So may the only one there is; that it is another run's shows where the window would begin after its end.
 */
export function adjustWindow(job: Job, archives: readonly CatalogEntry[]): { startNs: bigint; endNs: bigint } {
  const of = archiveJobOf(job);
  const times = (word: 'begin' | 'end', time: (archive: CatalogEntry) => bigint): bigint[] =>
    archives.flatMap((archive) => {
      const name = basename(archive.base);
      const whose = parseArchiveJob(name);
      return whose && isOfJob(whose, of) && archiveWord(name) === word ? [time(archive)] : [];
    });
  const accounted = { startNs: nsOf(job.start), endNs: nsOf(job.end) + NS };
  const begin = times('begin', (a) => floorSecond(a.startNs));
  const end = times('end', (a) => ceilSecond(a.endNs));
  const startNs = nearest(begin, accounted.startNs);
  const endNs = nearest(end, accounted.endNs);
  const moved = distance(startNs, accounted.startNs) - distance(endNs, accounted.endNs);
  const nearer = moved > 0n ? { ...accounted, endNs } : { ...accounted, startNs };
  return [{ startNs, endNs }, nearer].find((w) => w.startNs <= w.endNs) ?? accounted;
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
