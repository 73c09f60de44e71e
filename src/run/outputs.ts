// Owns where the documents of a run go: names or settings, opened as sinks.

import { FileSink, type Sink, type SinkName, SqliteSink, StreamSink } from '../sinks/index.ts';
import { type Schema, Store } from '../store/index.ts';

export type Output = SinkName;

export interface OutputPlace {
  /** The run's own store: an output of its path shares it. */
  readonly store: Store;
  readonly schemas: readonly Schema[];
  readonly stdout: NodeJS.WritableStream;
}

export interface Outputs {
  readonly sinks: readonly Sink[];
  close(): Promise<void>;
}

/** Jobs done for one set of outputs are not done for another. Standard output keeps nothing: what went there is not done. */
export function ledgerScope(outputs: readonly Output[]): string {
  const kept = outputs.map((o) => `${o.kind}:${o.path}`).filter((n) => n !== 'ndjson:-');
  return kept.sort().join(' ');
}

/** @throws JobsumError of the first output that cannot be opened; the others are closed again */
export async function openOutputs(outputs: readonly Output[], place: OutputPlace): Promise<Outputs> {
  const stores: Store[] = [];
  const sinks = outputs.map((name): Sink => {
    if (name.kind === 'ndjson') return name.path === '-' ? new StreamSink(place.stdout) : new FileSink(name.path);
    if (name.path === place.store.path) return new SqliteSink(place.store);
    const other = new Store(name.path, place.schemas);
    stores.push(other);
    return new SqliteSink(other);
  });
  return {
    sinks,
    close: async () => {
      for (const sink of sinks) await sink.close();
      for (const store of stores) store.close();
    },
  };
}
