// What starts jobsum at night: units that systemd takes, a crontab whose commands the shell takes.

import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const cwd = tempDir();
const analyze = spawnSync('systemd-analyze', ['--version']).error === undefined;
if (!analyze) console.log('skipped, no systemd-analyze: units as systemd reads them');

it.runIf(analyze)('systemd takes the units', async () => {
  const { code } = await jobsum(['setup', 'systemd', '--config', '/etc/jobsum', '--user', 'root', '--dir', 'units'], {
    cwd,
  });
  expect(code).toBe(0);
  expect(readdirSync(join(cwd, 'units')).sort()).toEqual(['jobsum.service', 'jobsum.timer']);
  const ran = spawnSync('systemd-analyze', ['verify', 'units/jobsum.service', 'units/jobsum.timer'], {
    cwd,
    encoding: 'utf8',
  });
  expect([ran.status, ran.stderr.split('\n').filter((l) => l.includes('jobsum'))]).toEqual([0, []]);
  expect(readFileSync(join(cwd, 'units/jobsum.service'), 'utf8')).toContain('SuccessExitStatus=75');
});

it('the crontab runs what it is given, at the time it is given', async () => {
  const own = ['summarize', '--jobs', '/var/jobs', '--archives', '/pcp', '--quiet'];
  const { stdout } = await jobsum(['setup', 'cron', '--at', '03:07', '--user', 'jobs', '--', ...own], { cwd });
  const line = /^7 3 \* \* \* jobs (.*)$/m.exec(stdout)!;
  execFileSync('sh', ['-n', '-c', line[1]!]);
  expect(line[1]).toContain(`jobsum.js ${own.join(' ')}`);
  const night = await jobsum(['setup', 'cron', '--textfile', '/x/jobsum.prom'], { cwd });
  expect(night.stdout).toMatch(
    /index --config \/etc\/supremm --quiet;.*summarize --config \/etc\/supremm .*jobsum\.prom/,
  );
});

it.each([
  [['--at', '24:00']],
  [['--at', 'noon']],
  [['--user', 'a b']],
  [['--config', '/etc/x%y']],
  [['--', 'summarize', '--jobs', 'a;rm b']],
])('refuses %j', async (args) => {
  for (const what of ['cron', 'systemd']) expect((await jobsum(['setup', what, ...args], { cwd })).code).toBe(64);
});
