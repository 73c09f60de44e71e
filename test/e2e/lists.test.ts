// How a run over a list of jobs ends, for those that call it: the exit code, and what was refused by line, record and id.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobsum } from '../support/cli.ts';
import { smallArchive } from '../support/small-archive.ts';
import { tempDir } from '../support/temp.ts';

const cwd = tempDir();
const START = 1_772_409_600;
smallArchive(join(cwd, 'tree', 'n1', '20260302'), { host: 'n1', start: START - 1, end: START + 1001 });

const HEADER = 'JobID|JobIDRaw|Account|JobName|Start|End|State|NodeList|SubmitLine|UID';
const row = (id: number, { name = 'n', line = 'x', state = 'COMPLETED' } = {}): string =>
  `${id}|${id}|acc|${name}|${START}|${START + 1000}|${state}|n1|${line}|1000`;
const object = (id: unknown, more: object = {}): object => ({
  ...{ job_id: id, name: 'n', state: { current: ['COMPLETED'] }, nodes: 'n1' },
  time: { start: START, end: START + 1000 },
  ...more,
});
const sacct = (...rows: string[]): string => `${[HEADER, ...rows].join('\n')}\n`;
const json = (...jobs: object[]): string => JSON.stringify({ meta: {}, errors: [], jobs });
const ndjson = (id: unknown, more: object = {}): string =>
  JSON.stringify({ job_id: id, start: START, end: START + 1000, nodes: ['n1'], ...more });

interface Case {
  readonly input: string;
  readonly code: number;
  readonly done: number;
  /** Line, record, id of what was refused. */
  readonly refused?: readonly (readonly [number, string | undefined, string | undefined])[];
}
const CASES: Readonly<Record<string, Case>> = {
  'a good list': { input: sacct(row(1), row(2)), code: 0, done: 2 },
  'bars and line ends that are certain': {
    input: sacct(row(1, { name: 'a|b' }), row(2, { line: 'a\nb' })),
    code: 0,
    done: 2,
  },
  'bars that are not': { input: sacct(row(1), row(2, { line: 'a|1', name: 'a|' }), row(3)), code: 0, done: 3 },
  'a record in a command': {
    input: sacct(row(1), row(2, { line: `x\n${row(666)}` }), row(3)),
    code: 1,
    done: 2,
    refused: [
      [3, undefined, '2'],
      [4, undefined, '666'],
    ],
  },
  'a state that is none': {
    input: sacct(row(1), row(2, { state: '0:0' })),
    code: 1,
    done: 1,
    refused: [[3, undefined, '2']],
  },
  'a state that is not known': { input: sacct(row(1, { state: 'NEW_STATE' })), code: 0, done: 1 },
  'jobs that still run': { input: sacct(row(1, { state: 'RUNNING' })), code: 0, done: 0 },
  'a good report in JSON': { input: json(object(1), object(2)), code: 0, done: 2 },
  'bad jobs in a report of one line': {
    input: json(object(1), object(2, { nodes: 7 }), object(3, { time: { start: 'x' } }), object({}), object(5)),
    code: 1,
    done: 2,
    refused: [
      [1, 'record 2', '2'],
      [1, 'record 3', '3'],
      [1, 'record 4', undefined],
    ],
  },
  'a bad line of NDJSON': {
    input: [ndjson('a'), ndjson('b', { end: 1 }), ndjson('c', { nodes: 'n[' }), '{', ndjson('d')].join('\n'),
    code: 1,
    done: 2,
    refused: [
      [2, undefined, 'b'],
      [3, undefined, 'c'],
      [4, undefined, undefined],
    ],
  },
  'a bad line of CSV': {
    input: `job_id,start,end,nodelist\n1,${START},${START + 1000},n1\n2,${START},never,n1\n3,${START},${START + 1000}\n`,
    code: 1,
    done: 1,
    refused: [
      [3, undefined, '2'],
      [4, undefined, '3'],
    ],
  },
  'raw ids alone': {
    input: `JobIDRaw|Start|End|State|NodeList\n1|${START}|${START + 1000}|COMPLETED|n1\n`,
    code: 0,
    done: 1,
  },
  'jobs of CSV without nodes': {
    input: `job_id,start,end,host_list,state\n1,${START},${START + 1000},,COMPLETED\n2,${START},${START + 9},,CANCELLED by 0\n3,${START},${START + 1000},n1,COMPLETED\n`,
    code: 1,
    done: 1,
    refused: [[2, undefined, '1']],
  },
  'jobs of NDJSON without nodes': {
    input: [ndjson('a', { nodes: [] }), ndjson('b', { nodes: [], end: START }), ndjson('c')].join('\n'),
    code: 1,
    done: 1,
    refused: [[1, undefined, 'a']],
  },
  'no job': { input: `${HEADER}\n`, code: 0, done: 0 },
};

describe('a run over', () => {
  it.each(Object.entries(CASES))('%s', async (_, { input, code, done, refused = [] }) => {
    const args = ['summarize', '--jobs', '-', '--archives', 'tree', '--again', '--json'];
    const ran = await jobsum([...args, '--output', 'sqlite:s.db'], { cwd, input });
    expect(ran.code, ran.stderr).toBe(code);
    const summary = JSON.parse(ran.stdout) as {
      readonly jobs: { readonly done: number };
      readonly lines: { readonly rejected: number };
      readonly problems: readonly { code: string; line: number; record?: string; job?: string }[];
    };
    expect([summary.jobs.done, summary.lines.rejected]).toEqual([done, refused.length]);
    const problems = summary.problems.filter((p) => p.code !== 'E_JOB_NOTE');
    expect(problems.map((p) => [p.line, p.record, p.job])).toEqual(refused);
    const logged = ran.stderr.split('\n').flatMap((l) => (l.includes('"job.rejected"') ? [JSON.parse(l)] : []));
    expect(logged.map((p) => [p.line, p.record, p.job])).toEqual(refused);
  });

  it.each([
    ['a list without a column that is needed', 'JobID|Start|State|NodeList\n1|1|COMPLETED|n1\n', 65, 'no column End'],
    ['what is no list', 'hello\n', 65, 'E_JOB_SOURCE'],
    ['a CSV without nodes', 'job_id,start,end,user\n1,1,2,u\n', 65, 'no column host_list'],
    ['a CSV without ids and nodes', 'user,start,end\nu,1,2\n', 65, 'no column job_id, host_list'],
    ['an empty list, as of a command that failed', '', 65, 'without even a header'],
  ])('%s', async (_, input, code, text) => {
    const ran = await jobsum(['summarize', '--jobs', '-', '--archives', 'tree'], { cwd, input });
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(text);
  });

  it('a list that is not there', async () => {
    const ran = await jobsum(['summarize', '--jobs', 'nowhere', '--archives', 'tree'], { cwd });
    expect(ran.code).toBe(66);
  });

  it('an empty list of a form that may be empty', async () => {
    const args = ['summarize', '--jobs', '-', '--format', 'ndjson', '--archives', 'tree', '--quiet'];
    expect(await jobsum(args, { cwd, input: '' })).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('a job that is not in the list', async () => {
    const args = ['summarize', '--jobs', '-', '--archives', 'tree', '--output', 'ndjson:-', '--job', '2', '--job', '9'];
    const ran = await jobsum(args, { cwd, input: sacct(row(1), row(2)) });
    expect(ran.code).toBe(66);
    expect(ran.stderr).toMatch(/E_JOB_UNKNOWN.*job 9\)/);
    // What is there is done all the same.
    expect(ran.stdout.trim().split('\n')).toHaveLength(1);
  });
});
