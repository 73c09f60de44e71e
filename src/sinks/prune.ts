// Owns taking old documents out of an embedded store, and giving the room back to the file system.

import type { Row, Store } from '../databases/index.ts';
import { type Clock, JobsumError, systemClock } from '../kernel/index.ts';
import { leasesHeld, OPEN_STATES } from '../ledger/index.ts';
import { countDocuments } from './sqlite.ts';

export interface PruneOptions {
  /** Documents of jobs that ended before, epoch seconds. */
  readonly endedBefore?: number;
  readonly clock?: Clock;
  /** The oldest documents, until the store is no larger than so many bytes. */
  readonly maxBytes?: number;
  /** Only say what would be. */
  readonly dryRun: boolean;
}

export interface Pruned {
  readonly store: string;
  readonly dryRun: boolean;
  /** Documents. */
  readonly removed: number;
  readonly kept: number;
  /** The latest end of a job whose document is removed, epoch seconds; null: none is. */
  readonly latestEnd: number | null;
  readonly bytesBefore: number;
  /** Of a dry run as estimated. */
  readonly bytesAfter: number;
}

/** Documents that are removed between two looks at the size. */
const LOT = 100;

/**
 * Removes documents with their time series, the oldest first. Documents of jobs that are open stay, as do all rows of the ledger: a job
 * that was done is not done again because its document is gone. What there is of the catalogue of archives stays.
 * @throws JobsumError E_LOCKED (a run is at work), E_IO (no room for the smaller copy; what was removed is removed all the same)
 */
export function prune(
  store: Store,
  { endedBefore = Number.POSITIVE_INFINITY, maxBytes = 0, dryRun, clock = systemClock }: PruneOptions,
): Pruned {
  const [holder] = leasesHeld(store, clock());
  if (holder)
    throw new JobsumError('E_LOCKED', `a run is at work on the store: process ${holder.pid} on ${holder.host}`, {
      file: store.path,
    });
  const bytesBefore = store.bytes().file;
  const open = OPEN_STATES.map((state) => `'${state}'`).join();
  const oldest = store.prepare(
    `SELECT id, end_time FROM summary WHERE end_time < ? AND NOT EXISTS
       (SELECT 1 FROM ledger WHERE ledger.id = summary.id AND state IN (${open})) ORDER BY end_time, id LIMIT ${LOT}`,
  );
  const removals = ['summary', 'timeseries'].map((table) => store.prepare(`DELETE FROM ${table} WHERE id = ?`));
  let removed = 0;
  let latestEnd: number | null = null;
  let kept = 0;
  let bytesAfter = 0;
  const remove = (): void => {
    while (store.bytes().used > maxBytes) {
      // Infinity is no number for the store.
      const rows: Row[] = oldest.all(Math.min(endedBefore, Number.MAX_SAFE_INTEGER));
      for (const { id } of rows) for (const removal of removals) removal.run(id!);
      removed += rows.length;
      if (rows.length > 0) latestEnd = Number(rows.at(-1)!.end_time);
      if (rows.length < LOT) break;
    }
    kept = countDocuments(store);
    bytesAfter = store.bytes().used;
  };
  if (dryRun) store.rehearse(remove);
  else {
    store.transaction(remove);
    store.compact();
    bytesAfter = store.bytes().file;
  }
  return { store: store.path, dryRun, removed, kept, latestEnd, bytesBefore, bytesAfter };
}
