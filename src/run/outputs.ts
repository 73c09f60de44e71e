// Owns where the documents of a run go: outputs by name or settings, opened as sinks that wait for a server that is unavailable.

import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { openStore } from '../catalog/index.ts';
import { type MongoSettings, secret } from '../config/index.ts';
import { mongoPlace, type Store } from '../databases/index.ts';
import { JobsumError, type Patience, patiently } from '../kernel/index.ts';

import { FileSink, MongoSink, parseSink, type Sink, SqliteSink, StreamSink } from '../sinks/index.ts';

export type Output =
  | { readonly kind: 'sqlite'; readonly path: string }
  /** `-`: standard output. */
  | { readonly kind: 'ndjson'; readonly path: string }
  /** One array; the file appears when the resource is done. */
  | { readonly kind: 'json'; readonly path: string }
  | { readonly kind: 'mongodb'; readonly account: MongoSettings };

export interface OutputPlace {
  /** The run's own store: an output of its path shares it. */
  readonly store: Store;
  readonly stdout: NodeJS.WritableStream;
  readonly patience: Patience;
}

export interface Outputs {
  readonly sinks: readonly Sink[];
  /** What is to appear late and was not closed by itself does not appear: the run has failed. */
  close(): Promise<void>;
}

/** An output of the command line; the connection string with its secrets comes from elsewhere. @throws JobsumError E_USAGE, E_CONFIG */
export function namedOutput(text: string): Output {
  const { kind, path } = parseSink(text);
  if (kind !== 'mongodb') return { kind, path };
  const uri = secret('mongodb-uri');
  if (uri === undefined || uri === '')
    throw new JobsumError('E_CONFIG', `no connection string for mongodb:${path}`, {
      expected:
        'one in $JOBSUM_MONGODB_URI, a file named by $JOBSUM_MONGODB_URI_FILE, or the credential jobsum-mongodb-uri',
    });
  const password = secret('mongodb-password');
  return { kind, account: { uri, database: path, ...(password === undefined ? {} : { password }) } };
}

/** Where a file is, whatever leads there. */
function realPlace(path: string): string {
  const directory = dirname(resolve(path));
  try {
    return join(realpathSync(directory), basename(path));
  } catch {
    return resolve(path);
  }
}

/**
 * Jobs done for one set of outputs are not done for another; standard output makes no difference. Neither does how a path is spelled, nor
 * where the run is started; files below the directory of the store are named from there, so that it may be moved as a whole.
 */
export function ledgerScope(outputs: readonly Output[], store: string): string {
  const home = dirname(realPlace(store));
  const placed = (path: string): string => {
    const place = realPlace(path);
    const below = relative(home, place);
    return below.startsWith('..') ? place : below;
  };
  const name = (o: Output): string =>
    o.kind === 'mongodb' ? `mongodb:${mongoPlace(o.account.uri)}/${o.account.database}` : `${o.kind}:${placed(o.path)}`;
  const kept = outputs.filter((o) => o.kind !== 'ndjson' || o.path !== '-').map(name);
  return kept.sort().join(' ');
}

/** @throws JobsumError of the first output that cannot be opened; the others are closed again */
export async function openOutputs(outputs: readonly Output[], place: OutputPlace): Promise<Outputs> {
  const sinks: Sink[] = [];
  const stores: Store[] = [];
  const close = async (): Promise<void> => {
    for (const sink of sinks) await (sink.abandon?.() ?? sink.close());
    for (const store of stores) store.close();
  };
  try {
    for (const output of outputs) sinks.push(await openSink(output, place, stores));
  } catch (error) {
    await close();
    throw error;
  }
  return { sinks, close };
}

async function openSink(output: Output, place: OutputPlace, stores: Store[]): Promise<Sink> {
  if (output.kind === 'ndjson' && output.path === '-') return new StreamSink(place.stdout);
  if (output.kind === 'ndjson') return new FileSink(output.path, 'lines', place.patience);
  if (output.kind === 'json') return new FileSink(output.path, 'array', place.patience);
  if (output.kind === 'sqlite') {
    if (output.path === place.store.path) return new SqliteSink(place.store);
    const store = openStore(output.path);
    stores.push(store);
    return new SqliteSink(store);
  }
  const sink = await patiently(place.patience, () => MongoSink.open(output.account));
  // While a write waits, its caller waits: no new job is begun for a sink that is unavailable.
  return { write: (documents) => patiently(place.patience, () => sink.write(documents)), close: () => sink.close() };
}
