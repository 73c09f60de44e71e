// Owns what earlier runs have reported: who reads it every morning is to see the same thing once, and again only when it comes back.

import type { Schema, Store } from '../databases/index.ts';
import { type Clock, type Problem, systemClock } from '../kernel/index.ts';

export const REPORTED_SCHEMA: Schema = {
  sql: 'CREATE TABLE IF NOT EXISTS reported (what TEXT PRIMARY KEY, seen REAL NOT NULL) WITHOUT ROWID',
};

/** Seconds after which what was not met again is news: two nights of runs that did not. */
const REMEMBERED = 2.5 * 86_400;

/** What a problem is of, wherever it stands in a list today. */
const keyOf = ({ code, message, file, node, job, expected, found }: Problem): string =>
  JSON.stringify([code, message, file, node, job, expected, found]);

export class Reported {
  readonly #store: Store;
  readonly #now: Clock;
  readonly #met = new Set<string>();

  constructor(store: Store, clock = systemClock) {
    this.#store = store;
    this.#now = clock;
  }

  /** Whether no run of the last days has met it, nor this one before. */
  isNew(problem: Problem): boolean {
    const key = keyOf(problem);
    if (this.#met.has(key)) return false;
    this.#met.add(key);
    const oldest = this.#now() - REMEMBERED;
    return !this.#store.prepare('SELECT 1 FROM reported WHERE what = ? AND seen >= ?').get(key, oldest);
  }

  /** At the end of the run: what it has met is known to the next. */
  save(): void {
    const now = this.#now();
    this.#store.transaction(() => {
      const put = this.#store.prepare('INSERT OR REPLACE INTO reported VALUES (?, ?)');
      for (const key of this.#met) put.run(key, now);
      this.#store.prepare('DELETE FROM reported WHERE seen < ?').run(now - REMEMBERED);
    });
  }
}
