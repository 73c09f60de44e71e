// Owns jobs straight from Slurm: `sacct` is run, and the next run goes on where the last one ended.

import type { Schema, Store } from '../databases/index.ts';
import { type Clock, systemClock } from '../kernel/index.ts';
import type { JobRecord, JobSource } from './job.ts';
import { askSacct, separator } from './sacct-call.ts';
import { parseJobId, type Selection } from './selection.ts';
import { once, parseJobs } from './source.ts';

export const SOURCE_SCHEMA: Schema = {
  sql: 'CREATE TABLE IF NOT EXISTS source (name TEXT PRIMARY KEY, mark REAL NOT NULL) WITHOUT ROWID;',
};

/** What users write stands between what Slurm does: a name that goes wrong in some way shows. */
const FORMAT =
  'jobid,jobidraw,cluster,partition,qos,account,group,gid,user,uid,submit,eligible,jobname,start,end,elapsedraw,exitcode,state,nnodes,ncpus,reqcpus,reqmem,reqtres,alloctres,timelimitraw,nodelist';
/** Jobs reach the accounting database late: those that ended so long before the last one seen are asked for again. */
const OVERLAP = 3600;

export interface SacctOptions {
  readonly command: string;
  readonly cluster?: string;
  readonly selection: Selection;
  /** Where the place is kept; without a store every run begins `back` seconds ago. */
  readonly store?: Store;
  /** Name of the place. */
  readonly name?: string;
  /** Seconds in which jobs whose data were missing are listed again. */
  readonly back: number;
  readonly clock?: Clock;
}

/** sacct's time without zone: UTC, as TZ says. */
const time = (seconds: number): string => new Date(Math.max(0, seconds) * 1000).toISOString().slice(0, 19);

export class SacctSource implements JobSource {
  readonly #options: SacctOptions;
  /** Latest end seen. */
  #mark = 0;

  constructor(options: SacctOptions) {
    this.#options = options;
  }

  get #now(): number {
    return (this.#options.clock ?? systemClock)();
  }

  /** Jobs that ended from here on. sacct's own start and end select by "was running in". */
  #from(): number {
    const { selection, store, name = '', back } = this.#options;
    if (selection.from !== undefined) return selection.from;
    // Whatever ended before a time is wanted however long ago it was.
    if (selection.ids || selection.to !== undefined) return 0;
    const known = Number(
      store?.prepare('SELECT mark FROM source WHERE name = ?').get(name)?.mark ?? Number.POSITIVE_INFINITY,
    );
    return Math.min(known, this.#now - back) - OVERLAP;
  }

  #arguments(from: number): string[] {
    const { cluster, selection } = this.#options;
    // By itself sacct takes now for the end, and calls a beginning after it an error.
    const to = selection.to ?? (from > this.#now ? from : undefined);
    return [
      ...['--allusers', '--parsable', `--delimiter=${separator()}`, '--allocations', '--duplicates'],
      `--format=${FORMAT}`,
      ...(cluster === undefined ? [] : [`--clusters=${cluster}`]),
      `--starttime=${time(Math.floor(from))}`,
      ...(to === undefined ? [] : [`--endtime=${time(Math.ceil(to) + 1)}`]),
      // Checked, as sacct would take other words for options of its own.
      ...(selection.ids ? [`--jobs=${selection.ids.map(idText).join(',')}`] : []),
    ];
  }

  /** @throws JobsumError E_INPUT_MISSING (no such command), E_SERVICE (it fails), E_JOB_SOURCE */
  async *records(signal?: AbortSignal): AsyncGenerator<JobRecord> {
    const { command } = this.#options;
    const from = this.#from();
    const answer = askSacct(command, this.#arguments(from), signal);
    for await (const record of once(parseJobs(answer.output, 'sacct', 'sacct'), 'sacct')) {
      if (record.kind === 'job') {
        if (record.job.end < from) continue;
        // One that ends in the future is another run's; behind it none would be asked for.
        if (record.job.end <= this.#now) this.#mark = Math.max(this.#mark, record.job.end);
      }
      yield record;
    }
    const problem = answer.said();
    if (problem) yield { kind: 'noted', problem, line: 0 };
  }

  async finished(): Promise<void> {
    const { store, name = '', selection } = this.#options;
    const partial = selection.ids ?? selection.from ?? selection.to ?? selection.states;
    if (!store || partial !== undefined || this.#mark === 0) return;
    store
      .prepare('INSERT INTO source VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET mark = max(mark, excluded.mark)')
      .run(name, this.#mark);
  }
}

function idText(text: string): string {
  const { number, index } = parseJobId(text);
  return index === undefined ? String(number) : `${number}_${index}`;
}
