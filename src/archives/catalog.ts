// Owns the catalogue: which archive holds which host's data from when to when. Kept in the store; only new or changed files
// are opened again.

import { basename, join, resolve } from 'node:path';
import { type Problem, toProblem } from '../kernel/index.ts';
import type { Schema, Statement, Store } from '../store/index.ts';
import { hostKey, parseArchiveJob } from './names.ts';
import { type FoundArchive, scanArchives } from './scan.ts';

export const CATALOG_SCHEMA: Schema = {
  sql: `
    CREATE TABLE IF NOT EXISTS archive (
      root TEXT NOT NULL, base TEXT NOT NULL, host TEXT NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
      bytes INTEGER NOT NULL, signature TEXT NOT NULL, job_local INTEGER, job_index INTEGER, job_raw INTEGER,
      problem TEXT, seen INTEGER NOT NULL, PRIMARY KEY (root, base)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS archive_host ON archive (root, host, end_ns);
    CREATE INDEX IF NOT EXISTS archive_job ON archive (root, job_raw);
  `,
};

/** What opening an archive tells; given by the caller, since the decoder comes later. */
export type ProbeArchive = (path: string) => {
  readonly host: string;
  readonly startNs: bigint;
  readonly endNs: bigint | null;
  readonly problem?: Problem;
};

export interface CatalogEntry {
  /** Relative to the root. */
  readonly base: string;
  readonly bytes: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

export interface ScanReport {
  readonly archives: number;
  /** Of these, opened because they were new or had changed. */
  readonly opened: number;
  readonly vanished: number;
  /** Archives that cannot be read at all, with the reason. */
  readonly problems: readonly Problem[];
}

/** Archives per transaction: a killed scan loses at most this many. */
const BATCH = 500;
/** End of an archive whose last record cannot be found: it may hold anything after its start. */
const OPEN_END = 2n ** 63n - 1n;

interface Known {
  readonly signature: string;
  readonly problem: string | null;
}

export class Catalog {
  readonly #store: Store;
  readonly root: string;
  readonly #probe: ProbeArchive;
  readonly #put: Statement;
  readonly #touch: Statement;
  readonly #known: Statement;
  readonly #byHost: Statement;
  readonly #byJob: Statement;
  readonly #one: Statement;

  constructor(store: Store, root: string, probe: ProbeArchive) {
    this.#store = store;
    this.root = resolve(root);
    this.#probe = probe;
    this.#put = store.prepare('INSERT OR REPLACE INTO archive VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#touch = store.prepare('UPDATE archive SET seen = ? WHERE root = ? AND base = ?');
    this.#known = store.prepare('SELECT signature, problem FROM archive WHERE root = ? AND base = ?');
    const columns = 'base, bytes, CAST(start_ns AS TEXT) AS start_ns, CAST(end_ns AS TEXT) AS end_ns';
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

  /** Brings the catalogue up to date with the tree. */
  refresh(): ScanReport {
    const run = Date.now();
    const problems: Problem[] = [];
    let archives = 0;
    let opened = 0;
    let batch: FoundArchive[] = [];
    const flush = (): void => {
      this.#store.transaction(() => {
        for (const found of batch) {
          const known = this.#known.get(this.root, found.base) as Known | undefined;
          if (known?.signature === found.signature) {
            if (known.problem !== null) problems.push(JSON.parse(known.problem) as Problem);
            this.#touch.run(run, this.root, found.base);
            continue;
          }
          opened++;
          const problem = this.#enter(found, run);
          if (problem) problems.push(problem);
        }
      });
      batch = [];
    };
    for (const found of scanArchives(this.root)) {
      archives++;
      batch.push(found);
      if (batch.length === BATCH) flush();
    }
    flush();
    const gone = this.#store
      .prepare('SELECT count(*) AS n FROM archive WHERE root = ? AND seen < ?')
      .get(this.root, run);
    this.#store.prepare('DELETE FROM archive WHERE root = ? AND seen < ?').run(this.root, run);
    return { archives, opened, vanished: Number(gone?.n ?? 0), problems };
  }

  /** Opens one archive and stores what it says; the problem if it cannot be used. */
  #enter(found: FoundArchive, run: number): Problem | null {
    const job = parseArchiveJob(basename(found.base));
    const ids = [job?.local ?? null, job?.index ?? null, job?.raw ?? null];
    try {
      const probe = this.#probe(join(this.root, found.base));
      const host = hostKey(found.pathHost ?? probe.host);
      const end = probe.endNs ?? OPEN_END;
      // The label's start is advisory, but nobody may be later than the last record.
      const start = probe.startNs < end ? probe.startNs : end;
      this.#put.run(this.root, found.base, host, start, end, found.bytes, found.signature, ...ids, null, run);
      return null;
    } catch (error) {
      const problem = toProblem(error);
      const host = hostKey(found.pathHost ?? '');
      this.#put.run(
        this.root,
        found.base,
        host,
        0n,
        0n,
        found.bytes,
        found.signature,
        ...ids,
        JSON.stringify(problem),
        run,
      );
      return problem;
    }
  }

  #entry(row: Record<string, unknown>): CatalogEntry {
    return {
      base: String(row.base),
      bytes: Number(row.bytes),
      startNs: BigInt(String(row.start_ns)),
      endNs: BigInt(String(row.end_ns)),
    };
  }

  /** Node-level archives of a host that overlap a time span (inclusive). */
  overlapping(host: string, startNs: bigint, endNs: bigint): CatalogEntry[] {
    return this.#byHost.all(this.root, hostKey(host), String(startNs), String(endNs)).map((row) => this.#entry(row));
  }

  /** Job-level archives of a host by job id, whatever their time. */
  ofJob(host: string, raw: number, local: number, index: number): CatalogEntry[] {
    return this.#byJob.all(this.root, hostKey(host), raw, local, index).map((row) => this.#entry(row));
  }

  /** An archive by its base; null if the catalogue does not know it or it cannot be read. */
  byBase(base: string): CatalogEntry | null {
    const row = this.#one.get(this.root, base);
    return row && row.problem === null ? this.#entry(row) : null;
  }
}
