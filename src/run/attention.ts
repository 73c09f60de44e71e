// Owns what of a run is worth a look: each such thing is named once, with its job and the reason, and makes the exit code 1. A job that
// waits for data that are still to come, or that a configured limit passes over, is none of them.

import { jobError, jobOfId, reasonOf } from '../document/index.ts';
import type { Problem } from '../kernel/index.ts';
import type { Became, LedgerEntry, Reported } from '../ledger/index.ts';
import { type LogFields, type Logger, problemFields } from '../operate/index.ts';
import { EventLog } from './event-log.ts';

/** The constant text of each event. */
export const MESSAGES = {
  'job.rejected': 'its record is not used',
  'document.unfit': 'documents are stored that the portal does not take in',
  'job.failed': 'it could not be summarised; it is tried again',
  'job.set-aside': 'it has failed too often and is set aside',
  'job.without-data': 'it could not be summarised, and is not tried again',
  'job.unreadable': 'what may have data of it cannot be read; it is tried again',
  'directory.unreadable': 'a directory cannot be read; jobs that may have data there stay open',
  'analytic.unusable': 'an analytic of the site cannot be used',
} as const;

export type Event = keyof typeof MESSAGES;

/** Things that are named one by one. */
const MAX_NAMED = 100;

export interface AttentionOptions {
  readonly log: Logger;
  /** What earlier runs have reported, where that does not count again. */
  readonly reported: Reported | null;
}

export class Attention {
  readonly #options: AttentionOptions;
  /** For what there may be any number of. */
  readonly events: EventLog;
  #things = 0;

  constructor(options: AttentionOptions) {
    this.#options = options;
    this.events = new EventLog(options.log);
  }

  /** Something is worth a look. */
  get any(): boolean {
    return this.#things > 0;
  }

  #name(event: Event, fields: LogFields, level: 'error' | 'warn' = 'error'): void {
    this.#things++;
    this.#log(this.#things <= MAX_NAMED ? level : 'warn', event, fields);
  }

  #log(level: 'error' | 'warn', event: Event, fields: LogFields): void {
    this.events.write(level, event, MESSAGES[event], fields);
  }

  /** Of a problem that each run meets again until somebody has dealt with it. `more`: what is no part of its identity. */
  problem(problem: Problem, event: Event, more: LogFields = {}): void {
    const { reported } = this.#options;
    const fields = { ...problemFields(problem), ...more };
    if (!reported || reported.isNew(problem)) this.#name(event, fields);
    else this.#log('warn', event, fields);
  }

  /** The same of what is to be known, and no reason for an exit code: what was asked for was done. */
  notice(problem: Problem, event: Event, more: LogFields = {}): void {
    const { reported } = this.#options;
    const level = !reported || reported.isNew(problem) ? 'error' : 'warn';
    this.#log(level, event, { ...problemFields(problem), ...more });
  }

  /** How a job fared: the ledger says each time by itself whether that is news. */
  job({ id, result, error, problem }: LedgerEntry, { state, attempts }: Became): void {
    const { log, reported } = this.#options;
    const job = jobOfId(id);
    if (result === 'failed') {
      const fields = { ...(problem ? problemFields(problem) : {}), job, attempts };
      if (state === 'poison') this.#name('job.set-aside', fields);
      else if (!reported || attempts === 1) this.#name('job.failed', fields);
      else this.#log('warn', 'job.failed', fields);
    } else if (error !== undefined && state === 'done' && jobError(error)?.from !== 'limit')
      // No fault of the run. Where nobody looks on, only errors are said.
      this.#name(
        'job.without-data',
        { job, error, reason: reasonOf(error, null).meaning },
        reported ? 'error' : 'warn',
      );
    else if (state !== 'done' && problem && problem.code !== 'E_ARCHIVE_EMPTY' && (!reported || attempts === 1))
      this.#name('job.unreadable', { ...problemFields(problem), job });
    else log.detail('job.done', 'a job is through', { job, state, ...reasonFields(error) });
  }

  /** At the end of the run: what it has reported is not news to the next. */
  close(): void {
    const { log, reported } = this.#options;
    reported?.save();
    this.events.close();
    const more = this.#things - MAX_NAMED;
    if (more > 0) log.error('run.more', 'there is more that is worth a look: see `jobsum status`', { more });
  }
}

const reasonFields = (error: number | undefined): LogFields =>
  error === undefined ? {} : { error, reason: reasonOf(error, null).meaning };
