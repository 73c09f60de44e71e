// Owns the forms of a list of jobs: telling them apart by the beginning of the text, and reading each into jobs.

import { JobsumError, type Problem } from '../kernel/index.ts';
import { CsvTable, CsvText } from './csv.ts';
import type { Job } from './job.ts';
import { elementsOf } from './json-list.ts';
import { type Chunks, type Line, linesOf, peek, withoutMark } from './lines.ts';
import { parseNdjson } from './ndjson.ts';
import { sacctJob } from './sacct.ts';
import { sacctObject } from './sacct-json.ts';
import { detectTable, lackingIn, SacctText } from './sacct-text.ts';

export type JobFormat = 'ndjson' | 'csv' | 'sacct';

/** One record of any form, not yet read. */
export interface Raw {
  readonly line: number;
  /** For messages: which record it is, where lines do not tell. */
  readonly record?: string;
  /** For messages: the id as the list has it, of anything that has one. */
  readonly id?: unknown;
  /** @throws Ignored, JobsumError */
  job(unknown: (state: string) => void): Job;
}

/** Worth a look, and no job. */
export interface Noted {
  readonly line: number;
  readonly note: Problem;
}

interface Bad {
  readonly found?: string;
  readonly id?: string | null;
  readonly record?: string;
}
const bad = (line: number, reason: string, { found = '', id = null, record }: Bad = {}): Raw => ({
  line,
  id,
  ...(record === undefined ? {} : { record }),
  job: () => {
    const shown = found === '' ? {} : { found: JSON.stringify(found.slice(0, 80)) };
    throw new JobsumError('E_JOB_LINE', reason, shown);
  },
});

async function* ndjson(lines: AsyncIterable<Line>): AsyncGenerator<Raw> {
  for await (const { number: line, text } of lines) {
    if (text === null) yield bad(line, 'the line is too long');
    else if (text.trim() !== '') {
      const [value, get] = deferred(text);
      yield { line, id: memberOf(value, 'job_id'), job: (unknown) => parseNdjson(get(), unknown) };
    }
  }
}

async function* csv(lines: AsyncIterable<Line>, file: string): AsyncGenerator<Raw> {
  const text = new CsvText();
  let table: CsvTable | null = null;
  const raw = function* (records: ReturnType<CsvText['add']>): Generator<Raw> {
    for (const record of records) {
      if ('reason' in record) yield bad(record.line, record.reason);
      else if (!table) table = new CsvTable(record.fields, file);
      else {
        const of = table;
        if (!of.isHeader(record.fields))
          yield { line: record.line, id: of.idIn(record.fields), job: () => of.job(record.fields) };
      }
    }
  };
  for await (const line of lines) yield* raw(text.add(line));
  yield* raw(text.end());
}

/** A list whose names stand last can hold records that users wrote. */
const POSSIBLE =
  'texts of users stand last, and so many records may be written into the one before by its user: sacct --json has no such records';
const OUT_OF_ORDER = 'a record out of the order of ids, behind a name: it may be a part of that name';

async function* sacct(lines: AsyncIterable<Line>, first: string, file: string): AsyncGenerator<Raw | Noted> {
  const table = detectTable(first);
  const found = JSON.stringify(first.slice(0, 60));
  if (!table) throw new JobsumError('E_JOB_SOURCE', 'not the output of sacct --parsable2', { file, found });
  const lacking = lackingIn(table);
  if (lacking.length > 0)
    throw new JobsumError('E_JOB_SOURCE', `the list has no column ${lacking.join(', ')}`, { file, found });
  const note = (line: number, message: string, more: object): Noted => ({
    line,
    note: { code: 'E_JOB_NOTE', message, file, line, ...more },
  });
  if (!table.columns.names.includes('jobid'))
    yield note(1, 'the list has no column JobID: elements of arrays are jobs by their raw ids', { found });
  const text = new SacctText(table);
  const raw = function* (records: ReturnType<SacctText['add']>): Generator<Raw | Noted> {
    for (const record of records) {
      const { line } = record;
      if ('reason' in record) yield bad(line, record.reason, record);
      else if ('possible' in record) yield note(line, POSSIBLE, { found: String(record.possible) });
      else if ('odd' in record) yield note(line, OUT_OF_ORDER, { job: record.odd });
      else {
        const get = (name: string): string | null => record.fields.get(name) ?? null;
        yield { line, id: get('jobid') ?? get('jobidraw'), job: (unknown) => sacctJob(get, unknown) };
      }
    }
  };
  for await (const line of lines) yield* raw(text.add(line));
  yield* raw(text.end());
}

async function* sacctJson(chunks: Chunks): AsyncGenerator<Raw> {
  let number = 0;
  // Steps are many, and nothing of them is wanted.
  for await (const element of elementsOf(chunks, 'jobs', 'steps')) {
    const { line } = element;
    if (element.kind === 'element') number++;
    // The whole list may be one line.
    const record = `record ${number}`;
    if (element.kind === 'cut') yield bad(line, element.reason, number === 0 ? {} : { record: `behind ${record}` });
    else if (element.kind === 'errors') {
      const { text: found } = element;
      if (found.replace(/\s/g, '') !== '[]') yield bad(line, 'sacct reports errors of its own', { found });
    } else if (element.text === null) yield bad(line, 'the job is too long', { record });
    else {
      const [value, job] = deferred(element.text);
      yield { line, record, id: memberOf(value, 'job_id'), job: (unknown) => sacctObject(job(), unknown) };
    }
  }
}

/** The value of a JSON text, and how to get it, which fails where it is none. */
function deferred(text: string): [value: unknown, get: () => unknown] {
  try {
    const value: unknown = JSON.parse(text);
    return [value, () => value];
  } catch (cause) {
    const found = (cause as Error).message;
    const fail = (): never => {
      throw new JobsumError('E_JOB_LINE', 'not JSON', { expected: 'one object', found });
    };
    return [null, fail];
  }
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

/** The first line with something in it; a comment is nothing. */
const firstLine = (head: string): string =>
  head
    .split('\n')
    .map((line) => withoutMark(line).replace(/\r$/, ''))
    .find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';

/** An object that sacct prints has these members; jobs of ours have `job_id`. Enough is read when the first member's name is. */
const FIRST_MEMBER = /^\{\s*"([^"]*)"\s*:/;
const REPORT = new Set(['jobs', 'meta', 'errors', 'warnings']);
const beginsJson = (text: string): boolean => text.startsWith('{') || text.startsWith('[');
const plainHead = (head: string): string => withoutMark(head).trimStart();

/** Whether a line with something in it has ended; a comment is nothing. In one walk: a file without line ends is one long line. */
const hasWholeLine = (head: string): boolean => {
  const end = head.lastIndexOf('\n');
  return end >= 0 && firstLine(head.slice(0, end)) !== '';
};

function enough(head: string): boolean {
  const text = plainHead(head);
  if (text.startsWith('{')) return FIRST_MEMBER.test(text) || /^\{\s*[^\s"]/.test(text);
  return text.startsWith('[') || hasWholeLine(head);
}

/**
 * Records of a text of any form, which its beginning shows; `file` is its name in messages.
 * @throws JobsumError E_JOB_SOURCE
 */
export async function* rawRecords(chunks: Chunks, file: string, format?: JobFormat): AsyncGenerator<Raw | Noted> {
  const { head, whole } = await peek(chunks, enough);
  const text = plainHead(head);
  const first = firstLine(head);
  const report = text.startsWith('[') || REPORT.has(FIRST_MEMBER.exec(text)?.[1] ?? '');
  if (text === '') {
    // Slurm has no job of that time, or whoever names these jobs knows of none. Where no form is named a pipe whose first command failed looks so.
    if (format === 'ndjson' || format === 'sacct') return;
    throw new JobsumError('E_JOB_SOURCE', 'the list of jobs is empty, without even a header', {
      file,
      expected: 'a list, or --format ndjson or sacct where there may be none',
    });
  }
  const comments = (lines: AsyncIterable<Line>): AsyncIterable<Line> => afterComments(lines);
  if (report && format !== 'csv' && format !== 'ndjson') yield* sacctJson(whole);
  else if (format === 'ndjson' || (!format && beginsJson(text))) yield* ndjson(comments(linesOf(whole)));
  else if (format === 'sacct' || (!format && detectTable(first))) yield* sacct(comments(linesOf(whole)), first, file);
  else if (format === 'csv' || (first.includes(',') && /(^|,)\s*"?(start|end)(_time)?"?\s*(,|$)/i.test(first)))
    yield* csv(comments(linesOf(whole)), file);
  else
    throw new JobsumError('E_JOB_SOURCE', 'cannot tell what form the list of jobs has', {
      file,
      line: 1,
      found: JSON.stringify(first.slice(0, 60)),
    });
}

/** Comments may stand before the first record. */
async function* afterComments(lines: AsyncIterable<Line>): AsyncGenerator<Line> {
  let begun = false;
  for await (const line of lines) {
    begun ||= line.text === null || (line.text.trim() !== '' && !line.text.startsWith('#'));
    if (begun) yield line;
  }
}
