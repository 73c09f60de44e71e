// Owns records that a user wrote into the text before them, where texts of users stand last: which of them show, and how many may be there.
//
// Such a record is like any other, but sacct lists each job with its steps behind it, and a job has one user. So one that parts a job from its
// steps is none, and of two records of one job at one time with different users one is none: which, nobody knows. (An id may come again
// years later, and runs of a requeued job are listed in many ways.) A text has so and so many bytes at most, which is as far as a record may
// lie behind the one that holds it; so far records are kept back.

import type { JobNumbers } from './sacct-order.ts';

/** A record as it was cut out of the list. */
export interface Row {
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
  /** Of all its lines. */
  readonly bytes: number;
}

/** A record, and why it is refused; null: nothing shows that it is another text's. */
export interface Judged<R extends Row> {
  readonly row: R;
  readonly reason: string | null;
}

const BETWEEN = 'it parts a job from its steps: it is text of a record before it';
const TWICE = 'two records of one job with different users: one may be text of the record before it';

/** The job that a step is of; null: it is no step. */
const ownerOf = (fields: Row['fields']): string | null =>
  /^(\d[^.]*)\./.exec(fields.get('jobid') || fields.get('jobidraw') || '')?.[1] ?? null;

/** What a record is sorted by; null: it is a step, or nobody knows. */
export function numbersOf(fields: Row['fields']): JobNumbers | null {
  const raw = fields.get('jobidraw') || fields.get('jobid') || '';
  if (!/^\d+$/.test(raw)) return null;
  const shown = /^\d+/.exec(fields.get('jobid') ?? '')?.[0] ?? raw;
  return { raw: Number(raw), shown: Number(shown) };
}

export const isStep = (fields: Row['fields']): boolean => ownerOf(fields) !== null;

/** Only times of one form are compared: both epoch seconds, or both text. */
function isBefore(a: string, b: string): boolean {
  const epoch = /^\d+$/;
  if (epoch.test(a) && epoch.test(b)) return Number(a) < Number(b);
  const text = /^\d{4}-\d\d-\d\dT/;
  return text.test(a) && text.test(b) && a < b;
}

/** Whether two records have one job run at one time for two users. */
function contradict(a: Row['fields'], b: Row['fields']): boolean {
  const id = numbersOf(a)?.raw;
  if (id === undefined || id !== numbersOf(b)?.raw || a.get('cluster') !== b.get('cluster')) return false;
  if (['user', 'uid'].every((name) => a.get(name) === b.get(name))) return false;
  const time = (fields: Row['fields'], name: string): string => fields.get(name) ?? '';
  const same = ['start', 'end'].every((name) => time(a, name) === time(b, name));
  return same || (isBefore(time(a, 'start'), time(b, 'end')) && isBefore(time(b, 'start'), time(a, 'end')));
}

export class HiddenRecords<R extends Row> {
  /** The column that stands last. */
  readonly #column: string;
  readonly #maxBytes: number;
  #held: { row: R; reason: string | null }[] = [];
  /** The job that the last step was of. */
  #owner: string | null = null;
  #last: Row | null = null;
  #user: string | undefined;
  /** Records of other users than the one before, which that one's text has room for, and the line of the first. */
  possible = { count: 0, line: 0 };

  constructor(column: string, maxBytes: number) {
    this.#column = column;
    this.#maxBytes = maxBytes;
  }

  #textOf(row: Row): number {
    return Buffer.byteLength(row.fields.get(this.#column) ?? '');
  }

  /** Takes the next record; gives those of which all is known that there is to know. */
  next(row: R): Judged<R>[] {
    const owner = ownerOf(row.fields);
    if (owner === null) return this.#job(row);
    // Behind the job itself, or an earlier step of it.
    const at = this.#held.findLastIndex(
      ({ row: { fields } }) => (fields.get('jobid') || fields.get('jobidraw')) === owner,
    );
    const hidden = at >= 0 || owner === this.#owner ? at + 1 : this.#held.length;
    for (const held of this.#held.slice(hidden)) held.reason ??= BETWEEN;
    this.#owner = owner;
    this.#last = row;
    return [...this.end(), { row, reason: null }];
  }

  #job(row: R): Judged<R>[] {
    this.#count(row);
    const other = this.#held.find((held) => contradict(held.row.fields, row.fields));
    if (other) other.reason ??= TWICE;
    this.#held.push({ row, reason: other ? TWICE : null });
    let bytes = this.#held.slice(1).reduce((sum, held) => sum + 1 + held.row.bytes, 0);
    let free = 0;
    for (; free < this.#held.length - 1 && this.#textOf(this.#held[free]!.row) + bytes > this.#maxBytes; free++)
      bytes -= 1 + this.#held[free + 1]!.row.bytes;
    return this.#held.splice(0, free);
  }

  #count(row: R): void {
    const user = row.fields.get('user');
    const room = this.#last !== null && this.#textOf(this.#last) + 1 + row.bytes <= this.#maxBytes;
    if (room && (user === undefined || user !== this.#user)) {
      if (this.possible.count === 0) this.possible.line = row.line;
      this.possible.count++;
    }
    this.#last = row;
    this.#user = user;
  }

  /** Those that were kept back. */
  end(): Judged<R>[] {
    return this.#held.splice(0);
  }
}
