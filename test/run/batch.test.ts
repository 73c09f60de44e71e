// A defect that one job of a batch brings out is that job's failure; a fault of the machine ends the batch.

import { describe, expect, it } from 'vitest';
import { SHIPPED } from '../../src/analytics/index.ts';
import type { Catalog } from '../../src/catalog/index.ts';
import type { Job } from '../../src/jobs/index.ts';
import { JobsumError, systemClock } from '../../src/kernel/index.ts';
import { runBatch } from '../../src/run/batch.ts';
import type { JobOutcome } from '../../src/run/outcome.ts';

const job = (id: string): Job => ({
  ...{ jobId: id, start: 10, end: 20, nodes: [id], nodeCount: 1, walltime: 10 },
  acct: { id, end_time: 20 },
});

/** Jobs `good` and `bad`, of which the look-up of the latter throws this. */
async function batch(thrown: Error): Promise<JobOutcome[]> {
  const none = () => [];
  const overlapping = (node: string) => {
    if (node === 'bad') throw thrown;
    return [];
  };
  const catalog = { ...{ overlapping, ofJob: none, touching: none, hidden: none } } as unknown as Catalog;
  const pool = { run: () => Promise.reject(new Error('nothing is to be read')) };
  const analytics = { files: [], set: SHIPPED, listsFor: () => null };
  const context = {
    ...{ catalog, pool, workers: 1, minNodeFraction: 0.95, normalization: {}, signal: undefined, analytics },
    clock: systemClock,
  };
  const found: JobOutcome[] = [];
  for await (const o of runBatch({ ...context, onTask: () => undefined }, [job('bad'), job('good')])) found.push(o);
  return found;
}

describe('a batch', () => {
  it('goes on after a defect', async () => {
    const [bad, good] = await batch(new TypeError('not a function'));
    expect(bad).toMatchObject({ document: null, failure: { code: 'E_INTERNAL', message: 'not a function' } });
    expect(good).toMatchObject({ document: { _id: 'good-20' }, skip: { error: 15 } });
  });

  it('does not go on without its store', async () => {
    await expect(batch(new JobsumError('E_STORE', 'the store is gone'))).rejects.toThrow('the store is gone');
  });
});
