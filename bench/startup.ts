// Owns start-up: whole processes of short commands, each beside `node -e 0`, alternating. Wall clock, from spawn to exit.

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { archiveBase, EPOCH, writeCluster } from '../fixtures/generate/cluster.ts';
import { type Spread, spread } from './measure.ts';

const CLI = fileURLToPath(new URL('../dist/cli/jobsum.js', import.meta.url));

export interface StartupFigures {
  readonly command: string;
  /** Milliseconds. */
  readonly wall: Spread;
  /** Times of `node -e 0`, turn by turn. */
  readonly overNode: Spread;
}

function timed(args: readonly string[], cwd: string): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}

export function benchStartup(work: string, turns: number): StartupFigures[] {
  const root = join(work, 'startup');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const { jobs, archives } = writeCluster({ root, jobs: 4, nodes: 2, hours: 1, interval: 60 });
  const archive = archiveBase(archives, 'cpn-001', EPOCH);
  const run = ['summarize', '--jobs', jobs, '--archives', archives, '--quiet'];
  timed([CLI, ...run], root);
  const commands: Readonly<Record<string, readonly string[]>> = {
    'archive info': ['archive', 'info', archive],
    'archive dump': ['archive', 'dump', archive, '--to', '2000-01-01'],
    '--version': ['--version'],
    show: ['show'],
    'summarize, nothing to do': run,
  };
  return Object.entries(commands).map(([command, args]) => {
    const wall: number[] = [];
    const ratio: number[] = [];
    for (let turn = -1; turn < turns; turn++) {
      const bare = timed(['-e', '0'], root);
      const ours = timed([CLI, ...args], root);
      if (turn < 0) continue;
      wall.push(ours);
      ratio.push(ours / bare);
    }
    return { command, wall: spread(wall), overNode: spread(ratio) };
  });
}
