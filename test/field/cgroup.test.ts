// Control groups of the field (../shared/field/cgroup): of two jobs whose ids begin alike only the job's own memory counts.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { haveShared, shared } from '../oracle/shared.ts';
import { jobsum } from '../support/cli.ts';
import { documents, field } from '../support/field.ts';
import { absent } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const WHAT = 'control groups of the field';

/** The generator needs PCP's own Python. */
function canMake(): boolean {
  if (!haveShared(WHAT)) return false;
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import pcp.pmi'], { stdio: 'ignore' });
    return true;
  } catch {
    return absent(WHAT, 'no pcp.pmi in /usr/bin/python3');
  }
}

describe.runIf(canMake())('of jobs 100 and 1001', () => {
  const cwd = tempDir();
  let job: string;
  let end: number;
  beforeAll(() => {
    execFileSync('/usr/bin/python3', [shared('tools', 'make_job_archives.py'), field('cgroup', 'cases5.json'), cwd]);
    job = readFileSync(field('cgroup', 'cg.nd'), 'utf8');
    ({ end } = JSON.parse(job) as { end: number });
  });

  it.each([
    ['version 2', 'cg', '/system.slice/slurmstepd.scope/job_100'],
    ['version 1', 'cg1', '/slurm/uid_1000/job_100'],
  ])('only the memory of job 100 counts: %s', async (_, name, group) => {
    const tree = join(cwd, name);
    const csv = await jobsum(['archive', 'values', join(tree, 'n000'), 'cgroup.memory.usage', '--csv'], { cwd });
    const used = csv.stdout
      .split('\n')
      .map((line) => line.split(','))
      .filter(([time, , instance]) => instance === group && Date.parse(`${time!.slice(0, 23)}Z`) <= end * 1000)
      .map((fields) => Number(fields[3]))
      .slice(1);
    expect(used.length).toBeGreaterThan(20);
    for (const engine of ['wasm', 'ts'] as const) {
      const [document] = (await documents(job, tree, { cwd, engine })).values();
      const { usage } = document!.process_memory as { usage: Record<'avg' | 'max', { avg: number; cnt: number }> };
      expect(usage.avg.cnt).toBe(1);
      expect(usage.avg.avg / (used.reduce((a, b) => a + b, 0) / used.length)).toBeCloseTo(1, 9);
      expect(usage.max.avg).toBe(Math.max(...used));
    }
  });
});
