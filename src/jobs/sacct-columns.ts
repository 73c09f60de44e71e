// Owns the columns of sacct's text: which hold text of users, what the others can hold, and how the pieces of a record that has more bars
// than columns are given to the columns.

/** Of users or administrators: any character may be in them, the separator and line ends too. sacct escapes nothing. */
const FREE = new Set(
  (
    'jobname comment admincomment systemcomment submitline workdir container wckey constraints licenses extra ' +
    'stdin stdout stderr stdinexpanded stdoutexpanded stderrexpanded'
  ).split(' '),
);

/** Of a job, of a task of an array, of tasks that never ran, of a part of a heterogeneous job, of a step of any of these. */
const ID = /^\d+(?:[_+](?:\d+|\[[\d,%.:-]*\]?))?(?:\.[\w+-]+)?$/;
const TIME = /^[\w:.+/ ()-]*$/;
const COUNT = /^[\d.]*[KMGTP]?$/;
/** Never empty. */
const SOME = /^[\d.]+[KMGTP]?$/;
const SPAN = /^(?:[\d:.-]*|UNLIMITED|Partition_Limit|INVALID)$/;
/** One piece of one line; what is known of every other column. */
const PLAIN = /^[^\n]*$/;
const RESOURCES = /^[\w/:,=.%+-]*$/;
const SHAPES: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    jobid: ID,
    jobidraw: ID,
    cluster: /^[\w.-]*$/,
    ...{ submit: TIME, eligible: TIME, start: TIME, end: TIME },
    state: /^[A-Za-z_]*\+?(?: by [\w.@-]+)?$/,
    ...{ exitcode: /^(?:\d+:\d+)?$/, derivedexitcode: /^(?:\d+:\d+)?$/ },
    ...{ elapsed: SPAN, timelimit: SPAN, suspended: SPAN, cputime: SPAN, reserved: SPAN, planned: SPAN },
    ...{ elapsedraw: COUNT, timelimitraw: SPAN, cputimeraw: COUNT, reqmem: /^[\d.]*[KMGTP]?[cn]?$/ },
    ...{
      nnodes: SOME,
      allocnodes: SOME,
      ncpus: SOME,
      alloccpus: SOME,
      reqcpus: SOME,
      ntasks: COUNT,
      priority: COUNT,
    },
    ...{ uid: COUNT, gid: COUNT, dbindex: COUNT, associd: COUNT, qosraw: COUNT, wckeyid: COUNT, reservationid: COUNT },
    ...{ alloctres: RESOURCES, reqtres: RESOURCES },
    nodelist: /^(?:[\w.,;[\]-]*|None assigned|\(null\)|N\/A)$/,
  }),
);
/** Those that make the job; who or what stands in the others does not matter. */
const USED = new Set(
  (
    'jobid jobidraw cluster partition qos account group gid user uid submit eligible start end elapsedraw elapsed exitcode state nnodes ncpus ' +
    'alloccpus reqcpus reqmem reqtres alloctres timelimitraw timelimit nodelist jobname'
  ).split(' '),
);

/** What makes it this job and no other. */
const IDENTITY = new Set(['jobid', 'jobidraw', 'start', 'end', 'state', 'nodelist']);

/** Bytes that the database keeps of a column of text. */
const NAME_BYTES = 255;
const TEXT_BYTES = 65_535;
/** Bytes that a column of text can have. */
export const maxBytes = (column: string): number => (column === 'jobname' ? NAME_BYTES : TEXT_BYTES);

/** More separators than this beyond the columns and nobody tries to tell the fields apart. */
const MAX_EXTRA = 1000;

interface Column {
  readonly name: string;
  readonly free: boolean;
  readonly shape: RegExp;
  readonly used: boolean;
}

/** `ambiguous`: the pieces fit in several ways that make different jobs. */
export type Fit = { readonly fields: Map<string, string> } | 'ambiguous' | null;

export class Columns {
  readonly names: readonly string[];
  readonly #columns: readonly Column[];
  readonly #firstFree: number;
  readonly #lastFree: number;

  readonly #separator: string;

  /** A last column without name: records end in a separator. */
  constructor(names: readonly string[], separator: string) {
    this.names = names;
    this.#separator = separator;
    this.#columns = names.map((name) => ({
      name,
      free: FREE.has(name),
      shape: name === '' ? /^$/ : (SHAPES.get(name) ?? PLAIN),
      used: USED.has(name),
    }));
    this.#firstFree = this.#columns.findIndex((c) => c.free);
    this.#lastFree = this.#columns.findLastIndex((c) => c.free);
  }

  get length(): number {
    return this.#columns.length;
  }

  /** Text that follows a record may be the end of its last field. */
  get openEnd(): boolean {
    return this.#columns.at(-1)!.free;
  }

  /** The last column that has a name, if it is a text. */
  get textLast(): string | null {
    const { name, free } = this.#columns.findLast((c) => c.name !== '')!;
    return free ? name : null;
  }

  /** A record in one piece, by its number of fields and its ids. */
  isRow(pieces: readonly string[]): boolean {
    if (pieces.length !== this.length) return pieces.length > this.length && this.fit(pieces) !== null;
    return this.#columns.every((c, i) => !c.name.startsWith('jobid') || c.shape.test(pieces[i]!));
  }

  /** A line that breaks off, but was to be a record: it has at least two fields, and all before the first text of a user are as they should be. */
  beginsLikeRow(pieces: readonly string[]): boolean {
    const sure = this.#firstFree < 0 ? this.length : this.#firstFree;
    return pieces.length > 1 && pieces.every((p, i) => i >= sure || this.#columns[i]!.shape.test(p));
  }

  /** As many pieces as columns. */
  byPlace(pieces: readonly string[]): Map<string, string> {
    return new Map(this.names.map((name, i) => [name, pieces[i]!]));
  }

  /**
   * Fields of a record out of its pieces. With as many pieces as columns it is clear; each further piece belongs to a text of a user that
   * holds the separator. `forward[c]` has the numbers of further pieces that the first c columns can have taken, `backward[c]` those with
   * which the other columns come out even: where both hold exactly one number, the border between two columns is certain.
   */
  fit(pieces: readonly string[]): Fit {
    const extra = pieces.length - this.length;
    if (extra < 0 || extra > MAX_EXTRA) return null;
    const [first, last] = [this.#firstFree, this.#lastFree];
    // Before the first text and behind the last one every piece has its place; where there are no more pieces than columns all have.
    for (const [c, { free, shape, name }] of this.#columns.entries()) {
      const piece = pieces[c > last ? c + extra : c]!;
      const empty = extra === 0 && piece === '' && !name.startsWith('jobid');
      if (!free && !empty && (extra === 0 || c < first || c > last) && !shape.test(piece)) return null;
    }
    if (extra === 0) return { fields: this.byPlace(pieces) };
    if (first < 0) return null;
    if (first === last) {
      const text = pieces.slice(first, first + extra + 1).join(this.#separator);
      return { fields: this.byPlace([...pieces.slice(0, first), text, ...pieces.slice(first + extra + 1)]) };
    }
    const borders = this.#borders(pieces);
    if (!borders) return null;
    const fields = new Map<string, string>();
    for (const [c, { name, used }] of this.#columns.entries()) {
      const [from, to] = [borders[c], borders[c + 1]];
      if (from != null && to != null) fields.set(name, pieces.slice(from, to).join(this.#separator));
      else if (used) return 'ambiguous';
    }
    return { fields };
  }

  /** The job's id as sacct shows it, of a record that is refused: certain if it is whole, else what stands in its place. */
  idIn(pieces: readonly string[]): string | null {
    const at = this.names.indexOf(this.names.includes('jobid') ? 'jobid' : 'jobidraw');
    const extra = pieces.length - this.length;
    const many = extra > 0 && extra <= MAX_EXTRA && this.#firstFree >= 0 && at > this.#firstFree;
    const place = many ? this.#borders(pieces)?.[at] : at;
    const id = place == null ? undefined : pieces[place];
    return id !== undefined && ID.test(id) ? id : null;
  }

  /** Whether a record that breaks off here does so before the columns that say which job it is, and when and where it ran. */
  breaksBeforeJob(pieces: readonly string[]): boolean {
    const first = this.names.findIndex((name) => IDENTITY.has(name));
    return (this.#breaks(pieces).at(-1) ?? this.length) < first;
  }

  /** Columns behind the last text that a record which breaks off here can have been broken in: so many are still to come at least. */
  leftBehind(pieces: readonly string[]): number {
    return this.length - 1 - (this.#breaks(pieces).at(-1) ?? this.length - 1);
  }

  /** Texts of users that a line end can have cut so, by column. */
  #breaks(pieces: readonly string[]): number[] {
    const extra = Math.min(pieces.length - 1, MAX_EXTRA);
    if (pieces.length - 1 > MAX_EXTRA + this.length) return [];
    const forward = this.#forward(pieces, extra);
    return [...this.#columns.entries()].flatMap(([c, { free }]) =>
      free && forward[c]!.some((yes, k) => yes === 1 && c + k < pieces.length) ? [c] : [],
    );
  }

  /** What a line end within a record may have cut: bytes that the longest such field can have; null: no record begins like this. */
  breaksIn(pieces: readonly string[]): number | null {
    const bytes = this.#breaks(pieces).map((c) => maxBytes(this.names[c]!));
    return bytes.length === 0 ? null : Math.max(...bytes);
  }

  /** Where each column begins, and the last ends, in the pieces: null where it can be at several places. Null: nothing fits. */
  #borders(pieces: readonly string[]): (number | null)[] | null {
    const extra = pieces.length - this.length;
    const forward = this.#forward(pieces, extra);
    if (forward.at(-1)![extra] !== 1) return null;
    const backward = this.#backward(pieces, extra);
    return forward.map((row, c) => {
      const both = [...row.keys()].filter((k) => row[k] === 1 && backward[c]![k] === 1);
      return both.length === 1 ? both[0]! + c : null;
    });
  }

  #forward(pieces: readonly string[], extra: number): Uint8Array[] {
    const rows = [Uint8Array.of(1, ...new Uint8Array(extra))];
    for (const [c, { free, shape }] of this.#columns.entries()) {
      const before = rows[c]!;
      const row = new Uint8Array(extra + 1);
      let any = 0;
      for (let k = 0; k <= extra; k++) {
        any |= before[k]!;
        const there = c + k < pieces.length;
        if (free) row[k] = there ? any : 0;
        else row[k] = before[k] === 1 && there && shape.test(pieces[c + k]!) ? 1 : 0;
      }
      rows.push(row);
    }
    return rows;
  }

  #backward(pieces: readonly string[], extra: number): Uint8Array[] {
    const rows = [Uint8Array.of(...new Uint8Array(extra), 1)];
    for (let c = this.length - 1; c >= 0; c--) {
      const { free, shape } = this.#columns[c]!;
      const after = rows[0]!;
      const row = new Uint8Array(extra + 1);
      let any = 0;
      for (let k = extra; k >= 0; k--) {
        any |= after[k]!;
        row[k] = free ? any : after[k] === 1 && shape.test(pieces[c + k]!) ? 1 : 0;
      }
      rows.unshift(row);
    }
    return rows;
  }
}
