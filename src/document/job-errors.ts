// Owns what the numbers and states of jobs mean in words, and what can be done about each.

import { ERRORS, type ErrorCode } from '../kernel/index.ts';
import { part } from './fields.ts';

interface Reason {
  readonly meaning: string;
  readonly advice: string;
}

/** Job errors (pipeline.md §5.1). */
const JOB_ERRORS: Readonly<Record<number, Reason>> = {
  8: {
    meaning: 'most of its nodes have no data in the time of the job',
    advice: 'Look at the loggers of those nodes at that time, and at their clocks.',
  },
  9: { meaning: 'parallel and too short', advice: 'Nothing: the configured limits rule it out.' },
  10: { meaning: 'accounted with less than one node', advice: 'Correct the accounting, or ignore it.' },
  11: { meaning: 'more nodes than the limit', advice: 'Raise max_nodes, if its nodes are to be read.' },
  12: { meaning: 'shorter than the limit', advice: 'Nothing: the configured limits rule it out.' },
  13: { meaning: 'longer than the limit', advice: 'Check its times in the accounting.' },
  15: {
    meaning: 'none of its nodes has an archive of its time',
    advice:
      'See which archives these nodes have: `jobsum explain JOB`. Node names in accounting and in the tree must agree.',
  },
  16: { meaning: 'too few of its nodes could be read', advice: 'Check the archives with `jobsum archive check`.' },
  17: {
    meaning: 'too few of its nodes have archives or data',
    advice: 'Look at the loggers of the missing nodes; --min-node-fraction takes less.',
  },
  18: { meaning: 'more node-hours than the limit', advice: 'Raise the limit, if it is to be summarised.' },
};

/** Why jobs stand as they do: a job error, or the code of a problem. */
export function reasonOf(error: number | null, code: string | null): Reason {
  if (code !== null && Object.hasOwn(ERRORS, code)) return { meaning: code, advice: ERRORS[code as ErrorCode].advice };
  const known = error === null ? undefined : JOB_ERRORS[error];
  return known ?? { meaning: error === null ? (code ?? 'unknown') : `error ${error}`, advice: '' };
}

/** Error numbers of jobs by the flag in the document. */
export const FLAG_ERRORS: Readonly<Record<string, number>> = {
  skipped_pmlogextract_error: 8,
  skipped_parallel_too_short: 9,
  skipped_invalid_nodecount: 10,
  skipped_job_too_big: 11,
  skipped_too_short: 12,
  skipped_too_long: 13,
  skipped_noarchives: 15,
  skipped_summarization_error: 16,
  skipped_rawarchives: 17,
  skipped_job_nodehours: 18,
};

/** Error number of a document without analytics; null: it has some. */
export function errorOf(document: unknown): number | null {
  const s = part(document, 'summarization') ?? {};
  const flag = Object.keys(FLAG_ERRORS).find((f) => s[f] === true);
  return flag === undefined ? null : FLAG_ERRORS[flag]!;
}

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
  const errors = Object.entries(JOB_ERRORS).filter(([, { meaning }]) => meaning.toLowerCase().includes(words));
  return { errors: errors.map(([error]) => Number(error)), codes: [] };
}
