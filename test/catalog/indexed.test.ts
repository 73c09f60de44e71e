// Archives looked up in the warehouse's tables on a real MariaDB: the same as in the tree, whoever filled the tables, and no path is trusted.

import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { Catalog, INDEX_SCHEMA, IndexedArchives, lookupNode, WarehouseIndex } from '../../src/catalog/index.ts';
import { Mysql, Store } from '../../src/databases/index.ts';
import { type Job, XdmodSource } from '../../src/jobs/index.ts';

import { testMariadb } from '../support/mariadb.ts';
import { smallArchive } from '../support/small-archive.ts';
import { tempDir } from '../support/temp.ts';
import { addJobs, createWarehouse } from '../support/warehouse.ts';

const dir = tempDir();
const root = join(dir, 'tree');
const RESOURCE = { id: 1, hostnameMode: 'hostname', hostNameExt: '' } as const;
const names = { mode: 'hostname', ext: '' } as const;
const T0 = 1_606_780_800; // 2020-12-01 00:00 UTC
const DAY = 86_400;
const server = await testMariadb('archives looked up in the warehouse');

describe.skipIf(!server)('archives looked up in the warehouse', () => {
  let warehouse: Mysql;
  let store: Store;
  let jobs: Job[];
  const archive = (base: string, host: string, start: number, end: number): void =>
    smallArchive(join(root, base), { host, start, end });
  const indexed = (below: string | null = root, margin?: number): IndexedArchives =>
    new IndexedArchives(warehouse, { names, below, ...(margin === undefined ? {} : { margin }) });
  /** Archives and window of every node of every job, bases as in the tree. */
  const found = (catalog: Catalog, of: readonly Job[] = jobs) =>
    of.map((job) =>
      job.nodes.map((node) => {
        const { archives, ...window } = lookupNode(catalog, job, node);
        const base = (a: { base: string }): string => join(catalog.root, a.base).slice(root.length + 1);
        return [job.jobId, node, window, archives.map((a) => ({ ...a, base: base(a) }))];
      }),
    );
  /** A row as the incumbent would write it for a host of the job. */
  async function enter(path: string, host: string): Promise<void> {
    const { insertId } = await warehouse.run('INSERT INTO modw_supremm.archive_paths (filename) VALUES (?)', [path]);
    await warehouse.run(
      'INSERT INTO modw_supremm.archives_nodelevel SELECT ?, id, ?, ? FROM modw.hosts WHERE hostname = ? AND resource_id = 1',
      [insertId, T0, T0 + DAY, host],
    );
  }

  beforeAll(async () => {
    warehouse = await Mysql.connect(server!.settings);
    await createWarehouse(warehouse);
    const job = { resourceId: 1, start: T0 + 3600, end: T0 + 7200 };
    await addJobs(warehouse, [
      { ...job, localId: 500, hosts: ['n02.x.edu', 'n01.x.edu'] },
      // The id came again two days later.
      { ...job, localId: 500, start: T0 + 2 * DAY, end: T0 + 2 * DAY + 600, hosts: ['n01.x.edu'] },
      // An element of an array, which archives name by array and index.
      { ...job, localId: 600, arrayIndex: 7, raw: 607, format: 'pbs', hosts: ['n01.x.edu'] },
      // Touches the day's end and the next one's begin.
      { ...job, localId: 700, start: T0 + DAY - 60, end: T0 + DAY + 60, hosts: ['n02.x.edu', 'n03.x.edu'] },
      { ...job, localId: 800, hosts: ['n04.x.edu'] },
      { ...job, resourceId: 2, localId: 500, hosts: ['n01.x.edu'] },
    ]);
    for (const host of ['n01', 'n02', 'n03'])
      for (const day of [0, 1, 2])
        archive(
          `2020/12/${host}/2020-12-0${day + 1}/2020120${day + 1}.00.10`,
          host,
          T0 + day * DAY,
          T0 + (day + 1) * DAY - 30,
        );
    archive('2020/12/n01/2020-12-01/job-500-begin-20201201.01.00.00', 'n01', T0 + 3590.5, T0 + 3620.25);
    archive('2020/12/n02/2020-12-01/job-500-end-20201201.02.00.00', 'n02', T0 + 7200.5, T0 + 7215.25);
    archive('2020/12/n01/2020-12-01/job-600[7].server-begin-20201201.01.00.00', 'n01', T0 + 3590, T0 + 3620);
    store = new Store(join(dir, 'state.db'), [...SCHEMAS, INDEX_SCHEMA]);
    const catalog = new Catalog(store, root);
    await catalog.refresh();
    await new WarehouseIndex(store, warehouse, 1, root, names).update();
    jobs = [];
    const source = new XdmodSource(warehouse, { resource: RESOURCE, selection: { states: 'all', from: 0 } });
    for await (const record of source.records()) if (record.kind === 'job') jobs.push(record.job);
    expect(jobs).toHaveLength(5);
  });
  afterAll(async () => {
    await warehouse?.close();
    store?.close();
  });

  it('are those of the tree, with the times of their data', async () => {
    const inTree = new Catalog(store, root);
    for (const below of [root, null]) {
      const inTables = indexed(below);
      expect(await inTables.bring(jobs)).toMatchObject({ problems: [] });
      expect(found(inTables.catalog)).toEqual(found(inTree));
      // Job by job, too; the one before leaves nothing behind.
      for (const job of jobs) {
        const report = await inTables.bring([job]);
        expect(found(inTables.catalog, [job])).toEqual(found(inTree, [job]));
        if (report.archives > 0) expect(inTables.catalog.size()).toBe(report.archives);
      }
      inTables.close();
    }
    const counts = found(inTree).map((nodes) => nodes.map((n) => (n[3] as unknown[]).length));
    expect(counts.sort()).toEqual([[0], [2], [2, 2], [2, 2], [2]].sort());
  });

  it('of two resources over one tree are both resources’, whoever wrote them', async () => {
    const rows = () =>
      warehouse.rows(
        `SELECT a.archive_id, a.host_id FROM modw_supremm.archives_nodelevel a UNION ALL
         SELECT a.archive_id, a.host_id FROM modw_supremm.archives_joblevel a ORDER BY archive_id`,
      );
    const before = await rows();
    const second = new WarehouseIndex(store, warehouse, 2, root, names);
    // What the second knows of its only host.
    expect(await second.update()).toMatchObject({ written: 5, unresolved: 7 });
    expect(await rows()).toEqual(before);
    const others: Job[] = [];
    const source = new XdmodSource(warehouse, {
      resource: { ...RESOURCE, id: 2 },
      selection: { states: 'all', from: 0 },
    });
    for await (const record of source.records()) if (record.kind === 'job') others.push(record.job);
    expect(others).toHaveLength(1);
    const inTree = new Catalog(store, root);
    const inTables = indexed();
    for (const of of [jobs, others]) {
      await inTables.bring(of);
      expect(found(inTables.catalog, of)).toEqual(found(inTree, of));
    }
    expect(found(inTables.catalog, others)[0]![0]![3]).toHaveLength(2);
    // Without a tree of its own the name of a host is not enough.
    const anywhere = indexed(null);
    expect(await anywhere.bring(others)).toMatchObject({ archives: 0 });
    for (const one of [inTables, anywhere]) one.close();
    expect(await second.update({ prune: true })).toMatchObject({ pruned: 0 });
    expect(await rows()).toEqual(before);
  });

  it('stay in the tables while the catalogue cannot see whether they are gone', async () => {
    const index = new WarehouseIndex(store, warehouse, 1, root, names);
    store.prepare('DELETE FROM archive WHERE base = ?').run('2020/12/n03/2020-12-03/20201203.00.10');
    store.prepare('INSERT INTO archive_unread VALUES (?, ?, ?)').run(root, '2020/12/n03', '{}');
    expect(await index.update({ prune: true })).toMatchObject({ pruned: 0 });
    store.prepare('UPDATE archive_unread SET path = ?').run('2020/12/n0');
    expect(await index.update({ prune: true })).toMatchObject({ pruned: 1 });
    const catalog = new Catalog(store, root);
    await catalog.refresh();
    expect(await index.update()).toMatchObject({ written: 1 });
    expect(store.prepare('SELECT * FROM archive_unread').all()).toEqual([]);
  });

  it('are opened once, and again when their files change', async () => {
    const inTables = indexed();
    const first = await inTables.bring(jobs);
    expect(first.opened).toBe(first.archives);
    expect(await inTables.bring(jobs)).toMatchObject({ opened: 0 });
    archive('2020/12/n02/2020-12-01/20201201.00.10', 'n02', T0, T0 + DAY - 10);
    expect(await inTables.bring(jobs)).toMatchObject({ opened: 1 });
    inTables.close();
  });

  it('that are gone count as none, and are named to whoever asks why', async () => {
    await enter(join(root, '2020/12/n04/2020-12-01/20201201.00.10'), 'n04.x.edu');
    const job = jobs.find((j) => j.jobId === '800')!;
    const inTables = indexed();
    expect(await inTables.bring([job])).toMatchObject({ archives: 0, problems: [] });
    inTables.close();
    const asked = indexed(root, DAY);
    await asked.bring([job]);
    expect(lookupNode(asked.catalog, job, 'n04').damaged).toMatchObject([
      { problem: { code: 'E_ARCHIVE_MISSING', message: expect.stringContaining('gone') } },
    ]);
    asked.close();
  });

  it('must lie below the tree, in plain spelling, and no link leads out of it', async () => {
    const outside = join(dir, 'outside');
    smallArchive(join(outside, '20201201'), { host: 'n04', start: T0, end: T0 + DAY });
    mkdirSync(join(root, 'n04'), { recursive: true });
    symlinkSync(outside, join(root, 'n04/link'));
    for (const f of ['meta', '0', 'index'])
      symlinkSync(join(f === '0' ? outside : '', `20201201.${f}`), join(root, `n04/linked.${f}`));
    const job = jobs.find((j) => j.jobId === '800')!;
    const bad = [join(outside, '20201201'), `${root}/../outside/20201201`, 'outside/20201201', `${root}//n04/link/x`];
    bad.push(join(root, 'n04/link/20201201'), join(root, 'n04/linked'));
    for (const path of bad) await enter(path, 'n04.x.edu');
    const inTables = indexed();
    const { problems } = await inTables.bring([job]);
    expect(problems.map((p) => [p.code, p.message])).toEqual(
      bad.map(() => ['E_ARCHIVE_MISSING', 'the warehouse names an archive that may not be opened']),
    );
    expect(lookupNode(inTables.catalog, job, 'n04').archives).toEqual([]);
    inTables.close();
    // Without a tree in the configuration any place will do, but not any spelling.
    const anywhere = indexed(null);
    expect((await anywhere.bring([job])).problems).toHaveLength(4);
    expect(lookupNode(anywhere.catalog, job, 'n04').archives).toHaveLength(2);
    anywhere.close();
  });

  it('are nothing to go by while the tables are empty', async () => {
    for (const t of ['archives_nodelevel', 'archives_joblevel', 'archive_paths'])
      await warehouse.run(`DELETE FROM modw_supremm.${t}`);
    const inTables = indexed();
    await expect(inTables.bring(jobs)).rejects.toMatchObject({ code: 'E_NO_ARCHIVES' });
    inTables.close();
    rmSync(root, { recursive: true });
  });
});
