// Owns a whole run: catalogue, jobs in batches, sinks, ledger. Document first, ledger row after it is durable.

import { CATALOG_SCHEMA, Catalog } from '../archives/index.ts';
import { limits, MAX_VOLUME_BYTES, probeArchive } from '../decode/index.ts';
import { type Document, documentId, MIN_NODE_FRACTION } from '../document/index.ts';
import { type Job, readJobs, selects } from '../jobs/index.ts';
import { ERRORS, JobsumError, newRunId, type Problem, toProblem } from '../kernel/index.ts';
import {
  keepAlive,
  LEASE_SCHEMA,
  LEDGER_SCHEMA,
  type Lease,
  type Ledger,
  type LedgerEntry,
  RUNS_SCHEMA,
  Runs,
  StoreLeases,
  StoreLedger,
} from '../ledger/index.ts';
import {
  DOCUMENT_SCHEMA,
  FileSink,
  parseSink,
  type Sink,
  type SinkName,
  SqliteSink,
  StreamSink,
} from '../sinks/index.ts';
import { Store } from '../store/index.ts';
import { loadAnalytics, type RunAnalytics } from './analytics.ts';
import { type BatchContext, runBatch } from './batch.ts';
import { type Logger, problemFields } from './logger.ts';
import { MAX_PROBLEMS, type RunOptions, type RunSummary } from './options.ts';
import type { JobOutcome } from './outcome.ts';
import { Pool } from './pool.ts';
import type { Progress } from './progress.ts';

/** Windows (job × node) per batch: bounds the results held in memory. */
const BATCH_WINDOWS = 2000;
/** Documents per write: one transaction, one sync. */
const WRITE_DOCUMENTS = 100;
/** Jobs looked up in the ledger at a time. */
const LOOKUP_JOBS = 500;
/** Job errors that late archives may mend (reference/summary-document.md §3); the others are of the job itself. */
const MISSING_DATA = new Set([8, 15, 16, 17]);
const DEFAULT_STORE = 'jobsum.db';

export const SCHEMAS = [CATALOG_SCHEMA, DOCUMENT_SCHEMA, LEDGER_SCHEMA, LEASE_SCHEMA, RUNS_SCHEMA];

/** The constant text of each event. */
const MESSAGES = {
  'job.rejected': 'a line of the list of jobs was not used',
  'job.problem': 'something was wrong with data of the job',
  'archive.unreadable': 'the archive cannot be used',
  'analytic.unusable': 'an analytic of the site cannot be used',
} as const;

export interface RunIo {
  readonly log: Logger;
  readonly progress: Progress;
  readonly stdout: NodeJS.WritableStream;
}

function openSinks(
  names: readonly SinkName[],
  store: Store,
  stdout: NodeJS.WritableStream,
): { sinks: Sink[]; stores: Store[] } {
  const stores: Store[] = [];
  const sinks = names.map((name): Sink => {
    if (name.kind === 'ndjson') return name.path === '-' ? new StreamSink(stdout) : new FileSink(name.path);
    if (name.path === store.path) return new SqliteSink(store);
    const other = new Store(name.path, SCHEMAS);
    stores.push(other);
    return new SqliteSink(other);
  });
  return { sinks, stores };
}

/** One run from jobs to documents. @throws JobsumError for what stops it as a whole: usage, store, job list */
export async function summarize(options: RunOptions, io: RunIo): Promise<RunSummary> {
  const id = options.run ?? newRunId();
  limits.maxVolumeBytes = options.maxVolumeBytes ?? MAX_VOLUME_BYTES;
  const names = options.outputs.map(parseSink);
  const store = new Store(names.find((n) => n.kind === 'sqlite')?.path ?? DEFAULT_STORE, SCHEMAS);
  let recorded: ReturnType<Runs['begin']> | null = null;
  let lease: Lease | null = null;
  let stopBeating = (): void => undefined;
  let pool: Pool | null = null;
  let opened: { sinks: Sink[]; stores: Store[] } = { sinks: [], stores: [] };
  try {
    lease = await new StoreLeases(store).take('run');
    stopBeating = keepAlive(lease, (lost) => io.log.warn('lease.lost', lost.message, problemFields(lost.toProblem())));
    recorded = new Runs(store).begin(id, 'summarize');
    opened = openSinks(names, store, io.stdout);
    pool = new Pool(options.workers);
    const ledger = new StoreLedger(store, { sinks: ledgerScope(names), run: id, lease });
    const { analytics, problems: broken } = await loadAnalytics(options);
    const run = new Run({ ...options, run: id }, io, store, opened.sinks, pool, ledger, analytics);
    const summary = await run.execute(broken);
    const { problems: _, ...counts } = summary;
    recorded(summary.exitCode, counts);
    return summary;
  } catch (error) {
    const problem = toProblem(error);
    recorded?.(ERRORS[problem.code].exit, {}, problem);
    throw error;
  } finally {
    await pool?.close();
    for (const sink of opened.sinks) await sink.close();
    for (const other of opened.stores) other.close();
    stopBeating();
    await lease?.release();
    store.close();
  }
}

const emptySummary = (run: string): RunSummary => ({
  run,
  jobs: { done: 0, skipped: 0, failed: 0, known: 0, unselected: 0 },
  lines: { rejected: 0, ignored: 0 },
  archives: { found: 0, opened: 0, unreadable: 0 },
  nodeArchives: 0,
  bytes: 0,
  seconds: 0,
  interrupted: false,
  problems: [],
  exitCode: 0,
});

/** Standard output keeps nothing: what went there is not done. */
function ledgerScope(names: readonly SinkName[]): string {
  const kept = names.map((n) => `${n.kind}:${n.path}`).filter((n) => n !== 'ndjson:-');
  return kept.sort().join(' ');
}

class Run {
  readonly #options: RunOptions;
  readonly #io: RunIo;
  readonly #sinks: readonly Sink[];
  readonly #ledger: Ledger;
  readonly #context: BatchContext;
  readonly #catalog: Catalog;
  readonly #summary: RunSummary;
  /** Read from the source, not yet looked up in the ledger. */
  #candidates: Job[] = [];
  #jobs: Job[] = [];
  #windows = 0;
  #documents: Document[] = [];
  #entries: LedgerEntry[] = [];

  constructor(
    options: RunOptions,
    io: RunIo,
    store: Store,
    sinks: readonly Sink[],
    pool: Pool,
    ledger: Ledger,
    analytics: RunAnalytics,
  ) {
    this.#options = options;
    this.#summary = emptySummary(options.run ?? '');
    this.#io = io;
    this.#sinks = sinks;
    this.#ledger = ledger;
    this.#catalog = new Catalog(store, options.archives, probeArchive);
    this.#context = {
      catalog: this.#catalog,
      pool,
      workers: options.workers,
      minNodeFraction: options.minNodeFraction ?? MIN_NODE_FRACTION,
      normalization: options.normalization ?? {},
      analytics,
      signal: options.signal,
      onTask: (archives, bytes) => {
        this.#summary.nodeArchives += archives;
        this.#summary.bytes += bytes;
        this.#report();
      },
    };
  }

  #report(): void {
    const { jobs, nodeArchives, bytes } = this.#summary;
    this.#io.progress.update({ jobs: jobs.done + jobs.skipped + jobs.failed, nodeArchives, bytes });
  }

  #problem(problem: Problem, event: keyof typeof MESSAGES): void {
    const { problems } = this.#summary;
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
    this.#io.log.warn(event, MESSAGES[event], problemFields(problem));
  }

  /** `broken`: analytics of the site that cannot be used. */
  async execute(broken: readonly Problem[]): Promise<RunSummary> {
    const began = performance.now();
    const s = this.#summary;
    for (const problem of broken) this.#problem(problem, 'analytic.unusable');
    this.#scan();
    const { signal } = this.#options;
    for await (const record of readJobs(this.#options.jobs, this.#options.format)) {
      if (signal?.aborted) break;
      if (record.kind === 'rejected') {
        s.lines.rejected++;
        this.#problem(record.problem, 'job.rejected');
      } else if (record.kind === 'ignored') s.lines.ignored++;
      else if (!selects(this.#options.filter ?? {}, record.job)) s.jobs.unselected++;
      else {
        this.#candidates.push(record.job);
        if (this.#candidates.length >= LOOKUP_JOBS) await this.#take();
      }
    }
    await this.#take();
    await this.#batch();
    await this.#flush();
    s.seconds = (performance.now() - began) / 1000;
    s.interrupted = signal?.aborted ?? false;
    // A rejected line, a job without data, a broken analytic: worth a look, not a failure of the run.
    if (s.interrupted) s.exitCode = 143;
    else if (s.lines.rejected > 0 || s.jobs.failed > 0 || s.jobs.skipped > 0 || broken.length > 0) s.exitCode = 1;
    return s;
  }

  #scan(): void {
    const scan = this.#catalog.refresh();
    if (scan.archives === 0) {
      throw new JobsumError('E_INPUT_MISSING', 'no archives below this directory', { file: this.#options.archives });
    }
    Object.assign(this.#summary.archives, {
      found: scan.archives,
      opened: scan.opened,
      unreadable: scan.problems.length,
    });
    for (const problem of scan.problems) this.#problem(problem, 'archive.unreadable');
  }

  /** Candidates that are not settled join the batch; a full batch is run. */
  async #take(): Promise<void> {
    const candidates = this.#candidates;
    this.#candidates = [];
    const keys = candidates.map((job) => ({ id: documentId(job) }));
    const settled = this.#options.again ? new Map<string, never>() : await this.#ledger.settled(keys);
    for (const [i, job] of candidates.entries()) {
      if (settled.has(keys[i]!.id)) {
        this.#summary.jobs.known++;
        continue;
      }
      this.#jobs.push(job);
      this.#windows += job.nodes.length;
      this.#io.progress.expect(1);
      if (this.#windows >= BATCH_WINDOWS) await this.#batch();
    }
  }

  async #batch(): Promise<void> {
    const jobs = this.#jobs;
    this.#jobs = [];
    this.#windows = 0;
    if (jobs.length === 0 || this.#options.signal?.aborted) return;
    for await (const outcome of runBatch(this.#context, jobs)) {
      this.#count(outcome);
      this.#documents.push(outcome.document);
      this.#entries.push(this.#entry(outcome));
      if (this.#documents.length >= WRITE_DOCUMENTS) await this.#flush();
    }
  }

  #count(outcome: JobOutcome): void {
    const { jobs } = this.#summary;
    if (outcome.failure) jobs.failed++;
    else if (outcome.skip) jobs.skipped++;
    else jobs.done++;
    for (const problem of outcome.problems) this.#problem({ ...problem, job: outcome.job.jobId }, 'job.problem');
    this.#report();
  }

  #entry({ job, document, skip, failure, seconds }: JobOutcome): LedgerEntry {
    const entry = { id: document._id, ended: job.end, seconds };
    if (failure) return { ...entry, result: 'failed', problem: failure };
    if (!skip) return { ...entry, result: 'done' };
    return { ...entry, result: MISSING_DATA.has(skip.error) ? 'missing' : 'done', error: skip.error };
  }

  async #flush(): Promise<void> {
    if (this.#documents.length === 0) return;
    for (const sink of this.#sinks) await sink.write(this.#documents);
    await this.#ledger.record(this.#entries);
    this.#documents = [];
    this.#entries = [];
  }
}
