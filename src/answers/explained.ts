// Owns the form of an explanation: every stage of one run of a job, as plain data.

import type { Problem } from '../kernel/index.ts';
import type { LedgerRow } from '../ledger/index.ts';
export interface NodeExplained {
  readonly node: string;
  /** Epoch seconds of the window that is read on this node. */
  readonly window: readonly [number, number];
  /** `end` null: its last record was not found. */
  readonly archives: readonly { readonly base: string; readonly start: number; readonly end: number | null }[];
  /** Archives of the node that do not serve, and why. */
  readonly rejected: readonly { readonly base: string; readonly why: string; readonly problem?: Problem }[];
}

/** Every stage of one run of a job. */
export interface Explained {
  readonly accounting: {
    readonly from: string;
    readonly id: string;
    readonly start: number;
    readonly end: number;
    readonly nodes: readonly string[];
    readonly nodeCount: number;
    readonly acct: Readonly<Record<string, unknown>>;
  };
  /** Null: no tree of archives is known. */
  readonly archives: {
    /** A tree, or the tables of the warehouse. */
    readonly from: 'tree' | 'warehouse';
    readonly root: string;
    readonly known: number;
    readonly nodes: readonly NodeExplained[];
    readonly withArchives: number;
    readonly enough: boolean;
  } | null;
  readonly document: {
    readonly id: string;
    readonly complete: boolean;
    /** How whole the data are, in words. */
    readonly state: string;
    /** `skipped_…` of a document without analytics. */
    readonly flag: string | null;
    readonly created: number | null;
    readonly coverage: unknown;
    /** Analytics without a result, by name, with the error. */
    readonly without: Readonly<Record<string, number | string>>;
    readonly errors: unknown;
  } | null;
  /** Why documents elsewhere could not be read. */
  readonly unread?: Problem;
  readonly ledger: readonly (LedgerRow & { readonly of: string })[];
}

/** A job of a list that no run takes: it has not ended, or never ran, or its record was refused. */
export interface PassedOver {
  readonly from: string;
  readonly job: string;
  readonly reason: string;
  readonly problem?: Problem;
}
