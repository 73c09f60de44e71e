// Owns the directories that the last scan of a tree could not read, kept in the store beside what is known of them.

import type { Store } from '../databases/index.ts';
import type { Problem } from '../kernel/index.ts';
import { hostKey } from '../pcp/index.ts';
import { undated } from './names.ts';
import type { UnreadDirectory } from './scan.ts';

/** Whether a path relative to the root is that of a directory, or below it; '' is the root. */
export const isBelow = (path: string, directory: string): boolean =>
  directory === '' || path === directory || path.startsWith(`${directory}/`);

export class UnreadDirectories {
  readonly #store: Store;
  readonly #root: string;

  constructor(store: Store, root: string) {
    this.#store = store;
    this.#root = root;
  }

  #rows(): { path: string; problem: Problem }[] {
    return this.#store
      .prepare('SELECT path, problem FROM archive_unread WHERE root = ? ORDER BY path')
      .all(this.#root)
      .map((row) => ({ path: String(row.path), problem: JSON.parse(String(row.problem)) as Problem }));
  }

  /** What a scan of the tree below a directory could not read. */
  note(at: string, unread: readonly UnreadDirectory[]): void {
    const before = this.#rows().filter(({ path }) => isBelow(path, at));
    if (before.length === 0 && unread.length === 0) return;
    const forget = this.#store.prepare('DELETE FROM archive_unread WHERE root = ? AND path = ?');
    const put = this.#store.prepare('INSERT OR REPLACE INTO archive_unread VALUES (?, ?, ?)');
    this.#store.transaction(() => {
      for (const { path } of before) forget.run(this.#root, path);
      for (const { path, problem } of unread) put.run(this.#root, path, JSON.stringify(problem));
    });
  }

  /**
   * Those that may have archives of a host: they are below one of its name, or above it (of dates alone), or `has` says that there were
   * some when they were read last.
   */
  of(host: string, has: (directory: string) => boolean): Problem[] {
    const key = hostKey(host);
    const may = (path: string): boolean => {
      const parts = path.split('/');
      return parts.some((part) => hostKey(part) === key) || undated(`${path}/_`).length === 0 || has(path);
    };
    return this.#rows().flatMap(({ path, problem }) => (may(path) ? [problem] : []));
  }
}
