// Owns scanning by several threads. On a parallel file system each look costs a millisecond or more: they hide it for each other.

import { packageFile } from '../kernel/index.ts';
import type { Threads } from '../operate/index.ts';
import { bounds, compressionOf } from '../pcp/index.ts';
import { type FoundArchive, type Walked, type WalkOrder, walk as walkHere } from './scan.ts';
import type { ScanOrder } from './scan-worker.ts';
import { type Probed, probeAll, type Scanned, type Scanner, scanTree } from './scanner.ts';

/** Archives opened by one thread at a time. */
const LOT = 64;
/** Work of this thread after which others are started: they take as long to load, and most scans are over before. */
const ALONE_MS = 2000;

export class ScanPool implements Scanner {
  readonly #workers: number;
  readonly #signal: AbortSignal | undefined;
  readonly #aloneMs: number;
  #threads: Promise<Threads> | null = null;
  /** Milliseconds worked in this thread. */
  #alone = 0;

  constructor(workers: number, signal?: AbortSignal, aloneMs = ALONE_MS) {
    this.#workers = workers;
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
    const options = { file: packageFile('dist/catalog/scan-worker.js'), threads: this.#workers, signal: this.#signal };
    this.#threads ??= import('../operate/index.ts').then(({ Threads }) => new Threads(options));
    return (await this.#threads).run<T>(order);
  }

  /** Two shares ahead for each thread. */
  scan(root: string, at = ''): AsyncIterable<Scanned> {
    const run = (walk: WalkOrder): Walked | Promise<Walked> =>
      this.#several ? this.#there<Walked>({ walk }) : this.#here(() => walkHere(walk));
    return scanTree(root, at, run, { ahead: () => (this.#several ? 2 * this.#workers : 1) });
  }

  async probe(root: string, found: readonly FoundArchive[]): Promise<readonly Probed[]> {
    const answers: (Probed[] | Promise<Probed[]>)[] = [];
    for (let i = 0; i < found.length; i += LOT) {
      const open = found.slice(i, i + LOT).map(({ base, members }) => ({ base, members }));
      // Whoever unpacks waits for another thread or program; this thread must hear signals meanwhile.
      const away = this.#several || open.some(({ members }) => members.some((m) => compressionOf(m) !== ''));
      answers.push(
        away ? this.#there<Probed[]>({ root, open, bounds: bounds() }) : this.#here(() => probeAll(root, open)),
      );
    }
    return (await Promise.all(answers)).flat();
  }

  async close(): Promise<void> {
    await (await this.#threads)?.close();
  }
}
