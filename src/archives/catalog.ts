// Owns the catalogue: which archive holds which host's data from when to when. Kept in the store; only new or changed files
// are opened again.

import { basename, join, resolve } from 'node:path';
import { NS, type Problem } from '../kernel/index.ts';
import type { Row, Schema, Statement, Store } from '../store/index.ts';
import { type ArchiveJob, hostKey, hostOfDirectory, namesHost, parseArchiveJob, sameHost, stampOf } from './names.ts';
import type { FoundArchive } from './scan.ts';
import { ownScanner, type ProbeArchive, type Probed, probeAll, type Scanner } from './scanner.ts';

export const CATALOG_SCHEMA: Schema = {
  // host: as it is looked up; host_name: as the label or the path has it. fast: the times are those of the name only.
  sql: `
    CREATE TABLE IF NOT EXISTS archive (
      root TEXT NOT NULL, base TEXT NOT NULL, host TEXT NOT NULL, host_name TEXT NOT NULL, start_ns INTEGER NOT NULL,
      end_ns INTEGER NOT NULL, bytes INTEGER NOT NULL, signature TEXT NOT NULL, job_local INTEGER, job_index INTEGER,
      job_raw INTEGER, problem TEXT, fast INTEGER NOT NULL, PRIMARY KEY (root, base)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS archive_host ON archive (root, host, end_ns);
    CREATE INDEX IF NOT EXISTS archive_job ON archive (root, job_raw);
  `,
  // It can be made again from the tree.
  upgrades: { 3: 'DROP TABLE IF EXISTS archive', 4: 'DROP TABLE IF EXISTS archive' },
};

export interface CatalogEntry {
  /** Relative to the root. */
  readonly base: string;
  readonly bytes: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** An archive of a host that does not serve a job. */
export interface Nearby extends CatalogEntry {
  readonly problem?: Problem;
}

export interface ScanReport {
  readonly archives: number;
  /** Of these, opened because they were new or had changed. */
  readonly opened: number;
  /** Entered by their name alone. */
  readonly named: number;
  readonly vanished: number;
  /** Just begun and still empty: looked at again by the next scan. */
  readonly young: number;
  /** Archives that cannot be read at all, with the reason. */
  readonly problems: readonly Problem[];
  /** Of these, found by this scan. */
  readonly newProblems: number;
}

export interface CatalogOptions {
  readonly scanner?: Scanner;
  /** Time zone in which names of job-level archives in dated directories are believed (reference/archive-index.md §4); absent: none is. */
  readonly namesIn?: string;
}

/** Archives per transaction: a killed scan loses at most this many. */
const BATCH = 500;
/** End of an archive whose last record cannot be found: it may hold anything after its start. */
const OPEN_END = 2n ** 63n - 1n;
/** An archive may have no data yet for this long. */
const YOUNG_MS = 600_000;

export class Catalog {
  readonly #store: Store;
  readonly root: string;
  readonly #probe: ProbeArchive;
  readonly #scanner: Scanner;
  readonly #namesIn: string | null;
  readonly #put: Statement;
  readonly #byHost: Statement;
  readonly #byJob: Statement;
  readonly #one: Statement;

  constructor(store: Store, root: string, probe: ProbeArchive, options: CatalogOptions = {}) {
    this.#store = store;
    this.root = resolve(root);
    this.#probe = probe;
    this.#scanner = options.scanner ?? ownScanner(probe);
    this.#namesIn = options.namesIn ?? null;
    this.#put = store.prepare('INSERT OR REPLACE INTO archive VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const columns =
      'base, bytes, CAST(start_ns AS TEXT) AS start_ns, CAST(end_ns AS TEXT) AS end_ns, signature, fast, host_name';
    this.#byHost = store.prepare(
      `SELECT ${columns} FROM archive WHERE root = ? AND host = ? AND end_ns >= CAST(? AS INTEGER) AND start_ns <= CAST(? AS INTEGER)
       AND job_raw IS NULL AND problem IS NULL ORDER BY start_ns, base`,
    );
    this.#byJob = store.prepare(
      `SELECT ${columns} FROM archive WHERE root = ? AND host = ? AND problem IS NULL AND job_raw IS NOT NULL
       AND ((job_raw = ? AND job_raw >= 0) OR (job_local = ? AND job_index = ? AND job_local >= 0)) ORDER BY start_ns, base`,
    );
    this.#one = store.prepare(`SELECT ${columns}, problem FROM archive WHERE root = ? AND base = ?`);
  }

  /** Brings the catalogue up to date with the tree. A tree without a single archive is taken for one that is away. */
  async refresh(): Promise<ScanReport> {
    const known = new Map<string, Row>();
    for (const row of this.#store.prepare('SELECT base, signature, problem FROM archive WHERE root = ?').all(this.root))
      known.set(String(row.base), row);
    const report = {
      archives: 0,
      opened: 0,
      named: 0,
      vanished: 0,
      young: 0,
      newProblems: 0,
      problems: [] as Problem[],
    };
    const trouble = (problem: Problem, found: FoundArchive, fresh: boolean): void => {
      if (problem.code === 'E_ARCHIVE_EMPTY' && Date.now() - found.changed < YOUNG_MS) report.young++;
      else {
        report.problems.push(problem);
        if (fresh) report.newProblems++;
      }
    };
    let changed: FoundArchive[] = [];
    const flush = async (): Promise<void> => {
      const lot = changed;
      changed = [];
      const [named, opened] = await this.#learn(lot, trouble);
      report.named += named;
      report.opened += opened;
    };
    for await (const lot of this.#scanner.scan(this.root)) {
      for (const found of lot) {
        report.archives++;
        const row = known.get(found.base);
        known.delete(found.base);
        if (row?.signature !== found.signature) changed.push(found);
        else if (row.problem !== null) trouble(JSON.parse(String(row.problem)) as Problem, found, false);
        if (changed.length >= BATCH) await flush();
      }
    }
    await flush();
    if (report.archives === 0) return report;
    const remove = this.#store.prepare('DELETE FROM archive WHERE root = ? AND base = ?');
    if (known.size > 0) this.#store.transaction(() => known.forEach((_, base) => void remove.run(this.root, base)));
    return { ...report, vanished: known.size };
  }

  /** Enters archives: by name where that is enough, otherwise opened. How many of each. */
  async #learn(
    lot: readonly FoundArchive[],
    trouble: (problem: Problem, found: FoundArchive, fresh: boolean) => void,
  ): Promise<[number, number]> {
    const stamps = lot.map((found) => this.#stamp(found));
    const toOpen = lot.filter((_, i) => stamps[i] === null);
    const probed = await this.#scanner.probe(this.root, toOpen);
    this.#store.transaction(() => {
      lot.forEach((found, i) => {
        const stamp = stamps[i]!;
        if (stamp !== null) this.#enter(found, { host: found.pathHost!, startNs: stamp, endNs: stamp }, true);
      });
      toOpen.forEach((found, i) => {
        const answer = probed[i]!;
        this.#enter(found, answer, false);
        if ('failure' in answer) trouble(answer.failure, found, true);
      });
    });
    return [lot.length - toOpen.length, toOpen.length];
  }

  /** Time that the name of a job-level archive in dated directories of a host tells. */
  #stamp(found: FoundArchive): bigint | null {
    if (this.#namesIn === null || found.pathHost === null) return null;
    const stamp = stampOf(basename(found.base), this.#namesIn);
    return stamp === null ? null : BigInt(stamp) * NS;
  }

  #enter(found: Pick<FoundArchive, 'base' | 'pathHost' | 'bytes' | 'signature'>, probed: Probed, fast: boolean): void {
    const job = parseArchiveJob(basename(found.base));
    const failure = 'failure' in probed ? probed.failure : null;
    const label = 'failure' in probed ? '' : probed.host;
    // A node that has no name yet when its logger starts calls itself localhost: then the path says whose the archive is.
    const name = found.pathHost ?? (namesHost(label) ? label : hostOfDirectory(join(this.root, found.base)));
    const end = 'failure' in probed ? 0n : (probed.endNs ?? OPEN_END);
    // The label's start is advisory, but nobody may be later than the last record.
    const start = 'failure' in probed ? 0n : probed.startNs < end ? probed.startNs : end;
    this.#put.run(
      ...[this.root, found.base, hostKey(name), name, start, end, found.bytes, found.signature],
      ...[job?.local ?? null, job?.index ?? null, job?.raw ?? null],
      ...[failure && JSON.stringify(failure), fast ? 1 : 0],
    );
  }

  #entry(row: Row): CatalogEntry {
    return {
      base: String(row.base),
      bytes: Number(row.bytes),
      startNs: BigInt(String(row.start_ns)),
      endNs: BigInt(String(row.end_ns)),
    };
  }

  /** Node-level archives of a host that overlap a time span (inclusive). */
  overlapping(host: string, startNs: bigint, endNs: bigint): CatalogEntry[] {
    return this.#byHost
      .all(this.root, hostKey(host), String(startNs), String(endNs))
      .flatMap((row) => (isOf(host, row) ? [this.#entry(row)] : []));
  }

  /** Job-level archives of a host by job id, whatever their time. */
  ofJob(host: string, { raw, local, index }: ArchiveJob): CatalogEntry[] {
    return this.#byJob
      .all(this.root, hostKey(host), raw, local, index)
      .flatMap((row) => (isOf(host, row) ? (this.#opened(row) ?? []) : []));
  }

  /** An entry whose times are those of its data: one that was entered by its name is opened now. */
  #opened(row: Row): CatalogEntry | null {
    const entry = this.#entry(row);
    if (row.fast === 0) return entry;
    const members = String(row.signature)
      .split(' ')
      .map((part) => part.slice(0, part.indexOf(':')));
    const [probed] = probeAll(this.root, [{ base: entry.base, members }], this.#probe);
    const failure = 'failure' in probed! ? probed.failure : null;
    const endNs = 'failure' in probed! ? entry.endNs : (probed!.endNs ?? OPEN_END);
    const startNs = 'failure' in probed! || probed!.startNs > endNs ? entry.startNs : probed!.startNs;
    this.#store
      .prepare('UPDATE archive SET start_ns = ?, end_ns = ?, problem = ?, fast = 0 WHERE root = ? AND base = ?')
      .run(startNs, endNs, failure && JSON.stringify(failure), this.root, entry.base);
    return failure ? null : { ...entry, startNs, endNs };
  }

  /** How many archives it has. */
  size(): number {
    return Number(this.#store.prepare('SELECT count(*) AS n FROM archive WHERE root = ?').get(this.root)?.n);
  }

  /** The last archive of a host before a time span, the next behind it, and those that cannot be read. */
  near(host: string, startNs: bigint, endNs: bigint): Nearby[] {
    const key = hostKey(host);
    const select =
      'SELECT base, bytes, CAST(start_ns AS TEXT) AS start_ns, CAST(end_ns AS TEXT) AS end_ns, problem FROM archive WHERE root = ?';
    const readable = 'AND host = ? AND job_raw IS NULL AND problem IS NULL';
    const rows = [
      ...this.#store
        .prepare(`${select} ${readable} AND end_ns < CAST(? AS INTEGER) ORDER BY end_ns DESC LIMIT 1`)
        .all(this.root, key, String(startNs)),
      ...this.#store
        .prepare(`${select} ${readable} AND start_ns > CAST(? AS INTEGER) ORDER BY start_ns LIMIT 1`)
        .all(this.root, key, String(endNs)),
      // Of an archive without a readable label only the path may tell whose it is.
      ...this.#store
        .prepare(`${select} AND problem IS NOT NULL AND (host = ? OR instr(lower('/' || base || '/'), ?) > 0) LIMIT 5`)
        .all(this.root, key, `/${key}/`),
    ];
    return rows.map((row) => ({
      ...this.#entry(row),
      ...(row.problem === null ? {} : { problem: JSON.parse(String(row.problem)) as Problem }),
    }));
  }

  /** An archive by its base; null if the catalogue does not know it or it cannot be read. */
  byBase(base: string): CatalogEntry | null {
    const row = this.#one.get(this.root, base);
    return row && row.problem === null ? this.#opened(row) : null;
  }
}

/** Hosts of the same short name in two domains are two, if both the asked name and the archive's are whole. */
const isOf = (asked: string, { host_name: found }: Row): boolean => sameHost(asked, String(found));
