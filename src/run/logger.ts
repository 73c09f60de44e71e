// Owns log records on standard error: NDJSON for machines, short lines on a terminal. Standard output is for data.

export type Level = 'info' | 'warn' | 'error';

export interface LoggerOptions {
  readonly stream: { write(text: string): unknown };
  /** Short human lines in place of NDJSON. */
  readonly human: boolean;
  readonly quiet: boolean;
  readonly now?: () => Date;
}

/** `event` is a stable code; `msg` is constant per event; fields are the circumstances. */
export class Logger {
  readonly #options: LoggerOptions;

  constructor(options: LoggerOptions) {
    this.#options = options;
  }

  info(event: string, msg: string, fields: object = {}): void {
    if (!this.#options.quiet) this.#write('info', event, msg, fields);
  }

  warn(event: string, msg: string, fields: object = {}): void {
    if (!this.#options.quiet) this.#write('warn', event, msg, fields);
  }

  /** Written even when quiet. */
  error(event: string, msg: string, fields: object = {}): void {
    this.#write('error', event, msg, fields);
  }

  #write(level: Level, event: string, msg: string, fields: object): void {
    const { stream, human } = this.#options;
    if (human) {
      const { message: _, ...rest } = fields as { message?: string };
      const text = Object.entries(rest)
        .map(([k, v]) => `${k}=${typeof v === 'object' ? JSON.stringify(v) : v}`)
        .join(' ');
      const line = `${level}: ${msg}${text ? ` (${text})` : ''}`;
      // biome-ignore lint/suspicious/noControlCharactersInRegex: names in messages are untrusted
      stream.write(`${line.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')}\n`);
      return;
    }
    const time = (this.#options.now?.() ?? new Date()).toISOString();
    stream.write(`${JSON.stringify({ time, level, event, msg, ...fields })}\n`);
  }
}
