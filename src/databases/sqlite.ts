// Owns the embedded SQLite file: opening, identity, migrations, transactions. The only place that knows the library, so
// that Node's own SQLite can take its place.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type Database from 'libsql';
import { JobsumError, type Problem, packageFile, toProblem } from '../kernel/index.ts';

/** Loaded when a store is opened: it is machine code, and what only reads archives starts without it. */
const sqlite = (): typeof Database => createRequire(packageFile('package.json'))('libsql') as typeof Database;

/** 'jbsm' in ASCII: tells our files from other programs' SQLite files. */
const APPLICATION_ID = 0x6a62736d;
const BUSY_MS = 10_000;
/** A full or failing disk, of the file itself or of its log of changes. */
const DISK = /SQLITE_FULL|SQLITE_IOERR|disk is full|disk I\/O error/;

/** Path of a store that is no file and ends with the process. */
export const MEMORY = ':memory:';

export type Value = string | number | bigint | null;
export type Row = Record<string, Value>;

export interface Statement {
  run(...values: Value[]): void;
  get(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
}

/** Tables of one folder; `sql` must be repeatable (IF NOT EXISTS). Raise SCHEMA_VERSION when one changes its meaning. */
export interface Schema {
  readonly sql: string;
  /** What makes the tables of the version before into those of a version. */
  readonly upgrades?: Readonly<Record<number, string>>;
}

const SCHEMA_VERSION = 6;

/** Whether SQLite can work there as it does: it makes files beside that of the store. */
function writable(path: string): boolean {
  try {
    for (const place of [path, dirname(path)]) accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The store as it is opened where nothing can be written. While somebody is at work on it there are a log of changes and its shared index,
 * and both are read; else the file has everything, and is taken as one that does not change.
 */
function readOnlyName(path: string): string {
  const inUse = existsSync(`${path}-wal`) && (statSync(`${path}-wal`).size > 0 || existsSync(`${path}-shm`));
  return `${pathToFileURL(path).href}?${inUse ? 'mode=ro' : 'immutable=1'}`;
}

/** Statements that are kept. The memory of one is freed only when the collector comes by, which does not know how large it is (3 kB). */
const MAX_STATEMENTS = 200;

export class Store {
  readonly path: string;
  readonly #db: Database.Database;
  /** Prepared ones by their text, the one asked for longest ago first. */
  readonly #statements = new Map<string, Statement>();
  /** Nothing can be written: another's store, or a file system that is read only. */
  readonly readOnly: boolean;

  /** A store to look into, also one that can only be read. @throws JobsumError as the constructor */
  static toRead(path: string, schemas: readonly Schema[]): Store {
    return new Store(path, schemas, path !== MEMORY && existsSync(path) && !writable(path));
  }

  /**
   * Opens or creates the file with the tables of the given schemas.
   * @throws JobsumError E_STORE (not ours, not writable), E_STORE_VERSION, E_LOCKED
   */
  constructor(path: string, schemas: readonly Schema[], readOnly = false) {
    this.path = path;
    this.readOnly = readOnly;
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw new JobsumError('E_STORE', 'the store is a file', { file: path, expected: 'a file', found: 'a directory' });
    try {
      this.#db = new (sqlite())(readOnly ? readOnlyName(path) : path, { timeout: BUSY_MS } as Database.Options);
    } catch (cause) {
      throw this.#error(cause, 'cannot open the store');
    }
    try {
      this.#identify();
      if (readOnly) return;
      // First: a process killed half-way must leave a file that is known as ours.
      this.#db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      this.#upgrade(schemas);
      // FULL: a commit is on the disk when it returns, so a ledger row never outlives the document it vouches for.
      this.#db.exec('PRAGMA journal_mode = WAL');
      this.#db.exec('PRAGMA synchronous = FULL');
      for (const schema of schemas) this.#db.exec(schema.sql);
      this.#db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    } catch (cause) {
      this.#db.close();
      throw cause instanceof JobsumError ? cause : this.#error(cause, 'cannot use the store');
    }
  }

  #pragma(name: string): number {
    const row = this.#db.prepare(`PRAGMA ${name}`).get() as Record<string, number> | undefined;
    return Number(Object.values(row ?? {})[0] ?? 0);
  }

  #identify(): void {
    const id = this.#pragma('application_id');
    const tables = this.#db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE type = 'table'").get() as {
      n: number;
    };
    if (id !== APPLICATION_ID && (id !== 0 || tables.n > 0)) {
      throw new JobsumError('E_STORE', 'the file is a database of another program', { file: this.path });
    }
    const version = this.#pragma('user_version');
    if (version > SCHEMA_VERSION) {
      throw new JobsumError('E_STORE_VERSION', 'the store is newer than this program', {
        file: this.path,
        expected: `at most version ${SCHEMA_VERSION}`,
        found: `version ${version}`,
      });
    }
    if (this.readOnly && version < SCHEMA_VERSION)
      throw new JobsumError(
        'E_STORE',
        'the store is of an earlier version, and to upgrade it needs the right to write',
        {
          file: this.path,
          expected: `version ${SCHEMA_VERSION}`,
          found: `version ${version}`,
        },
      );
  }

  /** A new file has version 0 and nothing to upgrade. */
  #upgrade(schemas: readonly Schema[]): void {
    if (this.#pragma('user_version') === 0) return;
    this.transaction(() => {
      // Read again: another process may have done it while this one waited for the lock.
      for (let version = this.#pragma('user_version') + 1; version <= SCHEMA_VERSION; version++) {
        for (const schema of schemas) this.#db.exec(schema.upgrades?.[version] ?? '');
        this.#db.exec(`PRAGMA user_version = ${version}`);
      }
    });
  }

  #error(cause: unknown, what: string): JobsumError {
    const text = cause instanceof Error ? cause.message : String(cause);
    const { code = '' } = cause as { code?: string };
    const known = /locked|busy/i.test(text) ? 'E_LOCKED' : DISK.test(`${code} ${text}`) ? 'E_IO' : 'E_STORE';
    return new JobsumError(known, what, { file: this.path, found: text }, { cause });
  }

  /** The statement of this text: the same one for whoever asks for it again. */
  prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) {
      // The one that was asked for last stands last.
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const guard = <T>(run: () => T): T => {
      try {
        return run();
      } catch (cause) {
        throw this.#error(cause, 'the store refused a statement');
      }
    };
    const prepared = guard(() => this.#db.prepare(sql));
    const statement: Statement = {
      run: (...values) => guard(() => void prepared.run(...values)),
      get: (...values) => guard(() => prepared.get(...values) as Row | undefined),
      all: (...values) => guard(() => prepared.all(...values) as Row[]),
    };
    this.#statements.set(sql, statement);
    if (this.#statements.size > MAX_STATEMENTS) this.#statements.delete(this.#statements.keys().next().value!);
    return statement;
  }

  /** All or nothing. Not nested. */
  transaction<T>(body: () => T): T {
    this.prepare('BEGIN IMMEDIATE').run();
    try {
      const result = body();
      this.prepare('COMMIT').run();
      return result;
    } catch (error) {
      try {
        this.#db.exec('ROLLBACK');
      } catch {
        // On a full disk SQLite has ended the transaction by itself.
      }
      throw error;
    }
  }

  /** What a transaction would do: nothing of it stays. */
  rehearse(body: () => void): void {
    this.prepare('BEGIN IMMEDIATE').run();
    try {
      body();
    } finally {
      this.#db.exec('ROLLBACK');
    }
  }

  /** Bytes of its files, and of what is in use in it. */
  bytes(): { readonly file: number; readonly used: number } {
    const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const used = (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size');
    return { file: size(this.path) + size(`${this.path}-wal`), used };
  }

  /** Gives room that is not in use back to the file system. Needs as much as is in use for a moment. @throws JobsumError E_IO, E_LOCKED */
  compact(): void {
    this.prepare('VACUUM').run();
    this.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  }

  /** Of a transaction, a part that all the same may be refused for what it holds: then nothing of it is written. Why; null: it is written. */
  attempt(body: () => void): Problem | null {
    this.#db.exec('SAVEPOINT part');
    try {
      body();
      this.#db.exec('RELEASE part');
      return null;
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code !== 'E_STORE') throw error;
      this.#db.exec('ROLLBACK TO part; RELEASE part');
      return problem;
    }
  }

  /** Whatever was committed is in the files, also if they cannot be put together now. */
  close(): void {
    try {
      this.#db.close();
    } catch {
      // As said above.
    }
  }
}
