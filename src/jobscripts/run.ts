// Owns a run over saved job scripts: each resource that has some, into the warehouse. One resource's trouble is not another's.

import { makeDirectoryOf, openStore } from '../catalog/index.ts';
import type { MysqlSettings, ResourceSettings } from '../config/index.ts';
import type { Store } from '../databases/index.ts';
import { Mysql } from '../databases/index.ts';
import {
  type Clock,
  ERRORS,
  exitWhenStopped,
  type Patience,
  type Problem,
  patiently,
  systemClock,
  toProblem,
} from '../kernel/index.ts';
import { Reported } from '../ledger/index.ts';
import { exclusively, type Logger, patienceOf, problemFields } from '../operate/index.ts';
import { SCRIPT_SCHEMA, ScriptIngest, type ScriptReport } from './ingest.ts';
import type { SacctCommand } from './sacct.ts';
import { SlurmScriptIngest } from './slurm-ingest.ts';

export interface ScriptsOptions {
  readonly run: string;
  readonly store: string;
  readonly warehouse: MysqlSettings;
  readonly resources: readonly ResourceSettings[];
  readonly dayDelta: number;
  readonly all: boolean;
  /** Seconds to wait for a server that is unavailable. */
  readonly patience: number;
  /** Nobody looks on: what an earlier run has said of what cannot be read is not said again. */
  readonly onlyNews?: boolean;
  readonly clock?: Clock;
  readonly signal: AbortSignal;
}

export interface ScriptsSummary {
  readonly run: string;
  readonly resources: (Omit<ScriptReport, 'problems'> & { readonly resource: string })[];
  readonly problems: Problem[];
  interrupted: boolean;
  exitCode: number;
}

async function ingest(
  options: ScriptsOptions,
  store: Store,
  warehouse: Mysql,
  patience: Patience,
  log: Logger,
): Promise<ScriptsSummary> {
  const { run, resources, dayDelta, all, signal, clock = systemClock } = options;
  // Where nobody looks on, what cannot be read is said once.
  const reported = options.onlyNews ? new Reported(store, clock) : null;
  const s: ScriptsSummary = { run, resources: [], problems: [], interrupted: false, exitCode: 0 };
  for (const resource of resources) {
    const { scripts, source } = resource;
    if (signal.aborted || (!scripts && source.kind !== 'sacct')) continue;
    try {
      const of = { resource, dayDelta, all, signal };
      const work = (): Promise<ScriptReport> =>
        scripts
          ? new ScriptIngest(store, warehouse, { ...of, scripts }).run()
          : new SlurmScriptIngest(store, warehouse, { ...of, sacct: source as SacctCommand, clock }).run();
      // What was stored is noted: a second attempt goes on from there.
      const { problems, ...counts } = await patiently(patience, work);
      s.resources.push({ resource: resource.name, ...counts });
      for (const problem of problems) {
        const news = reported?.isNew(problem) ?? false;
        if (news) s.exitCode = 1;
        log[news ? 'error' : 'warn']('script.unreadable', 'a script cannot be read', {
          resource: resource.name,
          ...problemFields(problem),
        });
        s.problems.push(problem);
      }
      if (!reported && counts.failed > 0) s.exitCode = 1;
    } catch (error) {
      const problem = toProblem(error);
      if (ERRORS[problem.code].class === 'service') throw error;
      log.error('scripts.failed', 'the resource has no scripts stored', {
        resource: resource.name,
        ...problemFields(problem),
      });
      s.problems.push(problem);
      s.exitCode = resources.length === 1 ? ERRORS[problem.code].exit : 1;
    }
  }
  reported?.save();
  s.interrupted = signal.aborted;
  if (s.interrupted) s.exitCode = exitWhenStopped(signal);
  return s;
}

/** @throws JobsumError for what stops it as a whole: the store, another such run, the warehouse */
export async function ingestScripts(options: ScriptsOptions, log: Logger): Promise<ScriptsSummary> {
  makeDirectoryOf(options.store);
  const store = openStore(options.store, [SCRIPT_SCHEMA]);
  try {
    const { run, clock = systemClock } = options;
    return await exclusively(store, { run, command: 'jobscripts', clock }, log, async () => {
      const patience = patienceOf(options.patience, options.signal, log);
      const warehouse = await patiently(patience, () => Mysql.connect(options.warehouse));
      try {
        return await ingest(options, store, warehouse, patience, log);
      } finally {
        await warehouse.close();
      }
    });
  } finally {
    store.close();
  }
}
