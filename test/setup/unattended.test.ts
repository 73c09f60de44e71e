// What starts jobsum at night: units that systemd takes, a crontab whose commands the shell takes.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jobsum } from '../support/cli.ts';
import { havePrograms } from '../support/programs.ts';
import { tempDir } from '../support/temp.ts';

const cwd = tempDir();
const analyze = havePrograms('units as systemd reads them', 'systemd-analyze');

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
    /index --config \/etc\/supremm --quiet --textfile \/x\/jobsum-index.prom;.*summarize --config \/etc\/supremm .*jobsum\.prom/,
  );
});

it('a night is what the configuration has: tables only with a warehouse, scripts only where some are saved', async () => {
  const resource = { resource_id: 1, hostname_mode: 'hostname', datasource: 'pcp', pcp_log_dir: '/pcp' };
  const commands = async (name: string, value: object): Promise<{ text: string; run: string[] }> => {
    mkdirSync(join(cwd, name));
    writeFileSync(join(cwd, name, 'config.json'), JSON.stringify(value));
    const { stdout, stderr, code } = await jobsum(['setup', 'systemd', '--config', join(cwd, name)], { cwd });
    expect([code, stderr]).toEqual([0, '']);
    return { text: stdout, run: [...stdout.matchAll(/^ExecStart=(-?)\S+ \S+ (\S+)/gm)].map((m) => `${m[1]}${m[2]}`) };
  };
  const datawarehouse = { host: 'h' };
  const xdmod = { ...resource, batch_system: 'XDMoD' };
  const batchscript = { path: '/scripts' };
  const all = { datawarehouse, resources: { a: xdmod, b: { ...xdmod, resource_id: 2, batchscript } } };
  expect((await commands('all', all)).run).toEqual(['-index', '-jobscripts', 'summarize']);
  expect((await commands('plain', { datawarehouse, resources: { a: xdmod } })).run).toEqual(['-index', 'summarize']);
  const files = {
    ...{ textfile: '/srv/prom/jobsum.prom', state: '/var/lib/jobsum/jobsum.db' },
    outputdatabase: { db_engine: 'file', json_format: 'fragment', frag_file: '/srv/out/%r.ndjson' },
    resources: { a: { ...resource, batch_system: 'slurm' } },
  };
  const slurm = await commands('slurm', files);
  expect(slurm.run).toEqual(['summarize']);
  // Cron does not start where this was said.
  const relative = await jobsum(['setup', 'cron', '-c', 'slurm', '--textfile', 'x.prom'], { cwd });
  expect(relative.stdout).toContain(
    `summarize --config ${join(cwd, 'slurm')} --quiet --textfile ${join(cwd, 'x.prom')}`,
  );
  const env = { JOBSUM_CONFIG_DIR: join(cwd, 'plain') };
  expect((await jobsum(['setup', 'cron'], { cwd, env })).stdout).toContain(`index --config ${join(cwd, 'plain')} `);
  // The unit may write nowhere else.
  expect(slurm.text.match(/^ReadWritePaths=.*$/gm)).toEqual(['ReadWritePaths=-/srv/prom', 'ReadWritePaths=-/srv/out']);
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
