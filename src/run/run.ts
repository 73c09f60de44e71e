// Owns the run of a list of jobs over a tree of archives: no configuration, one store.

import { FileSource, type JobSource, SacctSource } from '../jobs/index.ts';
import { JobsumError } from '../kernel/index.ts';
import { type Lease, lookBack, RETRY, StoreLeases, StoreLedger } from '../ledger/index.ts';
import type { RunOptions } from './options.ts';
import { ledgerScope, namedOutput, type Outputs, openOutputs } from './outputs.ts';
import { ResourceRun } from './resource.ts';
import { type Session, withSession } from './session.ts';
import type { RunIo, RunSummary } from './summary.ts';

const DEFAULT_STORE = 'jobsum.db';

/** `sacct:` or `sacct:CLUSTER` asks Slurm; everything else is a file. */
function sourceOf({ jobs, format, filter = {} }: RunOptions, { store, clock }: Session, back: number): JobSource {
  const cluster = /^sacct:(.*)$/.exec(jobs)?.[1];
  if (cluster === undefined) return new FileSource(jobs, format);
  const named = cluster === '' ? {} : { cluster };
  return new SacctSource({ command: 'sacct', ...named, selection: filter, store, name: jobs, back, clock });
}

/** @throws JobsumError for what stops the run as a whole: usage, store, list of jobs, no archives, a sink */
export async function summarize(options: RunOptions, io: RunIo): Promise<RunSummary> {
  const named = options.outputs.map(namedOutput);
  const path = named.find((n) => n.kind === 'sqlite')?.path ?? DEFAULT_STORE;
  const outputs = options.dryRun ? named.filter((n) => n.kind === 'ndjson') : named;
  const policy = { ...RETRY, graceSeconds: options.grace ?? RETRY.graceSeconds };
  return withSession(path, options, io, (session) => {
    const { store, run, clock } = session;
    const work = async (lease: Lease): Promise<void> => {
      const ledger = new StoreLedger(store, { sinks: ledgerScope(named, store.path), run, lease, policy, clock });
      let opened: Outputs | null = null;
      try {
        const jobs = new ResourceRun(session, {
          ...options,
          catalogFor: () => session.catalog(options.archives),
          source: sourceOf(options, session, await lookBack(ledger, policy.graceSeconds, clock)),
          filter: options.filter ?? {},
          again: options.again ?? false,
          portal: outputs.some((o) => o.kind === 'mongodb'),
          lease,
          ledger,
          openSinks: async () => {
            opened = await openOutputs(outputs, {
              store,
              stdout: io.stdout,
              patience: session.patience,
            });
            return opened.sinks;
          },
        });
        await jobs.execute();
        if (jobs.unmet.length > 0 && !options.signal?.aborted)
          throw new JobsumError('E_JOB_UNKNOWN', 'the list has no such job', {
            file: options.jobs,
            job: jobs.unmet.join(', '),
          });
      } finally {
        await (opened as Outputs | null)?.close();
      }
    };
    return session.leased(new StoreLeases(store, { clock }), 'run', (lease) => session.recorded(() => work(lease)));
  });
}
