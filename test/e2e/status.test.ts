// jobsum status and explain as a user asks them: what waits, what was set aside, what was killed, and what to do about one job.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { status } from '../../src/answers/index.ts';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { indexCommand } from '../../src/cli/commands/index-archives.ts';
import { Store } from '../../src/databases/index.ts';
import { processStart } from '../../src/kernel/index.ts';
import { Runs, StoreLeases, StoreLedger } from '../../src/ledger/index.ts';

import { ArchiveWriter, NO_INDOM, pmid, UNITS } from '../../src/pcp/index.ts';
import { CLUSTER, jobsum } from '../support/cli.ts';
import { commandHere } from '../support/in-process.ts';
import { tempDir } from '../support/temp.ts';

const cwd = tempDir();
const tree = join(cwd, 'tree');
const NOW = Math.floor(Date.now() / 1000);
const NS = 1_000_000_000n;

function archive(base: string, host: string, start: number, end: number): void {
  mkdirSync(join(tree, host), { recursive: true });
  const w = new ArchiveWriter(join(tree, base), { version: 3, host, startNs: BigInt(start) * NS });
  const id = pmid(60, 0, 1);
  w.metric({ name: 'mem.physmem', pmid: id, type: 'u64', indom: NO_INDOM, semantics: 'discrete', units: UNITS.none });
  for (let t = start; t <= end; t += 30) w.record(BigInt(t) * NS, [{ pmid: id, type: 'u64', ids: [-1], values: [1n] }]);
  w.close();
}

const jobs = [
  // Its node's logger ended before it began, and was started again after it.
  { job_id: '1', start: NOW - 4000, end: NOW - 3400, nodes: ['n1'] },
  { job_id: '2', start: NOW - 7000, end: NOW - 6400, nodes: ['n2'] },
  { job_id: '3', start: NOW - 4000, end: NOW - 3400, nodes: ['n3'] },
  { job_id: '4', start: NOW - 4000, end: NOW - 3400, nodes: ['nowhere'] },
];

beforeAll(async () => {
  archive('n1/a', 'n1', NOW - 9000, NOW - 4500);
  archive('n1/b', 'n1', NOW - 3000, NOW - 2000);
  archive('n2/a', 'n2', NOW - 9000, NOW - 5000);
  mkdirSync(join(tree, 'n3'));
  for (const f of ['meta', '0']) writeFileSync(join(tree, `n3/bad.${f}`), 'not an archive');
  writeFileSync(
    join(cwd, 'jobs'),
    `${jobs.map((j) => JSON.stringify({ ...j, acct: { user: 'user1' } })).join('\n')}\n`,
  );
  await jobsum(['summarize', '--jobs', 'jobs', '--archives', tree], { cwd });
});

const json = async (...args: string[]) => JSON.parse((await jobsum([...args, '--json'], { cwd })).stdout);

describe('explain', () => {
  it('says of a job without data which archives there are, why they do not serve, and what to do', async () => {
    const [run] = (await json('explain', '1')).runs;
    expect(run.archives).toMatchObject({ withArchives: 0, enough: false, known: 4 });
    expect(run.archives.nodes[0].rejected).toEqual([
      { base: 'n1/a', why: expect.stringMatching(/^it ends \d+ s before the job begins$/) },
      { base: 'n1/b', why: expect.stringMatching(/^it begins \d+ s after the job ends$/) },
    ]);
    expect(run.document).toMatchObject({ flag: 'skipped_noarchives' });
    expect(run.ledger[0]).toMatchObject({ state: 'waiting', error: 15, attempts: 1 });
    expect(run.advice.join(' ')).toMatch(/did not run in the time of the job.*tried again by itself/);
    const people = (await jobsum(['explain', '1'], { cwd })).stdout;
    for (const part of ['ACCOUNTING', 'NODES', 'ARCHIVES', 'DOCUMENT', 'COVERAGE', 'ANALYTICS', 'LEDGER', 'WHAT TO DO'])
      expect(people).toContain(part);
  });

  it('tells an unreadable archive from none at all', async () => {
    const [third] = (await json('explain', '3')).runs;
    expect(third.archives.nodes[0].rejected[0]).toMatchObject({
      ...{ base: 'n3/bad', why: 'it cannot be read', problem: { code: expect.stringMatching(/^E_ARCHIVE_/) } },
    });
    expect(third.advice[0]).toContain('archive check');
    const [fourth] = (await json('explain', '4')).runs;
    expect(fourth.archives.nodes[0]).toMatchObject({ archives: [], rejected: [] });
    expect(fourth.advice[0]).toContain('compare their names');
  });

  it('shows coverage and analytics without a result of a job with a document', async () => {
    const [run] = (await json('explain', '2')).runs;
    expect(run.archives.nodes[0].archives).toMatchObject([{ base: 'n2/a' }]);
    expect(run.document).toMatchObject({ flag: null, complete: true, coverage: { records: 20, reporting: 1 } });
    await jobsum(['summarize', ...CLUSTER, '--output', 'sqlite:cluster.db', '--job', '1001'], { cwd });
    const [real] = (await json('explain', '1001', '--store', 'cluster.db')).runs;
    expect(real.document.without).toEqual({ 'cpu.jobcpus': 5, 'cpu.effcpus': 5 });
    expect(real.advice).toEqual([]);
  });

  it('knows a job that was never summarised from a list, and says so of one that nobody knows', async () => {
    const extra = { job_id: '5', start: NOW - 8000, end: NOW - 7500, nodes: ['n2'] };
    writeFileSync(join(cwd, 'more'), `${JSON.stringify(extra)}\n`);
    const [run] = (await json('explain', '5', '--jobs', 'more', '--archives', tree)).runs;
    expect(run).toMatchObject({ document: null, ledger: [], archives: { withArchives: 1, enough: true } });
    expect(run.advice.join(' ')).toContain('jobsum summarize');
    expect((await jobsum(['explain', '99'], { cwd })).code).toBe(66);
    expect((await jobsum(['explain', '1', '--store', 'absent.db'], { cwd })).code).toBe(66);
  });
});

describe('status', () => {
  it('counts the backlog and failures by reason, and lists what was set aside', async () => {
    const store = new Store(join(cwd, 'jobsum.db'), SCHEMAS);
    for (let i = 0; i < 5; i++) {
      const ledger = new StoreLedger(store, { sinks: 'sqlite:jobsum.db', run: `r${i}` });
      const problem = { code: 'E_WORKER', message: 'died \u001b[31m' } as const;
      await ledger.record([{ id: `666-${NOW - 50_000}`, result: 'failed', ended: NOW - 50_000, problem, seconds: 1 }]);
    }
    store.close();
    const s = await json('status');
    const [ledger] = s.ledgers;
    expect(ledger).toMatchObject({
      ...{ of: 'sqlite:jobsum.db', jobs: { done: 1, waiting: 3, failed: 0, poison: 1 } },
      backlog: { jobs: 3, untried: 0, oldestEnd: NOW - 3400 },
      reasons: [
        { state: 'waiting', error: 15, code: null, jobs: 2 },
        { state: 'poison', code: 'E_WORKER', jobs: 1 },
        // What there is of this one's archives cannot be read.
        { state: 'waiting', error: 15, code: 'E_ARCHIVE_LABEL', jobs: 1 },
      ],
      poison: [{ id: `666-${NOW - 50_000}`, attempts: 5 }],
    });
    expect(s.archives).toEqual([{ root: tree, archives: 4, unreadable: 1, unread: [] }]);
    const people = (await jobsum(['status'], { cwd })).stdout;
    expect(people).toMatch(/backlog: 3 jobs, the oldest ended \d+m\d\ds ago/);
    expect(people).toMatch(/666-\d+ +5 tries +E_WORKER +died \?\[31m/);
  });

  it('has runs and leases by the clock that they were given', async () => {
    const path = join(cwd, 'clock.db');
    await commandHere(indexCommand, ['--archives', tree, '--store', path], () => NOW - 500_000);
    const store = new Store(path, SCHEMAS);
    await new StoreLeases(store, { clock: () => NOW - 500_000 }).take('index');
    const at = (clock: () => number) => status(store, 1, { clock });
    const then = await at(() => NOW - 499_900);
    expect(then).toMatchObject({ runs: [{ command: 'index', started: NOW - 500_000 }], leases: [{ name: 'index' }] });
    expect((await at(() => NOW)).leases).toEqual([]);
    store.close();
  });

  it('tells a run at work from one that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    const store = new Store(join(cwd, 'jobsum.db'), SCHEMAS);
    new Runs(store).begin('20990101T000000Z-00000001', 'summarize');
    const [mine] = new Runs(store).latest(1);
    const here = mine!.mark.replace(/ \S*$/, '');
    const put = (start: string): unknown =>
      store.prepare("UPDATE run SET pid = ?, mark = ? WHERE id LIKE '2099%'").run(child.pid!, `${here} ${start}`);
    put(processStart(child.pid!)!);
    const running = await json('status');
    expect(running.runs[0]).toMatchObject({ state: 'running', ended: null });
    // The number of a process that is dead is another's now.
    put('1');
    expect((await json('status')).runs[0]).toMatchObject({ state: 'killed' });
    put(processStart(child.pid!)!);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    expect((await json('status')).runs[0]).toMatchObject({ state: 'killed' });
    expect((await json('status')).runs[1]).toMatchObject({ state: 'ended', exitCode: 1, command: 'summarize' });
    store.close();
  });

  it('has its backlog in the figures of a run', async () => {
    rmSync(join(tree, 'n3'), { recursive: true });
    const args = ['summarize', '--jobs', 'jobs', '--archives', tree, '--json', '--textfile', 'x.prom'];
    const ran = await jobsum(args, { cwd });
    expect(JSON.parse(ran.stdout).backlog).toEqual({ jobs: 3, oldestEnd: NOW - 3400 });
    const text = readFileSync(join(cwd, 'x.prom'), 'utf8');
    expect(text).toMatch(/^jobsum_backlog_jobs\{.*\} 3$/m);
    expect(Number(/^jobsum_backlog_age_seconds\{.*\} (\S+)$/m.exec(text)![1])).toBeGreaterThan(3390);
  });
});
