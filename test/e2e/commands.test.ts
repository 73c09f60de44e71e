// show, archive and demo as a user runs them.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { haveShared, shared } from '../oracle/shared.ts';
import { goldenSums } from '../oracle/sums.ts';
import { CLUSTER, FIXTURES, jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const cwd = tempDir();
const ARCHIVE = `${FIXTURES}cluster/archives/2026/11/cpn-r02/2026-11-24/20261124.09.32`;

beforeAll(async () => {
  await jobsum(['summarize', ...CLUSTER], { cwd });
});

describe('show', () => {
  it('lists the jobs', async () => {
    const { code, stdout } = await jobsum(['show'], { cwd });
    expect(code).toBe(0);
    for (const id of ['1001', '1004', '1005_0', '1010']) expect(stdout).toContain(id);
  });

  it('reports on a job, by any of its ids', async () => {
    const { code, stdout } = await jobsum(['show', '1004', '--series'], { cwd });
    expect(code).toBe(0);
    for (const text of ['train', 'cpn-g[01-03]', 'GPU']) expect(stdout).toContain(text);
    expect((await jobsum(['show', '1005_0'], { cwd })).code).toBe(0);
    expect((await jobsum(['show', '1010'], { cwd })).stdout).toMatch(/no node has an archive/);
    expect((await jobsum(['show', 'absent'], { cwd })).code).toBe(66);
  });

  it('prints the document', async () => {
    const { stdout } = await jobsum(['show', '1004', '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ acct: { id: '1004' }, timeseries: { version: 4 } });
    const { stdout: all } = await jobsum(['show', '--json'], { cwd });
    expect(all.trimEnd().split('\n')).toHaveLength(9);
  });
});

describe('list', () => {
  it('shows jobs by what became of them, and refuses what is no filter', async () => {
    const { code, stdout } = await jobsum(['list', '--reason', '15', '--since-last-run', '--json'], { cwd });
    expect([code, JSON.parse(stdout).job]).toEqual([0, '1010']);
    const csv = (await jobsum(['list', '--node', 'cpn-g01', '--csv'], { cwd })).stdout.trimEnd().split('\n');
    expect(csv.map((line) => line.split(',')[1])).toEqual(['job', '1004', '1003']);
    const limited = await jobsum(['list', '--limit', '1'], { cwd });
    expect(limited.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(limited.stderr).toContain('--limit');
    for (const wrong of [
      ['--state', 'odd'],
      ['--reason', 'nonsense'],
      ['--json', '--csv'],
      ['--limit', '0'],
    ])
      expect((await jobsum(['list', ...wrong], { cwd })).code).toBe(64);
  });
});

describe('archive', () => {
  it('info: label, span, volumes, metrics', async () => {
    const { code, stdout } = await jobsum(['archive', 'info', `${ARCHIVE}.index`, '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 3, host: 'cpn-r02', problems: [] });
    expect((await jobsum(['archive', 'info', ARCHIVE], { cwd })).stdout).toContain('cpn-r02');
    expect((await jobsum(['archive', 'info', 'absent'], { cwd })).code).toBe(66);
    const all = await jobsum(['archive', 'info', dirname(ARCHIVE), '--json'], { cwd });
    expect(
      all.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).archive),
    ).toContain(ARCHIVE);
    const sums = await jobsum(['archive', 'dump', '--sum', dirname(ARCHIVE)], { cwd });
    expect(sums.stdout.split('\n')[0]).toMatch(/^\S+\t\d\t\d+\t\d+\t\d+\teof\t[0-9a-f]{64}$/);
  });

  it('dump --canonical is what --sum sums up', async () => {
    const { stdout } = await jobsum(['archive', 'dump', '--canonical', ARCHIVE], { cwd });
    const sum = createHash('sha256').update(stdout).digest('hex');
    const { stdout: line } = await jobsum(['archive', 'dump', '--sum', ARCHIVE, 'absent'], { cwd });
    expect(line.split('\n')[0]).toMatch(new RegExp(`^${ARCHIVE}\t3\t\\d+\t0\t\\d+\teof\t${sum}$`));
    expect(line.split('\n')[1]).toContain('E_ARCHIVE_MISSING');
    expect((await jobsum(['archive', 'dump', '--sum', '--canonical', ARCHIVE], { cwd })).code).toBe(64);
  });

  it('dump for people and as NDJSON, filtered', async () => {
    const people = await jobsum(['archive', 'dump', ARCHIVE, '--metric', 'kernel.all.load'], { cwd });
    expect(people.stdout).toContain('"15 minute": ');
    const only = ['--metric', 'kernel.all.load', '--instance', '1 minute', '--from', '2026-11-24T09:32:40'];
    const { stdout } = await jobsum(['archive', 'dump', ARCHIVE, '--ndjson', ...only], { cwd });
    const [first] = stdout.split('\n');
    const load = { '1 minute': expect.any(Number) };
    expect(JSON.parse(first!)).toMatchObject({ metrics: { 'kernel.all.load': load } });
    expect(JSON.parse(first!).time > '2026-11-24T09:32:40').toBe(true);
  });

  it('values as CSV and rates', async () => {
    const { stdout } = await jobsum(['archive', 'values', ARCHIVE, 'kernel.percpu.cpu.user', '--rate', '--csv'], {
      cwd,
    });
    const [head, first] = stdout.split('\n');
    expect(head).toBe('time,metric,instance,value');
    expect(first).toMatch(/^2026-11-24T09:32:\d\d\.\d{6}Z,kernel\.percpu\.cpu\.user,cpu0,[\d.]+$/);
    expect((await jobsum(['archive', 'values', ARCHIVE, 'no.such'], { cwd })).code).toBe(66);
  });

  it('check, extract and copy', async () => {
    expect(await jobsum(['archive', 'check', ARCHIVE], { cwd })).toMatchObject({ code: 0, stderr: '' });
    const bad = await jobsum(['archive', 'check', 'absent', '--json'], { cwd });
    expect(bad.code).toBe(66);
    expect(JSON.parse(bad.stdout)).toMatchObject({ opened: false, findings: [{ code: 'E_ARCHIVE_MISSING' }] });
    expect((await jobsum(['archive', 'extract', ARCHIVE, 'part', '--metric', 'mem'], { cwd })).code).toBe(0);
    expect((await jobsum(['archive', 'copy', 'part', 'part2', '--to', 'v2'], { cwd })).code).toBe(0);
    const { stdout } = await jobsum(['archive', 'info', 'part2', '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ version: 2, host: 'cpn-r02' });
    // Nothing is written over.
    expect((await jobsum(['archive', 'copy', 'part', 'part2', '--to', 'v3'], { cwd })).code).toBe(73);
  });

  it('check --analytics: what an archive can feed, and what others lack', async () => {
    const { code, stdout } = await jobsum(['archive', 'check', '--analytics', ARCHIVE], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\S+20261124\.09\.32: describes the metrics of \d+ of \d+ analytics\n/);
    expect(stdout).toContain('\n  yes LoadAvg (load1): kernel.all.load\n');
    expect(stdout).toContain('\n  no  PowerUsageTimeseries (timeseries.power): no ipmi.dcmi.power (or those of ');
    const { stdout: json } = await jobsum(['archive', 'check', '--analytics', '--json', ARCHIVE], { cwd });
    const { archive, analytics } = JSON.parse(json);
    expect(archive).toBe(ARCHIVE);
    expect(analytics).toContainEqual({ cls: 'LoadAvg', key: 'load1', metrics: ['kernel.all.load'], missing: [] });
    expect(analytics).toContainEqual({
      cls: 'IpmiPower',
      key: 'ipmi',
      metrics: [],
      missing: [['ipmi.dcmi.power'], ...['sysfs', 'msr', 'raw', 'rate'].map((of) => [`denki.rapl.${of}`])],
    });
    expect((await jobsum(['archive', 'check', '--analytics', 'absent'], { cwd })).code).not.toBe(0);
  });

  it.runIf(haveShared('archive dump --sum against golden/decode_jobs.tsv'))(
    'dump --sum prints golden lines',
    async () => {
      const rows = goldenSums('decode_jobs.tsv').filter((r) => existsSync(`${shared('archives', r.archive)}.0`));
      const { stdout } = await jobsum(['archive', 'dump', '--sum', ...rows.map((r) => r.archive)], {
        cwd: shared('archives'),
      });
      expect(stdout.trimEnd().split('\n')).toEqual(
        rows.map((r) => [r.archive, r.version, r.records, r.marks, r.values, r.status, r.sha256].join('\t')),
      );
    },
  );
});

describe('jobsum', () => {
  it('demo shows the table, a report, and what to try next', async () => {
    const { code, stdout } = await jobsum(['demo', '--store', join(cwd, 'demo.db')], { cwd });
    expect(code).toBe(0);
    for (const text of ['PEAK MEMORY', 'train', 'Try next', 'jobsum.js summarize --help'])
      expect(stdout).toContain(text);
  });

  it('teaches', async () => {
    for (const command of [[], ['summarize'], ['show'], ['archive'], ['archive', 'dump']]) {
      const { code, stdout } = await jobsum([...command, '--help'], { cwd });
      expect(code).toBe(0);
      expect(stdout).toContain('--help');
    }
    expect((await jobsum(['--version'], { cwd })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await jobsum(['completion'], { cwd })).stdout).toContain('--get-yargs-completions');
    expect((await jobsum(['sumarize'], { cwd })).stderr).toMatch(/summarize/);
  });
});

describe('words', () => {
  it('that ask for help, or complete, or mean nothing', async () => {
    const run = (...words: string[]) => jobsum(words, { cwd });
    for (const words of [['-h'], ['help'], ['show', '-h'], ['help', 'show'], ['help', 'setup', 'cron']]) {
      const { code, stdout } = await run(...words);
      expect([code, stdout.includes('jobsum')]).toEqual([0, true]);
    }
    expect((await run('help', 'show')).stdout).toContain('--series');
    for (const words of [['help', 'nonsense'], ['nonsense'], ['show', '--nonsense']]) {
      const { code, stderr } = await run(...words);
      expect([code, stderr.includes('nonsense')]).toEqual([64, true]);
    }
    const offered = (await run('--get-yargs-completions', 'jobsum', 'setup', '')).stdout.split('\n');
    expect(offered).toContain('collector');
    expect(offered.filter((word) => word.includes('$0'))).toEqual([]);
    // A name that rewrites the screen is printed as what it is not.
    const odd = await run('archive', 'info', 'x\u001b[31m\u202ey\nz');
    expect([odd.code, odd.stderr.split('\n')[0]]).toEqual([66, expect.stringContaining('x?[31m?y?z')]);
  });
});
