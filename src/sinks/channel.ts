// Owns what is written to as such: a pipe with a name, a device, an open descriptor. Nothing there is replaced.

import { closeSync, constants, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ioError, type Patience, writeWhole } from '../kernel/index.ts';

const { O_WRONLY, O_NONBLOCK, O_APPEND } = constants;
const POLL_MS = 100;
/** A reader takes its time: less than this is no reason to give it up. */
const SLOWEST_SECONDS = 60;
/** What a reader that is at work takes of a document when the run is to stop. */
const LAST_MS = 1000;

export class Channel {
  readonly #path: string;
  readonly #patience: Patience;
  #fd = -1;
  /** Of a pipe, whose reader may be slow: this thread goes on meanwhile. */
  #pipe: Socket | null = null;

  constructor(path: string, patience: Patience) {
    this.#path = path;
    this.#patience = patience;
  }

  /** Waits for the reader of a pipe, for as long as patience lasts, and no longer than the run. @throws JobsumError E_IO */
  async write(text: string): Promise<void> {
    if (this.#fd < 0) await this.#open();
    const pipe = this.#pipe;
    if (!pipe) return writeWhole(this.#fd, text, this.#path);
    const written = new AbortController();
    try {
      await Promise.race([
        new Promise<void>((done, failed) => {
          pipe.write(text, (cause) => (cause ? failed(ioError('cannot write', this.#path, cause)) : done()));
        }),
        this.#stalled(written.signal),
      ]);
    } finally {
      written.abort();
    }
  }

  /** Fails when the reader has been waited for long enough; what it has not taken by then is dropped. */
  async #stalled(written: AbortSignal): Promise<void> {
    const { seconds, signal } = this.#patience;
    const stops = signal ? AbortSignal.any([signal, written]) : written;
    await sleep(Math.max(seconds, SLOWEST_SECONDS) * 1000, undefined, { signal: stops }).catch(() => undefined);
    if (signal?.aborted) await sleep(LAST_MS, undefined, { signal: written }).catch(() => undefined);
    if (written.aborted) return;
    this.#pipe?.destroy();
    throw ioError('the pipe is not read', this.#path, 'its reader takes nothing');
  }

  async #open(): Promise<void> {
    const { seconds, signal } = this.#patience;
    const until = performance.now() + seconds * 1000;
    let isPipe = false;
    while (this.#fd < 0) {
      try {
        isPipe = statSync(this.#path).isFIFO();
        // Of an open descriptor that is a file only its end is ours.
        this.#fd = openSync(this.#path, O_WRONLY | O_APPEND | (isPipe ? O_NONBLOCK : 0));
      } catch (cause) {
        const unread = (cause as NodeJS.ErrnoException).code === 'ENXIO';
        if (!unread || signal?.aborted || performance.now() >= until)
          throw ioError(unread ? 'nobody reads the pipe' : 'cannot open', this.#path, cause);
        await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    if (!isPipe) return;
    this.#pipe = new Socket({ fd: this.#fd, readable: false, writable: true });
    // Whoever writes learns of it.
    this.#pipe.on('error', () => undefined);
  }

  async close(): Promise<void> {
    const pipe = this.#pipe;
    if (!pipe && this.#fd >= 0) closeSync(this.#fd);
    // One whose reader has gone may be closed already.
    if (pipe && !pipe.closed) await new Promise<void>((done) => void pipe.once('close', () => done()).destroySoon());
    this.#pipe = null;
    this.#fd = -1;
  }
}
