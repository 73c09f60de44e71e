// A run from cron as a site sees it: logs with run ids, the textfile of its figures, the record of runs.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { Store } from '../../src/databases/index.ts';
import { Runs } from '../../src/ledger/index.ts';

import { CLI, CLUSTER, jobsum } from '../support/cli.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const cwd = tempDir();
const promtool = havePrograms('metrics as promtool reads them', 'promtool');

/** Metric (with labels) → value. */
const figures = (text: string): Map<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((l) => l !== '' && !l.startsWith('#'))
      .map((l) => [l.slice(0, l.lastIndexOf(' ')), Number(l.slice(l.lastIndexOf(' ') + 1))]),
  );

describe('an unattended run', () => {
  it('logs NDJSON of one run id, and the summary last', async () => {
    const ran = await jobsum(['summarize', ...CLUSTER, '--json'], { cwd });
    const records = ran.stderr
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l) as Record<string, unknown>);
    const { run } = JSON.parse(ran.stdout) as { run: string };
    expect(records.length).toBeGreaterThan(0);
    for (const r of records) {
      expect(r).toMatchObject({ run, level: expect.stringMatching(/^(info|warn|error)$/) });
      expect(r.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    expect(records.at(-1)).toMatchObject({ event: 'run.summary', command: 'summarize', finished: true, exitCode: 1 });
  });

  it('writes figures that node_exporter takes, whole, readable by it, and remembers the last success', async () => {
    mkdirSync(join(cwd, 'textfile'));
    const file = join(cwd, 'textfile/jobsum.prom');
    // The exporter is another user: a strict umask must not keep it out.
    const args = ['summarize', ...CLUSTER, '--again', '--quiet', '--textfile', file];
    const ran = spawnSync('sh', ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, CLI, ...args], { cwd });
    expect(ran.status).toBe(1);
    const text = readFileSync(file, 'utf8');
    const first = figures(text);
    expect(first.get('jobsum_last_items{command="summarize",outcome="done"}')).toBe(8);
    expect(first.get('jobsum_last_items{command="summarize",outcome="skipped"}')).toBe(1);
    expect(first.get('jobsum_last_exit_code{command="summarize"}')).toBe(1);
    expect(first.get('jobsum_last_decoded_bytes{command="summarize"}')).toBeGreaterThan(1e5);
    const start = first.get('jobsum_last_start_timestamp_seconds{command="summarize"}')!;
    const end = first.get('jobsum_last_end_timestamp_seconds{command="summarize"}')!;
    expect(Math.abs(Date.now() / 1000 - end)).toBeLessThan(3600);
    expect(first.get('jobsum_last_success_timestamp_seconds{command="summarize"}')).toBe(end);
    expect(first.get('jobsum_last_duration_seconds{command="summarize"}')).toBeCloseTo(end - start, 3);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(join(cwd, 'textfile'))).toEqual(['jobsum.prom']);
    if (promtool) execFileSync('promtool', ['check', 'metrics'], { input: text });

    const bad = await jobsum(['summarize', '--jobs', 'absent', ...CLUSTER.slice(2), '--textfile', file], { cwd });
    expect(bad.code).toBe(66);
    const second = figures(readFileSync(file, 'utf8'));
    expect(second.get('jobsum_last_exit_code{command="summarize"}')).toBe(66);
    expect(second.get('jobsum_last_success_timestamp_seconds{command="summarize"}')).toBe(end);
  });

  it('refuses a name that would not be collected, and survives a directory that is not there', async () => {
    expect((await jobsum(['summarize', ...CLUSTER, '--textfile', 'jobsum.txt'], { cwd })).code).toBe(64);
    const ran = await jobsum(['summarize', ...CLUSTER, '--textfile', 'absent/jobsum.prom'], { cwd });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('textfile.failed');
  });

  it('is recorded, with its end or its failure', async () => {
    writeFileSync(join(cwd, 'none'), 'x');
    await jobsum(['summarize', '--jobs', 'none', ...CLUSTER.slice(2)], { cwd });
    const store = new Store(join(cwd, 'jobsum.db'), SCHEMAS);
    const [last, before] = new Runs(store).latest(2);
    store.close();
    expect(last).toMatchObject({ command: 'summarize', exitCode: 65, problem: { code: 'E_JOB_SOURCE' } });
    expect(before).toMatchObject({ exitCode: 0, counts: { jobs: { known: 9 } } });
    expect(before!.ended).toBeGreaterThan(before!.started);
  });
});

describe('whatever ends the process in the middle', () => {
  it.each([
    [
      'throws where nobody waits for it',
      'setTimeout(() => { throw new Error("late"); }, 0); await new Promise(() => {});',
      70,
    ],
    ['calls the end a success', 'process.exit(0);', 70],
    ['ends it with a code of its own', 'process.exit(3);', 3],
  ])('a module of the site that %s: the summary of the run is there, and no success', async (_, text, code) => {
    writeFileSync(join(cwd, 'site.mjs'), text);
    const ran = await jobsum(['summarize', ...CLUSTER, '--output', 'sqlite:middle.db', '--analytic', './site.mjs'], {
      cwd,
    });
    expect(ran.code).toBe(code);
    const line = ran.stderr.split('\n').find((l) => l.includes('run.summary'))!;
    expect(JSON.parse(line)).toMatchObject({ command: 'summarize', finished: false, exitCode: code });
  });

  it('a working directory that is gone is an error with a code', async () => {
    const shell = 'mkdir gone && cd gone && rmdir ../gone && jobsum summarize --jobs x --archives /';
    const ran = await jobsum([], { cwd, shell });
    expect([ran.code, ran.stderr]).toEqual([74, expect.stringMatching(/^jobsum: E_IO: the working directory is gone/)]);
    expect(ran.stderr).not.toMatch(/\n {4}at /);
  });
});
