// Owns reading a list of jobs from its text, and picking out of what was read.

import { Readable } from 'node:stream';
import type { Job, JobRecord } from '../../src/jobs/index.ts';
import { parseJobs } from '../../src/jobs/source.ts';

export async function readList(text: string): Promise<JobRecord[]> {
  const out: JobRecord[] = [];
  for await (const record of parseJobs(Readable.from([text]), 'list')) out.push(record);
  return out;
}

export const jobsOf = (records: readonly JobRecord[]): Job[] =>
  records.flatMap((r) => (r.kind === 'job' ? [r.job] : []));

export const idsOf = (records: readonly JobRecord[]): string[] => jobsOf(records).map((j) => j.jobId);
