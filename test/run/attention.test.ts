// What of a run makes an exit code of 1: what is worth a look, named with its job and the reason; where nobody looks on, once.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { Store } from '../../src/databases/index.ts';
import { Reported, StoreLedger } from '../../src/ledger/index.ts';
import { Logger, Progress } from '../../src/operate/index.ts';
import { Attention } from '../../src/run/attention.ts';
import { type RunOptions, summarize } from '../../src/run/index.ts';
import { FIXTURES } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const NOW = Math.floor(Date.now() / 1000);
const OLD = 1_780_000_000;

const job = (id: string, end: number, nodes = ['nowhere']) => ({ job_id: id, start: end - 600, end, nodes });

/** A run of these jobs as from cron: its summary, and what it says. */
async function run(store: string, jobs: readonly object[], more: Partial<RunOptions> = {}) {
  const list = join(dir, 'jobs');
  writeFileSync(list, jobs.map((j) => `${JSON.stringify(j)}\n`).join(''));
  const said: string[] = [];
  const stream = { write: (text: string) => said.push(text) };
  const log = new Logger({ stream, human: true, quiet: true });
  const progress = new Progress({ log, stream, tty: false, quiet: true });
  const options = { jobs: list, archives: `${FIXTURES}cluster/archives`, outputs: [`sqlite:${store}`], workers: 1 };
  const io = { log, progress, stdout: new PassThrough() };
  const summary = await summarize({ ...options, onlyNews: true, ...more }, io);
  return { code: summary.exitCode, jobs: summary.jobs, said };
}

describe('the exit code of a run', () => {
  it('is 0, without a word, while jobs wait for their data', async () => {
    const store = join(dir, 'waits.db');
    const first = await run(store, [job('1', NOW - 3600)]);
    expect(first).toMatchObject({ code: 0, said: [], jobs: { skipped: 1, waiting: 1 } });
    expect(await run(store, [job('1', NOW - 3600)])).toMatchObject({ code: 0, said: [] });
    // It is over: somebody may want to know why there is nothing of it.
    const last = await run(store, [job('1', NOW - 3600)], { grace: 60, again: true });
    expect(last).toMatchObject({ code: 1, jobs: { skipped: 1, waiting: 0 } });
    expect(last.said).toEqual([
      'error: job 1: it could not be summarised, and is not tried again: none of its nodes has an archive of its time (error=15)\n',
    ]);
    expect(await run(store, [job('1', NOW - 3600)], { grace: 60 })).toMatchObject({ code: 0, said: [] });
  });

  it('is 1, once, for a job whose archives are there and cannot be read', async () => {
    const tree = join(dir, 'tree');
    mkdirSync(join(tree, 'n1'), { recursive: true });
    cpSync(`${FIXTURES}cluster/archives`, tree, { recursive: true });
    for (const part of ['meta', '0']) writeFileSync(join(tree, `n1/bad.${part}`), 'no archive');
    const jobs = [job('1', NOW - 3600, ['n1'])];
    const first = await run(join(dir, 'unread.db'), jobs, { archives: tree });
    expect(first).toMatchObject({ code: 1, jobs: { waiting: 1 } });
    expect(first.said).toEqual([
      expect.stringMatching(/^error: job 1: what may have data of it cannot be read.*E_ARCHIVE_/),
    ]);
    expect(await run(join(dir, 'unread.db'), jobs, { archives: tree })).toMatchObject({ code: 0, said: [] });
  });

  it('is 0 for what the configured limits pass over', async () => {
    const limits = { minDuration: 3600 };
    expect(await run(join(dir, 'limits.db'), [job('1', OLD)], { limits })).toMatchObject({
      ...{ code: 0, said: [], jobs: { skipped: 1 } },
    });
  });

  it('is 1 for a record that is refused, once, and again when it comes back', async () => {
    const store = join(dir, 'rejected.db');
    const bad = job('2', OLD, []);
    const first = await run(store, [job('1', NOW - 60), bad]);
    expect(first.code).toBe(1);
    expect(first.said).toEqual([
      expect.stringMatching(/^error: job 2: its record is not used: E_JOB_LINE: a job without/),
    ]);
    // In another place of the list it is the same.
    expect(await run(store, [bad, job('1', NOW - 60)])).toMatchObject({ code: 0, said: [] });
    expect((await run(store, [bad], { onlyNews: false })).code).toBe(1);
    const days = new Store(store, SCHEMAS);
    days.prepare('UPDATE reported SET seen = seen - 300000').run();
    days.close();
    expect((await run(store, [bad])).said).toHaveLength(1);
  });

  it('is 1 for a job that fails, not for each further try, and for one that is set aside', async () => {
    const store = new Store(join(dir, 'failed.db'), SCHEMAS);
    const problem = { code: 'E_WORKER', message: 'died' } as const;
    const states: string[] = [];
    for (let i = 0; i < 5; i++) {
      const ledger = new StoreLedger(store, { sinks: 'a', run: `r${i}` });
      const became = await ledger.record([{ id: `7-${OLD}`, result: 'failed', ended: OLD, seconds: 1, problem }]);
      const { state, attempts } = became.get(`7-${OLD}`)!;
      states.push(`${state} ${attempts}`);
    }
    expect(states).toEqual(['failed 1', 'failed 2', 'failed 3', 'failed 4', 'poison 5']);
    store.close();
  });

  it('names a hundred things, and says how many more there are', async () => {
    const bad = Array.from({ length: 130 }, (_, i) => job(String(i), OLD, []));
    const { code, said } = await run(join(dir, 'many.db'), bad);
    expect([code, said.length]).toEqual([1, 101]);
    expect(said.at(-1)).toContain('more=30');
  });

  it('remembers nothing of a run that only tries', async () => {
    const store = join(dir, 'tries.db');
    for (let i = 0; i < 2; i++) expect((await run(store, [job('2', OLD, [])], { dryRun: true })).code).toBe(1);
    const made = new Store(store, SCHEMAS);
    expect(new Reported(made).isNew({ code: 'E_IO', message: 'x' })).toBe(true);
    made.close();
  });
});

describe('attention', () => {
  const problem = { code: 'E_WORKER', message: 'died' } as const;
  const entry = { id: `7-${OLD}`, result: 'failed', ended: OLD, seconds: 1, problem } as const;
  const said = (state: 'failed' | 'poison', attempts: number, known: boolean) => {
    const store = new Store(join(dir, 'attention.db'), SCHEMAS);
    const lines: string[] = [];
    const log = new Logger({ stream: { write: (text: string) => lines.push(text) }, human: true, quiet: true });
    const attention = new Attention({ log, reported: known ? new Reported(store) : null });
    attention.job(entry, { state, attempts });
    store.close();
    return [attention.any, ...lines];
  };

  it('is drawn by the first failure and the last', () => {
    expect(said('failed', 1, true)).toEqual([
      true,
      expect.stringContaining('job 7: it could not be summarised; it is tried'),
    ]);
    expect(said('failed', 2, true)).toEqual([false]);
    expect(said('failed', 2, false)[0]).toBe(true);
    expect(said('poison', 5, true)).toEqual([
      true,
      expect.stringMatching(/job 7: it has failed too often.*E_WORKER: died/),
    ]);
  });
});

it('a list of which each line is bad is named line by line only so far, then counted, and costs no more log', () => {
  const said: string[] = [];
  const log = new Logger({ stream: { write: (text) => said.push(text) }, human: false, quiet: false });
  const attention = new Attention({ log, reported: null });
  for (let line = 1; line <= 10_050; line++)
    attention.problem({ code: 'E_JOB_LINE', message: 'bad', line }, 'job.rejected');
  attention.problem({ code: 'E_ANALYTIC', message: 'bad' }, 'analytic.unusable');
  for (let i = 1; i <= 10_007; i++) attention.events.write('warn', 'job.problem', 'bad data', { job: '7' });
  attention.close();
  const records = said.map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(records.filter((r) => r.event === 'job.rejected' && 'line' in r)).toHaveLength(10_000);
  expect(records.filter((r) => 'unlogged' in r)).toMatchObject([
    { event: 'job.rejected', unlogged: 50 },
    { event: 'job.problem', unlogged: 7 },
  ]);
  expect(records.filter((r) => r.event === 'job.problem' && 'job' in r)).toHaveLength(10_000);
  expect(records.filter((r) => r.event === 'analytic.unusable')).toHaveLength(1);
  expect(records.at(-1)).toMatchObject({ event: 'run.more', more: 9_951 });
});
