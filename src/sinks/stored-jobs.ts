// Owns the list of jobs that the embedded store knows: by its ledgers, and by the documents in it.

import type { Row, Store, Value } from '../databases/index.ts';
import type { Part } from '../document/index.ts';
import { ranOn } from '../document/index.ts';
import type { JobQuery } from '../ledger/index.ts';
import { type LedgerRow, ledgerRow, PAGE } from '../ledger/index.ts';
import type { Summaries } from './lookup.ts';

/** The end of a job from the id of its document, `<job id>-<end>`: the digits behind which there is nothing. */
const END = "CAST(substr(id, length(rtrim(id, '0123456789')) + 1) AS INTEGER)";

/** Jobs of ledgers, one row a set of outputs; and with `documents`, documents that no ledger has. */
function keysOf(documents: boolean): string {
  const known = `SELECT id, sinks, ${END} AS end, state, finished FROM ledger`;
  if (!documents) return known;
  return `${known} UNION ALL SELECT id, NULL, coalesce(end_time, ${END}), 'done', NULL FROM summary
    WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.id = summary.id)`;
}

function where({ states, from, to, since }: JobQuery): { sql: string[]; values: Value[] } {
  const sql: string[] = [];
  const values: Value[] = [];
  const add = (condition: string, ...more: Value[]): void => {
    sql.push(condition);
    values.push(...more);
  };
  if (states) add(`state IN (${states.map(() => '?').join(', ') || 'NULL'})`, ...states);
  // A document may say its end more exactly than its id.
  if (from !== undefined) add('end >= ?', Math.floor(from));
  if (to !== undefined) add('end <= ?', to);
  if (since !== undefined) add('finished >= ?', since);
  return { sql, values };
}

/** What a store knows of one run of a job. */
export interface StoredJob {
  /** Of its document. */
  readonly id: string;
  readonly ledger: LedgerRow | null;
  readonly document: Part | null;
}

export interface StoredJobsOptions {
  readonly filter: JobQuery;
  /** Where the documents are. */
  readonly summaries: Summaries;
  /** They are in this store: those that no ledger has are listed too. */
  readonly own: boolean;
}

/** Jobs of the store, page by page of their keys, which are small: documents are looked up for those of a page. */
export async function* storedJobs(
  store: Store,
  { filter, summaries, own }: StoredJobsOptions,
): AsyncGenerator<StoredJob> {
  const { sql, values } = where(filter);
  const row = store.prepare('SELECT * FROM ledger WHERE id = ? AND sinks = ?');
  let after: Value[] | null = null;
  for (;;) {
    const conditions = [...sql, ...(after ? ["(end, id, coalesce(sinks, '')) < (?, ?, ?)"] : [])];
    const page: Row[] = store
      .prepare(
        `SELECT id, sinks, end FROM (${keysOf(own)}) ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
         ORDER BY end DESC, id DESC, coalesce(sinks, '') DESC LIMIT ${PAGE}`,
      )
      .all(...values, ...(after ?? []));
    const documents = await summaries.find(page.map((key) => String(key.id)));
    for (const { id, sinks } of page) {
      const document = documents.get(String(id)) ?? null;
      if (filter.node !== undefined && !ranOn(document, filter.node)) continue;
      const found: Row | undefined = sinks === null ? undefined : row.get(id!, sinks!);
      const ledger: LedgerRow | null = found ? ledgerRow(found) : null;
      yield { id: String(id), ledger, document };
    }
    if (page.length < PAGE) return;
    const { end, id, sinks } = page.at(-1)!;
    after = [end!, id!, sinks ?? ''];
  }
}
