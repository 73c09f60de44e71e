// The three forms of a list of jobs, and that one bad line never costs another.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Job, type JobFormat, type JobRecord, readJobs, selects } from '../../src/jobs/index.ts';
import { parseNdjson } from '../../src/jobs/ndjson.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();

async function read(text: string, format?: JobFormat): Promise<JobRecord[]> {
  const path = join(dir, 'jobs');
  writeFileSync(path, text);
  const out: JobRecord[] = [];
  for await (const record of readJobs(path, format)) out.push(record);
  return out;
}

const jobsOf = (records: readonly JobRecord[]): Job[] => records.flatMap((r) => (r.kind === 'job' ? [r.job] : []));
const rejectedLines = (records: readonly JobRecord[]): number[] =>
  records.flatMap((r) => (r.kind === 'rejected' ? [r.line] : []));

describe('native NDJSON', () => {
  it('takes what the format names and copies acct', async () => {
    const [job] = jobsOf(
      await read(
        '{"job_id":"7","start":10,"end":20,"nodes":["n1","n2"],"node_count":3,"walltime":9,"acct":{"user":"u","x":{"y":1}},"archives":{"n1":["a/b"]}}\n',
      ),
    );
    expect(job).toMatchObject({
      ...{ jobId: '7', start: 10, end: 20, nodes: ['n1', 'n2'], nodeCount: 3, walltime: 9 },
      ...{ archives: { n1: ['a/b'] }, acct: { id: '7', user: 'u', x: { y: 1 }, start_time: 10, end_time: 20 } },
    });
  });

  it.each([
    ['not JSON', '{'],
    ['not an object', '{"job_id":"1"'],
    ['no nodes', '{"job_id":"1","start":1,"end":2}'],
    ['end before start', '{"job_id":"1","start":3,"end":2,"nodes":["n"]}'],
    ['no end', '{"job_id":"1","start":0,"end":0,"nodes":["n"]}'],
    ['a path as node', '{"job_id":"1","start":1,"end":2,"nodes":["../n"]}'],
    ['an archive outside the root', '{"job_id":"1","start":1,"end":2,"nodes":["n"],"archives":{"n":["../../etc/x"]}}'],
    ['an absolute archive', '{"job_id":"1","start":1,"end":2,"nodes":["n"],"archives":{"n":["/etc/x"]}}'],
    [
      'more archives than a job has',
      JSON.stringify({
        ...{ job_id: '1', start: 1, end: 2, nodes: ['n', 'm'] },
        archives: { n: Array(10_000).fill('a'), m: Array(10_001).fill('b') },
      }),
    ],
    ['an empty id', '{"job_id":"","start":1,"end":2,"nodes":["n"]}'],
    ['times without zone', '{"job_id":"1","start":"2026-03-02T00:00:00","end":"2026-03-02T01:00:00","nodes":["n"]}'],
  ])('rejects %s, with its line, and goes on', async (_, bad) => {
    const good = '{"job_id":"g","start":1,"end":2,"nodes":["n"]}';
    const records = await read(`${good}\n\n${bad}\n${good}\n`);
    expect(jobsOf(records)).toHaveLength(2);
    expect(rejectedLines(records)).toEqual([3]);
    const rejected = records.find((r) => r.kind === 'rejected');
    expect(rejected?.kind === 'rejected' && rejected.problem.code).toMatch(/^E_(JOB_LINE|HOSTLIST)$/);
  });

  it('rejects a line too long to be a job and goes on', async () => {
    const good = '{"job_id":"g","start":1,"end":2,"nodes":["n"]}';
    const records = await read(`${good}\n{"job_id":"${'x'.repeat(3_000_000)}"}\n${good}\n`);
    expect(jobsOf(records)).toHaveLength(2);
    expect(rejectedLines(records)).toEqual([2]);
  });
});

describe('CSV', () => {
  it('takes quoted fields, over several lines', async () => {
    const records = await read(
      'job_id,start_time,end_time,host_list,jobname,user\n1,10,20,n[1-2],"a ""b"", c",u\n2,10,20,n3,"two\nlines",\n',
    );
    const [first, second] = jobsOf(records);
    expect(first).toMatchObject({ nodes: ['n1', 'n2'], acct: { jobname: 'a "b", c', user: 'u', nodes: 2 } });
    expect(second).toMatchObject({ nodes: ['n3'], acct: { jobname: 'two\nlines', user: null } });
  });

  it('reports what it cannot use: columns, times, a quote that never closes', async () => {
    const head = 'job_id,start,end,nodelist\n';
    expect(rejectedLines(await read(`${head}1,10,20\n2,10,20,n1\n3,x,20,n1\n`))).toEqual([2, 4]);
    const open = await read(`${head}1,10,20,n1\n2,10,20,"n1\n3,10,20,n1\n`);
    expect(jobsOf(open).map((j) => j.jobId)).toEqual(['1', '3']);
    expect(rejectedLines(open)).toEqual([3]);
  });
});

describe('bounds', () => {
  const good = (id: string): string => `{"job_id":"${id}","start":1,"end":2,"nodes":["n"]}`;
  const MANY = 'n[1-65536]';
  it.each([
    ['a range', 'n[1-1000000000000]'],
    ['a product', 'n[1-1000000][1-1000000]'],
    ['a product of small ones', 'n[0-9][0-9][0-9][0-9][0-9]'],
    ['repetition', Array(2000).fill(MANY).join(',')],
    ['repetition with semicolons', Array(2000).fill(MANY).join(';')],
    ['repetition in one bracket', `n[${Array(2000).fill('1-65536').join(',')}]`],
    ['single numbers in one bracket', `n[${Array(200_000).fill('1').join(',')}]`],
    ['length', `${MANY}${'[1]'.repeat(6000)}`],
    ['length of digits', `n[${'1'.repeat(300)}]`],
    ['numbers beyond what is exact', 'n[99999999999999999999-99999999999999999999]'],
  ])('of a node list hold against %s, in every form of list', async (_, nodes) => {
    const json = await read(`${good('a')}\n{"job_id":"b","start":1,"end":2,"nodes":"${nodes}"}\n${good('c')}\n`);
    expect([jobsOf(json).map((j) => j.jobId), rejectedLines(json)]).toEqual([['a', 'c'], [2]]);
    const csv = await read(`job_id,start,end,nodelist\na,1,2,n\nb,1,2,"${nodes}"\nc,1,2,n\n`);
    expect([jobsOf(csv).map((j) => j.jobId), rejectedLines(csv)]).toEqual([['a', 'c'], [3]]);
    const sacct = await read(`JobID|Start|End|State|NodeList\n1|1|2|FAILED|n\n2|1|2|FAILED|${nodes}\n3|1|2|FAILED|n\n`);
    expect([jobsOf(sacct).map((j) => j.jobId), rejectedLines(sacct)]).toEqual([['1', '3'], [3]]);
  });

  it.each(['job_id', 'start', 'nodes', 'acct', 'archives', 'walltime'])(
    'of nesting hold in %s: it is refused, and that can be said',
    async (member) => {
      const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
      const record = { ...JSON.parse(good('b')), [member]: [deep] };
      expect(() => parseNdjson(record, () => undefined)).toThrow(expect.objectContaining({ code: 'E_JOB_LINE' }));
    },
  );

  it('a list may be as long as the largest machine', async () => {
    const [job] = jobsOf(await read(`{"job_id":"b","start":1,"end":2,"nodes":"${MANY}${'[01]'.repeat(60)}x"}\n`));
    expect([job?.nodes.length, job?.nodes[65_535]?.slice(0, 9)]).toEqual([65_536, 'n65536010']);
  });
});

describe('quotes of CSV', () => {
  const head = 'job_id,start,end,nodelist,user\n';
  const row = (id: number, user = 'u'): string => `${id},1,2,n,${user}\n`;
  const rows = (from: number, n: number): string => Array.from({ length: n }, (_, i) => row(from + i)).join('');
  const outcome = async (text: string) => {
    const records = await read(head + text);
    return [jobsOf(records).length, rejectedLines(records)];
  };

  it('a stray one costs its own record', async () => {
    expect(await outcome(rows(0, 5) + row(5, '"bob') + rows(6, 894))).toEqual([899, [7]]);
    expect(await outcome(rows(0, 5) + row(5, '"bob" smith') + rows(6, 94))).toEqual([99, [7]]);
    expect(await outcome(rows(0, 5) + row(5, '"bob') + rows(6, 50) + row(56, '"a, b"') + rows(57, 4))).toEqual([
      60,
      [7],
    ]);
    expect(await outcome(row(5, '"bob').repeat(3).trimEnd())).toEqual([0, [2, 3, 4]]);
  });

  it('two that enclose records leave it open what these are: all are refused', async () => {
    expect(await outcome(row(1) + row(2, '"bob') + row(3) + row(4, '"') + row(5))).toEqual([2, [3, 4, 5]]);
    // A record in the text of a field never becomes a job.
    expect(await outcome(`${row(1, `"x\n666,1,2,n,evil"`)}${row(2)}`)).toEqual([1, [2, 3]]);
  });

  it('the header may come again', async () => {
    expect(await outcome(row(1) + head + row(2))).toEqual([2, []]);
  });
});

const XDMOD =
  '4107166|4107166|hpc|gen|normal|acc|grp|103|bob|102|2015-06-26T19:51:25|2015-06-26T19:51:26|2015-06-28T15:14:49|2015-07-01T13:17:53|2-22:03:04|0:0|CANCELLED by 102|3|36|36|48000M||billing=36,cpu=36,mem=48000M,node=3|3-00:00:00|k10n26s01,k13n[36-37]s01|a|b';

describe('sacct -P', () => {
  it('takes the columns of XDMoD without a header, a bar in the name', async () => {
    const [job] = jobsOf(await read(`${XDMOD}\n`));
    expect(job).toMatchObject({ jobId: '4107166', nodes: ['k10n26s01', 'k13n36s01', 'k13n37s01'], nodeCount: 3 });
    expect(job?.acct).toMatchObject({ jobname: 'a|b', timelimit: 259200, exit_status: 'CANCELLED', user: 'bob' });
    expect(job?.end).toBe(Date.UTC(2015, 6, 1, 13, 17, 53) / 1000);
  });

  it.each([
    ['', 0],
    ['billing=1,cpu=1,mem=1000M,node=1', 0],
    ['billing=10,cpu=10,gres/gpu=4,mem=374000M,node=2', 4],
    ['billing=1,cpu=1,gres/gpu:p100=1,mem=125G,node=1', 1],
    ['gres/gpu:volta=2,mem=125G,node=1', 2],
    ['gres/gpu=4,gres/gpu:a100=3,gres/gpu:v100=1', 4],
    ['gres/gpu:a100=3,gres/gpu:v100=1', 4],
    ['gres/gpumem=7,gres/gpuutil=9', 0],
  ])('counts the GPUs of %j', async (tres, gpus) => {
    const header = 'JobID|JobIDRaw|Start|End|State|NNodes|AllocTRES|NodeList\n';
    const [job] = jobsOf(await read(`${header}1|1|2026-03-02T00:00:00|2026-03-02T01:00:00|COMPLETED|1|${tres}|n1\n`));
    expect(job?.acct.gpus).toBe(gpus);
  });

  it('knows arrays, heterogeneous jobs, steps, and what never ran', async () => {
    const t = '2026-03-02T00:00:00|2026-03-02T01:00:00';
    const records = await read(
      [
        'JobID|JobIDRaw|Start|End|State|NNodes|NodeList',
        `501_3|777|${t}|COMPLETED|1|n1`,
        `600+1|601|${t}|FAILED|1|n1`,
        `777.batch|777.batch|${t}|COMPLETED|1|n1`,
        `502_[1-3]|502|${t}|CANCELLED by 5|1|None assigned`,
        `503|503|2026-03-02T00:00:00|Unknown|RUNNING|1|n1`,
        `504|504|Unknown|Unknown|PENDING|1|None assigned`,
        `505|505|${t}|COMPLETED|1|n[3-`,
        `506|506|${t}|NODE_FAIL|1`,
        `507|507|${t}|OUT_OF_ME+|1|n9|`,
      ].join('\n'),
    );
    const jobs = jobsOf(records);
    expect(jobs.map((j) => j.jobId)).toEqual(['777', '601', '507']);
    expect(jobs[0]?.acct).toMatchObject({ local_job_id: '501', local_job_array_index: 3, local_job_id_raw: 777 });
    expect(jobs[1]?.acct).toMatchObject({ het_job_id: '600', het_job_offset: 1, local_job_array_index: -1 });
    expect(jobs[2]?.acct.exit_status).toBe('OUT_OF_MEMORY');
    expect(records.filter((r) => r.kind === 'ignored').map((r) => r.line)).toEqual([4, 5, 6, 7]);
    expect(rejectedLines(records)).toEqual([8, 9]);
  });
});

describe('a list of jobs', () => {
  it('that is none of these is refused', async () => {
    await expect(read('hello world\n')).rejects.toMatchObject({ code: 'E_JOB_SOURCE' });
    await expect(read('a,b\n', 'sacct')).rejects.toMatchObject({ code: 'E_JOB_SOURCE' });
  });

  // The beginning is walked once to recognize the form; with a search that starts again at each character this took hours, deaf to signals.
  it.each(['x', '\0', ' x', '#'])('that is one long line of %j is refused, or a comment', async (piece) => {
    await expect(read(piece.repeat(150_000))).rejects.toMatchObject({ code: 'E_JOB_SOURCE' });
  });

  it('that is missing is said so', async () => {
    const nothing = readJobs(join(dir, 'absent'));
    await expect(nothing.next()).rejects.toMatchObject({ code: 'E_INPUT_MISSING' });
  });

  it('is filtered by id in any spelling, and by end', async () => {
    const t = '2026-03-02T00:00:00|2026-03-02T01:00:00';
    const [job] = jobsOf(await read(`JobID|JobIDRaw|Start|End|State|NNodes|NodeList\n501_3|777|${t}|COMPLETED|1|n1\n`));
    for (const id of ['777', '501', '501_3']) expect(selects({ ids: [id] }, job!)).toBe(true);
    expect(selects({ ids: ['778'] }, job!)).toBe(false);
    expect(selects({ from: job!.end, to: job!.end }, job!)).toBe(true);
    expect(selects({ from: job!.end + 1 }, job!)).toBe(false);
  });
});
