// Owns what the resources of one run share: store, record of the run, workers, catalogues. Whatever costs time is made when first needed:
// a run with nothing to do starts no worker and scans no tree.

import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { CATALOG_SCHEMA, Catalog } from '../archives/index.ts';
import { limits, MAX_VOLUME_BYTES, probeArchive } from '../decode/index.ts';
import { SOURCE_SCHEMA } from '../jobs/index.ts';
import { ERRORS, JobsumError, newRunId, type Patience, toProblem } from '../kernel/index.ts';
import { keepAlive, LEASE_SCHEMA, LEDGER_SCHEMA, type Lease, type Leases, RUNS_SCHEMA, Runs } from '../ledger/index.ts';
import { DOCUMENT_SCHEMA } from '../sinks/index.ts';
import { Store } from '../store/index.ts';
import { loadAnalytics, type RunAnalytics } from './analytics.ts';
import { problemFields } from './logger.ts';
import type { CommonOptions } from './options.ts';
import type { Pool } from './pool.ts';
import { storeBacklog } from './status.ts';
import { Account, type ResourceSummary, type RunIo, type RunSummary } from './summary.ts';

export const SCHEMAS = [CATALOG_SCHEMA, DOCUMENT_SCHEMA, LEDGER_SCHEMA, LEASE_SCHEMA, RUNS_SCHEMA, SOURCE_SCHEMA];

/** A restart of a server takes a minute or two; a night's run must not fail for it. */
export const PATIENCE_SECONDS = 300;

export class Session {
  readonly run: string;
  readonly options: CommonOptions;
  readonly io: RunIo;
  readonly store: Store;
  readonly account: Account;
  readonly workers: number;
  readonly #catalogs = new Map<string, Promise<Catalog>>();
  #pool: Promise<Pool> | null = null;
  #analytics: Promise<Omit<RunAnalytics, 'listsFor'>> | null = null;

  constructor(run: string, options: CommonOptions, io: RunIo, store: Store, resources?: ResourceSummary[]) {
    this.run = run;
    this.options = options;
    this.io = io;
    this.store = store;
    this.account = new Account(run, io, resources);
    this.workers = options.workers ?? availableParallelism();
  }

  /** With servers that are away. */
  get patience(): Patience {
    const { patience: seconds = PATIENCE_SECONDS, signal } = this.options;
    const onWait = (error: JobsumError, wait: number): void => this.account.waiting(error.toProblem(), wait);
    return { seconds, signal, onWait };
  }

  /** The workers, for `BatchContext`. */
  readonly pool: Pick<Pool, 'run'> = {
    run: async (work) => {
      this.#pool ??= import('./pool.ts').then(({ Pool }) => new Pool(this.workers));
      return (await this.#pool).run(work);
    },
  };

  /** Analytics, the site's own among them. */
  analytics(): Promise<Omit<RunAnalytics, 'listsFor'>> {
    this.#analytics ??= loadAnalytics(this.options.analytics ?? []).then(({ analytics, problems }) => {
      for (const problem of problems) this.account.problem(problem, 'analytic.unusable');
      return analytics;
    });
    return this.#analytics;
  }

  /** The catalogue of a tree, brought up to date once a run; `namesIn` as the index has it. @throws JobsumError E_INPUT_MISSING: no archives there */
  catalog(root: string, namesIn?: string): Promise<Catalog> {
    const known = this.#catalogs.get(root) ?? this.#scan(root, namesIn);
    this.#catalogs.set(root, known);
    return known;
  }

  async #scan(root: string, namesIn: string | undefined): Promise<Catalog> {
    const catalog = new Catalog(this.store, root, probeArchive, namesIn === undefined ? {} : { namesIn });
    const scan = await catalog.refresh();
    if (scan.archives === 0)
      throw new JobsumError('E_INPUT_MISSING', 'no archives below this directory', { file: root });
    const { archives } = this.account.summary;
    archives.found += scan.archives;
    archives.opened += scan.opened;
    archives.unreadable += scan.problems.length;
    for (const problem of scan.problems) this.account.problem(problem, 'archive.unreadable');
    return catalog;
  }

  /** Runs the body under a lease that is kept alive. @throws JobsumError E_LOCKED */
  async leased<T>(leases: Leases, name: string, body: (lease: Lease) => Promise<T>): Promise<T> {
    const lease = await leases.take(name);
    const { log } = this.io;
    const stop = keepAlive(lease, (lost) => log.warn('lease.lost', lost.message, problemFields(lost.toProblem())));
    try {
      return await body(lease);
    } finally {
      stop();
      // If it cannot be given back, it ends by itself.
      await lease.release().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await (await this.#pool)?.close();
  }
}

/** One run on a store: opened, recorded from beginning to end, closed. `body` does the work and fills the account. */
export async function withSession(
  path: string,
  options: CommonOptions,
  io: RunIo,
  body: (session: Session, begin: () => void) => Promise<void>,
  resources?: ResourceSummary[],
): Promise<RunSummary> {
  const run = options.run ?? newRunId();
  limits.maxVolumeBytes = options.maxVolumeBytes ?? MAX_VOLUME_BYTES;
  const store = openStore(path);
  const session = new Session(run, options, io, store, resources);
  let recorded: ReturnType<Runs['begin']> | null = null;
  try {
    await body(session, () => {
      recorded ??= new Runs(store).begin(run, 'summarize');
    });
    const summary = session.account.close(options.signal?.aborted ?? false);
    summary.backlog = await storeBacklog(store);
    const { problems: _, ...counts } = summary;
    (recorded as ReturnType<Runs['begin']> | null)?.(summary.exitCode, counts);
    return summary;
  } catch (error) {
    const problem = toProblem(error);
    (recorded as ReturnType<Runs['begin']> | null)?.(ERRORS[problem.code].exit, {}, problem);
    throw error;
  } finally {
    await session.close();
    store.close();
  }
}

function openStore(path: string): Store {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw new JobsumError(
      'E_STORE',
      'cannot make the directory of the store',
      { file: path, found: String(cause) },
      { cause },
    );
  }
  return new Store(path, SCHEMAS);
}
