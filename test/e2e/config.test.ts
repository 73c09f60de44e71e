// `jobsum config` as a user runs it, with a real MariaDB behind the warehouse.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Mysql } from '../../src/databases/index.ts';
import { setupLedger } from '../../src/ledger/index.ts';
import { jobsum } from '../support/cli.ts';
import { freePort, testMariadb } from '../support/mariadb.ts';
import { tempDir } from '../support/temp.ts';
import { createWarehouse } from '../support/warehouse.ts';

const dir = tempDir();
const server = await testMariadb('jobsum config check with a warehouse');
const resource = { resource_id: 1, batch_system: 'XDMoD', hostname_mode: 'hostname', datasource: 'pcp' };

function config(value: object): string[] {
  const file = join(dir, 'config.json');
  writeFileSync(file, `// a site\n${JSON.stringify({ state: 'state.db', ...value }, null, 2)}`);
  return ['--config', file];
}

describe.skipIf(!server)('jobsum config', () => {
  it('check tries every connection', async () => {
    mkdirSync(join(dir, 'archives'));
    const warehouse = await Mysql.connect(server!.settings);
    await createWarehouse(warehouse, 8);
    await warehouse.close();
    const { host, port, user, password } = server!.settings;
    const database = { datawarehouse: { host, port, user, pass: password } };
    const args = config({ ...database, resources: { hpc: { ...resource, pcp_log_dir: join(dir, 'archives') } } });
    const good = await jobsum(['config', 'check', ...args], { cwd: dir });
    // Until setup has made them, our own tables are missing.
    expect(good.stdout).toMatch(/reading modw_supremm.jobsum_job: E_SCHEMA/);
    expect(good.stdout).toContain('Run `jobsum setup`');
    expect(good.code).toBe(78);
    const made = await Mysql.connect(server!.settings);
    await setupLedger(made);
    await made.close();
    const ready = await jobsum(['config', 'check', ...args], { cwd: dir });
    expect(ready.stdout).toMatch(/warehouse: ok, schema 8\ntables: ok, .*\narchives of hpc: ok/);
    expect(ready.code).toBe(0);
    const bad = await jobsum(
      [
        'config',
        'check',
        '--json',
        ...config({ ...database, resources: { hpc: { ...resource, pcp_log_dir: join(dir, 'absent') } } }),
      ],
      { cwd: dir },
    );
    expect(bad.code).toBe(66);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      problems: [],
      connections: [
        { what: 'warehouse', ok: true },
        { what: 'tables', ok: true },
        { what: 'archives of hpc', ok: false },
        { what: 'state', ok: true },
      ],
    });
  });

  it('check tells which rights the account lacks, and writes nothing to find out', async () => {
    const root = await Mysql.connect(server!.settings);
    await createWarehouse(root);
    await setupLedger(root);
    await root.run('INSERT INTO modw_supremm.process (jobid, process_version) VALUES (1, 1)');
    await root.run("CREATE OR REPLACE USER reader@'%' IDENTIFIED BY 'reading'");
    await root.run("GRANT SELECT ON *.* TO reader@'%'");
    const { host, port } = server!.settings;
    const database = { datawarehouse: { host, port, user: 'reader', pass: 'reading' } };
    const args = config({ ...database, resources: { hpc: { ...resource, pcp_log_dir: join(dir, 'archives') } } });
    const check = () => jobsum(['config', 'check', '--json', ...args], { cwd: dir });
    const denied = async (): Promise<string[]> => {
      const { connections } = JSON.parse((await check()).stdout);
      const bad = connections.filter((c: { ok: boolean }) => !c.ok);
      expect(bad.every((c: { problem: { code: string } }) => c.problem.code === 'E_DENIED')).toBe(true);
      return bad.map((c: { what: string }) => c.what).sort();
    };
    const index = ['archive_paths', 'archives_joblevel', 'archives_nodelevel'];
    const all = [...index, 'jobsum_job', 'jobsum_lease', 'process'].map((t) => `writing modw_supremm.${t}`);
    expect(await denied()).toEqual(all);
    expect((await check()).code).toBe(77);
    // Rows are replaced: inserting alone does not do.
    await root.run("GRANT INSERT ON modw_supremm.* TO reader@'%'");
    expect(await denied()).toEqual(all);
    await root.run("GRANT UPDATE ON modw_supremm.* TO reader@'%'");
    expect(await denied()).toEqual([]);
    await root.run("REVOKE SELECT ON *.* FROM reader@'%'");
    await root.run("GRANT SELECT ON modw.* TO reader@'%'");
    expect(await denied()).toContain('reading mod_shredder.shredded_job');
    expect(await root.rows('SELECT jobid, process_version AS v FROM modw_supremm.process')).toEqual([
      { jobid: 1, v: 1 },
    ]);
    expect(await root.rows('SELECT * FROM modw_supremm.jobsum_lease')).toEqual([]);
    await root.close();
  });

  it('check asks sacct, and looks for lists of jobs', async () => {
    const sacct = join(dir, 'sacct');
    const now = Math.floor(Date.now() / 1000);
    const row = `7|7|c|main|q|lab|g|1|u|1|${now - 900}|${now - 900}|${now - 900}|${now - 60}|840|0:0|COMPLETED|1|1|1|1G|||60|n1|x`;
    writeFileSync(
      sacct,
      `#!/bin/sh\necho 'JobID|JobIDRaw|Cluster|Partition|QOS|Account|Group|GID|User|UID|Submit|Eligible|Start|End|ElapsedRaw|ExitCode|State|NNodes|NCPUS|ReqCPUS|ReqMem|ReqTRES|AllocTRES|TimelimitRaw|NodeList|JobName'\necho '${row}'\n`,
      { mode: 0o755 },
    );
    writeFileSync(join(dir, 'jobs'), '');
    const base = { ...resource, datasource: 'pcp', pcp_log_dir: dir };
    const resources = (command: string, jobs: string) => ({
      a: { ...base, batch_system: 'slurm', sacct: command },
      b: { ...base, resource_id: 2, batch_system: 'file', jobs },
    });
    const good = await jobsum(['config', 'check', ...config({ resources: resources(sacct, 'jobs') })], { cwd: dir });
    expect(good.stdout).toMatch(/sacct of a: ok, 1 job ended.*\n.*\njobs of b: ok/);
    expect(good.code).toBe(0);
    const told = await jobsum(['explain', '7', ...config({ resources: resources(sacct, 'jobs') })], { cwd: dir });
    expect(told.stdout).toContain(`ACCOUNTING  from ${sacct}`);
    const away = await jobsum(['explain', '7', ...config({ resources: resources('/bin/false', 'jobs') })], {
      cwd: dir,
    });
    expect(away).toMatchObject({ code: 69, stderr: expect.stringContaining('sacct failed') });
    const bad = await jobsum(['config', 'check', ...config({ resources: resources('/bin/false', 'none') })], {
      cwd: dir,
    });
    expect(bad.stdout).toMatch(/sacct of a: E_SERVICE.*jobs of b: E_INPUT_MISSING/s);
    expect(bad.code).toBe(69);
  });

  it('check reports what cannot be reached, and faults with their place', async () => {
    const port = await freePort();
    const args = config({ datawarehouse: { host: '127.0.0.1', port, user: 'u', pass: 'secret-word' }, wrong: 1 });
    const ran = await jobsum(['config', 'check', ...args], { cwd: dir });
    expect(ran.code).toBe(69);
    expect(ran.stdout).toMatch(/config\.json:10:3: warning: wrong: unknown key/);
    expect(ran.stdout).toMatch(/warehouse: E_SERVICE/);
    const fault = await jobsum(['config', 'check', ...config({ workers: 'x' })], { cwd: dir });
    expect(fault).toMatchObject({ code: 78, stdout: expect.stringMatching(/config\.json:4:3: error: workers: /) });
    const shown = await jobsum(['config', 'show', ...args], { cwd: dir });
    expect(shown.code).toBe(0);
    expect(ran.stdout + shown.stdout + ran.stderr + shown.stderr).not.toContain('secret-word');
    const none = await jobsum(['config', 'show', '--config', '/nowhere'], { cwd: dir });
    expect(none).toMatchObject({ code: 78, stdout: '', stderr: expect.stringContaining('E_CONFIG') });
  });
});
