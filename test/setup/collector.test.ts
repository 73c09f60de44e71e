// What compute nodes are given, with the real tools: pmlogger takes the configurations, the process agent the filter, prolog and
// epilog write archives that the catalogue finds, and a job is summarised from all of it.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ANALYTICS, PREPROCESSORS } from '../../src/analytics/index.ts';
import { archiveInfo } from '../../src/pcp/index.ts';
import { BOOT_METRICS } from '../../src/reduce/index.ts';
import { nodeFiles, STANDARD, STATIC } from '../../src/setup/index.ts';
import { jobsum } from '../support/cli.ts';
import { type TestPmcd, testPmcd } from '../support/pmcd.ts';
import { tempDir } from '../support/temp.ts';
import { until } from '../support/until.ts';

const dir = tempDir();
chmodSync(dir, 0o755);
const tree = join(dir, 'tree');
const files = nodeFiles({ archives: tree, config: join(dir, 'nodes'), interval: 1 });
const pmcd = await testPmcd(
  'the collection side with real loggers',
  dir,
  files.find((f) => f.name === 'hotproc.conf')!.text,
);
const setup = (...args: string[]) =>
  jobsum(['setup', 'collector', '--archives', tree, '--node-config', join(dir, 'nodes'), ...args], { cwd: dir });

describe('setup collector', () => {
  it('writes everything once, and nothing over what is there unless asked to', async () => {
    const first = await setup('--dir', 'nodes', '--interval', '1');
    expect(first.code).toBe(0);
    for (const f of files) {
      expect(readFileSync(join(dir, 'nodes', f.name), 'utf8')).toBe(f.text);
      expect(statSync(join(dir, 'nodes', f.name)).mode & 0o777).toBe(f.mode);
      expect(first.stdout).toContain(f.place);
    }
    const again = JSON.parse((await setup('--dir', 'nodes', '--interval', '1', '--json')).stdout);
    expect(again.files.map((f: { state: string }) => f.state)).toEqual(files.map(() => 'unchanged'));
    const other = await setup('--dir', 'nodes', '--interval', '60');
    expect(other.code).toBe(73);
    expect(other.stderr).toContain('E_EXISTS');
    expect(readFileSync(join(dir, 'nodes/jobsum.config'), 'utf8')).toContain('every 1 seconds');
    await setup('--dir', 'elsewhere');
    const replaced = await setup('--dir', 'elsewhere', '--interval', '60', '--yes', '--json');
    expect(JSON.parse(replaced.stdout).files[0]).toMatchObject({ state: 'replaced' });
    expect(readdirSync(join(dir, 'elsewhere')).sort()).toEqual(files.map((f) => f.name).sort());
  });

  it.each(['relative/path', '/with blank', '/%Y', "/quo'te", '/new\nline'])('refuses the root %j', async (root) => {
    expect((await jobsum(['setup', 'collector', '--archives', root], { cwd: dir })).code).toBe(64);
  });

  it('records every metric that an analytic can read, and no other', () => {
    const recorded = [...STATIC, ...STANDARD].flatMap((g) => g.metrics);
    const read = [...PREPROCESSORS, ...ANALYTICS].flatMap((a) => [...a.alternatives.flat(), ...(a.optional ?? [])]);
    const within = (metric: string, name: string): boolean => metric === name || metric.startsWith(`${name}.`);
    const unrecorded = read.filter((metric) => !recorded.some((name) => within(metric, name)));
    // Of processes those that matter are recorded, under hotproc: all of a node's are too many.
    expect(new Set(unrecorded)).toEqual(new Set(['proc.psinfo.cpusallowed', 'proc.id.uid_nm', 'proc.psinfo.cgroups']));
    // Whether a node was started again is asked for all analytics with counters (src/reduce/restarts.ts).
    const unread = recorded.filter((name) => !read.some((metric) => within(metric, name)));
    expect(unread).toEqual(['kernel.all.uptime']);
    expect(BOOT_METRICS).toContain(unread[0]);
    expect(recorded).toHaveLength(new Set(recorded).size);
  });

  it('writes scripts that the shell takes', () => {
    for (const name of ['prolog.sh', 'epilog.sh']) execFileSync('bash', ['-n', join(dir, 'nodes', name)]);
  });

  it('writes scripts that do nothing, and succeed, when called by anything but Slurm', () => {
    for (const name of ['prolog.sh', 'epilog.sh']) {
      for (const id of ['', '7; touch x', '../7']) {
        const ran = spawnSync(join(dir, 'nodes', name), { env: { SLURM_JOB_ID: id } });
        expect([ran.status, String(ran.stdout), String(ran.stderr)]).toEqual([0, '', '']);
      }
    }
    expect(readdirSync(dir)).not.toContain('tree');
  });
});

describe.skipIf(!pmcd)('a node with these files', () => {
  const { env, ask } = pmcd ?? ({} as TestPmcd);
  const indexes = (): string[] =>
    readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.index'));
  /** Path of the job's begin or end archive; undefined: it is not there (yet). */
  const archiveOf = (kind: string): string | undefined => {
    const name = new RegExp(`^job-4711-${kind}-\\d{8}(\\.\\d\\d){3}\\.index$`);
    const found = indexes().find((f) => name.test(basename(f)));
    return found && join(tree, found.replace(/\.index$/, ''));
  };

  beforeAll(() => {
    mkdirSync(tree);
    // As on a node: it belongs to pcp.
    chmodSync(tree, 0o777);
  });

  it.each(['jobsum.config', 'jobsum-begin.config', 'jobsum-end.config'])('pmlogger takes %s', (name) => {
    const ran = spawnSync('pmlogger', ['-C', '-c', join(dir, 'nodes', name)], { env, encoding: 'utf8' });
    expect(ran.status).toBe(0);
    expect(ran.stderr).not.toMatch(/^Error|syntax error/im);
    // Of metrics that are not here it says so, and goes on.
    expect(ran.stderr).not.toMatch(/lookup for metric "(kernel|mem|disk|network|hotproc|hinv\.(n|phys))/);
  });

  it('the process agent takes the filter', () => {
    expect(ask('pminfo', '-f', 'hotproc.control.config')).toMatch(/uname != "root".*cpuburn > 0\.1/);
  });

  it('begin and end archives of a job are found with the node archive, and the job is summarised', async () => {
    const scheduled = { ...env, SLURM_JOB_ID: '4711', SLURMD_NODENAME: 'cpn-x1' };
    const base = join(tree, 'cpn-x1/20261125.00.00');
    mkdirSync(join(tree, 'cpn-x1'));
    chmodSync(join(tree, 'cpn-x1'), 0o777);
    const logger = spawn('pmlogger', ['-c', join(dir, 'nodes/jobsum.config'), '-l', join(dir, 'node.log'), base], {
      env,
      stdio: 'ignore',
    });
    const gone = new Promise((resolve) => logger.once('exit', resolve));
    const now = (): number => Date.now() / 1000;
    const recordedSince = (time: number) =>
      until('samples of the node', () => {
        const { end } = archiveInfo(base);
        return end !== null && end > time;
      });
    await recordedSince(0);
    const start = Math.ceil(now());
    expect(spawnSync(join(dir, 'nodes/prolog.sh'), { env: scheduled }).status).toBe(0);
    const beginPath = await until('the begin archive', () => archiveOf('begin'));
    const first = await until('its first sample', () => {
      const info = archiveInfo(beginPath);
      return info.end !== null && info.metrics.some((m) => m.name === 'kernel.percpu.cpu.user') && info;
    });
    // The prolog did not wait for all of them, which take half a minute.
    expect(first.end! - first.start).toBeLessThan(29);
    expect(first.host).not.toBe('');
    process.kill(first.pid, 'SIGTERM');
    await recordedSince(start + 4);
    const end = Math.floor(now());
    expect(spawnSync(join(dir, 'nodes/epilog.sh'), { env: scheduled }).status).toBe(0);
    // The epilog ends with its archive.
    expect(archiveInfo(archiveOf('end')!).end).toBeGreaterThan(end);
    await recordedSince(end);
    logger.kill('SIGTERM');
    await gone;
    expect(indexes().length).toBe(3);

    const job = { job_id: '4711', start, end, nodes: ['cpn-x1'], acct: { local_job_id_raw: 4711, user: 'user1' } };
    const ran = await jobsum(['summarize', '--jobs', '-', '--archives', tree, '--output', 'ndjson:-'], {
      cwd: dir,
      input: `${JSON.stringify(job)}\n`,
    });
    expect(ran.code).toBe(0);
    const document = JSON.parse(ran.stdout);
    expect(document).toMatchObject({ summarization: { complete: true }, cpu: { jobcpus: expect.anything() } });
    expect(document.memory ?? document.process_memory).toBeTruthy();
    expect(document.network).toBeTruthy();
    const { stdout } = await jobsum(['archive', 'check', beginPath], { cwd: dir });
    expect(stdout).not.toMatch(/E_ARCHIVE_(LABEL|META|RECORD)/);
  });
});
