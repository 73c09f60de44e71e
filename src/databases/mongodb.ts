// Owns connections to MongoDB: the only place that knows the driver's connections and errors; it is loaded when first needed.
//
//   const mongo = await Mongo.connect({ uri, database });        // throws at once if the server cannot be used
//   await mongo.coded(() => mongo.db.collection('schema').findOne({ _id: 'x' }));
//   await mongo.close();
//
// Errors are JobsumErrors: E_SERVICE (retryable), E_DENIED, E_MONGODB_VERSION, E_CONFIG, E_QUERY. The URI is in none of them.

import type { Db, MongoClient, MongoClientOptions, MongoServerError } from 'mongodb';
import type { MongoSettings, TlsSettings } from '../config/index.ts';
import { type ErrorCode, hideSecret, JobsumError, redact } from '../kernel/index.ts';

/** Milliseconds without a server, or a sign of life from it, after which a call fails. The caller has the patience. */
const SELECTION_MS = 10_000;
const CONNECT_MS = 10_000;
const SOCKET_MS = 60_000;
const CONNECTIONS = 4;

/** Server error codes by what they mean to us. */
const UNAVAILABLE = new Set([
  // Host unreachable or not found, network timeout, shutting down, not primary, recovering, stepping down, socket errors.
  ...[6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436],
  // Time limit, write concern not met in time, write conflict, out of disk space.
  ...[50, 64, 112, 14031],
]);
const DENIED = new Set([11, 13, 18, 8000]);
const DRIVER_UNAVAILABLE = new Set([
  ...['MongoNetworkError', 'MongoServerSelectionError', 'MongoSystemError', 'MongoTopologyClosedError'],
  ...['MongoNotConnectedError', 'MongoServerClosedError', 'MongoPoolClosedError', 'MongoClientClosedError'],
  ...['MongoWaitQueueTimeoutError', 'MongoOperationTimeoutError', 'MongoStalePrimaryError'],
]);
const CONFIG = new Set([
  'MongoParseError',
  'MongoInvalidArgumentError',
  'MongoMissingCredentialsError',
  'MongoAPIError',
]);

const WHAT: Partial<Record<ErrorCode, string>> = {
  E_SERVICE: 'MongoDB is not available',
  E_DENIED: 'MongoDB refuses access',
  E_MONGODB_VERSION: 'MongoDB is of a version that cannot be spoken to',
  E_CONFIG: 'the connection to MongoDB is configured wrongly',
};

/** By the names of its class and of those it is made from: `PoolClearedOnNetworkError` is one of `MongoNetworkError`. */
function isOfConnection(error: Error): boolean {
  for (let of = error; of; of = Object.getPrototypeOf(of)) if (DRIVER_UNAVAILABLE.has(of.name)) return true;
  return false;
}

function meaning(error: MongoServerError, what: string): ErrorCode {
  if (error.name === 'MongoCompatibilityError' || /wire version/.test(error.message)) return 'E_MONGODB_VERSION';
  const code = Number(error.code);
  if (DENIED.has(code)) return 'E_DENIED';
  // A socket that is reset in the middle of a write shows as the operating system's own error.
  if (typeof (error as { syscall?: unknown }).syscall === 'string') return 'E_SERVICE';
  if (UNAVAILABLE.has(code) || isOfConnection(error)) return 'E_SERVICE';
  if (['RetryableWriteError', 'TransientTransactionError'].some((l) => error.hasErrorLabel?.(l))) return 'E_SERVICE';
  return what === 'connect' && CONFIG.has(error.name) ? 'E_CONFIG' : 'E_QUERY';
}

const has = (uri: string, ...names: string[]): boolean => new RegExp(`[?&](${names.join('|')})=`, 'i').test(uri);

function clientOptions({ uri, user: given, password, ssl }: MongoSettings, selectionMs: number): MongoClientOptions {
  const user = given ?? (password === undefined ? undefined : userOf(uri));
  return {
    appName: 'jobsum',
    maxPoolSize: CONNECTIONS,
    ...(has(uri, 'serverSelectionTimeoutMS') ? {} : { serverSelectionTimeoutMS: selectionMs }),
    ...(has(uri, 'connectTimeoutMS') ? {} : { connectTimeoutMS: CONNECT_MS }),
    ...(has(uri, 'socketTimeoutMS') ? {} : { socketTimeoutMS: SOCKET_MS }),
    // Acknowledged means: on the disks of a majority. A ledger row must not outlive the document it vouches for.
    ...(has(uri, 'w', 'journal', 'wtimeoutMS') ? {} : { writeConcern: { w: 'majority', journal: true } }),
    ...(user === undefined ? {} : { auth: { username: user, ...(password === undefined ? {} : { password }) } }),
    ...(ssl === undefined ? {} : { tls: true, ...tls(ssl) }),
  };
}

function tls({ ca, cert, key, verify = true }: TlsSettings): MongoClientOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(verify ? {} : { tlsAllowInvalidCertificates: true, tlsAllowInvalidHostnames: true }),
  };
}

/** Host names and ports of a connection string, which may hold a password, too. */
export function mongoPlace(uri: string): string {
  const m = /^mongodb(?:\+srv)?:\/\/(?:.*@)?([^/?@]+)/is.exec(uri);
  return m?.[1] ?? 'mongodb';
}

/** Who the connection string says connects. */
function userOf(uri: string): string | undefined {
  const m = /^mongodb(?:\+srv)?:\/\/([^:@/?]+)(?::[^@]*)?@/i.exec(uri);
  return m ? decodeURIComponent(m[1]!) : undefined;
}

export class Mongo {
  readonly db: Db;
  /** For messages: hosts and database. */
  readonly place: string;
  readonly #client: MongoClient;

  private constructor(client: MongoClient, database: string, place: string) {
    this.#client = client;
    this.db = client.db(database);
    this.place = place;
  }

  /** @throws JobsumError E_SERVICE, E_DENIED, E_MONGODB_VERSION, E_CONFIG */
  static async connect(account: MongoSettings, selectionMs = SELECTION_MS): Promise<Mongo> {
    hideSecret(/:\/\/[^:@/]*:([^@]*)@/.exec(account.uri)?.[1] ?? '');
    hideSecret(account.password ?? '');
    const { MongoClient } = await import('mongodb');
    const place = `${mongoPlace(account.uri)}/${account.database}`;
    let client: MongoClient;
    try {
      client = new MongoClient(account.uri, clientOptions(account, selectionMs));
    } catch (cause) {
      const found = redact((cause as Error).message);
      throw new JobsumError('E_CONFIG', WHAT.E_CONFIG!, { file: place, found }, { cause });
    }
    const mongo = new Mongo(client, account.database, place);
    try {
      await mongo.coded('connect', () => mongo.db.command({ ping: 1 }));
    } catch (error) {
      await mongo.close();
      throw error;
    }
    return mongo;
  }

  /** Whatever the driver throws in the action leaves as a JobsumError. `what`: the collection or command, for the message. */
  async coded<T>(what: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      if (cause instanceof JobsumError) throw cause;
      throw this.error(cause, what);
    }
  }

  error(cause: unknown, what: string): JobsumError {
    // What breaks a bulk off comes inside the error of the bulk.
    const { errorResponse } = cause as MongoServerError;
    const error = (errorResponse instanceof Error ? errorResponse : cause) as MongoServerError;
    const code = meaning(error, what);
    const detail = { file: this.place, record: what, found: redact(error.message || error.name) };
    return new JobsumError(code, WHAT[code] ?? 'MongoDB refused an operation', detail, { cause });
  }

  async close(): Promise<void> {
    await this.#client.close().catch(() => undefined);
  }
}
