// Interruptions: what a killed or stopped run leaves behind, the next one completes, and nothing differs.

import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeCluster } from '../../fixtures/generate/cluster.ts';
import { documentsOf, jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';
import { until } from '../support/until.ts';

const JOBS = 200;
const dir = tempDir();
const root = join(dir, 'cluster');
let args: string[] = [];
let undisturbed = new Map<string, unknown>();

/** Documents of the store of a directory. */
async function storeOf(cwd: string): Promise<Map<string, unknown>> {
  const { stdout } = await jobsum(['show', '--json', '--limit', '1000'], { cwd });
  return documentsOf(stdout);
}

async function whole(cwd: string): Promise<Map<string, unknown>> {
  const ids = [...(await storeOf(cwd)).keys()].map((id) => id.split('-')[0]!);
  const documents = new Map<string, unknown>();
  // With time series, which the list leaves out.
  for (const id of ids.filter((_, i) => i % 20 === 0)) {
    const { stdout } = await jobsum(['show', id, '--json'], { cwd });
    for (const [key, document] of documentsOf(stdout)) documents.set(key, document);
  }
  return documents;
}

const place = (name: string): string => {
  const path = join(dir, name);
  mkdirSync(path);
  return path;
};
const pause = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));

beforeAll(async () => {
  const { jobs, archives } = writeCluster({ root, jobs: JOBS, nodes: 10, hours: 12, interval: 60 });
  args = ['summarize', '--jobs', jobs, '--archives', archives];
  const cwd = place('undisturbed');
  const ran = await jobsum(args, { cwd });
  expect(ran.code).toBe(0);
  undisturbed = await storeOf(cwd);
});

/** Kills the run between two batches: the first documents stand under the file's temporary name, and nothing comes for a while. */
async function killWriting(child: ChildProcess, cwd: string): Promise<void> {
  const sizes: number[] = [];
  for (; child.exitCode === null && child.signalCode === null; await pause(25)) {
    const partial = readdirSync(cwd).find((f) => f.endsWith('.partial'));
    sizes.push(partial ? (statSync(join(cwd, partial), { throwIfNoEntry: false })?.size ?? 0) : 0);
    const [before, now] = [sizes.at(-5) ?? 0, sizes.at(-1)!];
    if (before > 0 && now === before) child.kill('SIGKILL');
  }
}

describe(`a run of ${JOBS} generated jobs`, () => {
  it('killed while its documents go to a file calls none of them done: the next one writes them all', async () => {
    const cwd = place('file');
    const output = ['--output', 'ndjson:docs.ndjson', '--output', 'sqlite:state.db'];
    const first = await jobsum([...args, ...output], { cwd, started: (child) => void killWriting(child, cwd) });
    expect(first.signal).toBe('SIGKILL');
    expect(readdirSync(cwd)).not.toContain('docs.ndjson');
    const second = await jobsum([...args, ...output, '--json'], { cwd });
    expect(JSON.parse(second.stdout)).toMatchObject({ jobs: { done: JOBS, known: 0 } });
    const documents = documentsOf(readFileSync(join(cwd, 'docs.ndjson'), 'utf8'));
    expect([...documents.keys()].sort()).toEqual([...undisturbed.keys()].sort());
    const third = await jobsum([...args, ...output, '--json'], { cwd });
    expect(JSON.parse(third.stdout)).toMatchObject({ jobs: { done: 0, known: JOBS } });
  });

  it('killed with -9 again and again and run once more: the store equals that of an undisturbed run', async () => {
    expect(undisturbed.size).toBe(JOBS);
    const cwd = place('killed');
    let killed = 0;
    for (const delay of [250, 400, 550, 700, 850]) {
      const ran = await jobsum(args, {
        cwd,
        started: (child) => void pause(delay).then(() => child.kill('SIGKILL')),
      });
      if (ran.signal === 'SIGKILL') killed++;
    }
    expect(killed).toBeGreaterThan(1);
    const last = await jobsum([...args, '--json'], { cwd });
    expect(last.code).toBe(0);
    expect(await storeOf(cwd)).toEqual(undisturbed);
    expect(await whole(cwd)).toEqual(await whole(join(dir, 'undisturbed')));
  });

  it('a list in a named pipe is read when somebody writes it; while nobody does, the run can be stopped', async () => {
    const cwd = place('pipe');
    execFileSync('mkfifo', [join(cwd, 'jobs')]);
    const stopped = await jobsum(['summarize', '--jobs', 'jobs', ...args.slice(3)], {
      cwd,
      started: async (child) => {
        // The store is there when the run is at work.
        await until('a store', () => existsSync(join(cwd, 'jobsum.db')));
        child.kill('SIGTERM');
      },
    });
    expect(stopped.code).toBe(143);
    const line = `cat ${args[2]} > jobs & jobsum summarize --jobs jobs --archives ${args[4]} --min-duration 1e9 --json`;
    const ran = await jobsum([], { cwd, shell: line });
    expect(JSON.parse(ran.stdout)).toMatchObject({ interrupted: false, jobs: { skipped: JOBS } });
  });

  it('stopped by SIGTERM: exit 143, whole documents, the rest by the next run', async () => {
    const cwd = place('stopped');
    let stopped = await jobsum(['--version'], { cwd });
    // From when there is a store, a run is on. Where it ends sooner than it is stopped, the next is stopped earlier.
    for (let delay = 200; delay >= 0 && stopped.code !== 143; delay -= 100) {
      stopped = await jobsum([...args, '--again', '--workers', '1'], {
        cwd,
        started: async (child) => {
          await until('a store', () => existsSync(join(cwd, 'jobsum.db')));
          await pause(delay);
          child.kill('SIGTERM');
        },
      });
    }
    expect({ code: stopped.code, signal: stopped.signal }).toEqual({ code: 143, signal: null });
    const records = stopped.stderr.trimEnd().split('\n');
    expect(JSON.parse(records.at(-1)!)).toMatchObject({ event: 'run.summary', interrupted: true, exitCode: 143 });
    expect((await jobsum(args, { cwd })).code).toBe(0);
    expect(await storeOf(cwd)).toEqual(undisturbed);
  });
});
