// Owns a line of the list of jobs: what a ledger, a document and accounting know of a job, as one record.

import type { Part } from '../document/index.ts';
import { errorOf, jobOfId, num, part, reasonOf, shownId, stateOf } from '../document/index.ts';
import type { Problem } from '../kernel/index.ts';
import type { LedgerRow, ListedState } from '../ledger/index.ts';
import { endOf } from '../ledger/index.ts';
import { usageOf } from './usage.ts';
/** What is known of one run of a job: by a ledger, by a document, by accounting, or by several of them. */
export interface KnownJob {
  /** Of its document. */
  readonly id: string;
  /** Of whoever knows it without a document. */
  readonly acct?: Part;
  /** By name; absent: the store does not know it. */
  readonly resource?: string;
  readonly ledger: LedgerRow | null;
  /** Done, or given up, by another program: its error number, 0 for none; null: a warehouse has no mark, so that it is still to be done. */
  readonly marked?: number | null;
  /** Summary document. */
  readonly document: Part | null;
}

/** A line of the list: times are epoch seconds, memory bytes, CPU and GPU shares of 1. */
export interface ListedJob {
  readonly id: string;
  readonly job: string;
  readonly resource: string | null;
  readonly user: string | null;
  readonly account: string | null;
  readonly name: string | null;
  readonly nodes: number | null;
  readonly start: number | null;
  readonly end: number | null;
  readonly state: ListedState;
  /** Why, in words; null: there is nothing to say. */
  readonly reason: string | null;
  readonly error: number | null;
  readonly problem: Problem | null;
  readonly attempts: number;
  readonly nextTry: number | null;
  readonly lastTry: number | null;
  readonly run: string | null;
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly gpu: number | null;
  /** How whole the data are; null: there is no document. */
  readonly data: string | null;
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;

export function listedJob({ id, acct: known, resource, ledger, marked, document }: KnownJob): ListedJob {
  const acct: Part = { ...known, ...part(document, 'acct') };
  const error = ledger ? ledger.error : marked ? marked : errorOf(document);
  const problem = ledger?.problem ?? null;
  const done = marked === undefined ? document !== null : marked !== null;
  const state = ledger?.state ?? (done ? 'done' : 'untried');
  const { cpu, memory, gpu } = usageOf(document);
  return {
    id,
    job: acct.id === undefined ? jobOfId(id) : shownId(acct),
    resource: resource ?? textOf(acct.resource_id),
    user: textOf(acct.user),
    account: textOf(acct.account),
    name: textOf(acct.jobname),
    nodes: num(acct, 'nodes'),
    start: num(acct, 'start_time'),
    end: num(acct, 'end_time') ?? endOf(id),
    state,
    reason: error === null && !problem ? null : reasonOf(error, problem?.code ?? null).meaning,
    ...{ error, problem },
    attempts: ledger?.attempts ?? 0,
    nextTry: ledger?.nextTry ?? null,
    lastTry: ledger?.finished ?? null,
    run: ledger?.run ?? null,
    ...{ cpu, memory, gpu },
    data: document ? stateOf(document) : null,
  };
}
