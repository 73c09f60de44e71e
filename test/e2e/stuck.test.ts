// A program that unpacks and gives nothing: the run that waits for it hears the signal to stop.

import type { ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLUSTER, FIXTURES, jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const archives = join(dir, 'archives');
const started = join(dir, 'started');
const bin = join(dir, 'bin');
cpSync(join(FIXTURES, 'cluster/archives'), archives, { recursive: true });
for (const file of readdirSync(archives, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.0'))) {
  writeFileSync(join(archives, file), Buffer.from('fd377a585a000000', 'hex'));
  renameSync(join(archives, file), join(archives, `${file}.xz`));
}
mkdirSync(bin);
writeFileSync(join(bin, 'xz'), `#!/bin/sh\n: > '${started}'\nexec sleep 60\n`);
chmodSync(join(bin, 'xz'), 0o755);

async function stopWhenWaiting(child: ChildProcess): Promise<void> {
  while (!existsSync(started) && child.exitCode === null) await new Promise((r) => setTimeout(r, 20));
  child.kill('SIGTERM');
}

describe('a run that waits for bytes that never come', () => {
  it('ends in order when it is stopped', async () => {
    const args = ['summarize', ...CLUSTER.slice(0, 2), '--archives', archives];
    const env = { PATH: `${bin}:${process.env.PATH}` };
    const ran = await jobsum(args, { cwd: dir, env, started: (child) => void stopWhenWaiting(child) });
    expect(ran).toMatchObject({ code: 143, signal: null });
    expect(ran.stderr).toContain('run.summary');
    // With the sources well again, all is done.
    const again = await jobsum(['summarize', ...CLUSTER, '--json'], { cwd: dir });
    expect(JSON.parse(again.stdout)).toMatchObject({ jobs: { failed: 0 } });
  }, 120_000);
});
