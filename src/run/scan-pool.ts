// Owns scanning by several threads. On a parallel file system each look costs a millisecond or more: they hide it for each other.

import {
  compressionOf,
  type FoundArchive,
  type ProbeArchive,
  type Probed,
  probeAll,
  type Scanner,
  scanShare,
  scanTop,
} from '../archives/index.ts';
import { limits } from '../decode/index.ts';
import { packageFile } from '../kernel/index.ts';
import type { ScanOrder } from './scan-worker.ts';
import type { Threads } from './threads.ts';

/** Archives opened by one thread at a time. */
const LOT = 64;
/** Work of this thread after which others are started: they take as long to load, and most scans are over before. */
const ALONE_MS = 2000;

export class ScanPool implements Scanner {
  readonly #workers: number;
  readonly #probe: ProbeArchive;
  readonly #signal: AbortSignal | undefined;
  readonly #aloneMs: number;
  #threads: Promise<Threads> | null = null;
  /** Milliseconds worked in this thread. */
  #alone = 0;

  constructor(workers: number, probe: ProbeArchive, signal?: AbortSignal, aloneMs = ALONE_MS) {
    this.#workers = workers;
    this.#probe = probe;
    this.#signal = signal;
    this.#aloneMs = aloneMs;
  }

  get #several(): boolean {
    return this.#workers > 1 && this.#alone > this.#aloneMs;
  }

  #here<T>(body: () => T): T {
    const began = performance.now();
    const result = body();
    this.#alone += performance.now() - began;
    return result;
  }

  async #there<T>(order: ScanOrder): Promise<T> {
    const options = { file: packageFile('dist/run/scan-worker.js'), threads: this.#workers, signal: this.#signal };
    this.#threads ??= import('./threads.ts').then(({ Threads }) => new Threads(options));
    return (await this.#threads).run<T>(order);
  }

  async *scan(root: string): AsyncGenerator<readonly FoundArchive[]> {
    const { found, below } = this.#here(() => scanTop(root));
    yield found;
    // Two shares ahead for each thread; in the order of the tree, so that runs are repeatable.
    const ahead: Promise<FoundArchive[]>[] = [];
    let next = 0;
    while (next < below.length || ahead.length > 0) {
      while (this.#several && next < below.length && ahead.length < 2 * this.#workers)
        ahead.push(this.#there<FoundArchive[]>({ root, at: below[next++]! }));
      const lot = ahead.shift();
      yield lot ? await lot : this.#here(() => scanShare(root, below[next++]!));
    }
  }

  async probe(root: string, found: readonly FoundArchive[]): Promise<readonly Probed[]> {
    const answers: (Probed[] | Promise<Probed[]>)[] = [];
    for (let i = 0; i < found.length; i += LOT) {
      const open = found.slice(i, i + LOT).map(({ base, members }) => ({ base, members }));
      // Whoever unpacks waits for another thread or program; this thread must hear signals meanwhile.
      const away = this.#several || open.some(({ members }) => members.some((m) => compressionOf(m) !== ''));
      answers.push(
        away
          ? this.#there<Probed[]>({ root, open, maxVolumeBytes: limits.maxVolumeBytes })
          : this.#here(() => probeAll(root, open, this.#probe)),
      );
    }
    return (await Promise.all(answers)).flat();
  }

  async close(): Promise<void> {
    await (await this.#threads)?.close();
  }
}
