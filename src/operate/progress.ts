// Owns the progress of a run: a line that redraws on a terminal, otherwise one log record every 10 s.

import { formatDuration } from '../kernel/index.ts';
import type { Logger } from './logger.ts';

export interface Counts {
  readonly jobs: number;
  readonly nodeArchives: number;
  readonly bytes: number;
}

interface Options {
  readonly log: Logger;
  readonly stream: { write(text: string): unknown };
  readonly tty: boolean;
  readonly quiet: boolean;
  /** Milliseconds. */
  readonly now?: () => number;
}

const REDRAW_MS = 200;
const RECORD_MS = 10_000;
const CLEAR = '\r\u001b[K';

export class Progress {
  readonly #options: Options;
  readonly #now: () => number;
  readonly #start: number;
  #expected = 0;
  #last: number;
  #drawn = false;

  constructor(options: Options) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#start = this.#now();
    this.#last = this.#start;
  }

  /** More jobs to do; the total grows while the list is read. */
  expect(jobs: number): void {
    this.#expected += jobs;
  }

  update(counts: Counts): void {
    if (this.#options.quiet) return;
    const now = this.#now();
    if (now - this.#last < (this.#options.tty ? REDRAW_MS : RECORD_MS)) return;
    this.#last = now;
    const seconds = (now - this.#start) / 1000;
    const { jobs, nodeArchives, bytes } = counts;
    const megabytesPerSecond = bytes / 1e6 / seconds;
    const eta = jobs > 0 ? (seconds / jobs) * (this.#expected - jobs) : Number.NaN;
    if (!this.#options.tty) {
      this.#options.log.info('run.progress', 'progress', {
        jobs,
        expected: this.#expected,
        nodeArchives,
        bytes,
        seconds: Math.round(seconds),
      });
      return;
    }
    this.#drawn = true;
    this.#options.stream.write(
      `${CLEAR}jobs ${jobs}/${this.#expected}  node archives ${nodeArchives}  ${megabytesPerSecond.toFixed(0)} MB/s  ETA ${formatDuration(eta)}`,
    );
  }

  /** Removes the line: before anything else is written, and at the end. */
  clear(): void {
    if (this.#drawn) this.#options.stream.write(CLEAR);
    this.#drawn = false;
  }
}
