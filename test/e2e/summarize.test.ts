// The main job as a user runs it: the shipped cluster, its expected documents, exit codes, and pure standard output.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CLUSTER, documentsOf, FIXTURES, jobsum, settled } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
let places = 0;
const place = (): string => {
  const path = join(dir, String(places++));
  mkdirSync(path);
  return path;
};
const json = (text: string) => JSON.parse(text) as Record<string, never> & { jobs: object };

describe('summarize', () => {
  it('gives the expected documents, on standard output and nothing else', async () => {
    const cwd = place();
    const ran = await jobsum(['summarize', ...CLUSTER, '--output', 'ndjson:-'], { cwd });
    // One job has no archives: worth a look.
    expect(ran.code).toBe(1);
    const documents = documentsOf(ran.stdout);
    const expected = readdirSync(`${FIXTURES}expected`).map((f) =>
      settled(JSON.parse(readFileSync(`${FIXTURES}expected/${f}`, 'utf8'))),
    ) as { _id: string }[];
    expect(expected.length).toBe(9);
    expect([...documents.keys()].sort()).toEqual(expected.map((d) => d._id).sort());
    for (const document of expected) expect(documents.get(document._id)).toEqual(document);
  });

  it('gives the same with one worker, and into a file', async () => {
    const cwd = place();
    await jobsum(['summarize', ...CLUSTER, '--workers', '1', '--output', 'ndjson:out.ndjson'], { cwd });
    const again = await jobsum(['summarize', ...CLUSTER, '--workers', '4', '--output', 'ndjson:-'], { cwd });
    expect(documentsOf(readFileSync(join(cwd, 'out.ndjson'), 'utf8'))).toEqual(documentsOf(again.stdout));
    expect(readdirSync(cwd).filter((f) => f.includes('partial'))).toEqual([]);
  });

  it('does nothing the second time, unless asked', async () => {
    const cwd = place();
    const first = json((await jobsum(['summarize', ...CLUSTER, '--json'], { cwd })).stdout);
    expect(first).toMatchObject({ jobs: { done: 8, skipped: 1, failed: 0, known: 0 }, lines: { ignored: 3 } });
    expect(first).toMatchObject({ archives: { found: 6, opened: 6, unreadable: 0 } });
    const second = json((await jobsum(['summarize', ...CLUSTER, '--json'], { cwd })).stdout);
    expect(second).toMatchObject({
      jobs: { done: 0, skipped: 0, known: 9 },
      archives: { found: 0, opened: 0 },
      bytes: 0,
    });
    const again = json((await jobsum(['summarize', ...CLUSTER, '--json', '--again', '--job', '1004'], { cwd })).stdout);
    expect(again).toMatchObject({ jobs: { done: 1, known: 0, unselected: 8 } });
    expect(existsSync(join(cwd, 'jobsum.db'))).toBe(true);
  });

  it('selects jobs by id and by end', async () => {
    const cwd = place();
    const one = await jobsum(['summarize', ...CLUSTER, '--output', 'ndjson:-', '--job', '1005_0'], { cwd });
    expect(one.code).toBe(0);
    expect([...documentsOf(one.stdout).keys()].map((id) => id.split('-')[0])).toEqual(['1005']);
    const late = await jobsum(['summarize', ...CLUSTER, '--output', 'ndjson:-', '--from', '2026-11-01'], { cwd });
    expect([...documentsOf(late.stdout).keys()].map((id) => id.split('-')[0]).sort()).toEqual(['1001', '1002']);
  });

  it('reports a malformed line with its number and summarises the rest', async () => {
    const cwd = place();
    const lines = readFileSync(`${FIXTURES}cluster/jobs.sacct`, 'utf8').trimEnd().split('\n');
    const jobs = [...lines.slice(0, 2), '9|9|garbage', lines[2]].join('\n');
    const archives = CLUSTER.slice(2);
    const ran = await jobsum(['summarize', '--jobs', '-', ...archives, '--output', 'ndjson:-'], { cwd, input: jobs });
    expect(ran.code).toBe(1);
    expect(documentsOf(ran.stdout).size).toBe(2);
    const records = ran.stderr
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l) as Record<string, unknown>);
    const rejected = records.filter((r) => r.event === 'job.rejected');
    expect(rejected).toHaveLength(1);
    expect(rejected[0]).toMatchObject({ line: 3, err: { code: 'E_JOB_LINE' } });
    // The final record comes whatever happened.
    expect(records.at(-1)).toMatchObject({ event: 'run.summary', lines: { rejected: 1 }, exitCode: 1 });
  });

  it('logs the final record even when the run cannot start', async () => {
    const cwd = place();
    const ran = await jobsum(['summarize', '--jobs', 'absent', '--archives', `${FIXTURES}cluster/archives`], { cwd });
    expect(ran.code).toBe(66);
    expect(ran.stderr).toContain('E_INPUT_MISSING');
    expect(ran.stderr).toContain('run.summary');
    expect(ran.stdout).toBe('');
  });

  it.each([
    ['no command', [], 64],
    ['an unknown command', ['sumarize'], 64],
    ['an unknown option', ['summarize', ...CLUSTER, '--jbos', 'x'], 64],
    ['a missing option', ['summarize', '--jobs', 'x'], 64],
    ['a bad output', ['summarize', ...CLUSTER, '--output', 'mongo:x'], 64],
    ['a bad number of workers', ['summarize', ...CLUSTER, '--workers', '0'], 64],
    ['a bad time', ['summarize', ...CLUSTER, '--from', 'yesterday'], 64],
    ['a tree without archives', ['summarize', '--jobs', `${FIXTURES}cluster/jobs.sacct`, '--archives', '.'], 66],
    ['a file that is no list of jobs', ['summarize', '--jobs', `${FIXTURES}README.md`, ...CLUSTER.slice(2)], 65],
    ['a store that is none', ['summarize', ...CLUSTER, '--output', `sqlite:${FIXTURES}README.md`], 73],
    ['no such job', ['show', '4711', '--store', 'absent.db'], 66],
  ])('%s: exit code', async (_, args, code) => {
    const ran = await jobsum(args as string[], { cwd: place() });
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' });
    expect(ran.stderr).toMatch(/jobsum: E_[A-Z_]+: /);
  });

  it('does not share its store with a living run', async () => {
    const cwd = place();
    let second: Awaited<ReturnType<typeof jobsum>> | undefined;
    let quiet = second;
    // The first run holds the store for as long as its list of jobs is open.
    const first = await new Promise<{ code: number | null }>((resolve, reject) => {
      void jobsum(['summarize', '--jobs', 'pipe', ...CLUSTER.slice(2)], { cwd: pipe(cwd) }).then(resolve, reject);
      void (async () => {
        while (!existsSync(join(cwd, 'jobsum.db-wal'))) await new Promise((r) => setTimeout(r, 20));
        await new Promise((r) => setTimeout(r, 500));
        second = await jobsum(['summarize', ...CLUSTER], { cwd });
        quiet = await jobsum(['summarize', ...CLUSTER, '--quiet'], { cwd });
        writeFileSync(join(cwd, 'pipe'), readFileSync(`${FIXTURES}cluster/jobs.sacct`));
      })().catch(reject);
    });
    expect(second).toMatchObject({ code: 75 });
    expect(second?.stderr).toContain('E_LOCKED');
    // From cron nobody wants a mail because the run before takes long.
    expect(quiet).toMatchObject({ code: 75, stdout: '', stderr: '' });
    expect(first.code).toBe(1);
  });
});

function pipe(cwd: string): string {
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
  return cwd;
}

describe('summarize with compressed archives', () => {
  it('gives the same documents', async () => {
    const cwd = place();
    cpSync(`${FIXTURES}cluster`, join(cwd, 'cluster'), { recursive: true });
    for (const f of readdirSync(join(cwd, 'cluster'), { recursive: true, encoding: 'utf8' })) {
      const path = join(cwd, 'cluster', f);
      if (!/\.(0|meta)$/.test(f)) continue;
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
      rmSync(path);
    }
    const from = ['--jobs', 'cluster/jobs.sacct', '--archives', 'cluster/archives'];
    const packed = await jobsum(['summarize', ...from, '--output', 'ndjson:-'], { cwd });
    const plain = await jobsum(['summarize', ...CLUSTER, '--output', 'ndjson:-', '--again'], { cwd });
    // Coverage counts the bytes of the files.
    const unsized = (ndjson: string) => documentsOf(ndjson.replaceAll(/"bytes":\d+/g, '"bytes":0'));
    expect(unsized(packed.stdout)).toEqual(unsized(plain.stdout));
    const bounded = await jobsum(
      ['summarize', ...from, '--again', '--output', 'ndjson:-', '--max-volume-bytes', '100000', '--job', '1004'],
      { cwd },
    );
    expect(bounded.stderr).toContain('E_ARCHIVE_LIMIT');
  });
});
