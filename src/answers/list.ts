// Owns the list of jobs of a store, of a site, or of files of documents: what is known of each, filtered, latest end first.

import type { Mysql } from '../databases/index.ts';
import { ranOn } from '../document/index.ts';
import { JobsumError, merged } from '../kernel/index.ts';
import type { AccountedJobsOptions, JobQuery, ListedState } from '../ledger/index.ts';
import { accountedJobs, LISTED_STATES } from '../ledger/index.ts';
import type { Summaries } from '../sinks/index.ts';
import { fileDocuments } from '../sinks/index.ts';
import type { KnownJob, ListedJob } from './listed.ts';
import { listedJob } from './listed.ts';

/** Jobs of one place, latest end first, records of one job next to each other. It leaves out jobs of other nodes, and what else it can; the rest is left out here. */
export type Place = AsyncGenerator<KnownJob>;

const endOf = (job: ListedJob): number => job.end ?? 0;

function meets({ states, reasons, user, from, to, since }: JobQuery, job: ListedJob): boolean {
  const end = endOf(job);
  return (
    (!states || states.includes(job.state)) &&
    (!reasons ||
      (job.error !== null && reasons.errors.includes(job.error)) ||
      (job.problem !== null && reasons.codes.includes(job.problem.code))) &&
    (user === undefined || job.user === user) &&
    end >= (from ?? -Infinity) &&
    end <= (to ?? Infinity) &&
    (since === undefined || (job.lastTry ?? -Infinity) >= since)
  );
}

interface Line {
  readonly known: KnownJob;
  readonly job: ListedJob;
}

/** What becomes of a job in one set of outputs, the more of a reason to look at it the further on. */
const GRAVITY: readonly ListedState[] = ['untried', 'done', 'partial', 'waiting', 'failed', 'poison'];

/** A job is one line, though each set of outputs has its own record of it: of those that are asked for, the gravest. */
async function* filtered(place: Place, filter: JobQuery): AsyncGenerator<Line> {
  let line: Line | null = null;
  for await (const known of place) {
    const job = listedJob(known);
    if (!meets(filter, job)) continue;
    if (line?.job.id === job.id && line.job.resource === job.resource) {
      if (GRAVITY.indexOf(job.state) > GRAVITY.indexOf(line.job.state)) line = { known, job };
      continue;
    }
    if (line) yield line;
    line = { known, job };
  }
  if (line) yield line;
}

/** Jobs of all places, latest end first. */
export const latestFirst = (places: readonly Place[], filter: JobQuery): AsyncGenerator<Line> =>
  merged(
    places.map((place) => filtered(place, filter)),
    (a, b) => endOf(a.job) > endOf(b.job),
  );

/** The first so many, and whether there are more. */
export async function listJobs(
  places: readonly Place[],
  filter: JobQuery,
  limit: number,
): Promise<{ readonly jobs: ListedJob[]; readonly more: boolean }> {
  const jobs: ListedJob[] = [];
  for await (const { job } of latestFirst(places, filter)) {
    if (jobs.length >= limit) return { jobs, more: true };
    jobs.push(job);
  }
  return { jobs, more: false };
}

/** Documents of a store or site, latest end first, and whether there are more. */
export async function latestDocuments(
  places: readonly Place[],
  limit: number,
): Promise<{ readonly documents: Record<string, unknown>[]; readonly more: boolean }> {
  const documents: Record<string, unknown>[] = [];
  for await (const { known } of latestFirst(places, {})) {
    if (!known.document) continue;
    if (documents.length >= limit) return { documents, more: true };
    documents.push(known.document);
  }
  return { documents, more: false };
}

/** Documents of a file, one a line. @throws JobsumError E_INPUT_MISSING, E_NO_DOCUMENT, E_IO */
export async function* fileJobs(file: string, { node }: JobQuery): Place {
  const all: KnownJob[] = [];
  for await (const { id, document } of fileDocuments(file)) {
    if (node !== undefined && !ranOn(document, node)) continue;
    const { acct, summarization, coverage, cpu, nodememory, gpu } = document as Record<string, unknown>;
    all.push({ id, ledger: null, document: { _id: id, acct, summarization, coverage, cpu, nodememory, gpu } });
  }
  const end = (job: KnownJob): number => endOf(listedJob(job));
  const sorted = all.map((job) => ({ job, at: end(job) })).sort((a, b) => b.at - a.at);
  for (const { job } of sorted) yield job;
}

/** @throws JobsumError E_USAGE */
export function listedStates(words: readonly string[]): ListedState[] {
  return words.map((word) => {
    const state = LISTED_STATES.find((s) => s === word);
    if (!state)
      throw new JobsumError('E_USAGE', 'no such state of a job', {
        expected: LISTED_STATES.join(', '),
        found: JSON.stringify(word),
      });
    return state;
  });
}

/** Jobs of the warehouse, with their documents. @throws JobsumError E_SCHEMA, E_SERVICE, E_DENIED */
export async function* warehouseJobs(
  warehouse: Mysql,
  { summaries, ...asked }: AccountedJobsOptions & { readonly summaries: Summaries },
): Place {
  for await (const page of accountedJobs(warehouse, asked)) {
    const documents = await summaries.find(page.map((job) => job.id));
    for (const job of page) yield { ...job, document: documents.get(job.id) ?? null };
  }
}
