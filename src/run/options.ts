// Owns what a run is asked for and what it reports.

import type { PluginLists } from '../analytics/index.ts';
import type { Job, JobFilter, JobFormat } from '../jobs/index.ts';
import type { Problem } from '../kernel/index.ts';

export interface RunOptions {
  /** Name of the run in logs, records and reports. */
  readonly run?: string;
  /** File of jobs, `-` for standard input. */
  readonly jobs: string;
  readonly format?: JobFormat;
  /** Root of the archive tree. */
  readonly archives: string;
  /** Sink names; the first sqlite one also holds catalogue and ledger. */
  readonly outputs: readonly string[];
  readonly workers: number;
  readonly filter?: JobFilter;
  /** Summarise jobs that the ledger says are done. */
  readonly again?: boolean;
  readonly minNodeFraction?: number;
  /** Metric → bits of counters that wrap. */
  readonly normalization?: Readonly<Record<string, number>>;
  /** Modules with the site's own analytics. */
  readonly analytics?: readonly string[];
  /** White- and blacklist of analytics for a job, those of its resource; default: none. */
  readonly pluginLists?: (job: Job) => PluginLists | null;
  /** Most bytes that one compressed member may unpack to; default 64 GiB. */
  readonly maxVolumeBytes?: number;
  /** Stop taking work, finish what is in hand. */
  readonly signal?: AbortSignal;
}

export interface RunSummary {
  readonly run: string;
  readonly jobs: {
    /** Summarised. */
    done: number;
    /** Documents without analytics: too few nodes have data. */
    skipped: number;
    /** No document, or one with an error of ours; tried again by the next run. */
    failed: number;
    /** Already in the ledger. */
    known: number;
    /** Not selected by --job, --from, --to. */
    unselected: number;
  };
  readonly lines: { rejected: number; ignored: number };
  readonly archives: { found: number; opened: number; unreadable: number };
  /** Archives read, each once per task. */
  nodeArchives: number;
  bytes: number;
  seconds: number;
  interrupted: boolean;
  /** First problems, at most MAX_PROBLEMS. */
  readonly problems: Problem[];
  exitCode: number;
}

export const MAX_PROBLEMS = 100;
