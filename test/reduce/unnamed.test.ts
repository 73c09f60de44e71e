// Records with values of instances that their domain does not name, as a logger writes them of groups that end meanwhile.

import { describe, expect, it } from 'vitest';
import { cgroupCpu } from '../../src/analytics/shipped/cgroup-cpu.ts';
import { indomId, pmid } from '../../src/pcp/index.ts';
import type { ConsumerSpec } from '../../src/reduce/index.ts';
import { archive, ENGINES, metric, type Record, readBy } from '../support/counters.ts';

// Domains of the support have eight names.
const group = metric(0, { pmid: pmid(3, 1, 0), indom: indomId(3, 0) });
const NAMED = 8;
const records = [1, 2, 3, 4].map(
  (i): Record => [Array.from({ length: i % 2 ? NAMED + 3 : NAMED }, (_, id) => BigInt(100 * i + id))],
);
const spec: ConsumerSpec = {
  ...{ metrics: [group.name], mode: 'all', match: 'i5' },
  reducers: [{ kind: 'ROLL', lane: { fold: 'match', rows: [{ metric: 0 }] } }],
};

describe.each(ENGINES)('the %s engine, of more values than names', (_, decode) => {
  const read = (more: Partial<ConsumerSpec>) =>
    readBy(decode, [archive([group], records)], [{ ...spec, ...more }]).consumers[0]!;

  it('passes over the record, and counts that', () => {
    const { records: met, skipped, reducers } = read({});
    expect([met, skipped]).toEqual([4, 2]);
    expect(reducers[0]).toMatchObject({ count: 2 });
  });

  it('takes the one that is looked for, where the others are nothing to it', () => {
    const { skipped, reducers } = read({ unnamed: 'ignore' });
    expect(skipped).toBe(0);
    expect(reducers[0]).toMatchObject({ count: 4 });
  });
});

it('is nothing to CPU time of control groups', () => {
  const job = { acct: { resource_manager: 'slurm', uid: 1000, id: '100' }, jobId: '100' };
  const declared = cgroupCpu.declare(['cgroup.cpuacct.usage'], job as never, 'n1');
  expect(declared.unnamed).toBe('ignore');
});
