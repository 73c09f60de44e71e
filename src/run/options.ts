// Owns what a run of a list of jobs and a tree of archives is asked for.

import type { Limits } from '../document/index.ts';
import type { JobFilter, JobFormat } from '../jobs/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Bounds } from '../pcp/index.ts';
import type { Engine } from './messages.ts';

/** What is asked of a run whatever its jobs come from. */
export interface CommonOptions extends Partial<Bounds> {
  /** Name of the run in logs, records and reports. */
  readonly run?: string;
  readonly workers?: number;
  readonly minNodeFraction?: number;
  readonly limits?: Limits;
  /** Stored in every document. */
  readonly tag?: string;
  /** What reduces records; default the decoder itself. */
  readonly engine?: Engine;
  /** Counters that go back and units as the reference takes them: for comparisons. */
  readonly asReference?: boolean;
  /** Modules with the site's own analytics. */
  readonly analytics?: readonly string[];
  /** Seconds after a job's end in which missing data are waited for. */
  readonly grace?: number;
  /** Seconds to wait for a server that is unavailable before the run gives up; default PATIENCE_SECONDS. */
  readonly patience?: number;
  /** Nothing is marked and no database is written; text outputs are. */
  readonly dryRun?: boolean;
  /** Nobody looks on: what an earlier run has reported is neither reported again nor a reason for an exit code. */
  readonly onlyNews?: boolean;
  /** The first job that fails ends the run. */
  readonly failFast?: boolean;
  /** What jobs and archives are old by, and what is written down of when; default the system's. Leases go by the system's always. */
  readonly clock?: Clock;
  /** Stop taking work, finish what is in hand. */
  readonly signal?: AbortSignal;
}

export interface RunOptions extends CommonOptions {
  /** File of jobs, `-` for standard input, `sacct:` or `sacct:CLUSTER` to ask Slurm. */
  readonly jobs: string;
  readonly format?: JobFormat;
  /** Root of the archive tree. */
  readonly archives: string;
  /** Outputs as the command line names them; the first sqlite one also holds catalogue and ledger. */
  readonly outputs: readonly string[];
  /** Put into accounting records that have no `resource_id`: names their collections in MongoDB. */
  readonly resourceId?: number;
  readonly filter?: JobFilter;
  /** Summarise jobs that the ledger says are done. */
  readonly again?: boolean;
  /** Metric → bits of counters that wrap. */
  readonly normalization?: Readonly<Record<string, number>>;
}
