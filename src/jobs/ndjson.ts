// Owns jobsum's native form of a job: one JSON object a line.

import { archivesOf, buildJob, idOf, nodesOf, refuse, requireNodes, timeOf } from './build.ts';
import type { Job } from './job.ts';
import { isSacctObject, sacctObject } from './sacct-json.ts';

const optionalNumber = (value: unknown, name: string): number | undefined => {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw refuse(`bad ${name}`, 'a number', value);
  return value;
};

/**
 * The value of one line, an object; an object of `sacct --json` (as `jq -c .jobs[]` prints them) as well.
 * @throws Ignored, JobsumError E_JOB_LINE, E_HOSTLIST
 */
export function parseNdjson(object: unknown, unknownState: (state: string) => void): Job {
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    throw refuse('not a job', 'one object', object);
  const o = object as Record<string, unknown>;
  if (isSacctObject(o)) return sacctObject(o, unknownState);
  const acct = o.acct ?? {};
  if (typeof acct !== 'object' || acct === null || Array.isArray(acct)) throw refuse('bad acct', 'an object', acct);
  const nodeCount = optionalNumber(o.node_count, 'node_count');
  const walltime = optionalNumber(o.walltime, 'walltime');
  const fields = {
    jobId: idOf(o.job_id),
    start: timeOf(o.start, 'start'),
    end: timeOf(o.end, 'end'),
    nodes: nodesOf(o.nodes),
    acct: acct as Record<string, unknown>,
  };
  requireNodes(fields);
  return buildJob({
    ...fields,
    ...(nodeCount !== undefined ? { nodeCount } : {}),
    ...(walltime !== undefined ? { walltime } : {}),
    ...(o.archives !== undefined ? { archives: archivesOf(o.archives) } : {}),
  });
}
