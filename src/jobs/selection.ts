// Owns which jobs a run takes: by id, by end, by how they were processed before (pipeline.md §3).

import { JobsumError } from '../kernel/index.ts';

/**
 * How a job stands in the process table. new: not yet processed. bad: tried, not good enough. old: done by another version.
 * current: done by this version. A number: an error of a job (pipeline.md §5.1).
 */
export type ProcessState = 'new' | 'bad' | 'old' | 'current' | number;

export interface Selection {
  /** Ids as shown or raw; absent: all. */
  readonly ids?: readonly string[];
  /** Epoch seconds; bounds of the job's end, inclusive. */
  readonly from?: number;
  readonly to?: number;
  /** Any of these; `all`: whatever they are; absent: what a run does by itself, new jobs and those due for another try. */
  readonly states?: readonly ProcessState[] | 'all';
}

/** Version that this program writes on success, and that the incumbent calls current. */
export const PROCESS_VERSION = 1;

/** An id as Slurm or PBS shows it. */
export interface JobId {
  readonly number: number;
  /** Of an array element. */
  readonly index?: number;
}

/**
 * `500`, `500_3` or `500[3]`, or a part of a heterogeneous job: Slurm numbers the parts on, so that `500+1` has the raw id 501. The
 * database would take the number at the beginning of any text.
 * @throws JobsumError E_USAGE
 */
export function parseJobId(text: string): JobId {
  const part = /^(\d{1,15})\+(\d{1,5})$/.exec(text.trim());
  if (part) return { number: Number(part[1]) + Number(part[2]) };
  const m = /^(\d{1,15})(?:_(\d{1,10})|\[(\d{1,10})\])?$/.exec(text.trim());
  if (!m)
    throw new JobsumError('E_USAGE', 'not a job id', {
      expected: '500, 500_3, 500[3] or 500+1',
      found: JSON.stringify(text.slice(0, 60)),
    });
  const index = m[2] ?? m[3];
  return { number: Number(m[1]), ...(index === undefined ? {} : { index: Number(index) }) };
}

/** Error number of `15` or, as it stands in the process table, `-1015`. @throws JobsumError E_USAGE */
export function parseErrorNumber(text: string): number {
  const n = Number(text);
  const error = n <= -1000 ? -1000 - n : n;
  if (!Number.isInteger(n) || error < 1 || error >= 1000) {
    throw new JobsumError('E_USAGE', 'not an error number', {
      expected: '1 to 999, or -1001 to -1999',
      found: JSON.stringify(text),
    });
  }
  return error;
}
