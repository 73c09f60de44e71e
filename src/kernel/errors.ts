// Owns the error class: a code of the table, where, expected, found. Knows nothing of any stage.

import { ERRORS, type ErrorCode, type ErrorKind } from './error-table.ts';

/** Signals that ask a run to stop, with its exit code; SIGHUP comes when the terminal goes. */
export const STOPPED = { SIGTERM: ERRORS.E_INTERRUPTED.exit, SIGINT: 130, SIGHUP: 129 } as const;

/** Exit code of what was stopped: the reason of the abort is the name of the signal that asked for it. */
export const exitWhenStopped = (signal: AbortSignal | undefined): number =>
  STOPPED[signal?.reason as keyof typeof STOPPED] ?? ERRORS.E_INTERRUPTED.exit;

/** Where an error was met; every field is optional and printed only when known. */
export interface ErrorPlace {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Data volume number of an archive; -1 metadata, -2 temporal index. */
  readonly volume?: number;
  /** Byte offset in the (uncompressed) file. */
  readonly offset?: number;
  /** What was being read there: `label`, `record`, `DESC`, `INDOM`, … */
  readonly record?: string;
  readonly job?: string;
  readonly node?: string;
}

export interface ErrorDetail extends ErrorPlace {
  readonly expected?: string;
  readonly found?: string;
}

/** Plain data form of an error: what crosses threads, goes into documents and `--json`. */
export interface Problem extends ErrorDetail {
  readonly code: ErrorCode;
  readonly message: string;
}

/** An error with a stable code. `message` says what; `place` says where, expected and found. */
export class JobsumError extends Error {
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JobsumError';
    this.code = code;
    this.detail = detail;
  }

  get kind(): ErrorKind {
    return ERRORS[this.code];
  }

  /** As plain data. */
  toProblem(): Problem {
    return { code: this.code, message: this.message, ...this.detail };
  }
}

/** Any thrown value as a Problem; what is not ours becomes E_INTERNAL or E_IO with its own text. */
export function toProblem(error: unknown): Problem {
  if (error instanceof JobsumError) return error.toProblem();
  if (error instanceof Error) {
    const system = typeof (error as NodeJS.ErrnoException).syscall === 'string';
    return { code: system ? 'E_IO' : 'E_INTERNAL', message: error.message };
  }
  return { code: 'E_INTERNAL', message: String(error) };
}

/** Whether somebody who waited gave up since the run is to stop, which is no failure. */
export const isStop = (error: unknown, signal: AbortSignal | undefined): boolean =>
  signal?.aborted === true && toProblem(error).code === 'E_INTERRUPTED';

/** The error that a problem was, or would be: the other way round. */
export function fromProblem({ code, message, ...detail }: Problem): JobsumError {
  return new JobsumError(code, message, detail);
}

/** One line: code, what, where, expected, found. */
export function describeProblem(p: Problem): string {
  const where = [
    p.file,
    p.line !== undefined ? `line ${p.line}` : undefined,
    p.column !== undefined ? `column ${p.column}` : undefined,
    p.volume === undefined || p.volume < 0 ? undefined : `volume ${p.volume}`,
    p.offset !== undefined ? `offset ${p.offset}` : undefined,
    p.record,
    p.job !== undefined ? `job ${p.job}` : undefined,
    p.node !== undefined ? `node ${p.node}` : undefined,
  ].filter((x) => x !== undefined);
  const at = where.length > 0 ? ` (${where.join(', ')})` : '';
  const exp = p.expected !== undefined ? `; expected ${p.expected}` : '';
  const got = p.found !== undefined ? `; found ${p.found}` : '';
  return `${p.code}: ${p.message}${at}${exp}${got}`;
}
