// Owns the account of a run: what it counts, which problems it keeps, and what its exit code is.

import { ERRORS, exitWhenStopped, MAX_PROBLEMS, type Problem } from '../kernel/index.ts';
import type { Backlog, Reported } from '../ledger/index.ts';
import type { Progress } from '../operate/index.ts';
import { type LogFields, type Logger, problemFields } from '../operate/index.ts';
import { Attention, type Event } from './attention.ts';

export interface JobCounts {
  /** Summarised and stored. */
  done: number;
  /** Documents without analytics: too few nodes have data, or a limit passed over the job. */
  skipped: number;
  /** Of these, those whose data may still come. */
  waiting: number;
  /** No document, or one with an error of ours; tried again by the next run. */
  failed: number;
  /** Already in the ledger. */
  known: number;
  /** Not selected by id or time. */
  unselected: number;
}

/** How one resource fared. */
export interface ResourceSummary {
  readonly resource: string;
  readonly jobs: JobCounts;
  /** What stopped it; the other resources went on. */
  problem?: Problem;
}

export interface RunSummary {
  readonly run: string;
  /** Of all resources. */
  readonly jobs: JobCounts;
  readonly lines: { rejected: number; ignored: number };
  readonly archives: { found: number; opened: number; unreadable: number };
  /** Archives read, each once per task. */
  nodeArchives: number;
  bytes: number;
  seconds: number;
  interrupted: boolean;
  /** First problems, at most MAX_PROBLEMS. */
  readonly problems: Problem[];
  /** Jobs that are still to be done: tried again, or not tried yet. Of all ledgers of the store and the configured site. */
  backlog?: Backlog;
  /** Of a configured run: each resource that was to run. */
  readonly resources?: ResourceSummary[];
  exitCode: number;
}

/** The constant text of each event. */
export const MESSAGES = {
  'job.noted': 'there is something odd in the list of jobs',
  'job.problem': 'something was wrong with data of the job',
  'archive.unreadable': 'the archive cannot be used',
  'archive.odd': 'something in the archive is not right; the rest of it is used',
  'document.refused': 'a sink refuses the document of the job',
  'resource.failed': 'the resource could not be summarised; the others are',
  'resource.done': 'the resource is done',
} as const;

export const noJobs = (): JobCounts => ({ done: 0, skipped: 0, waiting: 0, failed: 0, known: 0, unselected: 0 });

export interface RunIo {
  readonly log: Logger;
  readonly progress: Progress;
  readonly stdout: NodeJS.WritableStream;
  /** Called with the summary that is filled from then on: what counts if the run fails. */
  readonly begun?: (summary: RunSummary) => void;
}

/** Counts while a run is on its way. */
export class Account {
  readonly summary: RunSummary;
  readonly #io: RunIo;
  readonly #began = performance.now();
  /** Jobs that are through, stored or not yet. */
  #handled = 0;
  /** What is worth a look. */
  readonly attention: Attention;

  /** `reported`: what earlier runs have, where that does not count again. */
  constructor(run: string, io: RunIo, reported: Reported | null, resources?: ResourceSummary[]) {
    this.#io = io;
    this.attention = new Attention({ log: io.log, reported });
    this.summary = {
      run,
      jobs: noJobs(),
      lines: { rejected: 0, ignored: 0 },
      archives: { found: 0, opened: 0, unreadable: 0 },
      nodeArchives: 0,
      bytes: 0,
      seconds: 0,
      interrupted: false,
      problems: [],
      ...(resources ? { resources } : {}),
      exitCode: 0,
    };
    io.begun?.(this.summary);
  }

  handled(): void {
    this.#handled++;
    this.report();
  }

  #keep(problem: Problem): void {
    const { problems } = this.summary;
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  }

  problem(problem: Problem, event: keyof typeof MESSAGES): void {
    this.#keep(problem);
    this.attention.events.write('warn', event, MESSAGES[event], problemFields(problem));
  }

  /** Of a problem that somebody has to deal with. */
  fault(problem: Problem, event: Event, more: LogFields = {}): void {
    this.#keep(problem);
    this.attention.problem(problem, event, more);
  }

  /** Of a problem that is no fault of the run, nor of what it was given to do. */
  notice(problem: Problem, event: Event, more: LogFields = {}): void {
    this.#keep(problem);
    this.attention.notice(problem, event, more);
  }

  report(): void {
    const { nodeArchives, bytes } = this.summary;
    this.#io.progress.update({ jobs: this.#handled, nodeArchives, bytes });
  }

  /** The summary with its exit code. */
  close(signal: AbortSignal | undefined): RunSummary {
    const s = this.summary;
    s.seconds = (performance.now() - this.#began) / 1000;
    s.interrupted = signal?.aborted ?? false;
    s.exitCode = s.interrupted ? exitWhenStopped(signal) : exitCodeOf(s) || Number(this.attention.any);
    this.attention.close();
    return s;
  }
}

/** A resource that failed decides. */
function exitCodeOf(s: RunSummary): number {
  const failed = (s.resources ?? []).flatMap((r) => (r.problem ? [r.problem.code] : []));
  const worst = failed.find((code) => code !== 'E_LOCKED') ?? failed[0];
  return worst ? ERRORS[worst].exit : 0;
}
