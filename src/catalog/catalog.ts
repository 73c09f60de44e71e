// Owns the catalogue: which archive holds which host's data from when to when. Kept in the store; only new or changed files
// are opened again.

import { basename, join, resolve } from 'node:path';
import type { Row, Statement, Store, Value } from '../databases/index.ts';
import { type Clock, ERRORS, fromProblem, NS, type Problem, systemClock } from '../kernel/index.ts';
import { hostKey, namesHost } from '../pcp/index.ts';
import { Damaged, type DamagedArchive, type DamagedFor, isGrowing, isYoung } from './damaged.ts';
import { type ArchiveJob, hostOfDirectory, mayBeOf, parseArchiveJob, stampOf, topOf } from './names.ts';
import { revisionAfter } from './revision.ts';
import type { FoundArchive, UnreadDirectory } from './scan.ts';
import { ownScanner, type Probed, probeAll, type Scanner } from './scanner.ts';
import { isBelow, UnreadDirectories } from './unread.ts';

export interface CatalogEntry {
  /** Relative to the root. */
  readonly base: string;
  readonly bytes: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Raised when its data have changed otherwise than by growing at the end. */
  readonly revision: number;
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
  /** What this scan found in archives that are used all the same: a clock that was wrong, damage. */
  readonly odd: readonly Problem[];
  /** Directories that cannot be read. Nothing below them is forgotten. */
  readonly unread: readonly Problem[];
}

export interface CatalogOptions {
  readonly scanner?: Scanner;
  /** Time zone in which names of job-level archives in dated directories are believed (archive-index.md §4); absent: none is. */
  readonly namesIn?: string;
  readonly clock?: Clock;
}

/** Archives per transaction: a killed scan loses at most this many. */
const BATCH = 500;
/** End of an archive whose last record cannot be found: it may hold anything after its start. The largest time that the store holds. */
const OPEN_END = 2n ** 63n - 1n;

const COLUMNS = `base, bytes, CAST(start_ns AS TEXT) AS start_ns, CAST(end_ns AS TEXT) AS end_ns, signature, fast, host_name, problem,
  revision, path_host`;

const isIo = ({ code }: Problem): boolean => ERRORS[code].class === 'io';
const HOSTS = 'SELECT host FROM archive WHERE root = ? UNION SELECT path_host FROM archive WHERE root = ?';
type Trouble = (problem: Problem, found: FoundArchive, fresh: boolean) => void;

export class Catalog {
  readonly #store: Store;
  readonly root: string;
  readonly #scanner: Scanner;
  readonly #namesIn: string | null;
  readonly #clock: Clock;
  readonly #unread: UnreadDirectories;
  readonly #put: Statement;
  readonly #byHost: Statement;
  readonly #byJob: Statement;
  readonly #one: Statement;
  /** Made when it is asked for, as are the keys of its hosts; null when the catalogue has changed since. */
  #damaged: Damaged | null = null;
  #hosts: Set<string> | null = null;

  constructor(store: Store, root: string, options: CatalogOptions = {}) {
    this.#store = store;
    this.root = resolve(root);
    this.#scanner = options.scanner ?? ownScanner();
    this.#namesIn = options.namesIn ?? null;
    this.#clock = options.clock ?? systemClock;
    this.#unread = new UnreadDirectories(store, this.root);
    this.#put = store.prepare('INSERT OR REPLACE INTO archive VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    // Two look-ups by index, since a host may be that of the label or that of the directory.
    const ofHost = (condition: string): Statement =>
      store.prepare(
        ['host = ?', "path_host = ? AND path_host <> ''"]
          .map(
            (host) => `SELECT ${COLUMNS} FROM archive WHERE root = ? AND ${host} AND problem IS NULL AND ${condition}`,
          )
          .join(' UNION ALL '),
      );
    this.#byHost = ofHost('job_raw IS NULL AND end_ns >= CAST(? AS INTEGER) AND start_ns <= CAST(? AS INTEGER)');
    this.#byJob = ofHost(
      'job_raw IS NOT NULL AND ((job_raw = ? AND job_raw >= 0) OR (job_local = ? AND job_index = ? AND job_local >= 0))',
    );
    this.#one = store.prepare(`SELECT ${COLUMNS} FROM archive WHERE root = ? AND base = ?`);
  }

  /**
   * Brings the catalogue up to date with the tree, or with a directory of it (relative to the root). A tree without a single archive is
   * taken for one that is not there; what is below a directory that cannot be read stays as it was.
   * @throws JobsumError E_INPUT_MISSING, E_IO: the root is not there, or cannot be read
   */
  async refresh(at = ''): Promise<ScanReport> {
    const known = new Map(this.#known(at).map((row) => [String(row.base), row]));
    const report = { archives: 0, opened: 0, named: 0, vanished: 0, young: 0, newProblems: 0 };
    const problems: Problem[] = [];
    const odd: Problem[] = [];
    const trouble: Trouble = (problem, found, fresh) => {
      if (isYoung(problem, found.base, found.changed, this.#clock())) report.young++;
      else {
        problems.push(problem);
        if (fresh) report.newProblems++;
      }
    };
    const unread: UnreadDirectory[] = [];
    let changed: [found: FoundArchive, before: Row | undefined][] = [];
    const flush = async (): Promise<void> => {
      const lot = changed;
      changed = [];
      const [named, opened] = await this.#learn(lot, trouble, odd);
      report.named += named;
      report.opened += opened;
    };
    for await (const lot of this.#scanner.scan(this.root, at)) {
      unread.push(...lot.unread.filter((u) => !u.dangling || this.#known(u.path).length > 0));
      for (const found of lot.found) {
        report.archives++;
        const row = known.get(found.base);
        known.delete(found.base);
        if (row?.signature !== found.signature) changed.push([found, row]);
        else if (row.problem !== null) trouble(JSON.parse(String(row.problem)) as Problem, found, false);
        if (changed.length >= BATCH) await flush();
      }
    }
    await flush();
    const root = unread.find((u) => u.path === '');
    if (root) throw fromProblem(root.absent ? { ...root.problem, code: 'E_INPUT_MISSING' } : root.problem);
    this.#unread.note(at, unread);
    const found = { ...report, problems, odd, unread: unread.map((u) => u.problem) };
    if (report.archives === 0 && at === '') return found;
    const gone = [...known.keys()].filter((base) => !unread.some((u) => isBelow(base, u.path)));
    const remove = this.#store.prepare('DELETE FROM archive WHERE root = ? AND base = ?');
    if (gone.length > 0) this.#store.transaction(() => gone.forEach((base) => void remove.run(this.root, base)));
    this.#damaged = this.#hosts = null;
    return { ...found, vanished: gone.length };
  }

  /** What it knows of a part of the tree. */
  #known(at: string): Row[] {
    const select = `SELECT base, signature, problem, CAST(start_ns AS TEXT) AS start_ns, CAST(end_ns AS TEXT) AS end_ns, revision
      FROM archive WHERE root = ?`;
    if (at === '') return this.#store.prepare(select).all(this.root);
    // Behind '/' comes '0'.
    return this.#store.prepare(`${select} AND base >= ? AND base < ?`).all(this.root, `${at}/`, `${at}0`);
  }

  /** Enters archives: by name where that is enough, otherwise opened. How many of each. */
  async #learn(
    lot: readonly (readonly [found: FoundArchive, before: Row | undefined])[],
    trouble: Trouble,
    odd: Problem[],
  ): Promise<[number, number]> {
    if (lot.length === 0) return [0, 0];
    const stamps = lot.map(([found]) => this.#stamp(found));
    const toOpen = lot.filter((_, i) => stamps[i] === null);
    const probed = await this.#scanner.probe(
      this.root,
      toOpen.map(([found]) => found),
    );
    this.#store.transaction(() => {
      lot.forEach(([found, before], i) => {
        const stamp = stamps[i]!;
        if (stamp === null) return;
        const probed = { host: found.pathHost!, startNs: stamp, endNs: stamp };
        const refused = this.#store.attempt(() => this.#enter(found, probed, before, true));
        if (refused) trouble({ ...refused, file: join(this.root, found.base) }, found, true);
      });
      toOpen.forEach(([found, before], i) => {
        const answer = probed[i]!;
        const refused = this.#store.attempt(() => this.#enter(found, answer, before, false));
        if (refused) trouble({ ...refused, file: join(this.root, found.base) }, found, true);
        else if ('failure' in answer) trouble(answer.failure, found, true);
        else if (answer.problem && !isGrowing(answer.problem, found.changed, this.#clock())) odd.push(answer.problem);
      });
    });
    this.#damaged = this.#hosts = null;
    return [lot.length - toOpen.length, toOpen.length];
  }

  /** Time that the name of a job-level archive in dated directories of a host tells. */
  #stamp(found: FoundArchive): bigint | null {
    if (this.#namesIn === null || found.pathHost === null) return null;
    const stamp = stampOf(basename(found.base), this.#namesIn);
    return stamp === null ? null : BigInt(stamp) * NS;
  }

  #enter(found: FoundArchive, probed: Probed, before: Row | undefined, fast: boolean): void {
    const job = parseArchiveJob(basename(found.base));
    const failure = 'failure' in probed ? probed.failure : null;
    // What cannot be read now may be in a moment: what is known of it stays, and the next scan opens it again.
    const passing = failure !== null && isIo(failure);
    if (passing && before && before.problem === null) return;
    const label = 'failure' in probed ? '' : probed.host;
    // A node that has no name yet when its logger starts calls itself localhost: then the path says whose the archive is.
    const directory = hostOfDirectory(join(this.root, found.base));
    const name = found.pathHost ?? (namesHost(label) ? label : directory);
    // Of a label, the directory that it is in; of a directory, the outermost one of the tree: `n1/daily/…`.
    const other = found.pathHost !== null ? '' : namesHost(label) ? directory : topOf(found.base);
    const endNs = 'failure' in probed ? 0n : (probed.endNs ?? OPEN_END);
    // The label's start is advisory, but nobody may be later than the last record.
    const startNs = 'failure' in probed ? 0n : probed.startNs < endNs ? probed.startNs : endNs;
    this.#put.run(
      ...[this.root, found.base, hostKey(name), name, startNs, endNs, found.bytes, passing ? '' : found.signature],
      ...[job?.local ?? null, job?.index ?? null, job?.raw ?? null],
      ...[failure && JSON.stringify(failure), fast ? 1 : 0, Math.round(found.changed)],
      before ? revisionAfter(before, { startNs, endNs, signature: found.signature }) : 0,
      hostKey(other) === hostKey(name) ? '' : hostKey(other),
    );
  }

  #entry(row: Row): CatalogEntry {
    return {
      base: String(row.base),
      bytes: Number(row.bytes),
      startNs: BigInt(String(row.start_ns)),
      endNs: BigInt(String(row.end_ns)),
      revision: Number(row.revision),
    };
  }

  /** Rows of a host, by its labels or its directories, in the order of time. */
  #ofHost(select: Statement, host: string, ...more: Value[]): Row[] {
    const key = hostKey(host);
    const all = (): Row[] => this.#store.prepare(HOSTS).all(this.root, this.root);
    this.#hosts ??= new Set(all().map((row) => String(row.host)));
    // A list of jobs may name 65,536 nodes that have none in a few bytes.
    if (!this.#hosts.has(key)) return [];
    const of = [this.root, key, ...more];
    return select
      .all(...of, ...of)
      .filter((row) => mayBeOf(host, String(row.host_name), String(row.path_host)))
      .sort((a, b) => byTime(this.#entry(a), this.#entry(b)));
  }

  /** Node-level archives of a host that overlap a time span (inclusive). */
  overlapping(host: string, startNs: bigint, endNs: bigint): CatalogEntry[] {
    return this.#ofHost(this.#byHost, host, String(startNs), String(endNs)).map((row) => this.#entry(row));
  }

  /** Job-level archives of a host by job id, whatever their time. */
  ofJob(host: string, { raw, local, index }: ArchiveJob): CatalogEntry[] {
    return this.#ofHost(this.#byJob, host, raw, local, index).flatMap((row) => this.#opened(row) ?? []);
  }

  /** An entry whose times are those of its data: one that was entered by its name is opened now. */
  #opened(row: Row): CatalogEntry | null {
    const entry = this.#entry(row);
    if (row.fast === 0) return entry;
    const members = String(row.signature)
      .split(' ')
      .map((part) => part.slice(0, part.indexOf(':')));
    const probed = probeAll(this.root, [{ base: entry.base, members }])[0]!;
    const failure = 'failure' in probed ? probed.failure : null;
    // What cannot be read now, or has moved, is for the reader to find out, who looks for it.
    if (failure && (isIo(failure) || failure.code === 'E_ARCHIVE_MISSING')) return entry;
    const endNs = 'failure' in probed ? entry.endNs : (probed.endNs ?? OPEN_END);
    const startNs = 'failure' in probed || probed.startNs > endNs ? entry.startNs : probed.startNs;
    // Where nothing can be written it is opened each time.
    if (!this.#store.readOnly)
      this.#store
        .prepare('UPDATE archive SET start_ns = ?, end_ns = ?, problem = ?, fast = 0 WHERE root = ? AND base = ?')
        .run(startNs, endNs, failure && JSON.stringify(failure), this.root, entry.base);
    if (failure) this.#damaged = null;
    return failure ? null : { ...entry, startNs, endNs };
  }

  /** How many archives it has. */
  size(): number {
    return Number(this.#store.prepare('SELECT count(*) AS n FROM archive WHERE root = ?').get(this.root)?.n);
  }

  /** Whether a host's logger has written anything at a time or later. */
  goesOn(host: string, ns: bigint): boolean {
    return this.overlapping(host, ns, OPEN_END).length > 0;
  }

  /** The last archive of a host's logger before a time span, and the next behind it. */
  near(host: string, startNs: bigint, endNs: bigint): CatalogEntry[] {
    const readable = 'root = ? AND host = ? AND job_raw IS NULL AND problem IS NULL';
    const one = (condition: string, ns: bigint): Row[] =>
      this.#store
        .prepare(`SELECT ${COLUMNS} FROM archive WHERE ${readable} AND ${condition} LIMIT 1`)
        .all(this.root, hostKey(host), String(ns));
    return [
      ...one('end_ns < CAST(? AS INTEGER) ORDER BY end_ns DESC', startNs),
      ...one('start_ns > CAST(? AS INTEGER) ORDER BY start_ns', endNs),
    ].map((row) => this.#entry(row));
  }

  /** Archives that cannot be read and may have data of a job on a node. */
  touching(of: Omit<DamagedFor, 'nextAfter'>): DamagedArchive[] {
    this.#damaged ??= new Damaged(
      this.#store
        .prepare(
          'SELECT base, host, problem, changed FROM archive WHERE root = ? AND problem IS NOT NULL ORDER BY base',
        )
        .all(this.root)
        .map((row) => ({
          ...{ base: String(row.base), host: String(row.host), changed: Number(row.changed) },
          problem: { file: join(this.root, String(row.base)), ...(JSON.parse(String(row.problem)) as Problem) },
        })),
    );
    const nextAfter = (ns: bigint): bigint | null => this.near(of.node, -OPEN_END, ns)[0]?.startNs ?? null;
    return this.#damaged.touching({ ...of, nextAfter }, this.#clock());
  }

  /** Why archives of a host may be there that it does not know of: directories that the last scan could not read. */
  hidden(host: string): Problem[] {
    return this.#unread.of(host, (directory) => this.#has(host, directory));
  }

  /** Whether it knows archives of a host below a directory. */
  #has(host: string, directory: string): boolean {
    return (
      this.#store
        .prepare('SELECT 1 FROM archive WHERE root = ? AND host = ? AND base >= ? AND base < ? LIMIT 1')
        // Behind '/' comes '0'.
        .all(this.root, hostKey(host), `${directory}/`, `${directory}0`).length > 0
    );
  }

  /** An archive by its base, or why there is none. */
  byBase(base: string): CatalogEntry | Problem {
    const row = this.#one.get(this.root, base);
    const found = row && row.problem === null ? this.#opened(row) : null;
    if (found) return found;
    const problem = this.#one.get(this.root, base)?.problem ?? null;
    if (problem !== null) return JSON.parse(String(problem)) as Problem;
    return { code: 'E_ARCHIVE_MISSING', message: 'no such archive', file: resolve(this.root, base) };
  }
}

const byTime = (a: CatalogEntry, b: CatalogEntry): number =>
  a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : a.base < b.base ? -1 : 1;
