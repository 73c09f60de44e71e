// Which jobs are summarised, when a result is good enough (pipeline.md §5, 6.3), and the frame of the document.

import { describe, expect, it } from 'vitest';
import { buildDocument, judgeNodes, skipByAccounting, skipByArchives, toJson } from '../../src/document/index.ts';

const size = (nodeCount: number, walltime: number) => ({ nodeCount, walltime });

describe('skip rules', () => {
  it.each([
    [size(2, 5), { minParallelDuration: 10 }, 'skipped_parallel_too_short'],
    [size(1, 5), { minDuration: 10 }, 'skipped_too_short'],
    [size(0, 5), {}, 'skipped_invalid_nodecount'],
    [size(9, 5), { maxNodes: 8 }, 'skipped_job_too_big'],
    [size(9, 100), { maxNodeTime: 899 }, 'skipped_job_nodehours'],
    [size(1, 100), { maxDuration: 100 }, 'skipped_too_long'],
  ])('%j with %j: %s', (job, limits, flag) => {
    expect(skipByAccounting(job, limits)?.flag).toBe(flag);
  });

  it('take the first that fits, and none by default', () => {
    expect(skipByAccounting(size(2, 0), { minParallelDuration: 1, minDuration: 1 })?.error).toBe(9);
    expect(skipByAccounting(size(10_000, 1e7))).toBeNull();
  });

  it('want more than 95 % of the nodes to have archives', () => {
    expect(skipByArchives(1, 0)?.flag).toBe('skipped_noarchives');
    expect(skipByArchives(20, 19)?.flag).toBe('skipped_rawarchives');
    expect(skipByArchives(100, 96)).toBeNull();
    expect(skipByArchives(1, 1)).toBeNull();
    expect(skipByArchives(2, 1, 0.4)).toBeNull();
    expect(skipByArchives(2, 1, 0.5)?.error).toBe(17);
  });

  it('judge what the nodes gave', () => {
    expect(judgeNodes(2, 2)).toEqual({ enough: true, skip: null, missing: 0, complete: true });
    expect(judgeNodes(2, 1).skip?.error).toBe(8);
    expect(judgeNodes(10, 8).skip?.error).toBe(17);
    expect(judgeNodes(100, 96)).toMatchObject({ enough: true, skip: null, complete: false, missing: 4 });
    expect(judgeNodes(2, 1, 0)).toMatchObject({ enough: true, complete: false, missing: 1 });
    expect(judgeNodes(4, 0, 0).enough).toBe(false);
  });
});

describe('document', () => {
  const job = {
    ...{ jobId: '9', start: 1, end: 2, nodes: ['a', 'b'], nodeCount: 2, walltime: 1 },
    acct: { id: '9', end_time: 2 },
  };
  const parts = { complete: false, missing: 1, elapsed: 0.5, created: 86400 };

  it('has the frame of version 1.0.6', () => {
    const d = buildDocument(job, { ...parts, flag: 'skipped_x', mergetime: 2, errors: { a: ['e'], b: [] } });
    expect(d).toEqual({
      _id: '9-2',
      summarization: {
        ...{ version: '1.0.6', elapsed: 0.5, created: 86400, srcdir: null, complete: false, datasource: 'pcp' },
        ...{ mergetime: 2, missingnodes: 1, skipped_x: true },
      },
      created: '1970-01-02T00:00:00.000Z',
      acct: job.acct,
      errors: { a: ['e'] },
    });
  });

  it('has a time-series part only with series', () => {
    const d = buildDocument(job, { ...parts, timeseries: { x: {} }, hosts: [{ index: 1, node: 'b' }] });
    expect(d.timeseries).toEqual({ version: 4, hosts: { 1: 'b' }, x: {} });
  });

  it('spells numbers that JSON lacks', () => {
    expect(toJson({ a: Number.NaN, b: [-Infinity, 1] })).toBe('{"a":"NaN","b":["-Infinity",1]}');
  });
});
