// `sacct --json` of Slurm 22.05 (plain numbers) and of later data parsers (numbers that are set or not, states as lists), distinguished from our
// own lines by its content, read in bounded memory.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Job, type JobRecord, readJobs } from '../../src/jobs/index.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();

async function read(text: string): Promise<JobRecord[]> {
  const path = join(dir, 'jobs');
  writeFileSync(path, text);
  const out: JobRecord[] = [];
  for await (const record of readJobs(path)) out.push(record);
  return out;
}
const jobs = (records: readonly JobRecord[]): Job[] => records.flatMap((r) => (r.kind === 'job' ? [r.job] : []));

/** As Slurm 22.05.8 prints it, openapi/dbv0.0.38. */
const old = (id: number, more: object = {}) => ({
  ...{
    account: 'acc',
    allocation_nodes: 2,
    cluster: 'alpha',
    group: 'grp',
    user: 'bob',
    partition: 'main',
    qos: 'normal',
  },
  array: { job_id: 0, limits: { max: { running: { tasks: 0 } } }, task: null, task_id: null },
  exit_code: { status: 'ERROR', return_code: 3 },
  het: { job_id: 0, job_offset: null },
  ...{ job_id: id, name: 'a|b\n"steps": [', nodes: 'n[01-02]', required: { CPUs: 4, memory: 0 } },
  state: { current: 'COMPLETED', reason: 'None' },
  steps: [{ step: { id: { job_id: id, step_id: 'batch' } }, nodes: 'x"]}' }],
  time: { elapsed: 9, eligible: 90, end: 120, start: 100, submission: 80, suspended: 0, limit: 60 },
  tres: {
    allocated: [
      { type: 'cpu', name: null, id: 1, count: 8 },
      { type: 'energy', name: null, id: 3, count: null },
      { type: 'gres', name: 'gpu:a100', id: 1001, count: 3 },
    ],
    requested: [{ type: 'mem', name: null, id: 2, count: 2000 }],
  },
  ...more,
});
const set = (number: number) => ({ set: true, infinite: false, number });
const unset = { set: false, infinite: false, number: 0 };
/** As data_parser v0.0.39 and later. */
const recent = (id: number, more: object = {}) => ({
  ...old(id),
  array: { job_id: 0, limits: {}, task_id: unset, task: '' },
  het: { job_id: 0, job_offset: unset },
  exit_code: { status: ['ERROR'], return_code: set(3), signal: { id: unset, name: '' } },
  state: { current: ['COMPLETED'], reason: 'None' },
  time: { elapsed: 9, eligible: 90, end: 120, start: 100, submission: 80, limit: set(60), planned: set(1) },
  priority: set(7),
  ...more,
});
const report = (list: readonly object[], indent?: number): string =>
  JSON.stringify({ jobs: list, meta: { plugin: {} }, errors: [], warnings: [] }, null, indent);

describe('sacct --json', () => {
  it.each([old, recent])('says how many jobs ran on nodes that it does not name', async (of) => {
    const found = await read(report([of(7, { nodes: 'None assigned' }), of(8, { nodes: null }), of(9)], 2));
    expect(found.map((r) => r.kind)).toEqual(['ignored', 'ignored', 'job', 'noted']);
    expect(found.at(-1)).toMatchObject({ problem: { code: 'E_JOB_NOTE', job: '7', found: '2' } });
  });

  it.each([
    ['22.05', old],
    ['23.02 and later', recent],
  ])('of %s', async (_, of) => {
    const found = await read(report([of(7)], 2));
    expect(found).toMatchObject([
      { kind: 'job', line: 3, job: { jobId: '7', start: 100, end: 120, nodes: ['n01', 'n02'] } },
    ]);
    expect(jobs(found)[0]?.acct).toMatchObject({
      ...{ user: 'bob', group: 'grp', account: 'acc', cluster: 'alpha', jobname: 'a|b\n"steps": [', qos: 'normal' },
      ...{
        exit_code: '3:0',
        exit_status: 'COMPLETED',
        ncpus: 8,
        reqcpus: 4,
        gpus: 3,
        reqmem: '2000M',
        timelimit: 3600,
      },
      ...{
        submit: 80,
        eligible: 90,
        nodes: 2,
        local_job_id: '7',
        local_job_id_raw: 7,
        local_job_array_index: -1,
        uid: null,
      },
      resource_manager: 'slurm',
    });
  });

  it('knows arrays, parts of heterogeneous jobs, and what never ran', async () => {
    const never = { state: { current: 'CANCELLED' }, time: { start: null, end: 120 }, nodes: 'None assigned' };
    const found = await read(
      report([
        old(24, { array: { job_id: 7, task_id: 0, task: null } }),
        recent(25, { array: { job_id: 7, task_id: set(9), task: '' } }),
        recent(26, { het: { job_id: 26, job_offset: set(0) } }),
        old(27, { het: { job_id: 26, job_offset: 1 } }),
        old(28, never),
        recent(29, { array: { job_id: 29, task_id: unset, task: '1-5%2' }, state: { current: ['PENDING'] } }),
        recent(30, { state: { current: ['COMPLETED', 'COMPLETING'] } }),
        recent(31, { time: { start: set(0), end: unset }, state: { current: ['RUNNING'] } }),
        recent(32, { state: { current: ['CANCELLED'] } }),
      ]),
    );
    expect(jobs(found).map(({ acct: a }) => [a.id, a.local_job_id, a.local_job_array_index, a.het_job_offset])).toEqual(
      [
        ['24', '7', 0, undefined],
        ['25', '7', 9, undefined],
        ['26', '26+0', -1, 0],
        ['27', '26+1', -1, 1],
        ['32', '32', -1, undefined],
      ],
    );
    expect(found.filter((r) => r.kind === 'ignored')).toHaveLength(4);
  });

  it('a bad job costs itself, and an end in the middle the one that it cuts', async () => {
    const list = [
      old(1),
      old(2, { time: 'never' }),
      old(3, { nodes: 7 }),
      old(4, { job_id: 'x' }),
      old(5, { nodes: 'n[' }),
      old(6),
    ];
    const text = report(list, 1);
    const found = await read(text);
    expect(jobs(found).map((j) => j.jobId)).toEqual(['1', '6']);
    const refused = found.flatMap((r) => (r.kind === 'rejected' ? [[r.problem.record, r.problem.job]] : []));
    expect(refused).toEqual([
      ['record 2', '2'],
      ['record 3', '3'],
      ['record 4', 'x'],
      ['record 5', '5'],
    ]);
    const cut = await read(text.slice(0, text.lastIndexOf('"steps"')));
    expect(jobs(cut).map((j) => j.jobId)).toEqual(['1']);
    expect(cut.at(-1)).toMatchObject({ kind: 'rejected', problem: { message: 'the JSON stops in the middle' } });
  });

  it.each<[string, object]>([
    ['a time', { time: 1 }],
    ['no time', { time: undefined }],
    ['a start', { time: { start: true, end: 120 } }],
    ['a start', { time: { start: '2026-03-02T00:00:00', end: 120 } }],
    ['a start', { time: { start: -5, end: 120 } }],
    ['an end', { time: { start: 100, end: [120] } }],
    ['an end', { time: { start: 100, end: { set: true, number: 'x' } } }],
    ['a submission', { time: { start: 100, end: 120, submission: {} } }],
    ['nodes', { nodes: 7 }],
    ['nodes', { nodes: ['n1'] }],
    ['nodes', { nodes: {} }],
    ['a number of nodes', { allocation_nodes: 'two' }],
    ['a state', { state: 3 }],
    ['a state', { state: { current: [7] } }],
  ])('%s of another type is refused, and named: %j', async (_, more) => {
    for (const of of [old, recent]) {
      const found = await read(report([of(1), of(2, more), of(3)]));
      expect(jobs(found).map((j) => j.jobId)).toEqual(['1', '3']);
      const problem = { code: 'E_JOB_LINE', line: 1, record: 'record 2', job: '2' };
      expect(found[1]).toMatchObject({ kind: 'rejected', problem });
    }
  });

  it('says what sacct reports', async () => {
    const found = await read(JSON.stringify({ meta: {}, errors: [{ error: 'slurmdbd' }], jobs: [old(1)] }));
    expect(found.map((r) => r.kind)).toEqual(['rejected', 'job']);
    expect((await read('{"meta":{}}')).map((r) => r.kind)).toEqual(['rejected']);
    expect(await read('{"jobs":[]}')).toEqual([]);
  });

  it('its jobs alone, as a list or a line each', async () => {
    const list = [old(1), recent(2)];
    for (const text of [
      JSON.stringify(list),
      JSON.stringify(list, null, 2),
      list.map((j) => JSON.stringify(j)).join('\n'),
    ])
      expect(jobs(await read(`\ufeff${text}\n`)).map((j) => j.jobId)).toEqual(['1', '2']);
  });

  it('steps may be many, a job not longer than a job can be', async () => {
    const steps = Array.from({ length: 20_000 }, (_, i) => ({ step: { id: i, name: 'x'.repeat(100) } }));
    const found = await read(report([old(1, { steps }), old(2, { name: 'y'.repeat(3_000_000) }), old(3)]));
    expect(jobs(found).map((j) => j.jobId)).toEqual(['1', '3']);
    expect(found.filter((r) => r.kind === 'rejected')).toHaveLength(1);
  });
});
