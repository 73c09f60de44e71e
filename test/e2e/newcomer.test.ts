// What a newcomer and an administrator see who do something wrong, or to whom something goes wrong: by the built program.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLUSTER, jobsum } from '../support/cli.ts';
import { smallArchive } from '../support/small-archive.ts';
import { tempDir } from '../support/temp.ts';
import { until } from '../support/until.ts';

const cwd = tempDir();
const now = Math.floor(Date.now() / 1000);
/** A job of today, so that its grace period has not ended. */
const START = now - 3600;
const OLD = 1_772_409_600;
const tree = join(cwd, 'tree');
const at = (node: string, name: string): string => join(tree, node, name);
for (const node of ['n1', 'n2']) {
  smallArchive(at(node, '20260302'), { host: node, start: OLD - 1, end: OLD + 1001 });
  smallArchive(at(node, 'today'), { host: node, start: START - 1, end: START + 1001 });
}
const line = (id: string, start: number, nodes: readonly string[]): string =>
  `${JSON.stringify({ job_id: id, start, end: start + 1000, nodes })}\n`;
const run = (args: readonly string[], input = '') => jobsum(args, { cwd, input });
const over = (name: string, list: string, ...more: string[]): string[] => {
  writeFileSync(join(cwd, name), list);
  return ['summarize', '--jobs', name, '--archives', 'tree', '--output', `sqlite:${name}.db`, ...more];
};

describe('archives that cannot be read', () => {
  it('are not called missing, and are read when they have been repaired', async () => {
    const sound = readFileSync(`${at('n1', 'today')}.0`);
    writeFileSync(`${at('n1', 'today')}.0`, 'no archive at all, whatever its name says');
    const list = over('damaged', line('1', START, ['n1']) + line('2', START, ['n3']), '--json');
    const first = await run(list);
    expect(JSON.parse(first.stdout), first.stderr).toMatchObject({ jobs: { skipped: 2 }, exitCode: 1 });
    const table = (await run(['show', '--store', 'damaged.db'])).stdout;
    expect(table).toContain('no data: archives unreadable');
    expect(table).toContain('no data: no archives');
    const shown = (await run(['show', '1', '--store', 'damaged.db'])).stdout;
    expect(shown).toContain('no node has an archive that can be read');
    expect(shown).toMatch(/n1: no data, \d archives? or director(y|ies) cannot be read/);
    expect((await run(['show', '2', '--store', 'damaged.db'])).stdout).toContain('n3: no data, no archive');
    expect((await run(['status', '--store', 'damaged.db'])).stdout).toMatch(/1\s+waiting\s+E_ARCHIVE_LABEL/);
    const why = (await run(['explain', '1', '--store', 'damaged.db'])).stdout;
    expect(why).toContain('When it can be read: the next run does the job again by itself.');
    writeFileSync(`${at('n1', 'today')}.0`, sound);
    const second = await run(list);
    expect(JSON.parse(second.stdout), second.stderr).toMatchObject({ jobs: { done: 1, known: 1 } });
  });

  it('of a job that waits no longer: it is said how it is done again', async () => {
    const sound = readFileSync(`${at('n2', '20260302')}.0`);
    writeFileSync(`${at('n2', '20260302')}.0`, 'no archive at all, whatever its name says');
    const list = over('old', line('1', OLD, ['n2']));
    expect((await run(list)).code).toBe(1);
    const why = (await run(['explain', '1', '--store', 'old.db'])).stdout;
    expect(why).toContain('When it can be read: jobsum summarize --again --job JOB.');
    writeFileSync(`${at('n2', '20260302')}.0`, sound);
    const again = await run([...list, '--again', '--job', '1', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ jobs: { done: 1 } });
  });
});

describe('a run that is to stop', () => {
  /** When the run has recorded that it began, it waits for its list. */
  const stopped = (signal: NodeJS.Signals, jobs: string, store: string) =>
    jobsum(['summarize', '--jobs', jobs, '--archives', 'tree', '--output', `sqlite:${store}`, '--json'], {
      cwd,
      hold: true,
      started: async (child) => {
        child.stdin!.write(line('1', OLD, ['n1']));
        await until('the run to begin', async () => {
          const { stdout } = await run(['status', '--store', store, '--json']);
          return (JSON.parse(stdout) as { runs: unknown[] }).runs.length > 0;
        });
        child.kill(signal);
      },
    });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('does not wait for standard input (%s)', async (signal, code) => {
    const store = `${signal}.db`;
    const ran = await stopped(signal, '-', store);
    expect(ran.code, ran.stderr).toBe(code);
    const summary = JSON.parse(ran.stdout) as object;
    expect(summary).toMatchObject({ interrupted: true, exitCode: code });
    // Nobody knows what it had not come to.
    expect(summary).not.toHaveProperty('backlog');
    const { stdout } = await run(['status', '--store', store, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ exitCode: code, counts: { interrupted: true } }] });
    expect((await run(['status', '--store', store])).stdout).toContain('stopped before its end');
  });
});

describe('what is asked for in the wrong way', () => {
  it.each([
    ['a limit that is no number', ['show', '--store', 'x.db', '--limit', 'x'], 64, '--limit: expected a whole number'],
    ['an option that is not there', ['summarize', '--frobnicate'], 64, 'unknown command or option: --frobnicate'],
    [
      'a window that ends before it begins',
      ['archive', 'dump', 'tree/n1/today', '--from', '@9', '--to', '@8'],
      64,
      'is after --to',
    ],
    [
      'a time that holds nothing',
      ['archive', 'values', 'tree/n1/today', 'a.b', '--to', '@9'],
      0,
      'no values there; jobsum archive info',
    ],
    [
      'a duration of an unknown unit',
      ['summarize', '--jobs', 'x', '--archives', 'y', '--timeout', '2 moons'],
      64,
      '2d, 12w',
    ],
    [
      'an option that is not there, of a command that lacks a word and an option',
      ['archive', 'copy', '--frob', 'a'],
      64,
      'option: --frob',
    ],
    [
      'an option that is not there, in what cron is to run',
      ['setup', 'cron', '--', 'summarize', '--frob'],
      64,
      'option: --frob',
    ],
    ['values of nothing', ['archive', 'values', 'tree/n1'], 64, 'archive values: which metrics?'],
    ['a directory for a store', ['show', '--store', '.'], 73, 'found a directory'],
    ['a directory for a list', ['summarize', '--jobs', '.', '--archives', 'tree'], 66, 'found a directory'],
    ['no list and no configuration', ['summarize'], 78, '--jobs FILE --archives DIR'],
    [
      'MongoDB without an account',
      [...over('m', line('1', OLD, ['n1'])).slice(0, 5), '--output', 'mongodb:x'],
      78,
      'JOBSUM_MONGODB_URI',
    ],
    ['an archive that is not there', ['archive', 'check', 'tree/n1/none'], 66, ''],
    ['the root of a tree for an archive', ['archive', 'check', 'tree'], 66, 'found some in tree/n1'],
  ])('%s', async (_, args, code, text) => {
    const env = { JOBSUM_CONFIG_DIR: join(cwd, 'nowhere'), JOBSUM_MONGODB_URI: '', SUPREMM_CONFIG_DIR: '' };
    const ran = await jobsum(args, { cwd, env });
    expect(ran.code, ran.stderr).toBe(code);
    expect(ran.stderr).toContain(text);
  });

  it('a run that fails early has its summary all the same', async () => {
    const ran = await run(['summarize', '--jobs', 'nowhere', '--archives', 'tree', '--json']);
    expect(ran.code).toBe(66);
    const problem = { code: 'E_INPUT_MISSING', file: 'nowhere' };
    expect(JSON.parse(ran.stdout)).toMatchObject({ finished: false, exitCode: 66, problem, problems: [problem] });
    const records = ran.stderr.split('\n').filter((l) => l.startsWith('{'));
    expect(JSON.parse(records.at(-1)!)).toMatchObject({ event: 'run.summary', msg: 'the run has ended', exitCode: 66 });
  });

  it('a report in JSON there is also of a failure', async () => {
    const ran = await run(['config', 'check', '--json', '--config', 'nowhere']);
    expect(JSON.parse(ran.stdout)).toMatchObject({ finished: false, exitCode: 78, problem: { code: 'E_CONFIG' } });
    expect(ran.code).toBe(78);
  });

  it('help is completed by commands and topics', async () => {
    const { stdout } = await run(['--get-yargs-completions', 'jobsum', 'help', '']);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['summarize', 'outputs']));
  });

  it('help on completion is no script', async () => {
    const ran = await run(['completion', '--help']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).not.toContain('###-begin');
  });
});

it('a job is explained from a list without a store, and none is made', async () => {
  const empty = join(cwd, 'empty');
  mkdirSync(empty);
  const ran = await jobsum(['explain', '1004', ...CLUSTER], { cwd: empty });
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stdout).toContain('3 of 3 nodes have some that serve');
  expect(existsSync(join(empty, 'jobsum.db'))).toBe(false);
});

it('the unreadable list of one resource hides nothing of the others', async () => {
  writeFileSync(join(cwd, 'a.ndjson'), line('7', OLD, ['n1']));
  const resource = (id: number, jobs: string) => ({
    ...{ resource_id: id, batch_system: 'file', jobs, jobs_format: 'ndjson', pcp_log_dir: tree },
    ...{ datasource: 'pcp', hostname_mode: 'hostname' },
  });
  const config = {
    state: 'site.db',
    outputdatabase: { db_engine: 'sqlite', path: 'site-documents.db' },
    resources: { bad: resource(1, 'absent.ndjson'), good: resource(2, 'a.ndjson') },
  };
  writeFileSync(join(cwd, 'config.json'), JSON.stringify(config));
  const ran = await run(['explain', '7', '--config', '.']);
  expect(ran.code, ran.stderr).toBe(66);
  expect(ran.stdout).toContain('JOB 7');
  expect(ran.stdout).toContain('absent.ndjson');
});

it('the demo names the program as it was called', async () => {
  const { stdout } = await run(['demo']);
  expect(stdout).not.toContain('npx');
  const hint = /^ {2}(node \S+jobsum\.js) show --store jobsum\.db {2}/m.exec(stdout)![1]!;
  const shown = await jobsum([], { cwd, shell: `${hint} show --limit 2` });
  expect(shown.code, shown.stderr).toBe(0);
  expect(shown.stderr).toContain('7 more with --limit');
  expect((await run(['show', '1005'])).stdout).toMatch(/^Job 1005/m);
});

describe('copies and canonical dumps of a damaged archive', () => {
  it('say how much they have, and how more is had', async () => {
    const name = join(cwd, 'many');
    smallArchive(name, { host: 'n1', start: OLD, end: OLD + 10, records: 40 });
    const whole = readFileSync(`${name}.0`);
    // The trailer of a record in the middle contradicts its head, or its inside does.
    const lengths: number[] = [];
    for (let p = whole.readInt32BE(0); p < whole.length; p += whole.readInt32BE(p)) lengths.push(p);
    const broken = Buffer.from(whole);
    broken.writeInt32BE(77, lengths[20]! + 16);
    writeFileSync(`${name}.0`, broken);
    const copied = await run(['archive', 'copy', name, 'copied', '--to', 'v3', '--json']);
    expect(copied.code).toBe(65);
    expect(JSON.parse(copied.stdout)).toMatchObject({ records: 39, values: 39 });
    expect(copied.stderr).toContain('39 records with 39 values copied; add --salvage to look for more');
    const dump = await run(['archive', 'dump', '--canonical', name]);
    expect(dump.code).toBe(65);
    expect(dump.stderr).toContain('with 20 records; 19 more with 19 values can be read behind it');
  });
});
