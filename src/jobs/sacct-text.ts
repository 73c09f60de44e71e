// Owns cutting the text of `sacct -P` and `-p` into records. sacct escapes nothing: a job's name, comment or command may hold separators,
// line ends, even whole records of other jobs. What is certain is read; what is not is refused, and never becomes a job.
//
// A line with all its columns is a record. A line that comes short and breaks off in a text of a user is the beginning of one, which
// ends with the line that makes it whole. Should a line within such a record have all columns itself, it may be a job or a part of the
// text: it is refused, and so is the record around it. If no line makes it whole but those that have all columns, it may end with the first
// of them, which is refused with it; what follows is read. Behind a whole record whose last column is a text, lines that do not begin like
// a record belong to that text. Where such a text stands last and holds a whole record, some show by what is around them (sacct-hidden.ts) or by
// the order of ids (sacct-order.ts); that there may be others is noted. Whoever wants to be sure takes `--json`, or a separator that nobody knew
// (as the call in sacct-source.ts does).

import type { Line } from './lines.ts';
import { isOurSeparator } from './sacct-call.ts';
import { Columns, maxBytes } from './sacct-columns.ts';
import { HiddenRecords, isStep, type Judged, numbersOf, type Row } from './sacct-hidden.ts';
import { IdOrder } from './sacct-order.ts';

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
  | { readonly line: number; readonly fields: ReadonlyMap<string, string> }
  /** An earlier record, of the job with this id, is out of the order of ids. */
  | { readonly line: number; readonly odd: string }
  /** So many records may be text of the one before them, and nothing can show it. */
  | { readonly line: number; readonly possible: number }
  /** `id`: of the job, if it is known. */
  | { readonly line: number; readonly reason: string; readonly found: string; readonly id: string | null };

export interface Table {
  readonly columns: Columns;
  readonly separator: string;
  readonly header: boolean;
}

/** Without these a record makes no job. */
const NEEDED = ['Start', 'End', 'NodeList'];

/** Columns that a table of jobs lacks; the id of arrays' elements has another form in JobIDRaw, which is enough. */
export const lackingIn = ({ columns: { names } }: Table): string[] =>
  [...(names.includes('jobid') || names.includes('jobidraw') ? [] : ['JobID']), ...NEEDED].filter(
    (name) => name === 'JobID' || !names.includes(name.toLowerCase()),
  );

/** Columns and separator by the header; null: it is none. Behind the first line it must have all columns that are needed. */
function headerOf(line: string, lacking = false): Table | null {
  const first = /jobid/i.test(line) ? (/^[A-Za-z]+/.exec(line)?.[0].length ?? 0) : 0;
  for (let n = 1; first > 0 && n <= MAX_SEPARATOR && first + n < line.length; n++) {
    const separator = line.slice(first, first + n);
    if (separator === ',') continue;
    const names = line.toLowerCase().split(separator.toLowerCase());
    const known = names.every((name, i) => /^[a-z]+$/.test(name) || (name === '' && i === names.length - 1));
    if (!known || !names.some((name) => name === 'jobid' || name === 'jobidraw')) continue;
    const table = { columns: new Columns(names, separator), separator, header: true };
    if (lacking || lackingIn(table).length === 0) return table;
  }
  return null;
}

/** The table of a file whose first line is this; null: it is not the text of sacct. */
export function detectTable(line: string): Table | null {
  const header = headerOf(line, true);
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

/** A line behind the beginning of a record that is not yet whole: of its text, or a record of its own. */
interface Follower extends Line {
  readonly text: string;
  readonly row: boolean;
}

/** Lines that are not yet a whole record, or may not be. */
interface Open {
  readonly line: number;
  readonly first: string;
  /** Of all lines together. */
  pieces: string[];
  readonly followers: Follower[];
  /** So many followers may be of the record, which could end with the last of them. */
  doubtful: number;
  /** Columns that are missing at least. */
  readonly missing: number;
  /** Bytes that may follow the break. */
  readonly room: number;
  length: number;
}

export class SacctText {
  #table: Table;
  #whole: Whole | null = null;
  #open: Open | null = null;
  #out: TextRecord[] = [];
  #order = new IdOrder();
  /** Where a text of users stands last. */
  #hidden: HiddenRecords<Row> | null = null;

  constructor(table: Table) {
    this.#table = table;
    this.#begin(table);
  }

  #begin(table: Table): void {
    this.#table = table;
    this.#order = new IdOrder();
    const { textLast } = table.columns;
    this.#hidden =
      textLast === null || isOurSeparator(table.separator) ? null : new HiddenRecords(textLast, maxBytes(textLast));
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
    this.#closeTable();
    return this.#take();
  }

  #take(): TextRecord[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #refuse(line: number, reason: string, found: string): void {
    const id = found === '' ? null : this.#table.columns.idIn(found.split(this.#table.separator));
    this.#out.push({ line, reason, found, id });
  }

  #finish(): void {
    this.#closeWhole();
    this.#closeOpen();
    this.#closeWhole();
  }

  /** What was kept back of a table that ends. */
  #closeTable(): void {
    if (!this.#hidden) return;
    for (const judged of this.#hidden.end()) this.#judged(judged);
    const { count, line } = this.#hidden.possible;
    if (count > 0) this.#out.push({ line, possible: count });
  }

  #closeWhole(): void {
    const whole = this.#whole;
    this.#whole = null;
    if (!whole) return;
    const { columns, separator } = this.#table;
    const { line, pieces } = whole;
    const fit = columns.fit(pieces);
    if (fit !== null && fit !== 'ambiguous') this.#record(line, fit.fields, pieces);
    // What is wrong in it, reading it will show.
    else if (pieces.length === columns.length) this.#record(line, columns.byPlace(pieces), pieces);
    else
      this.#refuse(
        line,
        'separators within fields: it is not certain which field they belong to',
        pieces.join(separator),
      );
  }

  #record(line: number, fields: Map<string, string>, pieces: readonly string[]): void {
    if (!this.#hidden) this.#out.push({ line, fields });
    else {
      const bytes = Buffer.byteLength(pieces.join(this.#table.separator));
      for (const judged of this.#hidden.next({ line, fields, bytes })) this.#judged(judged);
    }
  }

  #judged({ row: { line, fields }, reason }: Judged<Row>): void {
    if (reason !== null) {
      const id = fields.get('jobid') || fields.get('jobidraw') || '';
      this.#out.push({ line, reason, found: [...fields.values()].join(this.#table.separator), id });
      return;
    }
    const odd = isStep(fields) ? null : this.#order.next(numbersOf(fields), line);
    if (odd) this.#out.push({ line: odd.line, odd: String(odd.raw) });
    this.#out.push({ line, fields });
  }

  /**
   * The record does not become whole. Followers with which it could be are refused with it; those behind them are what they look like. Where
   * only one follows, and what says which job it is comes behind the break, that is the same job with what precedes and without.
   */
  #closeOpen(): void {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    const { columns, separator } = this.#table;
    const { line, first, followers, doubtful } = open;
    const certain = doubtful === 1 && followers.length === 1 && columns.breaksBeforeJob(first.split(separator));
    if (doubtful > 0 && !certain) this.#refuseOpen(open, followers.slice(0, doubtful));
    else this.#refuse(line, 'the record does not end', first);
    for (const { number, text, row } of certain ? followers : followers.slice(doubtful)) {
      if (row) this.#line(number, text);
      else this.#refuse(number, 'the record does not end', text);
    }
  }

  /** A record with these lines in it, each of which would be a job by itself if it has all columns. */
  #refuseOpen({ line, first }: Open, within: readonly Follower[]): void {
    const last = within.at(-1)!.number;
    this.#refuse(line, `lines ${line} to ${last} may be one record or several`, first);
    for (const { number, text, row } of within)
      if (row) this.#refuse(number, `it may be text of the record that line ${line} begins`, text);
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
      this.#closeTable();
      this.#begin(header);
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
    const inDoubt = open.followers.some((f) => f.row);
    if (ends && !row && !(inDoubt && text.trim() === '')) {
      this.#open = null;
      if (inDoubt) this.#refuseOpen(open, [...open.followers, { number, text, row }]);
      else this.#whole = { line: open.line, pieces, length: text.length, blank: 0 };
      return true;
    }
    if (open.length > open.room || !(ends || columns.breaksIn(pieces) !== null)) {
      this.#closeOpen();
      return false;
    }
    open.followers.push({ number, text, row });
    // The first line with which it could end is where it does; a later one if that has what is missing beside all columns of its own.
    if (ends && row && (open.doubtful === 0 || more.length >= columns.length + Math.max(1, open.missing)))
      open.doubtful = open.followers.length;
    open.pieces = pieces;
    open.length += text.length + 1;
    return true;
  }

  /** A line that is no record: the end of the text before it, the beginning of a record, or damaged. */
  #fragment(number: number, text: string, pieces: string[]): void {
    const { columns } = this.#table;
    const room = columns.breaksIn(pieces);
    if (room !== null) {
      this.#closeWhole();
      const missing = columns.leftBehind(pieces);
      this.#open = { line: number, first: text, pieces, followers: [], doubtful: 0, missing, room, length: 0 };
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
