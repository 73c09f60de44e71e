// Owns telling a server that is gone from one that is busy: a connection on which nothing comes is hung up when the server does not
// answer another one either.

import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** After so many milliseconds without a byte the server is asked, and again each time. */
const QUIET_MS = 5000;

export class Watch {
  readonly #answers: () => Promise<boolean>;
  readonly #limitMs: number;
  readonly #quietMs: number;
  #asking: Promise<boolean> | null = null;

  /** `answers`: whether the server answers on another connection. `limitMs`: of silence, after which even that is not enough. */
  constructor(answers: () => Promise<boolean>, limitMs: number, quietMs = QUIET_MS) {
    this.#answers = answers;
    this.#limitMs = limitMs;
    this.#quietMs = Math.min(quietMs, limitMs);
  }

  /** Until the returned function is called something is due on this connection; if it is hung up, that is its error. */
  begin(socket: Socket): () => void {
    const every = this.#quietMs;
    let seen = socket.bytesRead;
    // Counted, not read from a clock: this process may have been stopped, and the answer be there.
    let quiet = 0;
    let over = false;
    const look = async (): Promise<void> => {
      quiet = socket.bytesRead === seen ? quiet + every : 0;
      seen = socket.bytesRead;
      if (quiet === 0 || (quiet < this.#limitMs && (await this.#ask()))) return;
      // What came while this thread was busy is read first.
      await turn();
      if (!over && socket.bytesRead === seen) socket.destroy(new Error(`no sign of life for ${quiet / 1000} s`));
    };
    const timer = setInterval(() => void look(), every);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }

  /** Once for all connections that are silent at a time. */
  #ask(): Promise<boolean> {
    this.#asking ??= this.#answers().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }
}
