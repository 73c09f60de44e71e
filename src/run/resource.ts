// Owns the way of one resource's jobs through a run: source, ledger, batches, sinks. Document first, ledger row after it is durable.

import type { PluginLists } from '../analytics/index.ts';
import { type Catalog, fingerprint } from '../catalog/index.ts';
import { bsonBytes, type Document, documentId, jobError, MIN_NODE_FRACTION } from '../document/index.ts';
import {
  type Job,
  type JobFilter,
  type JobRecord,
  type JobSource,
  namesOf,
  type ProcessState,
  selects,
} from '../jobs/index.ts';
import { isStop, JobsumError, type Problem, patiently } from '../kernel/index.ts';
import {
  type Became,
  type JobKey,
  type JobState,
  judgeTry,
  type Lease,
  type Ledger,
  type LedgerEntry,
  type LedgerRow,
  OPEN_STATES,
} from '../ledger/index.ts';
import type { Sink } from '../sinks/index.ts';
import { type BatchContext, runBatch } from './batch.ts';
import { lookJob } from './look.ts';
import type { JobOutcome } from './outcome.ts';
import type { Session } from './session.ts';
import { type JobCounts, noJobs } from './summary.ts';
import { Unfit } from './unfit.ts';

/** Windows (job × node) per batch: bounds the results held in memory. */
const BATCH_WINDOWS = 2000;
/** Documents per write: one transaction, one sync. */
const WRITE_DOCUMENTS = 100;
/** Documents are held until there are that many, or so many bytes: those of large jobs have megabytes each. */
const WRITE_BYTES = 32 * 1024 * 1024;
/** Jobs looked up in the ledger at a time. */
const LOOKUP_JOBS = 500;

export interface ResourcePlan {
  readonly source: JobSource;
  /** What of the source is wanted. */
  readonly filter: JobFilter;
  /** The ledger is not asked: these jobs are wanted whatever became of them. */
  readonly again: boolean;
  /** How jobs must stand in the ledger, for sources that do not know it themselves. */
  readonly states?: readonly ProcessState[];
  /** Where the archives of these jobs are looked up. */
  readonly catalogFor: (jobs: readonly Job[]) => Promise<Catalog>;
  readonly ledger: Ledger;
  /** Under which it runs. */
  readonly lease: Lease;
  /** Called when there is the first job to do. @throws JobsumError: then no archive is read */
  readonly openSinks: () => Promise<readonly Sink[]>;
  readonly minNodeFraction?: number;
  readonly limits?: BatchContext['limits'];
  readonly normalization?: Readonly<Record<string, number>>;
  /** White- and blacklist of analytics. */
  readonly lists?: PluginLists | null;
  /** Put into accounting records that do not have it. */
  readonly resourceId?: number;
  /** A portal is to take the documents in. */
  readonly portal?: boolean;
}

export class ResourceRun {
  readonly #session: Session;
  readonly #plan: ResourcePlan;
  readonly #counts: JobCounts;
  /** Read from the source, not yet looked up in the ledger. */
  #candidates: Job[] = [];
  #candidateWindows = 0;
  #jobs: Job[] = [];
  #windows = 0;
  #documents: Document[] = [];
  #bytes = 0;
  #entries: LedgerEntry[] = [];
  /** Of documents in a sink that shows them only at the end. */
  #held: LedgerEntry[] = [];
  readonly #unfit = new Unfit();
  /** Asked for by id and not met, neither as a job nor among what was refused. */
  readonly #unmet: Set<string>;
  /** From the first job on. */
  #ready: { context: Omit<BatchContext, 'catalog'>; sinks: readonly Sink[] } | null = null;

  constructor(session: Session, plan: ResourcePlan, counts: JobCounts = noJobs()) {
    this.#session = session;
    this.#plan = plan;
    this.#counts = counts;
    this.#unmet = new Set(plan.filter.ids);
  }

  /** Ids that were asked for and that nothing in the source has. */
  get unmet(): readonly string[] {
    return [...this.#unmet];
  }

  /** What the record was asked for by, if it was. */
  #meet(record: JobRecord): void {
    if (this.#unmet.size === 0 || record.kind === 'noted') return;
    const { job } = record.kind === 'rejected' ? record.problem : record;
    const names = typeof job === 'object' ? namesOf(job) : job === undefined ? [] : [job];
    for (const name of names) this.#unmet.delete(name);
  }

  get #signal(): AbortSignal | undefined {
    return this.#session.options.signal;
  }

  #count(what: keyof JobCounts, by = 1): void {
    this.#counts[what] += by;
    this.#session.account.summary.jobs[what] += by;
  }

  async execute(): Promise<void> {
    const { source, filter } = this.#plan;
    const { lines } = this.#session.account.summary;
    for await (const record of this.#records()) {
      if (this.#signal?.aborted) break;
      this.#meet(record);
      if (record.kind === 'rejected') {
        lines.rejected++;
        this.#session.account.fault(record.problem, 'job.rejected');
      } else if (record.kind === 'noted') this.#session.account.problem(record.problem, 'job.noted');
      else if (record.kind === 'ignored' || record.job.end > this.#session.clock()) lines.ignored++;
      else if (!selects(filter, record.job)) this.#count('unselected');
      else {
        this.#candidates.push(record.job);
        this.#candidateWindows += record.job.nodes.length;
        // A few bytes of a list name the nodes of a whole machine.
        if (this.#candidates.length >= LOOKUP_JOBS || this.#candidateWindows >= BATCH_WINDOWS) await this.#take();
      }
    }
    await this.#take();
    await this.#batch();
    await this.#flush();
    await this.#settle();
    this.#unfit.say(this.#session.account);
    // A source that notes how far it came is not to be moved on by a run that only tries.
    if (!this.#signal?.aborted && !this.#session.options.dryRun) await source.finished?.();
  }

  /** Of the source, until the run is to stop: what is in hand is then finished. */
  async *#records(): AsyncGenerator<JobRecord> {
    try {
      yield* this.#plan.source.records(this.#signal);
    } catch (error) {
      if (!isStop(error, this.#signal)) throw error;
    }
  }

  /** Candidates that are not settled join the batch; a full batch is run. */
  async #take(): Promise<void> {
    const candidates = this.#candidates;
    this.#candidates = [];
    this.#candidateWindows = 0;
    if (candidates.length === 0) return;
    const { again, ledger, states } = this.#plan;
    const settled = again ? new Map<string, never>() : await ledger.settled(candidates.map(keyOf));
    const rows = states ? new Map((await ledger.find(candidates.map(documentId))).map((row) => [row.id, row])) : null;
    const renewed = await this.#renewed(candidates.filter((job) => isOpen(settled.get(documentId(job)))));
    for (const job of candidates) {
      const id = documentId(job);
      const unwanted = rows !== null && !states!.some((state) => standsAs(rows.get(id), state));
      if (unwanted || (settled.has(id) && !renewed.has(id))) {
        this.#count(unwanted ? 'unselected' : 'known');
        continue;
      }
      this.#jobs.push(job);
      this.#windows += job.nodes.length;
      this.#session.io.progress.expect(1);
      if (this.#windows >= BATCH_WINDOWS) await this.#batch();
    }
  }

  /** Of jobs that wait for more data, those of which there is something new. Only if there are such jobs the archives are looked for. */
  async #renewed(jobs: readonly Job[]): Promise<ReadonlySet<string>> {
    if (jobs.length === 0) return new Set();
    const rows = await this.#plan.ledger.find(jobs.map(documentId));
    const seen = new Map(rows.flatMap((row) => (row.seen === null ? [] : [[row.id, row.seen] as const])));
    const known = jobs.filter((job) => seen.has(documentId(job)));
    if (known.length === 0) return new Set();
    const catalog = await this.#plan.catalogFor(known);
    const changed = known.filter((job) => fingerprint(lookJob(catalog, job, 0)) !== seen.get(documentId(job)));
    return new Set(changed.map(documentId));
  }

  async #prepare(): Promise<{ context: Omit<BatchContext, 'catalog'>; sinks: readonly Sink[] }> {
    const { openSinks, normalization = {}, limits = {}, minNodeFraction = MIN_NODE_FRACTION } = this.#plan;
    const { lists = null } = this.#plan;
    const sinks = await openSinks();
    const analytics = { ...(await this.#session.analytics()), listsFor: () => lists };
    const { account, pool, workers, clock } = this.#session;
    const context = {
      ...{
        pool,
        workers,
        minNodeFraction,
        limits,
        normalization,
        analytics,
        clock,
        signal: this.#signal,
        engine: this.#session.options.engine,
        asReference: this.#session.options.asReference,
      },
      onTask: (count: number, bytes: number) => {
        account.summary.nodeArchives += count;
        account.summary.bytes += bytes;
        account.report();
      },
    };
    return { context, sinks };
  }

  async #batch(): Promise<void> {
    const jobs = this.#jobs;
    this.#jobs = [];
    this.#windows = 0;
    if (jobs.length === 0 || this.#signal?.aborted) return;
    this.#ready ??= await this.#prepare();
    const catalog = await this.#plan.catalogFor(jobs);
    for await (const outcome of runBatch({ ...this.#ready.context, catalog }, jobs)) {
      this.#noted(outcome);
      if (outcome.document) {
        this.#documents.push(this.#stamped(outcome.document));
        this.#bytes += bsonBytes(outcome.document);
      }
      this.#entries.push(entryOf(outcome));
      if (this.#documents.length >= WRITE_DOCUMENTS || this.#bytes >= WRITE_BYTES) await this.#flush();
      if (outcome.failure && this.#session.options.failFast) await this.#giveUp(outcome.failure, outcome.job);
    }
  }

  #noted(outcome: JobOutcome): void {
    const { account } = this.#session;
    for (const problem of outcome.problems) account.problem({ ...problem, job: outcome.job.jobId }, 'job.problem');
    account.handled();
  }

  async #giveUp({ code, message, ...detail }: Problem, job: Job): Promise<never> {
    await this.#flush();
    await this.#settle();
    throw new JobsumError(code, message, { ...detail, job: job.jobId });
  }

  /** What the run, not the job, puts into a document. */
  #stamped(document: Document): Document {
    const { tag } = this.#session.options;
    const { resourceId } = this.#plan;
    const summarization = document.summarization as object;
    const acct = document.acct as Record<string, unknown>;
    return {
      ...document,
      ...(tag === undefined ? {} : { summarization: { ...summarization, tag } }),
      ...(resourceId === undefined || acct.resource_id != null ? {} : { acct: { ...acct, resource_id: resourceId } }),
    };
  }

  async #flush(): Promise<void> {
    if (this.#entries.length === 0) return;
    // A run that was stopped for long does not write over what another has made since.
    await patiently(this.#session.patience, () => this.#plan.lease.ensure());
    const refused = new Map<string, Problem>();
    for (const sink of this.#documents.length > 0 ? (this.#ready?.sinks ?? []) : []) {
      for (const { id, problem } of await sink.write(this.#documents)) refused.set(id, problem);
    }
    if (this.#plan.portal)
      for (const document of this.#documents) if (!refused.has(document._id)) this.#unfit.judge(document);
    const entries = this.#entries.map((entry) => this.#unless(refused.get(entry.id), entry));
    if (this.#ready?.sinks.some((s) => s.late)) this.#held.push(...entries);
    else await this.#record(entries);
    this.#documents = [];
    this.#bytes = 0;
    this.#entries = [];
  }

  /** Only now they count. */
  async #record(entries: readonly LedgerEntry[]): Promise<void> {
    const became = this.#session.options.dryRun ? null : await this.#plan.ledger.record(entries);
    for (const entry of entries) {
      const { result, error } = entry;
      const now = became?.get(entry.id) ?? firstTry(entry, this.#session.clock());
      this.#count(result === 'failed' ? 'failed' : error === undefined ? 'done' : 'skipped');
      if (now.state === 'waiting') this.#count('waiting');
      this.#session.account.attention.job(entry, now);
    }
  }

  /** What appears only at the end appears now, and then counts. */
  async #settle(): Promise<void> {
    if (this.#held.length === 0) return;
    for (const sink of this.#ready?.sinks ?? []) if (sink.late) await sink.close();
    await patiently(this.#session.patience, () => this.#plan.lease.ensure());
    for (let i = 0; i < this.#held.length; i += LOOKUP_JOBS) await this.#record(this.#held.slice(i, i + LOOKUP_JOBS));
    this.#held = [];
  }

  /** A job whose document is not stored everywhere is not done. */
  #unless(problem: Problem | undefined, entry: LedgerEntry): LedgerEntry {
    if (!problem) return entry;
    this.#session.account.problem(problem, 'document.refused');
    if (entry.result === 'failed') return entry;
    return { ...entry, result: 'failed', problem };
  }
}

/** The states of the process table in the words of our ledger, which knows no other versions. */
function standsAs(row: LedgerRow | undefined, state: ProcessState): boolean {
  if (row === undefined || state === 'new') return row === undefined && state === 'new';
  if (typeof state === 'number') return row.error === state;
  const made = row.state === 'done' || row.state === 'partial';
  return state === 'bad' ? !made : state === 'current' && made && row.error === null;
}

const keyOf = (job: Job): JobKey => ({
  id: documentId(job),
  ...(job.warehouseId === undefined ? {} : { warehouseId: job.warehouseId }),
});

/** What would become of a job that nobody has tried before. */
const firstTry = (entry: LedgerEntry, now: number): Became => ({ ...judgeTry(entry, 1, now), attempts: 1 });

const isOpen = (state: JobState | undefined): boolean => state !== undefined && OPEN_STATES.includes(state);

function entryOf({ job, skip, failure, seconds, whole, seen, unread, cause }: JobOutcome): LedgerEntry {
  const entry = { ...keyOf(job), ended: job.end, seconds };
  if (failure) return { ...entry, result: 'failed', problem: failure };
  const data = { unread, ...(seen === undefined ? {} : { seen }), ...(cause ? { problem: cause } : {}) };
  if (!skip) return { ...entry, ...data, result: whole && !unread ? 'done' : 'partial' };
  if (jobError(skip.error)?.from !== 'data') return { ...entry, result: 'done', error: skip.error };
  return { ...entry, ...data, result: 'missing', error: skip.error };
}
