// Owns log records on standard error: NDJSON for machines, short lines on a terminal. Standard output is for data.

import {
  type Clock,
  clean,
  cleanJson,
  describeProblem,
  maskSecretFields,
  type Problem,
  redact,
  systemClock,
} from '../kernel/index.ts';

export type Level = 'info' | 'warn' | 'error';

export interface LoggerOptions {
  readonly stream: { write(text: string): unknown };
  /** Short human lines in place of NDJSON. */
  readonly human: boolean;
  readonly quiet: boolean;
  /** What becomes of each job is said too. */
  readonly verbose?: boolean;
  readonly clock?: Clock;
}

/** A problem in the fields of a log record. */
export interface LoggedError {
  readonly code: string;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
}

/** Circumstances; further ones are free, these always mean the same. */
export interface LogFields {
  readonly run?: string;
  readonly resource?: string;
  readonly job?: string;
  /** Why, in words. */
  readonly reason?: string;
  readonly host?: string;
  /** Path of an archive or of one of its files. */
  readonly archive?: string;
  readonly ms?: number;
  readonly bytes?: number;
  readonly err?: LoggedError;
  readonly [name: string]: unknown;
}

/** A problem as fields: `err`, and where it was met. */
export function problemFields(problem: Problem): LogFields {
  const { code, message, expected, found, file, node, ...place } = problem;
  const archive = code.startsWith('E_ARCHIVE_');
  return {
    ...place,
    ...(node !== undefined ? { host: node } : {}),
    ...(file !== undefined ? { [archive ? 'archive' : 'file']: file } : {}),
    err: {
      ...{ code, message },
      ...(expected !== undefined ? { expected } : {}),
      ...(found !== undefined ? { found } : {}),
    },
  };
}

/** `event` is a stable code; `msg` is constant per event; fields are the circumstances. */
export class Logger {
  readonly #options: LoggerOptions;
  readonly #bound: LogFields;

  constructor(options: LoggerOptions, bound: LogFields = {}) {
    this.#options = options;
    this.#bound = bound;
  }

  /** A logger whose records all have these fields. */
  child(bound: LogFields): Logger {
    return new Logger(this.#options, { ...this.#bound, ...bound });
  }

  info(event: string, msg: string, fields: LogFields = {}): void {
    if (!this.#options.quiet) this.#write('info', event, msg, fields);
  }

  /** Written only when asked for. */
  detail(event: string, msg: string, fields: LogFields = {}): void {
    if (this.#options.verbose) this.#write('info', event, msg, fields);
  }

  warn(event: string, msg: string, fields: LogFields = {}): void {
    if (!this.#options.quiet) this.#write('warn', event, msg, fields);
  }

  /** Written even when quiet. */
  error(event: string, msg: string, fields: LogFields = {}): void {
    this.#write('error', event, msg, fields);
  }

  #write(level: Level, event: string, msg: string, fields: LogFields): void {
    const { stream, human } = this.#options;
    if (human) {
      stream.write(`${redact(humanLine(level, msg, fields))}\n`);
      return;
    }
    const time = new Date((this.#options.clock ?? systemClock)() * 1000).toISOString();
    const record = { time, level, event, msg, ...this.#bound, ...fields };
    // Whoever reads it on a terminal has these characters there, too.
    stream.write(`${redact(cleanJson(JSON.stringify(record, maskSecretFields)))}\n`);
  }
}

function humanLine(level: Level, msg: string, fields: LogFields): string {
  const { err, archive, file, host, job, reason, volume, offset, record, line, column, ...rest } = fields;
  const text = Object.entries({ ...rest, host })
    .filter(([, v]) => v !== undefined)
    .map(([k, v]) => `${k}=${typeof v === 'object' ? JSON.stringify(v, maskSecretFields) : v}`)
    .join(' ');
  const place = archive ?? (typeof file === 'string' ? file : undefined);
  const at = { ...(place ? { file: place } : {}), volume, offset, record, line, column };
  const what = err ? `: ${describeProblem({ ...err, ...at } as Problem)}` : '';
  const of = job === undefined ? '' : `job ${job}: `;
  const why = reason === undefined ? '' : `: ${reason}`;
  return clean(`${level}: ${of}${msg}${why}${what}${text ? ` (${text})` : ''}`);
}
