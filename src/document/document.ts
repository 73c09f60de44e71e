// Owns the shape of the summary document 1.0.6 with the time-series document 4 inside (summary-document.md).

import type { Job } from '../jobs/index.ts';

export const SUMMARY_VERSION = '1.0.6';
export const TIMESERIES_VERSION = 4;

export interface DocumentParts {
  /** Analytics' and preprocessors' top-level keys. */
  readonly summary?: Readonly<Record<string, unknown>>;
  /** Series by key; empty or absent: no time-series part. */
  readonly timeseries?: Readonly<Record<string, unknown>>;
  readonly errors?: Readonly<Record<string, readonly string[]>>;
  /** How much data stands behind it (coverage.ts). */
  readonly coverage?: Readonly<Record<string, unknown>>;
  /** Nodes that have an archive: index in the job's list, and name. */
  readonly hosts?: readonly { readonly index: number; readonly node: string }[];
  readonly complete: boolean;
  readonly missing: number;
  /** `skipped_*` flag. */
  readonly flag?: string;
  /** Seconds spent on this job's archives; only if that stage was reached. */
  readonly mergetime?: number;
  readonly elapsed: number;
  /** Epoch seconds of creation. */
  readonly created: number;
}

export type Document = Record<string, unknown> & { readonly _id: string };

/** `<acct.id>-<acct.end_time>`: the same job accounted twice is the same document. */
export function documentId(job: Job): string {
  return `${job.acct.id ?? job.jobId}-${job.acct.end_time ?? job.end}`;
}

export function buildDocument(job: Job, parts: DocumentParts): Document {
  const errors = Object.fromEntries(Object.entries(parts.errors ?? {}).filter(([, texts]) => texts.length > 0));
  const series = parts.timeseries ?? {};
  const hosts = Object.fromEntries((parts.hosts ?? []).map((h) => [String(h.index), h.node]));
  return {
    _id: documentId(job),
    summarization: {
      version: SUMMARY_VERSION,
      elapsed: parts.elapsed,
      created: parts.created,
      srcdir: null,
      complete: parts.complete,
      datasource: 'pcp',
      ...(parts.mergetime !== undefined ? { mergetime: parts.mergetime } : {}),
      ...(parts.missing > 0 ? { missingnodes: parts.missing } : {}),
      ...(parts.flag ? { [parts.flag]: true } : {}),
    },
    created: new Date(parts.created * 1000).toISOString(),
    acct: job.acct,
    ...(Object.keys(errors).length > 0 ? { errors } : {}),
    ...(parts.coverage ? { coverage: parts.coverage } : {}),
    ...parts.summary,
    ...(Object.keys(series).length > 0 ? { timeseries: { version: TIMESERIES_VERSION, hosts, ...series } } : {}),
  };
}

/** The id of a job without the end that is in the id of its document. */
export const jobOfId = (documentId: string): string => documentId.replace(/-\d+$/, '');
