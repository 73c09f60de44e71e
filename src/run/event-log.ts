// Owns how many records of each event a run logs: a list in which every line is bad, or a job of very many archives, costs no more.

import type { LogFields, Logger } from '../operate/index.ts';

/** Records of each event. */
const MAX_LOGGED = 10_000;

export class EventLog {
  readonly #log: Logger;
  readonly #written = new Map<string, { readonly message: string; count: number }>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** `message`: the constant text of the event. */
  write(level: 'error' | 'warn', event: string, message: string, fields: LogFields): void {
    const written = this.#written.get(event) ?? { message, count: 0 };
    this.#written.set(event, written);
    written.count++;
    if (written.count <= MAX_LOGGED) this.#log[level](event, message, fields);
  }

  /** At the end of the run: how many records there would be besides. */
  close(): void {
    for (const [event, { message, count }] of this.#written)
      if (count > MAX_LOGGED) this.#log.warn(event, message, { unlogged: count - MAX_LOGGED });
  }
}
