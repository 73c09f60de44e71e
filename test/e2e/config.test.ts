// `jobsum config` as a user runs it, with a real MariaDB behind the warehouse.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Warehouse } from '../../src/store/index.ts';
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
    const warehouse = await Warehouse.connect(server!.settings);
    await createWarehouse(warehouse, 8);
    await warehouse.close();
    const { host, port, user, password } = server!.settings;
    const database = { datawarehouse: { host, port, user, pass: password } };
    const args = config({ ...database, resources: { hpc: { ...resource, pcp_log_dir: join(dir, 'archives') } } });
    const good = await jobsum(['config', 'check', ...args], { cwd: dir });
    expect(good.stdout).toMatch(/warehouse: ok, schema 8\narchives of hpc: ok/);
    expect(good.code).toBe(0);
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
        { what: 'archives of hpc', ok: false },
        { what: 'state', ok: true },
      ],
    });
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
