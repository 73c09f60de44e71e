// Owns connections to MySQL and MariaDB: the only place that knows the driver, which is loaded when first needed.
//
//   const warehouse = await Mysql.connect(settings);          // throws at once if the server cannot be used
//   const rows = await warehouse.rows<{ n: number }>('SELECT count(*) AS n FROM modw.hosts WHERE id IN (?)', [[1, 2]]);
//   for await (const row of warehouse.stream('SELECT … WHERE resource_id = ?', [7])) …
//   const { affected } = await warehouse.run('UPDATE …', [..]);   // autocommit
//   await warehouse.transaction(async (q) => { await q.run(…); await q.run(…); });
//   await warehouse.close();
//
// Parameters are `?`; an array is a list (`IN (?)`), an array of arrays is rows (`INSERT … VALUES ?`). One statement a call.
// Every session has UTC, autocommit, READ COMMITTED and a strict SQL mode, whatever the server's defaults. DATETIME and TIMESTAMP come as UTC
// text `YYYY-MM-DD HH:MM:SS`, integers as numbers (beyond 2^53: text), DECIMAL as numbers, BLOBs as Buffers.
// Errors are JobsumErrors: E_SERVICE (retryable), E_DENIED, E_SCHEMA (no such table, column or database), E_QUERY.

import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Connection, Pool, PoolConnection, PoolOptions, QueryError } from 'mysql2/promise';
import type { MysqlSettings } from '../config/index.ts';
import { type ErrorCode, JobsumError } from '../kernel/index.ts';
import { Watch } from './watch.ts';

export type SqlScalar = string | number | bigint | boolean | null | Buffer;
export type SqlParameter = SqlScalar | readonly SqlScalar[] | readonly (readonly SqlScalar[])[];
export type SqlRow = Record<string, unknown>;

export interface Changes {
  /** Rows matched by an UPDATE, inserted or deleted; an upsert counts 1 if it inserted, 2 if it replaced. */
  readonly affected: number;
  readonly insertId: number;
}

/** What a whole connection pool and one transaction have in common. */
export interface Queryable {
  rows<T extends SqlRow = SqlRow>(sql: string, parameters?: readonly SqlParameter[]): Promise<T[]>;
  run(sql: string, parameters?: readonly SqlParameter[]): Promise<Changes>;
}

export interface WarehouseOptions {
  /** Most connections open at once. */
  readonly connections?: number;
  /** A statement that gives no sign of life for so long is given up, and its connection with it, though the server answers others. */
  readonly statementMs?: number;
  /** After so long without a byte the server is asked on another connection whether it is there. */
  readonly quietMs?: number;
}

const CONNECT_SECONDS = 10;
/** An anti-join over millions of jobs on a busy server takes minutes. */
const STATEMENT_MS = 600_000;
const CONNECTIONS = 4;
/** A peer that is gone without a word (its host, a router between) is found out by the system. */
const KEEP_ALIVE_MS = 30_000;

/** What is below the driver's promises. */
interface Plain extends EventEmitter {
  readonly stream: Socket;
  query(sql: string, parameters: unknown[]): { stream(options: object): Readable };
}

const plainOf = (connection: Connection): Plain => (connection as PoolConnection).connection as unknown as Plain;

const SESSION = [
  // NO_BACKSLASH_ESCAPES, which a server may have as its default, would defeat the driver's quoting: set the whole mode.
  "SET time_zone = '+00:00', autocommit = 1, sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
  // Who freezes inside a transaction keeps its locks for less than others wait for them (50 s). MariaDB only: MySQL has no such thing.
  'SET /*M!100300 SESSION idle_transaction_timeout = 30, */ autocommit = 1',
  // A long run must see what other programs have committed since.
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

/** Server error numbers by what they mean to us; the driver's class or text is not looked at. */
const MEANING = new Map<number, ErrorCode>([
  // Too many connections, out of memory or disk, shutting down, killed, gone, lock waits and deadlocks, read-only.
  ...[1040, 1021, 1037, 1038, 1041, 1053, 1077, 1079, 1080, 1114, 1152, 1158, 1159, 1160, 1161].map(service),
  ...[1203, 1205, 1213, 1226, 1290, 1317, 1836, 1927, 2006, 2013, 3024].map(service),
  ...[1044, 1045, 1130, 1142, 1143, 1227, 1251, 1370, 1410, 1698, 1862].map((n) => [n, 'E_DENIED'] as const),
  ...[1049, 1054, 1146].map((n) => [n, 'E_SCHEMA'] as const),
]);

function service(errno: number): readonly [number, ErrorCode] {
  return [errno, 'E_SERVICE'];
}

/** A connection after this error is of no use. */
const isLost = (error: unknown): boolean => {
  const { fatal, errno } = error as Partial<QueryError>;
  return fatal === true || errno === undefined || errno < 1000;
};

const WHAT: Partial<Record<ErrorCode, string>> = {
  E_SERVICE: 'the SQL server is not available',
  E_DENIED: 'the SQL server refuses access',
  E_SCHEMA: 'the SQL server lacks a table or column',
};

export class Mysql implements Queryable {
  readonly #pool: Pool;
  readonly #place: string;
  readonly #watch: Watch;
  /** Of open connections whose session is set up. */
  readonly #ready = new Set<Socket>();

  private constructor(pool: Pool, place: string, watch: Watch) {
    this.#pool = pool;
    this.#place = place;
    this.#watch = watch;
  }

  /** Opens a pool and tries one connection. @throws JobsumError E_SERVICE, E_DENIED, E_QUERY */
  static async connect(settings: MysqlSettings, options: WarehouseOptions = {}): Promise<Mysql> {
    const { createConnection, createPool } = await import('mysql2/promise');
    const { host = 'localhost', port = 3306, user, password, socket, ssl, connectSeconds = CONNECT_SECONDS } = settings;
    const pool: PoolOptions = {
      ...(socket === undefined ? { host, port } : { socketPath: socket }),
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      ...(ssl === undefined ? {} : { ssl: tls(ssl) }),
      connectionLimit: options.connections ?? CONNECTIONS,
      connectTimeout: connectSeconds * 1000,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      charset: 'utf8mb4',
      timezone: 'Z',
      dateStrings: true,
      supportBigNumbers: true,
      decimalNumbers: true,
      // An object among the parameters would otherwise become SQL of its own.
      stringifyObjects: true,
    };
    const place = socket ?? `${host}:${port}`;
    /** A refusal is an answer, too. */
    const answers = (): Promise<boolean> =>
      createConnection(pool).then(
        async (connection) => {
          await connection.end().catch(() => undefined);
          plainOf(connection).stream.destroySoon();
          return true;
        },
        (error) => !isLost(error),
      );
    const watch = new Watch(answers, options.statementMs ?? STATEMENT_MS, options.quietMs);
    const warehouse = new Mysql(createPool(pool), place, watch);
    try {
      await warehouse.rows('SELECT 1');
    } catch (error) {
      await warehouse.close();
      throw error;
    }
    return warehouse;
  }

  /** Whatever the driver throws in here leaves as a JobsumError. */
  async #coded<T>(sql: string, body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (error) {
      throw this.#error(error, sql);
    }
  }

  #error(cause: unknown, sql: string): JobsumError {
    const { errno, code, message } = cause as QueryError;
    const meaning = MEANING.get(errno ?? 0) ?? (isLost(cause) ? 'E_SERVICE' : 'E_QUERY');
    return new JobsumError(
      meaning,
      WHAT[meaning] ?? 'the SQL server refused a statement',
      // Neither parameters nor password are in these texts; statements are ours.
      {
        file: this.#place,
        record: sql.trim().replace(/\s+/g, ' ').slice(0, 60),
        found: message || code || 'no answer',
      },
      { cause },
    );
  }

  async #acquire(): Promise<PoolConnection> {
    const connection = await this.#coded('connect', () => this.#pool.getConnection());
    const plain = plainOf(connection);
    const socket = plain.stream;
    if (this.#ready.has(socket)) return connection;
    // Whoever waits for an answer gets the error; a second error of a connection that is gone already must not end the process.
    plain.on('error', () => undefined);
    try {
      for (const sql of SESSION) await this.#on(connection).run(sql);
    } catch (error) {
      hangUp(connection);
      throw error;
    }
    this.#ready.add(socket);
    socket.once('close', () => this.#ready.delete(socket));
    return connection;
  }

  async #with<T>(body: (connection: PoolConnection) => Promise<T>): Promise<T> {
    const connection = await this.#acquire();
    let lost = false;
    try {
      return await body(connection);
    } catch (error) {
      lost = error instanceof JobsumError && error.code === 'E_SERVICE';
      throw error;
    } finally {
      if (lost) hangUp(connection);
      else connection.release();
    }
  }

  #on(connection: PoolConnection): Queryable {
    // Not by the driver's own `timeout`: its timer outlives a connection that breaks, and keeps the process from ending.
    const send = async (sql: string, parameters: readonly SqlParameter[] = []): Promise<unknown> => {
      const end = this.#watch.begin(plainOf(connection).stream);
      try {
        return await this.#coded(sql, async () => (await connection.query(sql, [...parameters]))[0]);
      } finally {
        end();
      }
    };
    return {
      rows: async <T extends SqlRow>(sql: string, parameters?: readonly SqlParameter[]) =>
        (await send(sql, parameters)) as T[],
      run: async (sql, parameters) => {
        const { affectedRows, insertId } = (await send(sql, parameters)) as { affectedRows: number; insertId: number };
        return { affected: affectedRows, insertId };
      },
    };
  }

  rows<T extends SqlRow = SqlRow>(sql: string, parameters: readonly SqlParameter[] = []): Promise<T[]> {
    return this.#with((c) => this.#on(c).rows<T>(sql, parameters));
  }

  run(sql: string, parameters: readonly SqlParameter[] = []): Promise<Changes> {
    return this.#with((c) => this.#on(c).run(sql, parameters));
  }

  /** Rows as they arrive, on a connection of their own. Read them at once: a server hangs up on who dawdles for a minute. */
  async *stream<T extends SqlRow = SqlRow>(sql: string, parameters: readonly SqlParameter[] = []): AsyncGenerator<T> {
    const connection = await this.#acquire();
    const plain = plainOf(connection);
    const end = this.#watch.begin(plain.stream);
    let rows: Readable | null = null;
    let lost: Error | null = null;
    // The driver tells the connection, not the stream: at once if it is closed already.
    const broken = (error: Error): void => {
      lost = error;
      rows?.destroy(error);
    };
    plain.on('error', broken);
    let whole = false;
    try {
      rows = plain.query(sql, [...parameters]).stream({ highWaterMark: 1000 });
      if (lost) throw lost;
      yield* rows as AsyncIterable<T>;
      whole = true;
    } catch (error) {
      throw this.#error(error, sql);
    } finally {
      end();
      plain.off('error', broken);
      // A result that was not read to its end still stands in the connection.
      if (whole) connection.release();
      else hangUp(connection);
    }
  }

  /** All or nothing, on one connection. What the body throws rolls back and is thrown on. */
  transaction<T>(body: (q: Queryable) => Promise<T>): Promise<T> {
    return this.#with(async (connection) => {
      const q = this.#on(connection);
      await q.run('START TRANSACTION');
      try {
        const result = await body(q);
        await q.run('COMMIT');
        return result;
      } catch (error) {
        // If the connection is gone, the transaction went with it.
        await q.run('ROLLBACK').catch(() => hangUp(connection));
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    try {
      await this.#pool.end();
    } catch {
      // Connections that are lost already cannot say goodbye.
    }
    // A server that has frozen never says it: nothing is to wait for that.
    for (const socket of this.#ready) socket.destroySoon();
  }
}

/** Without goodbye, which may not be answered. */
function hangUp(connection: PoolConnection): void {
  connection.destroy();
  plainOf(connection).stream.destroy();
}

function tls({ ca, cert, key, verify = true }: NonNullable<MysqlSettings['ssl']>): NonNullable<PoolOptions['ssl']> {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: verify,
    verifyIdentity: verify,
  };
}
