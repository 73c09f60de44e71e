// What the columns of a record of sacct mean: what is a state, a time, a list of nodes, an id, and which records are none of a job that can be used.

import { describe, expect, it } from 'vitest';
import type { JobRecord } from '../../src/jobs/index.ts';
import { idsOf as ids, jobsOf as jobs, readList as read } from '../support/job-lists.ts';

const T = '2026-03-02T00:00:00';

describe('what is in the columns', () => {
  const header = 'JobID|JobIDRaw|Start|End|State|NNodes|NodeList';
  const one = async (fields: string): Promise<JobRecord | undefined> => (await read(`${header}\n${fields}\n`)).at(-1);

  it.each(['0:0', '4', 'n[1-2]', 'completed by', 'COMPLETED 0', '-', 'normal', ''])('%j is no state', async (state) => {
    expect(await one(`1|1|${T}|${T}|${state}|1|n1`)).toMatchObject({ kind: 'rejected', line: 2 });
  });
  it.each([
    ['CANCELLED by 1000', 'CANCELLED'],
    ['CANCELLED+', 'CANCELLED'],
    ['OUT_OF_ME+', 'OUT_OF_MEMORY'],
    ['completed', 'COMPLETED'],
    ['REQUEUED', 'REQUEUED'],
    ['SOMETHING_NEW', 'SOMETHING_NEW'],
  ])('%j is the state of a run', async (text, state) => {
    const found = await read(`${header}\n1|1|${T}|${T}|${text}|1|n1\n2|2|${T}|${T}|${text}|1|n1\n`);
    expect(jobs(found).map((j) => j.acct.exit_status)).toEqual([state, state]);
    // Said once a state.
    expect(found.filter((r) => r.kind === 'noted')).toHaveLength(state === 'SOMETHING_NEW' ? 1 : 0);
  });
  it.each(['(null)', 'None', 'None assigned', 'Unknown', '', 'N/A'])('%j is no list of nodes', async (nodes) => {
    expect(await one(`1|1|${T}|${T}|CANCELLED|1|${nodes}`)).toMatchObject({ kind: 'ignored' });
    const csv = await read(`job_id,start,end,nodelist\n1,1,2,${nodes}\n2,2,2,${nodes}\n`);
    expect(csv).toMatchObject([
      { kind: 'rejected', problem: { code: 'E_JOB_LINE', message: 'a job without nodes', job: '1' } },
      { kind: 'ignored' },
    ]);
  });
  it.each(['Unknown', 'None', '', '0', '1970-01-01T00:00:00'])('%j is no time', async (time) => {
    for (const times of [`${time}|${T}`, `${T}|${time}`])
      expect(await one(`1|1|${times}|COMPLETED|1|n1`)).toMatchObject({ kind: 'ignored' });
  });
  it('what ran without hosts or times is noted once a reason, with how many and the first', async () => {
    const ran = (id: number, times: string, nodes: string, rest = 'COMPLETED|2|1000'): string =>
      `${id}|${id}|${times}|${nodes}|${rest}`;
    const [E, both] = ['2026-03-02T00:16:40', `${T}|2026-03-02T00:16:40`];
    const rows = [
      ...[ran(1, both, '(null)'), ran(2, both, 'None assigned', 'FAILED|1|10'), ran(3, both, '')],
      ...[ran(4, `Unknown|${E}`, 'n1'), ran(5, `${T}|Unknown`, 'n1', 'TIMEOUT|1|5'), ran(6, `0|${E}`, 'n1')],
      // Cancelled in the queue, not ended, a step, and one that is sound.
      ...[ran(7, `None|${E}`, 'None assigned', 'CANCELLED by 0|4|0'), ran(8, `${T}|Unknown`, 'n1', 'RUNNING|1|50')],
      ...[ran(9, both, '').replace('9|', '9.0|'), ran(10, both, 'n1')],
    ];
    const found = await read(['JobID|JobIDRaw|Start|End|NodeList|State|NNodes|ElapsedRaw', ...rows].join('\n'));
    const notes = found.flatMap((r) => (r.kind === 'noted' ? [r.problem] : []));
    expect(notes.map(({ message, found, job, line }) => [message.split('records have ')[1], found, job, line])).toEqual(
      [
        ['no list of nodes', '3', '1', 2],
        ['no start', '2', '4', 5],
        ['no end', '1', '5', 6],
      ],
    );
    expect([ids(found), found.filter((r) => r.kind === 'ignored').length]).toEqual([['10'], 9]);
    // Where there is no such column the times tell.
    const plain = await read(`JobID|Start|End|NodeList|State\n1|${both}|None|FAILED\n2|${T}|${T}|None|FAILED\n`);
    expect(plain.filter((r) => r.kind === 'noted')).toMatchObject([{ problem: { job: '1', found: '1' } }]);
  });
  it.each(['2026-03-02', '2026-13-02T00:00:00', 'yesterday', '1e9'])(
    '%j does not make a job before its start',
    async (end) => {
      const found = await one(`1|1|2026-03-02T00:00:01|${end}|COMPLETED|1|n1`);
      expect(found?.kind).toBe('rejected');
    },
  );
  it.each(['123.batch', '123.0', '123_4.extern', '12+1.0', '123_[1-5%2]', '123_[1,7,9,...]'])(
    '%s is no job',
    async (id) => {
      expect(await one(`${id}|${id}|${T}|${T}|COMPLETED|1|n1`)).toMatchObject({ kind: 'ignored' });
    },
  );
  it.each(['abc', '12 3', '1;2', '-5', 'acc'])('%j is no id', async (id) => {
    expect(await one(`${id}|${id}|${T}|${T}|COMPLETED|1|n1`)).toMatchObject({ kind: 'rejected' });
  });
  it('times have zones if they say so', async () => {
    const found = await one(`67371568|67371568|2026-03-02T01:00:00+01:00|2026-03-02T00:00:01Z|COMPLETED|1|n1`);
    expect(found).toMatchObject({ kind: 'job', job: { start: 1_772_409_600, end: 1_772_409_601 } });
  });
});
