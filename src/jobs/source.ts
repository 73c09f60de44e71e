// Owns the way from a file of jobs to a stream of job records, whatever its format. One bad line never costs another.

import { JobsumError, type Problem, toProblem } from '../kernel/index.ts';
import { CsvTable, splitCsv } from './csv.ts';
import type { Job, JobRecord, JobSource } from './job.ts';
import { type Line, readLines } from './lines.ts';
import { parseNdjson } from './ndjson.ts';
import { Ignored, SacctTable } from './sacct.ts';
import type { Selection } from './selection.ts';

export type JobFormat = 'ndjson' | 'csv' | 'sacct';

interface Parser {
  /** Undefined: the line holds no record (a header, or the start of a longer one). */
  line(text: string): Job | undefined;
  /** After the last line. @throws JobsumError E_JOB_LINE if a record is still open */
  end?(): void;
}

/** Lines that a quoted CSV field may span. */
const MAX_CONTINUED = 1000;

function csvParser(): Parser {
  let table: CsvTable | null = null;
  let open = '';
  let lines = 0;
  const unended = (): JobsumError => new JobsumError('E_JOB_LINE', 'a quoted field does not end');
  const line = (text: string): Job | undefined => {
    const whole = open === '' ? text : `${open}\n${text}`;
    const fields = splitCsv(whole);
    if (!fields && ++lines < MAX_CONTINUED) {
      open = whole;
      return undefined;
    }
    open = '';
    lines = 0;
    if (!fields) throw unended();
    if (table) return table.job(fields);
    table = new CsvTable(fields);
    return undefined;
  };
  const end = (): void => {
    if (open !== '') throw unended();
  };
  return { line, end };
}

function sacctParser(first: string, file: string): Parser {
  const detected = SacctTable.detect(first);
  if (!detected) {
    throw new JobsumError('E_JOB_SOURCE', 'not the output of sacct --parsable2', {
      file,
      found: JSON.stringify(first.slice(0, 60)),
    });
  }
  let header = detected.header;
  const line = (text: string): Job | undefined => {
    if (header) {
      header = false;
      return undefined;
    }
    return detected.table.job(text);
  };
  return { line };
}

function parserFor(first: string, file: string, format: JobFormat | undefined): Parser {
  if (format === 'ndjson' || (!format && first.trimStart().startsWith('{'))) return { line: parseNdjson };
  if (format === 'sacct' || (!format && SacctTable.detect(first))) return sacctParser(first, file);
  if (format === 'csv' || (first.includes(',') && /(^|,)\s*"?(start|end)(_time)?"?\s*(,|$)/i.test(first)))
    return csvParser();
  throw new JobsumError('E_JOB_SOURCE', 'cannot tell what form the list of jobs has', {
    file,
    line: 1,
    found: JSON.stringify(first.slice(0, 60)),
  });
}

/**
 * Jobs of a file (`-`: standard input), in its order.
 * @throws JobsumError E_INPUT_MISSING, E_JOB_SOURCE (the form cannot be told from the first line)
 */
export function readJobs(path: string, format?: JobFormat): AsyncGenerator<JobRecord> {
  return parseJobs(readLines(path), path, format);
}

/** Jobs of lines; `file` is their name in messages. */
export async function* parseJobs(
  lines: AsyncIterable<Line>,
  file: string,
  format?: JobFormat,
): AsyncGenerator<JobRecord> {
  let parser: Parser | null = null;
  let line = 0;
  const rejected = (problem: Problem): JobRecord => ({
    kind: 'rejected',
    line,
    problem: { ...problem, file, line },
  });
  for await (const { number, text } of lines) {
    line = number;
    if (text === null) {
      yield rejected({ code: 'E_JOB_LINE', message: 'the line is too long' });
      continue;
    }
    if (text.trim() === '' || (parser === null && text.startsWith('#'))) continue;
    parser ??= parserFor(text, file, format);
    try {
      const job = parser.line(text);
      if (job) yield { kind: 'job', job, line };
    } catch (error) {
      if (error instanceof Ignored) yield { kind: 'ignored', reason: error.message, line };
      else yield rejected(toProblem(error));
    }
  }
  try {
    parser?.end?.();
  } catch (error) {
    yield rejected(toProblem(error));
  }
}

/** Jobs of a file as a source. */
export class FileSource implements JobSource {
  readonly #path: string;
  readonly #format: JobFormat | undefined;

  constructor(path: string, format?: JobFormat) {
    this.#path = path;
    this.#format = format;
  }

  records(): AsyncIterable<JobRecord> {
    return readJobs(this.#path, this.#format);
  }
}

export type JobFilter = Pick<Selection, 'ids' | 'from' | 'to'>;

export function selects(filter: JobFilter, job: Job): boolean {
  if (job.end < (filter.from ?? -Infinity) || job.end > (filter.to ?? Infinity)) return false;
  if (!filter.ids || filter.ids.length === 0) return true;
  const { local_job_id: local, local_job_array_index: index, local_job_id_raw: raw } = job.acct;
  const names = [job.jobId, String(local), String(raw), `${local}_${index}`, `${local}[${index}]`];
  return filter.ids.some((id) => names.includes(id));
}
