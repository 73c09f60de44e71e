// Owns whole processes: `jobsum summarize` on node-days as a user starts it, its speed with 1 and 2 workers, its memory.

import { spawn } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EPOCH } from '../fixtures/generate/cluster.ts';
import { type Spread, spread } from './measure.ts';

const CLI = fileURLToPath(new URL('../dist/cli/jobsum.js', import.meta.url));
const POLL_MS = 5;
/** So many that starting the workers does not count. */
export const NODES = 32;

interface Outcome {
  /** MB/s that the run itself reports: without the start of the process. */
  readonly speed: number;
  /** Peak resident memory, MiB, as the kernel counts it. */
  readonly peak: number;
}

export function run(args: readonly string[], cwd: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args, '--json', '--quiet'], { cwd });
    let stdout = '';
    let peak = 0;
    const poll = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      } catch {
        // Gone: the last reading counts.
      }
    }, POLL_MS);
    child.stdout.on('data', (text: Buffer) => {
      stdout += text;
    });
    child.stderr.pipe(process.stderr);
    child.on('close', (code) => {
      clearInterval(poll);
      if (code !== 0) return reject(new Error(`jobsum ended with ${code}`));
      const { bytes, seconds } = JSON.parse(stdout) as { bytes: number; seconds: number };
      resolve({ speed: bytes / 1e6 / seconds, peak });
    });
  });
}

/** A tree of `nodes` nodes with the same archive (hard links), and one job on each for its whole time. */
export function tree(root: string, base: string, nodes: number, seconds: number): string[] {
  rmSync(root, { recursive: true, force: true });
  const lines: string[] = [];
  for (let i = 1; i <= nodes; i++) {
    // The label says cpn-001, as the bases are the same file: the job names its archive.
    const node = `cpn-${String(i).padStart(3, '0')}`;
    mkdirSync(join(root, 'archives', node), { recursive: true });
    for (const member of ['meta', 'index', '0'])
      linkSync(`${base}.${member}`, join(root, 'archives', node, `day.${member}`));
    const acct = { user: 'user1', local_job_id_raw: 5000 };
    const times = { start: EPOCH, end: EPOCH + seconds };
    lines.push(
      JSON.stringify({ job_id: `${5000 + i}`, ...times, nodes: [node], archives: { [node]: [`${node}/day`] }, acct }),
    );
  }
  writeFileSync(join(root, 'jobs.ndjson'), `${lines.join('\n')}\n`);
  return ['summarize', '--jobs', join(root, 'jobs.ndjson'), '--archives', join(root, 'archives'), '--again'];
}

export interface ProcessFigures {
  /** MB/s. */
  readonly oneWorker: Spread;
  readonly twoWorkers: Spread;
  /** MiB, one worker. */
  readonly peakDay: Spread;
  readonly peakBig: Spread | null;
}

export async function benchProcess(
  work: string,
  day: string,
  big: string | null,
  turns: number,
): Promise<ProcessFigures> {
  const many = tree(join(work, 'many'), day, NODES, 86_400);
  const one: number[] = [];
  const two: number[] = [];
  const peakDay: number[] = [];
  const peakBig: number[] = [];
  const single = tree(join(work, 'single'), day, 1, 86_400);
  const large = big ? tree(join(work, 'large'), big, 1, 864_000) : null;
  for (let turn = 0; turn < turns; turn++) {
    one.push((await run([...many, '--workers', '1'], join(work, 'many'))).speed);
    two.push((await run([...many, '--workers', '2'], join(work, 'many'))).speed);
    peakDay.push((await run([...single, '--workers', '1'], join(work, 'single'))).peak);
    if (large) peakBig.push((await run([...large, '--workers', '1'], join(work, 'large'))).peak);
  }
  return {
    oneWorker: spread(one),
    twoWorkers: spread(two),
    peakDay: spread(peakDay),
    peakBig: large ? spread(peakBig) : null,
  };
}
