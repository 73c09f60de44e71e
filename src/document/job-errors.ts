// Owns the errors of jobs: number, flag in the document, meaning, what to do, and whether time may put it right.

import { ERRORS, type ErrorCode } from '../kernel/index.ts';
import { part } from './fields.ts';

export interface JobError {
  /** In `summarization` of the document. */
  readonly flag: string;
  /** Of the job, as a predicate. */
  readonly meaning: string;
  /** The same in a report of the job, and in a table. */
  readonly reported: string;
  readonly brief: string;
  /** In place of `brief` where nodes have no archives, or too few, but for what cannot be read. */
  readonly unreadable?: string;
  readonly advice: string;
  /** What it comes from. Missing `data` may still come: these may pass, the others stay as they are. */
  readonly from: 'accounting' | 'limit' | 'data';
}

/** By number (pipeline.md §5.1, 6.3). */
export const JOB_ERRORS = {
  8: {
    flag: 'skipped_pmlogextract_error',
    meaning: 'most of its nodes have no data in the time of the job',
    reported: 'too few nodes have data in the time of the job',
    brief: 'none in the time of the job',
    advice: 'Look at the loggers of those nodes at that time, and at their clocks.',
    from: 'data',
  },
  9: {
    flag: 'skipped_parallel_too_short',
    meaning: 'parallel and too short',
    reported: 'parallel job too short',
    brief: 'parallel job too short',
    advice: 'Nothing: the configured limits rule it out.',
    from: 'limit',
  },
  10: {
    flag: 'skipped_invalid_nodecount',
    meaning: 'accounted with less than one node',
    reported: 'fewer than one node',
    brief: 'no nodes accounted',
    advice: 'Correct the accounting, or ignore it.',
    from: 'accounting',
  },
  11: {
    flag: 'skipped_job_too_big',
    meaning: 'more nodes than the limit',
    reported: 'too many nodes',
    brief: 'too many nodes',
    advice: 'Raise max_nodes, if its nodes are to be read.',
    from: 'limit',
  },
  12: {
    flag: 'skipped_too_short',
    meaning: 'shorter than the limit',
    reported: 'too short',
    brief: 'too short',
    advice: 'Nothing: the configured limits rule it out.',
    from: 'limit',
  },
  13: {
    flag: 'skipped_too_long',
    meaning: 'longer than the limit',
    reported: 'too long',
    brief: 'too long',
    advice: 'Check its times in the accounting.',
    from: 'limit',
  },
  15: {
    flag: 'skipped_noarchives',
    meaning: 'none of its nodes has an archive of its time',
    reported: 'no node has an archive',
    brief: 'no archives',
    unreadable: 'archives unreadable',
    advice:
      'See which archives these nodes have: `jobsum explain JOB`. Node names in accounting and in the tree must agree.',
    from: 'data',
  },
  16: {
    flag: 'skipped_summarization_error',
    meaning: 'too few of its nodes could be read',
    reported: 'too few nodes could be read',
    brief: 'too few nodes readable',
    advice: 'Check the archives with `jobsum archive check`.',
    from: 'data',
  },
  17: {
    flag: 'skipped_rawarchives',
    meaning: 'too few of its nodes have archives or data',
    reported: 'too few nodes have archives',
    brief: 'too few nodes have archives',
    unreadable: 'too few archives readable',
    advice: 'Look at the loggers of the missing nodes; --min-node-fraction takes less.',
    from: 'data',
  },
  18: {
    flag: 'skipped_job_nodehours',
    meaning: 'more node-hours than the limit',
    reported: 'too many node-hours',
    brief: 'too many node-hours',
    advice: 'Raise the limit, if it is to be summarised.',
    from: 'limit',
  },
} as const satisfies Readonly<Record<number, JobError>>;

export type JobErrorNumber = keyof typeof JOB_ERRORS;

type Numbered = JobError & { readonly error: JobErrorNumber };

const ALL = Object.entries(JOB_ERRORS).map(
  ([error, about]): Numbered => ({
    error: Number(error) as JobErrorNumber,
    ...about,
  }),
);

/** What is known of an error by its number. */
export const jobError = (error: number): JobError | undefined => ALL.find((e) => e.error === error);

/** Why jobs stand as they do: a job error, or the code of a problem. */
export function reasonOf(error: number | null, code: string | null): Pick<JobError, 'meaning' | 'advice'> {
  if (code !== null && Object.hasOwn(ERRORS, code)) return { meaning: code, advice: ERRORS[code as ErrorCode].advice };
  const known = error === null ? undefined : jobError(error);
  return known ?? { meaning: error === null ? (code ?? 'unknown') : `error ${error}`, advice: '' };
}

/** The error by the flag that stands in a document. */
export const errorOfFlag = (flag: string): number | undefined => ALL.find((e) => e.flag === flag)?.error;

/** Why a document has no analytics; undefined: it has some. */
export function jobErrorOf(document: unknown): Numbered | undefined {
  const s = part(document, 'summarization') ?? {};
  return ALL.find(({ flag }) => s[flag] === true);
}

/** By its number; null: the document has analytics. */
export const errorOf = (document: unknown): number | null => jobErrorOf(document)?.error ?? null;

/** Reasons by number and by code. */
export interface Reasons {
  readonly errors: readonly number[];
  readonly codes: readonly string[];
}

/** What is meant by a number (15, -1015), a code (E_WORKER), or words of a meaning; neither: nothing is. */
export function reasonsOf(text: string): Reasons {
  const n = Number(text);
  if (Number.isInteger(n)) return { errors: [n <= -1000 ? -1000 - n : n], codes: [] };
  const code = text.toUpperCase();
  if (Object.hasOwn(ERRORS, code)) return { errors: [], codes: [code] };
  const words = text.toLowerCase();
  return { errors: ALL.filter((e) => e.meaning.toLowerCase().includes(words)).map((e) => e.error), codes: [] };
}
