// Owns the way from a list of jobs to a stream of job records, whatever its form: what is refused, what is passed over, what is there twice.

import { JobsumError, type Problem, toProblem } from '../kernel/index.ts';
import { Ignored, idOf, Unusable } from './build.ts';
import { type JobFormat, rawRecords } from './forms.ts';
import type { Job, JobRecord, JobSource } from './job.ts';
import { type Chunks, readText } from './lines.ts';
import type { Selection } from './selection.ts';

/** Jobs that are remembered to find those that come twice: some 100 MB, far more than a list has. */
const MAX_REMEMBERED = 1_000_000;
/** Unknown states that are named. */
const MAX_STATES = 100;

/**
 * Jobs of a file (`-`: standard input), in its order.
 * @throws JobsumError E_INPUT_MISSING, E_JOB_SOURCE (the beginning does not show the form)
 */
export function readJobs(
  path: string,
  format?: JobFormat,
  cluster?: string,
  signal?: AbortSignal,
): AsyncGenerator<JobRecord> {
  return parseJobs(readText(path, signal), path, format, cluster);
}

/** Jobs of a text; `file` is its name in messages, `cluster` the one whose jobs are wanted (absent: that of the first job). */
export async function* parseJobs(
  chunks: Chunks,
  file: string,
  format?: JobFormat,
  cluster?: string,
): AsyncGenerator<JobRecord> {
  const clusters = new OneCluster(cluster);
  const states = new Set<string>();
  /** By what they lack: how many, and the first. */
  const unusable = new Map<string, { readonly count: number; readonly line: number; readonly job?: string }>();
  for await (const raw of rawRecords(chunks, file, format)) {
    const { line } = raw;
    if ('note' in raw) {
      yield { kind: 'noted', line, problem: raw.note };
      continue;
    }
    let odd: string | null = null;
    let record: JobRecord;
    try {
      const read = raw.job((state) => {
        if (!states.has(state)) odd = state;
      });
      clusters.check(read);
      record = { kind: 'job', job: read, line };
    } catch (error) {
      if (error instanceof Unusable) {
        const first = unusable.get(error.message) ?? { line, ...jobOf(raw.id), count: 0 };
        unusable.set(error.message, { ...first, count: first.count + 1 });
      }
      if (error instanceof Ignored) record = { kind: 'ignored', reason: error.message, line, ...jobOf(raw.id) };
      else {
        const place = { file, line, ...(raw.record === undefined ? {} : { record: raw.record }), ...jobOf(raw.id) };
        record = { kind: 'rejected', line, problem: { ...toProblem(error), ...place } };
      }
    }
    if (odd !== null && states.size < MAX_STATES) {
      states.add(odd);
      const message = 'a state of jobs that is not known: its jobs are taken for ended';
      yield { kind: 'noted', line, problem: { code: 'E_JOB_NOTE', message, file, line, found: odd } };
    }
    yield record;
  }
  for (const [reason, { count, line, ...job }] of unusable) {
    const message = `jobs that ran cannot be summarized, since their records have ${reason}`;
    yield { kind: 'noted', line, problem: { code: 'E_JOB_NOTE', message, file, line, ...job, found: String(count) } };
  }
}

/** The job that a record is of, by an id that nobody has checked. */
function jobOf(id: unknown): { readonly job?: string } {
  try {
    return { job: idOf(id) };
  } catch {
    return {};
  }
}

/** The same id means another job on another cluster, which is another resource. */
class OneCluster {
  readonly #wanted: string | undefined;
  #first: string | undefined;

  constructor(wanted: string | undefined) {
    this.#wanted = wanted?.toLowerCase();
  }

  /** @throws Ignored, JobsumError E_JOB_LINE */
  check({ jobId, acct }: Job): void {
    const { cluster, resource_manager: manager } = acct;
    if (typeof cluster !== 'string' || manager !== 'slurm') return;
    if (this.#wanted !== undefined && cluster.toLowerCase() !== this.#wanted)
      throw new Ignored(`of cluster ${cluster}`);
    this.#first ??= cluster;
    if (cluster === this.#first) return;
    throw new JobsumError('E_JOB_LINE', 'a job of another cluster, and so of another resource: list each by itself', {
      job: jobId,
      expected: this.#first,
      found: cluster,
    });
  }
}

/** Records in which a job, by its id and end, is there once. That it was there more often is said once, at the end. */
export async function* once(records: AsyncIterable<JobRecord>, file: string): AsyncGenerator<JobRecord> {
  const seen = new Set<string>();
  let twice = 0;
  let first: { job: string; line: number } | null = null;
  for await (const record of records) {
    const key = record.kind === 'job' ? `${record.job.jobId} ${record.job.end}` : null;
    if (key !== null && seen.has(key)) {
      twice++;
      if (record.kind === 'job') first ??= { job: record.job.jobId, line: record.line };
      yield { kind: 'ignored', reason: 'listed before', line: record.line };
      continue;
    }
    if (seen.size >= MAX_REMEMBERED) seen.clear();
    if (key !== null) seen.add(key);
    yield record;
  }
  if (!first) return;
  const message = 'jobs that are listed again with the same id and end are one job';
  const problem: Problem = { code: 'E_JOB_NOTE', message, ...first, file, found: String(twice) };
  yield { kind: 'noted', line: first.line, problem };
}

/** Jobs of a file as a source. */
export class FileSource implements JobSource {
  readonly #path: string;
  readonly #format: JobFormat | undefined;
  readonly #cluster: string | undefined;

  constructor(path: string, format?: JobFormat, cluster?: string) {
    this.#path = path;
    this.#format = format;
    this.#cluster = cluster;
  }

  records(signal?: AbortSignal): AsyncIterable<JobRecord> {
    return once(readJobs(this.#path, this.#format, this.#cluster, signal), this.#path);
  }
}

export type JobFilter = Pick<Selection, 'ids' | 'from' | 'to'>;

export function selects(filter: JobFilter, job: Job): boolean {
  if (job.end < (filter.from ?? -Infinity) || job.end > (filter.to ?? Infinity)) return false;
  if (!filter.ids || filter.ids.length === 0) return true;
  const names = namesOf(job);
  return filter.ids.some((id) => names.includes(id));
}

/** What a job may be asked for by: its id, raw or shown, that of its array, of its element, of its part. */
export function namesOf({ jobId, acct }: Job): string[] {
  const { local_job_id: local, local_job_array_index: index, local_job_id_raw: raw } = acct;
  return [jobId, String(local), String(raw), `${local}_${index}`, `${local}[${index}]`];
}
