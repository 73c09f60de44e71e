// Owns the tally of stored documents that a portal will not take in: said at the end, once for each reason.

import { type Document, jobOfId, portalRefusals } from '../document/index.ts';

import type { Account } from './summary.ts';

export class Unfit {
  /** By reason: how many, and the job of the first. */
  readonly #found = new Map<string, { documents: number; job: string }>();

  judge(document: Document): void {
    for (const reason of portalRefusals(document)) {
      const known = this.#found.get(reason) ?? { documents: 0, job: jobOfId(document._id) };
      this.#found.set(reason, { ...known, documents: known.documents + 1 });
    }
  }

  say(account: Account): void {
    for (const [reason, { documents, job }] of this.#found)
      account.notice({ code: 'E_PORTAL', message: reason }, 'document.unfit', { documents, first: job });
    this.#found.clear();
  }
}
