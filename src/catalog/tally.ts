// Owns what the catalogues of a store amount to, for people who ask.

import type { Store } from '../databases/index.ts';
import type { Problem } from '../kernel/index.ts';

/** Of one tree. */
export interface CatalogTally {
  readonly root: string;
  readonly archives: number;
  readonly unreadable: number;
  /** Directories that the last scan could not read. */
  readonly unread: readonly Problem[];
}

export function catalogsOf(store: Store): CatalogTally[] {
  const unread = store.prepare('SELECT problem FROM archive_unread WHERE root = ? ORDER BY path');
  return store
    .prepare('SELECT root, count(*) AS archives, count(problem) AS unreadable FROM archive GROUP BY root ORDER BY root')
    .all()
    .map(({ root, archives, unreadable }) => ({
      ...{ root: String(root), archives: Number(archives), unreadable: Number(unreadable) },
      unread: unread.all(root!).map((row) => JSON.parse(String(row.problem)) as Problem),
    }));
}
