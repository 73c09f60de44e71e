// Owns cutting the text of `sacct -P` and `-p` into records. sacct escapes nothing: a job's name, comment or command may hold separators,
// line ends, even whole records of other jobs. What can be told apart is; what cannot is refused, and never becomes a job.
//
// A line with all its columns is a record. A line that comes short and breaks off in a text of a user is the beginning of one, which
// ends with the line that makes it whole. Should a line within such a record have all columns itself, it may be a job or a part of the
// text: it is refused, and so is the record around it. Behind a whole record whose last column is a text, lines that do not begin like
// a record belong to that text. Only where such a text stands last and holds a record without fault can nothing be told: whoever wants
// to be sure takes `--json`, or a separator that nobody knew (as the call in sacct-source.ts does).

import type { Line } from './lines.ts';
import { Columns } from './sacct-columns.ts';

/** Columns that Open XDMoD's command gives, for files without header: of today, without QOS, without resources. */
const XDMOD =
  'jobid jobidraw cluster partition qos account group gid user uid submit eligible start end elapsed exitcode state nnodes ncpus reqcpus reqmem reqtres alloctres timelimit nodelist jobname'.split(
    ' ',
  );
const HEADLESS = [
  XDMOD,
  XDMOD.filter((name) => name !== 'qos'),
  XDMOD.filter((name) => !['qos', 'reqtres', 'alloctres'].includes(name)),
];
const MAX_SEPARATOR = 80;
/** A record with its texts, in characters, as far as lines are added to it. */
const MAX_TEXT = 65_536;

/** A record, or why lines make none. `line`: of its beginning. */
export type TextRecord =
  | { readonly line: number; readonly fields: Map<string, string> }
  | { readonly line: number; readonly reason: string; readonly found: string };

interface Table {
  readonly columns: Columns;
  readonly separator: string;
  readonly header: boolean;
}

/** Columns and separator by the header; null: it is none. */
function headerOf(line: string): Table | null {
  const first = /jobid/i.test(line) ? (/^[A-Za-z]+/.exec(line)?.[0].length ?? 0) : 0;
  for (let n = 1; first > 0 && n <= MAX_SEPARATOR && first + n < line.length; n++) {
    const separator = line.slice(first, first + n);
    if (separator === ',') continue;
    const names = line.toLowerCase().split(separator.toLowerCase());
    const known = names.every((name, i) => /^[a-z]+$/.test(name) || (name === '' && i === names.length - 1));
    if (known && names.includes('jobid') && names.includes('end'))
      return { columns: new Columns(names, separator), separator, header: true };
  }
  return null;
}

/** The table of a file whose first line is this; null: it is not the text of sacct. */
export function detectTable(line: string): Table | null {
  const header = headerOf(line);
  if (header) return header;
  const pieces = line.split('|');
  if (!/^\d/.test(line) || pieces.length < HEADLESS.at(-1)!.length) return null;
  const tables = HEADLESS.map((names) => new Columns(names, '|'));
  const columns = tables.find((c) => c.length === pieces.length && c.fit(pieces)) ?? tables.find((c) => c.fit(pieces));
  return columns ? { columns, separator: '|', header: false } : { columns: tables[0]!, separator: '|', header: false };
}

/** A record whose last field may go on. */
interface Whole {
  readonly line: number;
  pieces: string[];
  length: number;
  /** Empty lines since. */
  blank: number;
}

/** Lines that are not yet a whole record, or may not be. */
interface Open {
  readonly line: number;
  pieces: string[];
  /** Lines in it that have all columns: jobs, or made up. */
  readonly doubtful: number[];
  /** Bytes that may follow the break. */
  readonly room: number;
  length: number;
}

export class SacctText {
  #table: Table;
  #whole: Whole | null = null;
  #open: Open | null = null;
  #out: TextRecord[] = [];

  constructor(table: Table) {
    this.#table = table;
  }

  /** Records that are certain now. */
  add({ number, text }: Line): TextRecord[] {
    if (text === null) {
      this.#finish();
      this.#refuse(number, 'the line is too long', '');
    } else if (text.trim() !== '' || this.#open) this.#line(number, text);
    else if (this.#whole) this.#whole.blank++;
    // Nothing can follow a record that has an end mark, or ends in what is no text.
    if (!this.#table.columns.openEnd) this.#closeWhole();
    return this.#take();
  }

  /** After the last line. */
  end(): TextRecord[] {
    this.#finish();
    return this.#take();
  }

  #take(): TextRecord[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #refuse(line: number, reason: string, found: string): void {
    this.#out.push({ line, reason, found });
  }

  #finish(): void {
    this.#closeWhole();
    this.#closeOpen('the record does not end');
  }

  #closeWhole(): void {
    const whole = this.#whole;
    this.#whole = null;
    if (!whole) return;
    const { columns, separator } = this.#table;
    const { line, pieces } = whole;
    const fit = columns.fit(pieces);
    if (fit !== null && fit !== 'ambiguous') this.#out.push({ line, fields: fit.fields });
    // What is wrong in it, reading it will show.
    else if (pieces.length === columns.length) this.#out.push({ line, fields: columns.byPlace(pieces) });
    else this.#refuse(line, 'separators within fields: they cannot be told apart', pieces.join(separator));
  }

  #closeOpen(reason: string): void {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    const found = open.pieces.join(this.#table.separator);
    this.#refuse(open.line, reason, found);
    for (const line of open.doubtful)
      this.#refuse(line, `it cannot be told from text of the record that line ${open.line} begins`, '');
  }

  #pieces(text: string): string[] {
    const { separator, columns, header } = this.#table;
    const pieces = text.split(separator);
    // `--parsable` ends each line in a bar; where the last column is a text under a header without, it is of the text.
    const n = columns.length;
    if (pieces.length === n + 1 && pieces[n] === '' && !(header && columns.openEnd)) pieces.pop();
    return pieces;
  }

  #line(number: number, text: string): void {
    const header = headerOf(text);
    const pieces = this.#pieces(text);
    // A header within a record is as doubtful as a record there.
    const row = header !== null || this.#table.columns.isRow(pieces);
    if (this.#open && this.#goesOn(this.#open, number, text, row)) return;
    if (header) {
      this.#closeWhole();
      this.#table = header;
    } else if (row) {
      this.#closeWhole();
      this.#whole = { line: number, pieces, length: text.length, blank: 0 };
    } else this.#fragment(number, text, pieces);
  }

  /** Whether the line belongs to what is open, or may. */
  #goesOn(open: Open, number: number, text: string, row: boolean): boolean {
    const { columns, separator } = this.#table;
    const more = text.split(separator);
    const pieces = [...open.pieces.slice(0, -1), `${open.pieces.at(-1)}\n${more[0]}`, ...more.slice(1)];
    const ends = pieces.length >= columns.length && columns.fit(pieces) !== null;
    if (ends && !row) {
      if (open.doubtful.length > 0) {
        this.#closeOpen('a record with others in it: they cannot be told apart');
        return true;
      }
      this.#open = null;
      this.#whole = { line: open.line, pieces, length: text.length, blank: 0 };
      return true;
    }
    if (open.length <= open.room && (ends || columns.breaksIn(pieces) !== null)) {
      if (row) open.doubtful.push(number);
      open.pieces = pieces;
      open.length += text.length + 1;
      return true;
    }
    this.#closeOpen('the record does not end');
    return false;
  }

  /** A line that is no record: the end of the text before it, the beginning of a record, or damaged. */
  #fragment(number: number, text: string, pieces: string[]): void {
    const { columns } = this.#table;
    const room = columns.breaksIn(pieces);
    if (room !== null) {
      this.#closeWhole();
      this.#open = { line: number, pieces, doubtful: [], room, length: 0 };
      return;
    }
    const whole = this.#whole;
    if (whole && columns.openEnd && !columns.beginsLikeRow(pieces) && whole.length + text.length <= MAX_TEXT) {
      const more = text.split(this.#table.separator);
      const gap = '\n'.repeat(1 + whole.blank);
      whole.pieces = [...whole.pieces.slice(0, -1), whole.pieces.at(-1) + gap + more[0], ...more.slice(1)];
      whole.length += gap.length + text.length;
      whole.blank = 0;
      return;
    }
    this.#refuse(number, `wrong number of columns: ${pieces.length} in place of ${columns.length}`, text);
  }
}
