// Owns the threads of a run and how they end: one that is stopped finishes what is in hand, and does not wait for a thread that is stuck.

import { Piscina } from 'piscina';
import { JobsumError } from '../kernel/index.ts';

/** After the signal, how long threads may go on without any of them finishing a task: bytes may be awaited that never come. */
const GRACE_MS = 10_000;

export interface ThreadOptions {
  readonly file: string;
  readonly threads: number;
  readonly workerData?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly graceMs?: number;
}

export class Threads {
  readonly #piscina: Piscina;
  readonly #signal: AbortSignal | undefined;
  readonly #graceMs: number;
  #timer: NodeJS.Timeout | undefined;
  #givenUp = false;
  readonly #wait = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#givenUp = true;
      void this.#piscina.destroy();
    }, this.#graceMs).unref();
  };

  constructor({ file, threads, workerData, signal, graceMs = GRACE_MS }: ThreadOptions) {
    this.#piscina = new Piscina({
      filename: file,
      minThreads: 1,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      // Between two lots of work threads are idle for a moment, and cost as much to start as a lot takes.
      idleTimeout: 60_000,
      ...(workerData === undefined ? {} : { workerData }),
    });
    // Of a thread that was cut off while it answered, or that died without a task: whoever waited for it knows already.
    this.#piscina.on('error', () => undefined);
    this.#signal = signal;
    this.#graceMs = graceMs;
    signal?.addEventListener('abort', this.#wait);
  }

  /** @throws JobsumError E_INTERRUPTED where the run was stopped and the thread was stuck; whatever a thread dies of */
  async run<T>(task: unknown): Promise<T> {
    try {
      if (!this.#givenUp) return (await this.#piscina.run(task)) as T;
    } catch (error) {
      if (!this.#givenUp) throw error;
    } finally {
      if (this.#signal?.aborted && !this.#givenUp) this.#wait();
    }
    throw new JobsumError('E_INTERRUPTED', 'the run was stopped while a thread waited for data');
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#wait);
    clearTimeout(this.#timer);
    // Tasks that a failed run leaves behind are over, and not tried again.
    this.#givenUp = true;
    await this.#piscina.destroy();
  }
}
