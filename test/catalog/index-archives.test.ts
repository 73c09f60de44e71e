// Indexing as a site does it: every layout, the warehouse's tables on a real MariaDB, fast mode, and a second run that opens nothing.

import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { Catalog, lookupNode, walk } from '../../src/catalog/index.ts';
import { ScanPool } from '../../src/catalog/scan-pool.ts';
import { Mysql, Store } from '../../src/databases/index.ts';

import type { Version } from '../../src/pcp/index.ts';
import { glanceArchive, probeArchive } from '../../src/pcp/index.ts';
import { haveShared, shared } from '../oracle/shared.ts';
import { jobsum } from '../support/cli.ts';
import { testMariadb } from '../support/mariadb.ts';
import { smallArchive } from '../support/small-archive.ts';
import { tempDir } from '../support/temp.ts';
import { addJobs, createWarehouse } from '../support/warehouse.ts';

const dir = tempDir();
const root = join(dir, 'tree');
const T0 = 1_606_780_800; // 2020-12-01 00:00 UTC
const NS = 1_000_000_000n;
const server = await testMariadb('the archive tables of the warehouse');

const archive = (base: string, host: string, start: number, end: number, version: Version = 3): void =>
  smallArchive(join(root, base), { host, start, end, version });

const config = (resource: object): void => {
  const { user, password, ...place } = server!.settings;
  mkdirSync(join(dir, 'config'), { recursive: true });
  writeFileSync(
    join(dir, 'config/config.json'),
    JSON.stringify({
      datawarehouse: { ...place, user, ...(password === '' ? {} : { pass: password }) },
      outputdatabase: { type: 'stdout' },
      state: join(dir, 'state.db'),
      resources: {
        main: {
          ...{ enabled: true, resource_id: 1, batch_system: 'XDMoD', datasource: 'pcp', hostname_mode: 'hostname' },
          ...{ pcp_log_dir: root, ...resource },
        },
      },
    }),
  );
};
const index = async (...args: string[]) => {
  const ran = await jobsum(['index', '--config', join(dir, 'config'), '--json', ...args], { cwd: dir });
  return { ...ran, summary: ran.stdout === '' ? null : JSON.parse(ran.stdout) };
};

describe('a glance', () => {
  it('tells what opening the archive tells, or nothing', () => {
    archive('glance/v2', 'n1.x.edu', T0 + 0.25, T0 + 60.5, 2);
    archive('glance/v3', 'n1.x.edu', T0 + 0.25, T0 + 60.5);
    const roots = [root, ...(haveShared('glances at real archives') ? [shared('archives')] : [])];
    let glanced = 0;
    for (const top of roots) {
      for (const { base, members } of walk({ root: top, at: '', real: top }).found) {
        const glance = glanceArchive(join(top, base), members);
        if (!glance) continue;
        glanced++;
        const full = probeArchive(join(top, base));
        expect({ base, host: glance.host, start: glance.startNs, end: glance.endNs }).toEqual({
          ...{ base, host: full.host, start: full.startNs, end: full.endNs },
        });
      }
    }
    expect(glanced).toBeGreaterThan(roots.length > 1 ? 30 : 1);
    rmSync(join(root, 'glance'), { recursive: true });
  });

  it('does not trust what is unusual', () => {
    archive('odd/20201201', 'n1', T0, T0 + 60);
    const base = join(root, 'odd/20201201');
    const members = ['.meta', '.index', '.0'];
    expect(glanceArchive(base, members)).not.toBeNull();
    expect(glanceArchive(base, ['.meta', '.0.xz'])).toBeNull();
    expect(glanceArchive(base, ['.0'])).toBeNull();
    writeFileSync(`${base}.meta`, 'no metadata');
    expect(glanceArchive(base, members)).toBeNull();
    rmSync(join(root, 'odd'), { recursive: true });
  });
});

describe('several threads', () => {
  it('find and open what one does', async () => {
    for (let i = 0; i < 40; i++)
      archive(`2020/12/p${i % 7}/2020-12-01/2020120${i % 9}.0${i % 7}.${10 + i}`, `p${i}`, T0 + i, T0 + 99);
    const pool = new ScanPool(3, undefined, -1);
    const catalogOf = async (name: string, scanner?: ScanPool) => {
      const store = new Store(join(dir, name), SCHEMAS);
      const report = await new Catalog(store, root, scanner ? { scanner } : {}).refresh();
      const rows = store.prepare('SELECT * FROM archive ORDER BY base').all();
      store.close();
      return { report, rows };
    };
    const several = await catalogOf('several.db', pool);
    await pool.close();
    expect(several).toEqual(await catalogOf('one.db'));
    expect(several.report).toMatchObject({ archives: 40, opened: 40 });
    rmSync(root, { recursive: true });
  });
});

describe.skipIf(!server)('jobsum index with a warehouse', () => {
  let warehouse: Mysql;
  const rows = (sql: string) => warehouse.rows(sql);
  const stored = () =>
    rows(
      `SELECT substring(p.filename, ${root.length + 2}) AS base, h.hostname, n.start_time_ts AS start, n.end_time_ts AS end,
         j.local_jobid, j.local_job_array_index AS idx, j.local_job_id_raw AS raw, j.start_time_ts AS jstart, j.end_time_ts AS jend
       FROM modw_supremm.archive_paths p LEFT JOIN modw_supremm.archives_nodelevel n ON n.archive_id = p.id
       LEFT JOIN modw_supremm.archives_joblevel j ON j.archive_id = p.id
       JOIN modw.hosts h ON h.id = coalesce(n.host_id, j.host_id) ORDER BY p.filename`,
    );

  beforeAll(async () => {
    warehouse = await Mysql.connect(server!.settings);
    await createWarehouse(warehouse);
    const job = { localId: 500, start: T0, end: T0 + 60 };
    // The same host name on another resource comes first.
    await addJobs(warehouse, [{ ...job, resourceId: 2, hosts: ['n01', 'n02'] }]);
    await addJobs(warehouse, [{ ...job, resourceId: 1, hosts: ['n01', 'n02', 'N03.x.edu'] }]);
    archive('2020/12/n01/2020-12-01/20201201.00.10', 'other.x.edu', T0 + 0.9, T0 + 59.1);
    archive('2020/12/n01/2020-12-01/job-500-begin-20201201.01.02.03', 'other.x.edu', T0 + 10, T0 + 40);
    archive('n02/2020/12/01/job-501[7].server-end-20201201.01.02.03', 'other', T0 + 10, T0 + 10);
    archive('n02/202012/20201201.05.00', 'n02.x.edu', T0, T0 + 60);
    archive('n03/20201201', 'n03', T0, T0 + 60);
    archive('n04/20201201', 'n04', T0, T0 + 60);
    archive('n01/job-99999999999-begin-20201201.01.02.03', 'n01', T0, T0 + 60);
    archive(`n01/${'x'.repeat(200)}/20201201`, 'n01', T0, T0 + 60);
    archive('n02/job-end-20201201.01.02.03', 'n02', T0, T0 + 60);
    writeFileSync(join(root, 'README'), 'nothing');
    config({});
    return () => warehouse.close();
  });

  it('writes rows as the incumbent reads them, for hosts of the resource', async () => {
    const ran = await index();
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('index.refused');
    const long = join(root, `n01/${'x'.repeat(200)}/20201201`).length > 255 ? 1 : 0;
    expect(ran.summary.resources[0]).toMatchObject({
      ...{
        resource: 'main',
        archives: 9,
        opened: 9,
        unreadable: 0,
        written: 7 - long,
        unresolved: 1,
        unknownHosts: ['n04'],
      },
      refused: 1 + long,
    });
    expect(ran.summary.problems[0].code).toBe('E_INDEX_ROW');
    const none = { local_jobid: null, idx: null, raw: null, jstart: null, jend: null };
    const node = { start: T0, end: T0 + 60, ...none };
    expect((await stored()).filter((r) => !String(r.base).includes('xxx'))).toEqual([
      { base: '2020/12/n01/2020-12-01/20201201.00.10', hostname: 'n01', ...node },
      {
        ...{ base: '2020/12/n01/2020-12-01/job-500-begin-20201201.01.02.03', hostname: 'n01', start: null, end: null },
        ...{ local_jobid: -1, idx: -1, raw: 500, jstart: T0 + 10, jend: T0 + 40 },
      },
      {
        ...{ base: 'n02/2020/12/01/job-501[7].server-end-20201201.01.02.03', hostname: 'n02', start: null, end: null },
        ...{ local_jobid: 501, idx: 7, raw: -1, jstart: T0 + 10, jend: T0 + 10 },
      },
      { base: 'n02/202012/20201201.05.00', hostname: 'n02', ...node },
      { base: 'n02/job-end-20201201.01.02.03', hostname: 'n02', ...node },
      { base: 'n03/20201201', hostname: 'N03.x.edu', ...node },
    ]);
    const [other] = await rows(
      'SELECT count(*) AS n FROM modw_supremm.archives_nodelevel JOIN modw.hosts h ON h.id = host_id WHERE h.resource_id <> 1',
    );
    expect(other!.n).toBe(0);
  });

  it('opens and writes nothing the second time, and uses up no ids', async () => {
    const [before] = await rows('SELECT max(id) AS id FROM modw_supremm.archive_paths');
    const ran = await index();
    expect(ran.summary.resources[0]).toMatchObject({ archives: 9, opened: 0, written: 0, unresolved: 1 });
    archive('n02/20201202', 'n02', T0 + 86400, T0 + 86460);
    archive('n02/202012/20201201.05.00', 'n02.x.edu', T0, T0 + 120.5);
    expect((await index()).summary.resources[0]).toMatchObject({ archives: 10, opened: 2, written: 2 });
    expect((await stored()).find((r) => r.base === 'n02/202012/20201201.05.00')).toMatchObject({ end: T0 + 121 });
    const [after] = await rows('SELECT max(id) AS id FROM modw_supremm.archive_paths');
    expect(Number(after!.id)).toBe(Number(before!.id) + 1);
  });

  it('resolves a host when its first job has come', async () => {
    await addJobs(warehouse, [{ resourceId: 1, localId: 600, start: T0, end: T0 + 60, hosts: ['n04'] }]);
    expect((await index()).summary.resources[0]).toMatchObject({ opened: 0, written: 1, unresolved: 0 });
    expect((await stored()).map((r) => r.base)).toContain('n04/20201201');
  });

  it('fills emptied tables again, and forgets what is gone only when asked to', async () => {
    for (const t of ['archives_nodelevel', 'archives_joblevel', 'archive_paths'])
      await warehouse.run(`DELETE FROM modw_supremm.${t}`);
    const again = (await index()).summary.resources[0];
    expect(again.opened).toBe(0);
    const count = (await stored()).length;
    expect(again.written).toBe(count);
    for (const f of ['meta', 'index', '0']) rmSync(join(root, `n04/20201201.${f}`));
    expect((await index()).summary.resources[0]).toMatchObject({ vanished: 1, pruned: 0 });
    expect(await stored()).toHaveLength(count);
    expect((await index('--prune')).summary.resources[0]).toMatchObject({ pruned: 1 });
    expect(await stored()).toHaveLength(count - 1);
    expect((await index('--all')).summary.resources[0]).toMatchObject({ opened: 0, written: count - 1 });
  });

  it('believes names in fast mode, in the zone of the nodes, and opens such an archive when a job needs its data', async () => {
    config({ fast_index: true, timezone: 'America/New_York' });
    rmSync(join(dir, 'state.db'), { force: true });
    for (const f of readdirSync(dir).filter((f) => f.startsWith('state.db'))) rmSync(join(dir, f));
    const one = (await index('--all')).summary.resources[0];
    expect(one).toMatchObject({ named: 2, opened: 7 });
    const job = (await stored()).find((r) => r.raw === 500)!;
    // 01:02:03 in New York.
    expect([job.jstart, job.jend]).toEqual([T0 + 6 * 3600 + 123, T0 + 6 * 3600 + 123]);
    const store = new Store(join(dir, 'state.db'), SCHEMAS);
    const catalog = new Catalog(store, root);
    const acct = { id: '500', local_job_id_raw: 500, local_job_id: 500 };
    const wanted = { jobId: '500', start: T0 + 5, end: T0 + 50, nodes: ['n01'], nodeCount: 1, walltime: 45, acct };
    const found = lookupNode(catalog, wanted, 'n01');
    store.close();
    const begin = found.archives.find((a) => a.base.includes('job-500-begin'));
    expect(begin).toMatchObject({ startNs: BigInt(T0 + 10) * NS, endNs: BigInt(T0 + 40) * NS });
    expect(found.startNs).toBe(BigInt(T0 + 10) * NS);
    // The row in the warehouse stays as it is.
    expect((await index()).summary.resources[0]).toMatchObject({ named: 0, opened: 0, written: 0 });
  });

  it('tells of what it cannot read, once as news, and not of an archive that has only begun', async () => {
    config({});
    writeFileSync(join(root, 'n02/20201203.meta'), 'not an archive');
    writeFileSync(join(root, 'n02/20201203.0'), 'neither is this');
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    for (const f of ['meta', 'index', '0']) writeFileSync(join(root, `n02/${today}.${f}`), '');
    const first = await index();
    expect([first.code, first.summary.resources[0].unreadable, first.summary.resources[0].young]).toEqual([1, 1, 1]);
    const second = await index();
    expect([second.code, second.summary.resources[0].unreadable]).toEqual([0, 1]);
    expect(second.stderr).toContain('archive.unreadable');
    const old = new Date(Date.now() - 3_600_000);
    for (const f of ['meta', 'index', '0']) utimesSync(join(root, `n02/${today}.${f}`), old, old);
    expect((await index()).summary.resources[0]).toMatchObject({ unreadable: 2, young: 0 });
  });

  it('takes the options of the program it replaces', async () => {
    const old = ['index', '-c', join(dir, 'config'), '-r', '1', '-a', '-t', '2', '-q'];
    const ran = await jobsum([...old, '--json'], { cwd: dir });
    const [main] = JSON.parse(ran.stdout).resources;
    expect([main.resource, main.written]).toEqual(['main', (await stored()).length]);
    expect((await jobsum(['index', '-c', join(dir, 'config'), '-m', '2020-12-01'], { cwd: dir })).code).toBe(64);
  });

  it('a row that the warehouse refuses costs that archive, which is named, and comes when it can be stored', async () => {
    config({});
    const hosts = ['n01', 'n02', 'n03'];
    for (const host of hosts) archive(`${host}/20201207`, host, T0 + 7 * 86_400, T0 + 7 * 86_400 + 60);
    const poison = join(root, 'n02/20201207');
    await warehouse.run(`CREATE TRIGGER modw_supremm.no BEFORE INSERT ON modw_supremm.archives_nodelevel FOR EACH ROW
      IF (SELECT filename FROM modw_supremm.archive_paths WHERE id = NEW.archive_id) = '${poison}'
      THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF`);
    const { code, summary } = await index();
    expect(code).toBe(0);
    // The other has a job's number that no column holds.
    expect(summary.resources[0]).toMatchObject({ written: 2, refused: 2 });
    expect(summary.problems).toContainEqual(
      expect.objectContaining({ code: 'E_INDEX_ROW', file: poison, found: expect.stringContaining('not this one') }),
    );
    const found = async () =>
      (await stored()).map((row) => String(row.base)).filter((base) => base.endsWith('/20201207'));
    expect(await found()).toEqual(['n01/20201207', 'n03/20201207']);
    await warehouse.run('DROP TRIGGER modw_supremm.no');
    expect((await index()).summary.resources[0]).toMatchObject({ written: 1, refused: 1 });
    expect(await found()).toEqual(hosts.map((host) => `${host}/20201207`));
  });

  it('keeps the catalogue of a tree that is not there, and says so', async () => {
    const store = join(dir, 'state.db');
    const count = (): number => {
      const s = new Store(store, SCHEMAS);
      const n = Number(s.prepare('SELECT count(*) AS n FROM archive').get()!.n);
      s.close();
      return n;
    };
    const before = count();
    config({ pcp_log_dir: join(dir, 'away') });
    expect((await index()).code).toBe(66);
    expect(count()).toBe(before);
    expect((await index('--resource', 'none')).code).toBe(64);
  });

  it('ends with 69 when the server is unavailable, and goes on from there', async () => {
    config({});
    archive('n02/20201205', 'n02', T0, T0 + 60);
    const file = join(dir, 'config/config.json');
    const away = { datawarehouse: { host: '127.0.0.1', port: 1, user: 'x' } };
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...away }));
    const given = await index('--patience', '1');
    expect(given.code).toBe(69);
    expect(given.stderr).toMatch(/"event":"service.away"/);
    expect((await index('--patience', '-1')).code).toBe(64);
    config({});
    expect((await index()).summary.resources[0]).toMatchObject({ written: 1 });
  });
});

describe('jobsum index without a warehouse', () => {
  it('makes the catalogue of a tree', async () => {
    archive('plain/n1/20201201', 'n1', T0, T0 + 60);
    const args = ['index', '--archives', join(root, 'plain'), '--json'];
    const first = JSON.parse((await jobsum(args, { cwd: dir })).stdout);
    expect(first.resources[0]).toMatchObject({ archives: 1, opened: 1 });
    expect(first.resources[0]).not.toHaveProperty('written');
    expect(JSON.parse((await jobsum(args, { cwd: dir })).stdout).resources[0]).toMatchObject({ opened: 0 });
    expect((await jobsum([...args, '--config', dir], { cwd: dir })).code).toBe(64);
  });
});
