// Owns waiting for a service that is unavailable: an action is repeated, ever more slowly, for as long as patience lasts.

import { setTimeout as sleep } from 'node:timers/promises';
import { JobsumError } from './errors.ts';

export interface Patience {
  /** Seconds from the first failure after which the error is thrown. 0: at once. */
  readonly seconds: number;
  /** Whoever is to stop does not wait. */
  readonly signal?: AbortSignal | undefined;
  /** Before each wait of so many seconds. */
  readonly onWait?: (error: JobsumError, seconds: number) => void;
}

const FIRST_SECONDS = 0.5;
const LONGEST_SECONDS = 30;

/** Only a service that is unavailable is waited for; a lease held by another run is not. @throws what the action threw last */
export async function patiently<T>(patience: Patience, action: () => Promise<T>): Promise<T> {
  let deadline: number | null = null;
  for (let wait = FIRST_SECONDS; ; wait = Math.min(wait * 2, LONGEST_SECONDS)) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof JobsumError) || error.code !== 'E_SERVICE') throw error;
      const now = performance.now() / 1000;
      deadline ??= now + patience.seconds;
      const left = deadline - now;
      // Timers may go off a little early: less than a millisecond is nothing.
      if (left < 0.001 || patience.signal?.aborted) throw error;
      // Not all clients of a server that comes back at the same instant.
      const seconds = Math.min(left, wait * (0.75 + Math.random() / 2));
      patience.onWait?.(error, seconds);
      // Rejected when it is to stop: the loop then ends with the action's own error.
      await sleep(seconds * 1000, undefined, { signal: patience.signal }).catch(() => undefined);
    }
  }
}
