// Owns an indexing run: for each resource the catalogue, then the warehouse's tables. One resource's trouble is not another's.

import type { MysqlSettings, ResourceSettings } from '../config/index.ts';
import { Mysql, type Store } from '../databases/index.ts';
import {
  type Clock,
  ERRORS,
  exitWhenStopped,
  JobsumError,
  localZone,
  MAX_PROBLEMS,
  type Patience,
  type Problem,
  patiently,
  systemClock,
  toProblem,
} from '../kernel/index.ts';
import { Reported } from '../ledger/index.ts';
import { exclusively, type Logger, patienceOf, problemFields } from '../operate/index.ts';
import { type Bounds, setBounds } from '../pcp/index.ts';
import { Catalog } from './catalog.ts';
import { openStore } from './embedded-store.ts';
import { ScanPool } from './scan-pool.ts';
import { INDEX_SCHEMA, WarehouseIndex } from './warehouse-index.ts';

export type IndexedResource = Pick<
  ResourceSettings,
  'name' | 'id' | 'hostnameMode' | 'hostNameExt' | 'archives' | 'fastIndex' | 'timezone'
>;

export interface IndexOptions {
  readonly run: string;
  /** Embedded store with the catalogue. */
  readonly store: string;
  readonly resources: readonly IndexedResource[];
  /** Null: the catalogue only. */
  readonly warehouse: MysqlSettings | null;
  readonly workers: number;
  /** Write every row again. */
  readonly all: boolean;
  /** Remove rows of archives that are gone. */
  readonly prune: boolean;
  /** Seconds to wait for a server that is unavailable. */
  readonly patience: number;
  /** Nobody looks on: what an earlier run has said of what cannot be read is not said again. */
  readonly onlyNews?: boolean;
  /** Of what is read of an archive. */
  readonly bounds?: Partial<Bounds>;
  readonly clock?: Clock;
  readonly signal: AbortSignal;
}

/** What came of one resource. */
export interface IndexedCounts {
  readonly resource: string;
  readonly archives: number;
  readonly opened: number;
  readonly named: number;
  readonly vanished: number;
  readonly young: number;
  readonly unreadable: number;
  readonly unreadDirectories: number;
  /** Absent: no warehouse. */
  readonly written?: number;
  readonly unresolved?: number;
  readonly unknownHosts?: readonly string[];
  readonly refused?: number;
  readonly pruned?: number;
  readonly seconds: number;
}

export interface IndexSummary {
  readonly run: string;
  readonly resources: IndexedCounts[];
  /** Resources that could not be indexed. */
  failed: number;
  seconds: number;
  interrupted: boolean;
  readonly problems: Problem[];
  exitCode: number;
}

const MESSAGES = {
  'archive.unreadable': 'the archive cannot be used',
  'archive.odd': 'something in the archive is not right; the rest of it is used',
  'directory.unreadable': 'a directory cannot be read; what is known of it is kept',
  'index.refused': 'the warehouse cannot hold the archive',
  'index.failed': 'the resource was not indexed',
} as const;

class Indexing {
  readonly #options: IndexOptions & { readonly clock: Clock };
  readonly #store: Store;
  readonly #pool: ScanPool;
  readonly #log: Logger;
  readonly #patience: Patience;
  readonly summary: IndexSummary;
  #warehouse: Mysql | null = null;
  /** What earlier runs have said, where that is not said again. */
  readonly #reported: Reported | null;
  /** Something to look at that was not there before. */
  #news = 0;

  constructor(options: IndexOptions & { readonly clock: Clock }, store: Store, pool: ScanPool, log: Logger) {
    this.#options = options;
    this.#store = store;
    this.#pool = pool;
    this.#log = log;
    this.#patience = patienceOf(options.patience, options.signal, log);
    this.#reported = options.onlyNews ? new Reported(store, options.clock) : null;
    this.summary = {
      ...{ run: options.run, resources: [], failed: 0, seconds: 0, interrupted: false, problems: [], exitCode: 0 },
    };
  }

  #problem(problem: Problem, event: keyof typeof MESSAGES, resource: string): void {
    if (this.summary.problems.length < MAX_PROBLEMS) this.summary.problems.push(problem);
    this.#log[this.#levelOf(problem, event)](event, MESSAGES[event], { resource, ...problemFields(problem) });
  }

  /** Where nobody looks on, what cannot be read is said once. */
  #levelOf(problem: Problem, event: keyof typeof MESSAGES): 'warn' | 'error' {
    if (event === 'index.failed') return 'error';
    const lasting = event === 'archive.unreadable' || event === 'directory.unreadable';
    if (!this.#reported) return event === 'directory.unreadable' ? 'error' : 'warn';
    if (!lasting || !this.#reported.isNew(problem)) return 'warn';
    this.#news++;
    return 'error';
  }

  async execute(): Promise<IndexSummary> {
    const { resources, warehouse, signal } = this.#options;
    const s = this.summary;
    const began = performance.now();
    let first: Problem | null = null;
    try {
      if (warehouse) this.#warehouse = await patiently(this.#patience, () => Mysql.connect(warehouse));
      for (const resource of resources) {
        if (signal.aborted) break;
        try {
          s.resources.push(await this.#resource(resource));
        } catch (error) {
          const problem = toProblem(error);
          // A service that is unavailable is so for all.
          if (ERRORS[problem.code].class === 'service') throw error;
          first ??= problem;
          s.failed++;
          this.#problem(problem, 'index.failed', resource.name);
        }
      }
    } finally {
      await this.#warehouse?.close();
    }
    this.#reported?.save();
    s.seconds = (performance.now() - began) / 1000;
    s.interrupted = signal.aborted;
    if (s.interrupted) s.exitCode = exitWhenStopped(signal);
    else if (first && s.failed === resources.length) s.exitCode = ERRORS[first.code].exit;
    else if (s.failed > 0 || this.#news > 0) s.exitCode = 1;
    return s;
  }

  async #resource(resource: IndexedResource): Promise<IndexedCounts> {
    const began = performance.now();
    const root = resource.archives!;
    const { fastIndex, timezone, hostnameMode, hostNameExt } = resource;
    const catalog = new Catalog(this.#store, root, {
      scanner: this.#pool,
      clock: this.#options.clock,
      ...(fastIndex ? { namesIn: timezone ?? localZone() } : {}),
    });
    const { problems, newProblems, odd, unread, ...scan } = await catalog.refresh();
    if (scan.archives === 0) throw new JobsumError('E_NO_ARCHIVES', 'no archives below this directory', { file: root });
    for (const problem of problems) this.#problem(problem, 'archive.unreadable', resource.name);
    for (const problem of odd) this.#problem(problem, 'archive.odd', resource.name);
    for (const problem of unread) this.#problem(problem, 'directory.unreadable', resource.name);
    if (!this.#reported) this.#news += newProblems + unread.length;
    const counts = {
      ...{ resource: resource.name, ...scan },
      ...{ unreadable: problems.length, unreadDirectories: unread.length },
    };
    const seconds = (): number => (performance.now() - began) / 1000;
    if (!this.#warehouse) return { ...counts, seconds: seconds() };
    const names = { mode: hostnameMode, ext: hostNameExt };
    const index = new WarehouseIndex(this.#store, this.#warehouse, resource.id, root, names);
    // What was written is noted: a second attempt goes on from there.
    const { refused, ...rows } = await patiently(this.#patience, () => index.update(this.#options));
    for (const problem of refused) this.#problem(problem, 'index.refused', resource.name);
    this.#log.info('index.resource', 'resource indexed', { ...counts, ...rows, refused: refused.length });
    return { ...counts, ...rows, refused: refused.length, seconds: seconds() };
  }
}

/** @throws JobsumError for what stops it as a whole: the store, another indexing run, the warehouse */
export async function indexArchives(options: IndexOptions, log: Logger): Promise<IndexSummary> {
  setBounds(options.bounds ?? {});
  const store = openStore(options.store, [INDEX_SCHEMA]);
  const pool = new ScanPool(options.workers, options.signal);
  try {
    const { run, clock = systemClock } = options;
    const work = () => new Indexing({ ...options, clock }, store, pool, log).execute();
    return await exclusively(store, { run, command: 'index', clock }, log, work);
  } finally {
    await pool.close();
    store.close();
  }
}
