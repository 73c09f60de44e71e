// Owns the frame that commands which run for long or unattended run in: logs, progress, signals, the final record, the textfile.

import {
  type Clock,
  ERRORS,
  JobsumError,
  newRunId,
  type Problem,
  STOPPED,
  systemClock,
  toProblem,
} from '../kernel/index.ts';

import { Logger, problemFields } from './logger.ts';
import { Progress } from './progress.ts';
import { checkTextfile, type RunFigures, textfileFor, writeTextfile } from './textfile.ts';

export interface Frame {
  readonly run: string;
  readonly log: Logger;
  readonly progress: Progress;
  /** Aborted by a signal of `STOPPED`, which it names: finish what is in hand. */
  readonly signal: AbortSignal;
  /** The textfile of the configuration, where none was given. */
  readonly textfile: (configured: string | null) => void;
}

/** What is reported if the body fails: the summary that it fills. */
export type Begun<S> = (summary: S) => void;

/** What every such command reports of itself. */
export interface RunEnd {
  readonly run: string;
  readonly problems: readonly Problem[];
  readonly interrupted: boolean;
  exitCode: number;
}

export interface Attendance<S extends RunEnd> {
  readonly command: string;
  /** Of the program. */
  readonly version: string;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Form of log records; default: text for people and their mail, NDJSON for whatever reads the rest. */
  readonly log?: LogForm | undefined;
  readonly textfile?: string | undefined;
  readonly clock?: Clock | undefined;
  /** What the textfile says of it. */
  readonly figures: (summary: S) => Pick<RunFigures, 'outcomes' | 'bytesRead' | 'bytesDecoded' | 'backlog'>;
  /** A failure that is as it should be: the exit code is 0. */
  readonly excused?: (problem: Problem) => boolean;
  /** For people. */
  readonly lines: (summary: S) => readonly string[];
}

export type LogForm = 'json' | 'text';

const ENDED = 'the run has ended';

/** What the final record says of a run; its problems have records of their own. */
function countsOf<S extends RunEnd>(summary: S | null): Partial<S> {
  const { problems: _, run: __, ...counts } = summary ?? ({} as S);
  return counts as Partial<S>;
}

/** Runs the body with logs and progress on standard error. One final record always, also after failure. */
export async function inFrame<S extends RunEnd>(
  attendance: Attendance<S>,
  body: (frame: Frame, begun: Begun<S>) => Promise<S>,
): Promise<S> {
  const { command, version, quiet, verbose, clock = systemClock } = attendance;
  if (quiet && verbose) throw new JobsumError('E_USAGE', '--quiet or --verbose, not both');
  let { textfile } = attendance;
  if (textfile !== undefined) checkTextfile(textfile);
  const tty = process.stderr.isTTY === true;
  const run = newRunId(clock());
  // Whatever is written is not to stand behind the line of progress.
  const stream = {
    write: (text: string): void => {
      progress.clear();
      process.stderr.write(text);
    },
  };
  const human = attendance.log === undefined ? tty || quiet : attendance.log === 'text';
  const log = new Logger({ stream, human, quiet, verbose, clock }, { run });
  const progress = new Progress({ log, stream: process.stderr, tty: tty && human, quiet });
  const stop = new AbortController();
  let signalled: NodeJS.Signals | null = null;
  let part: S | null = null;
  // Something ends the process in the middle, and not in good order: the second signal, an error that nobody waits for, a module of the site.
  const onExit = (code: number): void => {
    if (code === 0) process.exitCode = ERRORS.E_INTERNAL.exit;
    const exitCode = code || ERRORS.E_INTERNAL.exit;
    log.error('run.summary', ENDED, { command, finished: false, ...countsOf(part as S | null), exitCode });
  };
  process.on('exit', onExit);
  const onSignal = (signal: NodeJS.Signals): void => {
    // The second one means now: what is not written is redone by the next run.
    if (signalled) process.exit(STOPPED[signal as keyof typeof STOPPED]);
    signalled = signal;
    stop.abort(signal);
  };
  for (const name of Object.keys(STOPPED)) process.on(name, onSignal);
  const start = clock();
  let summary: S | null = null;
  let problem: Problem | null = null;
  try {
    const takeTextfile = (configured: string | null): void => {
      if (configured === null || textfile !== undefined) return;
      checkTextfile(configured);
      textfile = textfileFor(configured, command);
    };
    const frame = { run, log, progress, signal: stop.signal, textfile: takeTextfile };
    summary = await body(frame, (begun) => {
      part = begun;
    });
    return summary;
  } catch (error) {
    problem = toProblem(error);
    throw error;
  } finally {
    process.off('exit', onExit);
    for (const name of Object.keys(STOPPED)) process.off(name, onSignal);
    progress.clear();
    const excused = problem !== null && attendance.excused?.(problem) === true;
    let exitCode = summary?.exitCode ?? (excused ? 0 : ERRORS[problem?.code ?? 'E_INTERNAL'].exit);
    const counted = summary ?? (part as S | null);
    // A run that found another at work leaves the figures to that one.
    if (textfile !== undefined && problem?.code !== 'E_LOCKED') {
      const figures = counted ? attendance.figures(counted) : { outcomes: {} };
      const end = clock();
      try {
        await writeTextfile(textfile, { version, command, start, end, exitCode, ...figures });
      } catch (error) {
        // Where there is no such directory there is no collector. Elsewhere the figures are now old, and somebody reads them.
        const failed = toProblem(error);
        log.error('textfile.failed', 'the textfile was not written', problemFields(failed));
        if (exitCode <= 1 && !failed.found?.startsWith('ENOENT')) exitCode = ERRORS[failed.code].exit;
        if (summary) summary.exitCode = exitCode;
      }
    }
    // With --quiet a run that finds another at work says nothing.
    const silent = quiet && (exitCode === 0 || problem?.code === 'E_LOCKED');
    if (human) {
      // What went wrong is said by whoever gets the error; what was done before counts all the same.
      if (counted && !silent) process.stderr.write(`${attendance.lines(counted).join('\n')}\n`);
    } else if (!silent) {
      const failure = problem ? problemFields(problem) : {};
      const ms = Math.round((clock() - start) * 1000);
      const level = quiet || (problem && !excused) ? 'error' : 'info';
      log[level]('run.summary', ENDED, {
        command,
        ms,
        finished: summary !== null,
        ...countsOf(counted),
        exitCode,
        ...failure,
      });
    }
  }
}
