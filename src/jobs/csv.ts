// Owns jobs as CSV (RFC 4180) with a header of accounting names (accounting.md §9.4, §3.1).

import { JobsumError } from '../kernel/index.ts';
import { buildJob, idOf, nodesOf, refuse, requireNodes, timeOf } from './build.ts';
import type { Job } from './job.ts';
import type { Line } from './lines.ts';

/** Columns that are numbers when they look like one; all else stays text. */
const NUMBERS = new Set([
  'resource_id',
  'start_time',
  'end_time',
  'submit',
  'eligible',
  'uid',
  'gid',
  'nodes',
  'ncpus',
  'gpus',
  'reqcpus',
  'timelimit',
  'local_job_array_index',
  'local_job_id_raw',
]);
const NAMES = {
  id: ['job_id', 'id', 'job_uniq_id', 'local_job_id'],
  start: ['start_time', 'start'],
  end: ['end_time', 'end'],
  nodes: ['host_list', 'node_list', 'nodelist'],
};

/** Lines that a quoted field may span: what a stray quote can cost to find out. */
const MAX_CONTINUED = 100;

/** A record as far as it was read. Strict: behind a closing quote comes a comma or the end, so that a stray quote shows early. */
class Scanner {
  readonly fields: string[] = [];
  #field = '';
  #quoted = false;

  /** `open`: within quotes at the end of the line, the record goes on. */
  scan(text: string): 'done' | 'open' | 'bad' {
    let i = 0;
    if (this.#quoted) this.#field += '\n';
    for (;;) {
      if (!this.#quoted && text[i] === '"') {
        this.#quoted = true;
        i++;
      }
      if (this.#quoted) {
        const end = text.indexOf('"', i);
        this.#field += text.slice(i, end < 0 ? undefined : end);
        if (end < 0) return 'open';
        i = end + 1;
        if (text[i] === '"') {
          this.#field += '"';
          i++;
          continue;
        }
        this.#quoted = false;
        if (i < text.length && text[i] !== ',') return 'bad';
      } else {
        const end = text.indexOf(',', i);
        this.#field = text.slice(i, end < 0 ? undefined : end);
        i = end < 0 ? text.length : end;
      }
      this.fields.push(this.#field);
      this.#field = '';
      if (i >= text.length) return 'done';
      i++;
    }
  }
}

/** Fields of records, or why a line is none. `line`: where the record begins. */
export type CsvRecord = { readonly line: number } & ({ readonly fields: string[] } | { readonly reason: string });

/** Lines into records of as many fields as the first has. A record whose quotes do not come out even costs its first line only. */
export class CsvText {
  #columns: number | null = null;
  #open: { readonly lines: Line[]; readonly scanner: Scanner } | null = null;

  /** Records that are complete now. */
  add(line: Line): CsvRecord[] {
    return this.#read([line]);
  }

  /** After the last line. */
  end(): CsvRecord[] {
    const out: CsvRecord[] = [];
    while (this.#open) {
      const { lines } = this.#open;
      this.#open = null;
      out.push({ line: lines[0]!.number, reason: 'a quoted field does not end' }, ...this.#read(lines.slice(1)));
    }
    return out;
  }

  #read(given: readonly Line[]): CsvRecord[] {
    const out: CsvRecord[] = [];
    // The next line to read is the last.
    const waiting = [...given].reverse();
    for (let line = waiting.pop(); line; line = waiting.pop()) {
      if (line.text === null) {
        out.push({ line: line.number, reason: 'the line is too long' });
        continue;
      }
      if (line.text.trim() === '' && !this.#open) continue;
      this.#open ??= { lines: [], scanner: new Scanner() };
      const { lines, scanner } = this.#open;
      const result = scanner.scan(line.text);
      lines.push(line);
      if (result === 'open' && lines.length < MAX_CONTINUED) continue;
      this.#open = null;
      const first = lines[0]!.number;
      const even = result === 'done' && (lines.length === 1 || scanner.fields.length === this.#columns);
      if (!even) {
        out.push({
          line: first,
          reason: result === 'bad' ? 'text behind a closing quote' : 'a quoted field does not end',
        });
        waiting.push(...lines.slice(1).reverse());
      } else if (lines.slice(1).some((l) => this.#whole(l.text!))) {
        // Two stray quotes, or records in a text: nobody can tell.
        const reason = `it may be in a quoted field that line ${first} begins`;
        for (const l of lines)
          out.push({ line: l.number, reason: l === lines[0] ? 'a quoted field holds whole records' : reason });
      } else {
        this.#columns ??= scanner.fields.length;
        out.push({ line: first, fields: scanner.fields });
      }
    }
    return out;
  }

  /** A line that is a record by itself. */
  #whole(text: string): boolean {
    const scanner = new Scanner();
    return scanner.scan(text) === 'done' && scanner.fields.length === this.#columns;
  }
}

export class CsvTable {
  readonly #header: readonly string[];

  /** @throws JobsumError E_JOB_SOURCE */
  constructor(header: readonly string[], file: string) {
    this.#header = header.map((h) => h.trim().toLowerCase());
    const lacking = Object.values(NAMES).filter((names) => !names.some((name) => this.#header.includes(name)));
    if (lacking.length === 0) return;
    throw new JobsumError('E_JOB_SOURCE', `the list has no column ${lacking.map((names) => names[0]).join(', ')}`, {
      file,
      expected: lacking.map((names) => names.join(' or ')).join('; '),
      found: JSON.stringify(this.#header.join(',').slice(0, 200)),
    });
  }

  /** The header once more: the list was put together of several. */
  isHeader(fields: readonly string[]): boolean {
    return fields.length === this.#header.length && this.#header.every((h, i) => fields[i]!.trim().toLowerCase() === h);
  }

  /** The job's id as the record has it. */
  idIn(fields: readonly string[]): string | undefined {
    const at = NAMES.id.map((name) => this.#header.indexOf(name)).filter((i) => i >= 0);
    return at.map((i) => fields[i]).find((text) => text);
  }

  /** @throws JobsumError E_JOB_LINE, E_HOSTLIST */
  job(fields: readonly string[]): Job {
    if (fields.length !== this.#header.length) {
      throw refuse('wrong number of columns', String(this.#header.length), fields.length);
    }
    // A column may be called `__proto__`: that is a name like any other here.
    const acct: Record<string, unknown> = Object.fromEntries(
      this.#header.map((name, i) => {
        const text = fields[i]!;
        return [name, text === '' ? null : NUMBERS.has(name) && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text];
      }),
    );
    const pick = (names: readonly string[]): unknown =>
      names.map((n) => acct[n]).find((v) => v !== undefined && v !== null);
    const start = timeOf(pick(NAMES.start), 'start');
    const end = timeOf(pick(NAMES.end), 'end');
    const nodes = nodesOf(pick(NAMES.nodes) ?? '');
    const count = acct.nodes;
    const jobId = idOf(pick(NAMES.id));
    requireNodes({ nodes, start, end, acct: { ...acct, host_list: pick(NAMES.nodes) } });
    return buildJob({
      jobId,
      start,
      end,
      nodes,
      ...(typeof count === 'number' ? { nodeCount: count } : {}),
      acct: { ...acct, id: jobId, start_time: start, end_time: end, host_list: nodes, nodes: count ?? nodes.length },
    });
  }
}
