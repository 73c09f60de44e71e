// Owns what the resources of one run share: store, record of the run, workers, catalogues. Whatever costs time is made when first needed:
// a run with nothing to do starts no worker and scans no tree.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Catalog, type IndexedArchives, openStore, ScanPool, type ScanReport } from '../catalog/index.ts';
import { MEMORY, type Store } from '../databases/index.ts';
import type { Job } from '../jobs/index.ts';
import {
  type Clock,
  isStop,
  JobsumError,
  newRunId,
  PATIENCE_SECONDS,
  type Patience,
  systemClock,
} from '../kernel/index.ts';
import { type Backlog, backlogOf, type Lease, type Leases, Reported } from '../ledger/index.ts';
import { leased, patienceOf, recorded } from '../operate/index.ts';
import { setBounds } from '../pcp/index.ts';
import { loadAnalytics, type RunAnalytics } from './analytics.ts';
import type { CommonOptions } from './options.ts';
import type { Pool } from './pool.ts';
import { Account, type ResourceSummary, type RunIo, type RunSummary } from './summary.ts';

/** Of a run that writes nothing. */
const UNGUARDED: Lease = {
  ...{ name: 'none', token: 0, seconds: Number.POSITIVE_INFINITY },
  renew: async () => undefined,
  ensure: async () => undefined,
  release: async () => undefined,
};

export class Session {
  readonly run: string;
  readonly options: CommonOptions;
  readonly io: RunIo;
  readonly store: Store;
  readonly account: Account;
  readonly workers: number;
  readonly clock: Clock;
  readonly #catalogs = new Map<string, Promise<Catalog>>();
  #pool: Promise<Pool> | null = null;
  #scanner: ScanPool | null = null;
  #analytics: Promise<Omit<RunAnalytics, 'listsFor'>> | null = null;

  constructor(run: string, options: CommonOptions, io: RunIo, store: Store, resources?: ResourceSummary[]) {
    this.run = run;
    this.options = options;
    this.io = io;
    this.store = store;
    this.clock = options.clock ?? systemClock;
    const reported = options.onlyNews && !options.dryRun ? new Reported(store, this.clock) : null;
    this.account = new Account(run, io, reported, resources);
    this.workers = options.workers ?? availableParallelism();
  }

  /** With servers that are unavailable. */
  get patience(): Patience {
    const { patience = PATIENCE_SECONDS, signal } = this.options;
    return patienceOf(patience, signal, this.io.log);
  }

  /** The workers, for `BatchContext`. */
  readonly pool: Pick<Pool, 'run'> = {
    run: async (work) => {
      this.#pool ??= import('./pool.ts').then(({ Pool }) => new Pool(this.workers, { signal: this.options.signal }));
      return (await this.#pool).run(work);
    },
  };

  /** Analytics, the site's own among them. */
  analytics(): Promise<Omit<RunAnalytics, 'listsFor'>> {
    this.#analytics ??= loadAnalytics(this.options.analytics ?? []).then(({ analytics, problems }) => {
      for (const problem of problems) this.account.fault(problem, 'analytic.unusable');
      return analytics;
    });
    return this.#analytics;
  }

  /** The catalogue of a tree, brought up to date once a run; `namesIn` as the index has it. @throws JobsumError E_INPUT_MISSING, E_NO_ARCHIVES */
  catalog(root: string, namesIn?: string): Promise<Catalog> {
    const known = this.#catalogs.get(root) ?? this.#scan(root, namesIn);
    this.#catalogs.set(root, known);
    return known;
  }

  async #scan(root: string, namesIn: string | undefined): Promise<Catalog> {
    this.#scanner ??= new ScanPool(this.workers, this.options.signal);
    const options = { scanner: this.#scanner, clock: this.clock, ...(namesIn === undefined ? {} : { namesIn }) };
    const catalog = new Catalog(this.store, root, options);
    const scan = await catalog.refresh();
    if (scan.archives === 0) throw new JobsumError('E_NO_ARCHIVES', 'no archives below this directory', { file: root });
    this.#noted(scan);
    return catalog;
  }

  /** What the warehouse's tables have for these jobs. */
  async indexed(archives: IndexedArchives, jobs: readonly Job[]): Promise<Catalog> {
    this.#noted(await archives.bring(jobs));
    return archives.catalog;
  }

  #noted({ archives: found, opened, problems, odd, unread }: ScanReport): void {
    const { archives } = this.account.summary;
    archives.found += found;
    archives.opened += opened;
    archives.unreadable += problems.length;
    for (const problem of problems) this.account.problem(problem, 'archive.unreadable');
    for (const problem of odd) this.account.problem(problem, 'archive.odd');
    for (const problem of unread) this.account.fault(problem, 'directory.unreadable');
  }

  /** A run that only tries writes nothing that a lease would guard. @throws JobsumError E_LOCKED */
  leased<T>(leases: Leases, name: string, body: (lease: Lease) => Promise<T>): Promise<T> {
    return this.options.dryRun ? body(UNGUARDED) : leased(leases, name, this.io.log, body);
  }

  /**
   * The body does the work and fills the account: a run that is recorded, unless it only tries, and its summary.
   * `backlog`: what is open at the end; null: that is not known.
   */
  recorded(
    body: () => Promise<void>,
    backlog: () => Promise<Backlog | null> = () => backlogOf(this.store),
  ): Promise<RunSummary> {
    const work = async (): Promise<RunSummary> => {
      const { signal } = this.options;
      try {
        await body();
      } catch (error) {
        if (!isStop(error, signal)) throw error;
      }
      const summary = this.account.close(signal);
      // Of what a stopped run has not come to nobody knows how much it is.
      const open = summary.interrupted ? null : await backlog();
      if (open) summary.backlog = open;
      return summary;
    };
    return this.options.dryRun
      ? work()
      : recorded(this.store, { run: this.run, command: 'summarize', clock: this.clock }, work);
  }

  async close(): Promise<void> {
    await this.#scanner?.close();
    await (await this.#pool)?.close();
    this.store.close();
  }
}

/** One run on a store: opened and closed. */
export async function withSession(
  path: string,
  options: CommonOptions,
  io: RunIo,
  body: (session: Session) => Promise<RunSummary>,
  resources?: ResourceSummary[],
): Promise<RunSummary> {
  setBounds(options);
  // A run that only tries makes no store.
  const place = options.dryRun && !existsSync(path) ? MEMORY : path;
  const session = new Session(
    options.run ?? newRunId((options.clock ?? systemClock)()),
    options,
    io,
    openStore(place),
    resources,
  );
  try {
    return await body(session);
  } finally {
    await session.close();
  }
}
