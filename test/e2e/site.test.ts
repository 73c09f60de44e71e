// A configured site as cron runs it: jobs of a real MariaDB, selection, limits, one bad resource among good ones.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mysql } from '../../src/databases/index.ts';
import { setupLedger, WarehouseLeases } from '../../src/ledger/index.ts';
import { documentsOf, jobsum } from '../support/cli.ts';
import { testMariadb } from '../support/mariadb.ts';
import { generateSite, RESOURCE, type Site } from '../support/site.ts';
import { tempDir } from '../support/temp.ts';
import { addJobs } from '../support/warehouse.ts';

const JOBS = 30;
const dir = tempDir();
const server = await testMariadb('summarize of a configured site');

const json = (text: string) =>
  JSON.parse(text) as {
    jobs: Record<string, number>;
    resources: { resource: string; problem?: { code: string } }[];
    archives: object;
  };

describe.skipIf(!server)('summarize of a configured site', () => {
  let site: Site;
  let warehouse: Mysql;
  /** Whatever became of them. */
  const ALL = ['--from', '2026-03-01'];
  beforeAll(async () => {
    warehouse = await Mysql.connect(server!.settings);
    site = await generateSite({ root: join(dir, 'site'), jobs: JOBS, nodes: 5, hours: 6, interval: 60 }, server!);
  });
  afterAll(() => warehouse?.close());
  const file = (name: string) => ({
    db_engine: 'file',
    json_format: 'fragment',
    frag_file: join(site.root, `${name}-%r.ndjson`),
  });
  const run = (config: string, ...args: string[]) =>
    jobsum(['summarize', '--config', config, '--json', ...args], { cwd: dir });
  const documents = (name: string) => documentsOf(readFileSync(join(site.root, `${name}-hpc.ndjson`), 'utf8'));
  const numbers = (name: string) =>
    [...documents(name).values()].map((d) => Number((d as { acct: { id: string } }).acct.id)).sort((a, b) => a - b);

  it('does every job once, as the list of the same jobs gives them', async () => {
    const config = site.config('all', file('all'));
    const first = await run(config);
    expect(first.stderr).not.toMatch(/"level":"error"/);
    expect(json(first.stdout)).toMatchObject({
      jobs: { done: JOBS, known: 0 },
      resources: [{ resource: 'hpc', jobs: { done: JOBS } }],
    });
    expect(first.code).toBe(0);
    const listed = await jobsum(
      ['summarize', '--jobs', site.jobs, '--archives', site.archives, '--output', 'ndjson:-'],
      { cwd: dir },
    );
    const summaries = (all: Map<string, unknown>) =>
      [...all].map(([id, d]) => [id, { ...(d as object), acct: null }]).sort();
    expect(summaries(documents('all'))).toEqual(summaries(documentsOf(listed.stdout)));
    expect([...documents('all').values()][0]).toMatchObject({
      acct: { resource_id: RESOURCE, partition: 'whole', resource_manager: 'slurm' },
    });
    const marks =
      'SELECT process_version AS version, count(*) AS jobs FROM modw_supremm.process GROUP BY process_version';
    expect(await warehouse.rows(marks)).toEqual([{ version: 1, jobs: JOBS }]);
    const second = json((await run(config)).stdout);
    // Nothing to do: no archive is looked at.
    expect(second).toMatchObject({ jobs: { done: 0, known: 0 }, archives: { found: 0, opened: 0 } });
    // Who deletes a mark wants the job done again.
    await warehouse.run('DELETE FROM modw_supremm.process WHERE jobid IN (3, 4)');
    const untried = await jobsum(['list', '--config', config, '--state', 'untried', '--json'], { cwd: dir });
    expect(untried.stdout.trim().split('\n')).toHaveLength(2);
    const { stdout } = await jobsum(['status', '--config', config, '--json'], { cwd: dir });
    expect(JSON.parse(stdout)).toMatchObject({
      ledgers: [{ jobs: { done: JOBS - 2 }, backlog: { jobs: 2, untried: 2 } }],
    });
    expect(json((await run(config)).stdout)).toMatchObject({ jobs: { done: 2 }, archives: { opened: 0 } });
    expect(await warehouse.rows(marks)).toEqual([{ version: 1, jobs: JOBS }]);
  });

  it('leaves a resource to the run that is at work on it', async () => {
    const config = site.config('locked', file('locked'));
    const lease = await new WarehouseLeases(warehouse).take(`resource:${RESOURCE}`);
    const second = await run(config, '--quiet', ...ALL);
    expect(second).toMatchObject({ code: 75, stdout: '', stderr: '' });
    await lease.release();
    expect(await run(config, '--quiet', '-j', '5001')).toMatchObject({ code: 0, stderr: '' });
  });

  it.each<[string, string[], number[] | 'usage' | 'none']>([
    ['one job', ['-r', 'hpc', '-j', '5003'], [5003]],
    ['two jobs of a resource by number', ['--resource', '7', '--job', '5003', '--job', '5004'], [5003, 5004]],
    ['no job of the resource', ['-r', 'hpc', '-j', '99'], 'none'],
    ['nothing in a range', ['--from', '2020-01-01', '--to', '2020-01-02'], []],
    ['all of everything', ['-A'], 'usage'],
    ['four flags are all', ['-BONC'], 'usage'],
    ['an unknown resource', ['-r', 'nowhere', '-j', '1'], 'usage'],
    ['no id', ['-r', 'hpc', '-j', 'x'], 'usage'],
    ['an output', ['--output', 'ndjson:-'], 'usage'],
    ['no error number', ['-P', '0'], 'usage'],
  ])('selects %s', async (name, args, expected) => {
    const key = name.replaceAll(' ', '-');
    const ran = await run(site.config(key, file(key)), ...args);
    if (expected === 'usage')
      expect(ran).toMatchObject({
        code: 64,
        stdout: expect.stringContaining('"exitCode":64'),
        stderr: expect.stringContaining('E_USAGE'),
      });
    else if (expected === 'none')
      expect(ran).toMatchObject({ code: 66, stderr: expect.stringContaining('E_JOB_UNKNOWN') });
    else {
      expect(ran.code).toBe(0);
      expect(existsSync(join(site.root, `${key}-hpc.ndjson`)) ? numbers(key) : []).toEqual(expected);
    }
  });

  it('passes over jobs beyond the limits, tags, and writes no ledger when only trying', async () => {
    const config = site.config('limits', file('limits'), { limits: { max_nodes: 1 } });
    const dry = await run(config, ...ALL, '--dry-run', '--tag', 'try', '--min-duration', '10');
    expect(dry.code).toBe(0);
    const wide = [...documents('limits').values()].filter((d) => (d as { acct: { nodes: number } }).acct.nodes > 1);
    expect(wide.length).toBeGreaterThan(0);
    for (const d of wide) expect(d).toMatchObject({ summarization: { skipped_job_too_big: true, tag: 'try' } });
    expect(json(dry.stdout)).toMatchObject({ jobs: { done: JOBS - wide.length, skipped: wide.length } });
    expect(await warehouse.rows('SELECT * FROM modw_supremm.process WHERE process_version <> 1')).toEqual([]);
    expect(json((await run(config, ...ALL, '--max-duration', '1')).stdout)).toMatchObject({ jobs: { skipped: JOBS } });
    // Final: marked at once, found by its error, and not by a run by itself.
    expect(
      await warehouse.rows('SELECT count(*) AS n FROM modw_supremm.process WHERE process_version = -1013'),
    ).toEqual([{ n: JOBS - wide.length }]);
    expect(json((await run(config)).stdout)).toMatchObject({ jobs: { done: 0 } });
    const wideIds = new Set(wide.map((d) => (d as { _id: string })._id));
    const narrow = [...documents('limits').keys()].filter((id) => !wideIds.has(id)).map((id) => id.split('-')[0]!);
    expect(json((await run(config, '-P', '13', '-j', narrow[0]!)).stdout)).toMatchObject({ jobs: { done: 1 } });
    expect(json((await run(config, '-P', '-1013', '-j', narrow[0]!)).stdout)).toMatchObject({ jobs: { done: 0 } });
  });

  it('leaves no trace when only trying: no table, store, lease or record', async () => {
    await site.forget();
    for (const table of ['jobsum_job', 'jobsum_lease']) await warehouse.run(`DROP TABLE modw_supremm.${table}`);
    const config = site.config('trace', file('trace'), { state: 'untouched.db' });
    const dry = await run(config, '--dry-run');
    expect(dry.stderr).not.toMatch(/"level":"error"/);
    expect(json(dry.stdout)).toMatchObject({ jobs: { done: JOBS, known: 0 } });
    expect(await warehouse.rows("SHOW TABLES FROM modw_supremm LIKE 'jobsum%'")).toEqual([]);
    expect(await warehouse.rows('SELECT * FROM modw_supremm.process')).toEqual([]);
    expect(existsSync(join(config, 'untouched.db'))).toBe(false);
    await setupLedger(warehouse);
    const lease = await new WarehouseLeases(warehouse).take(`resource:${RESOURCE}`);
    expect(json((await run(config, '--dry-run')).stdout)).toMatchObject({ jobs: { done: JOBS } });
    await lease.release();
  });

  it('tells node_exporter what waits in the warehouse, each command in a file of its own', async () => {
    const textfile = join(dir, 'jobsum.prom');
    const gauge = (name: string, path = textfile): number =>
      Number(new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(readFileSync(path, 'utf8'))?.[1]);
    const config = site.config('prom', file('prom'), { textfile });
    const [last] = await addJobs(warehouse, [
      { resourceId: RESOURCE, localId: 9001, start: 1_772_409_600, end: 1_772_413_200, hosts: ['nowhere'] },
    ]);
    expect((await run(config, '--job', '5001')).code).toBe(0);
    // Those that were not tried yet, the one without archives among them.
    expect(gauge('jobsum_backlog_jobs')).toBe(JOBS);
    await run(config, '--timeout', '9999y');
    expect(gauge('jobsum_backlog_jobs')).toBe(1);
    expect(gauge('jobsum_backlog_age_seconds')).toBeGreaterThan(Date.now() / 1000 - 1_772_413_200 - 60);
    await jobsum(['index', '--config', config, '--quiet'], { cwd: dir });
    expect(gauge('jobsum_last_items', join(dir, 'jobsum-index.prom'))).toBeGreaterThan(0);
    expect(gauge('jobsum_backlog_jobs')).toBe(1);
    await warehouse.run('DELETE FROM modw.job_tasks WHERE job_id = ?', [last!]);
    await site.forget();
  });

  it('runs the good resources when others are bad, and says which', async () => {
    const base = { batch_system: 'XDMoD', hostname_mode: 'hostname', datasource: 'pcp', pcp_log_dir: site.archives };
    const list = join(site.root, 'list.ndjson');
    writeFileSync(list, `{"job_id":"1","start":1772409600,"end":1772413200,"nodes":["cpn-001"]}\n`);
    const config = site.config('bad', file('bad'), {
      resources: {
        typo: { ...base, resource_id: 1, hostname_mode: 'short' },
        nodata: { ...base, resource_id: 2, batch_system: 'file', jobs: list, pcp_log_dir: join(dir, 'absent') },
        hpc: { ...base, resource_id: RESOURCE },
        off: { ...base, resource_id: 3, enabled: false },
        listed: { ...base, resource_id: 4, batch_system: 'file', jobs: list },
      },
    });
    const ran = await run(config, ...ALL);
    const { resources } = json(ran.stdout);
    expect(Object.fromEntries(resources.map((r) => [r.resource, r.problem?.code]))).toEqual({
      ...{ typo: 'E_CONFIG', nodata: 'E_INPUT_MISSING', hpc: undefined, listed: undefined },
    });
    expect(numbers('bad').length).toBe(JOBS);
    const [listed] = documentsOf(readFileSync(join(site.root, 'bad-listed.ndjson'), 'utf8')).values();
    expect(listed).toMatchObject({ acct: { resource_id: 4 } });
    expect(ran.code).toBe(66);
    expect(ran.stderr).toMatch(/"event":"resource.failed"/);
  });

  it('finds archives by the tables of the warehouse, without a tree in the configuration', async () => {
    const base = { resource_id: RESOURCE, batch_system: 'XDMoD', hostname_mode: 'hostname', datasource: 'pcp' };
    for (const table of ['archives_nodelevel', 'archives_joblevel', 'archive_paths'])
      await warehouse.run(`DELETE FROM modw_supremm.${table}`);
    const tables = site.config('tables', file('tables'), { resources: { hpc: base } });
    const empty = await run(tables, ...ALL);
    expect(empty.code).toBe(66);
    expect(empty.stderr).toContain('modw_supremm.archive_paths');
    const tree = site.config('tree', file('tree'));
    expect((await jobsum(['index', '--config', tree], { cwd: dir })).code).toBe(0);
    expect((await run(tree, ...ALL)).code).toBe(0);
    const ran = await run(tables, ...ALL);
    expect(json(ran.stdout)).toMatchObject({ jobs: { done: JOBS } });
    expect([...documents('tables')].sort()).toEqual([...documents('tree')].sort());
    expect((await jobsum(['config', 'check', '--config', tables], { cwd: dir })).stdout).toContain(
      'archives of hpc: ok',
    );
    const told = await jobsum(['explain', '5001', '--config', tables], { cwd: dir });
    expect(told.stdout).toMatch(/ARCHIVES {2}in the warehouse's tables/);
    expect(told.stdout).toMatch(new RegExp(`uses +${site.archives}/`));
    expect(told.stdout).toMatch(/WHAT TO DO\n {2}nothing/);
  });

  it('makes the directories of its outputs, and explain finds the documents there', async () => {
    const out = join(dir, 'made/for/it');
    const lite = site.config('lite', { db_engine: 'sqlite', path: join(out, 'documents.db') });
    expect(json((await run(lite, '-j', '5001')).stdout)).toMatchObject({ jobs: { done: 1 } });
    const told = await jobsum(['explain', '5001', '--config', lite], { cwd: dir });
    expect(told.stdout).toMatch(/DOCUMENT {2}5001-\d+: complete/);
    const text = { db_engine: 'file', json_format: 'fragment', frag_file: join(out, 'text/%r.ndjson') };
    expect((await run(site.config('text', text), '-j', '5001')).code).toBe(0);
    expect(existsSync(join(out, 'text/hpc.ndjson'))).toBe(true);
  });

  it('says that the warehouse is unavailable', async () => {
    const config = site.config('away', file('away'), { datawarehouse: { host: '127.0.0.1', port: 1 }, patience: 0 });
    const ran = await run(config);
    expect(ran.code).toBe(69);
    expect(json(ran.stdout)).toMatchObject({ resources: [{ resource: 'hpc', problem: { code: 'E_SERVICE' } }] });
  });

  it('takes from a configuration what a list of jobs can use', async () => {
    const config = site.config('list', file('list'), {
      tag: 'configured',
      normalization: { 'network.interface.in.bytes': { range: 32 } },
    });
    const args = [
      'summarize',
      '--config',
      config,
      '--jobs',
      site.jobs,
      '--archives',
      site.archives,
      '--job',
      '5001',
      '--again',
    ];
    const ran = await jobsum([...args, '--output', 'ndjson:-'], { cwd: dir });
    expect([...documentsOf(ran.stdout).values()]).toMatchObject([{ summarization: { tag: 'configured' } }]);
  });
});
