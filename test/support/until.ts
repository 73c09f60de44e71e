// Owns waiting in tests: for a thing to be there, never for a time to pass.

import { setTimeout as pause } from 'node:timers/promises';

/** Far beyond what a busy machine takes: only what never comes fails. */
const PATIENCE_MS = 120_000;

/** Asks again and again until the answer is neither null, undefined nor false; an error of the last attempt is the reason given. */
export async function until<T>(what: string, ask: () => T | Promise<T>): Promise<NonNullable<Exclude<T, false>>> {
  for (const deadline = Date.now() + PATIENCE_MS; ; ) {
    let reason: unknown;
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    } catch (error) {
      reason = error;
    }
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`, { cause: reason });
    await pause(50);
  }
}
