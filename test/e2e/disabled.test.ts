// A resource that is disabled: no run takes its jobs, explain says so, and what was made of them before can be looked at.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jobsum } from '../support/cli.ts';
import { smallArchive } from '../support/small-archive.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const START = 1_772_409_600;
smallArchive(join(dir, 'tree/n1/a'), { host: 'n1', start: START, end: START + 600, records: 11 });
const job = (id: string): string =>
  `${JSON.stringify({ job_id: id, start: START, end: START + 600, nodes: ['n1'] })}\n`;
const file = join(dir, 'config.json');

function site(enabled: boolean): void {
  const resource = {
    batch_system: 'file',
    hostname_mode: 'hostname',
    datasource: 'pcp',
    pcp_log_dir: join(dir, 'tree'),
  };
  const resources = {
    on: { ...resource, resource_id: 1, jobs: 'on.ndjson' },
    off: { ...resource, resource_id: 2, jobs: 'off.ndjson', enabled },
  };
  const outputdatabase = { db_engine: 'sqlite', path: 'documents.db' };
  writeFileSync(file, JSON.stringify({ state: 'state.db', outputdatabase, resources }));
}
const run = (...args: string[]) => jobsum([...args, '--config', file], { cwd: dir });

it('explain and show know its jobs', async () => {
  writeFileSync(join(dir, 'on.ndjson'), job('1'));
  writeFileSync(join(dir, 'off.ndjson'), job('2'));
  site(true);
  expect((await run('summarize')).code).toBe(0);
  writeFileSync(join(dir, 'off.ndjson'), `${job('2')}${job('3')}`);
  site(false);
  expect((await run('summarize')).stderr).not.toContain('off');
  const never = await run('explain', '3');
  expect(never.code).toBe(0);
  expect(never.stdout).toContain(`passed over: the resource off is disabled in ${file}`);
  expect(never.stdout).toContain('Enable the resource');
  const before = await run('explain', '2');
  expect(before.stdout).toMatch(/ACCOUNTING .*off\.ndjson \(the resource off is disabled in/);
  expect(before.stdout).toContain('DOCUMENT');
  expect((await run('show', '2')).code).toBe(0);
  expect((await run('show', '1')).code).toBe(0);
  expect((await run('explain', '4')).code).toBe(66);
});
