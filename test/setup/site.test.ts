// A site's databases made ready from nothing, and status and explain of it: a real MariaDB and a server that speaks MongoDB's protocol.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mongo, Mysql } from '../../src/databases/index.ts';
import { WarehouseLedger } from '../../src/ledger/index.ts';
import { jobsum } from '../support/cli.ts';
import { testMariadb } from '../support/mariadb.ts';
import { testMongo } from '../support/mongo.ts';
import { tempDir } from '../support/temp.ts';
import { addJobs, createWarehouse } from '../support/warehouse.ts';

const dir = tempDir();
const mariadb = await testMariadb('setup, status and explain of a site');
const mongodb = await testMongo('setup, status and explain of a site');
const START = 1_700_000_000;

describe.skipIf(!mariadb || !mongodb)('a configured site', () => {
  let warehouse: Mysql;
  let mongo: Mongo;
  beforeAll(async () => {
    const database = mongodb!.database();
    warehouse = await Mysql.connect(mariadb!.settings);
    mongo = await Mongo.connect({ uri: mongodb!.uri, database });
    const { user, password, ...place } = mariadb!.settings;
    mkdirSync(join(dir, 'config'));
    mkdirSync(join(dir, 'tree'));
    const resource = {
      batch_system: 'XDMoD',
      datasource: 'pcp',
      hostname_mode: 'hostname',
      pcp_log_dir: join(dir, 'tree'),
    };
    writeFileSync(
      join(dir, 'config/config.json'),
      JSON.stringify({
        datawarehouse: { ...place, user, ...(password === '' ? {} : { pass: password }) },
        outputdatabase: { type: 'mongodb', uri: mongodb!.uri, dbname: database },
        state: join(dir, 'state/jobsum.db'),
        resources: { main: { enabled: true, resource_id: 1, ...resource } },
      }),
    );
  });
  afterAll(async () => {
    await warehouse.close();
    await mongo.close();
  });
  const run = (...args: string[]) => jobsum([...args, '--config', 'config'], { cwd: dir });
  const tables = async () => {
    const rows = await warehouse.rows<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'modw_supremm'",
    );
    return rows.map((r) => r.name).sort();
  };

  it('setup asks, or is given answers, and then makes what is missing', async () => {
    await createWarehouse(warehouse);
    await warehouse.run('DROP DATABASE modw_supremm');
    const asked = await run('setup');
    expect([asked.code, asked.stderr.includes('archive_paths')]).toEqual([64, true]);
    expect(await tables()).toEqual([]);
    const done = JSON.parse((await run('setup', '--yes', '--json')).stdout);
    const all = [
      'archive_paths',
      'archives_joblevel',
      'archives_nodelevel',
      'job_scripts',
      'jobsum_job',
      'jobsum_lease',
      'process',
    ];
    expect(await tables()).toEqual(all);
    expect([...done.created].sort()).toEqual(all);
    const ids = (await mongo.db.collection('schema').find().toArray()).map((d) => String(d._id));
    expect(ids.sort()).toEqual(['summary-1.0.6', 'timeseries-4']);
    expect(done.documents.sort()).toEqual(ids);
  });

  it('setup again changes nothing that is there', async () => {
    await warehouse.run('INSERT INTO modw_supremm.process (jobid, process_version) VALUES (4711, 1)');
    const again = JSON.parse((await run('setup', '--yes', '--json')).stdout);
    expect(again.created).toEqual([]);
    expect(await warehouse.rows('SELECT jobid FROM modw_supremm.process')).toEqual([{ jobid: 4711 }]);
    expect((await run('setup', '--yes')).stdout).toContain('0 of them new');
    // A document that the site has changed stays, until it is said that it is not to.
    const schema = mongo.db.collection<{ _id: string; [key: string]: unknown }>('schema');
    const ours = await schema.findOne({ _id: 'timeseries-4' });
    await schema.replaceOne({ _id: 'timeseries-4' }, { definitions: 'of the site' });
    expect((await run('setup', '--yes')).stderr).toContain('kept: the schema document timeseries-4');
    expect(await schema.findOne({ _id: 'timeseries-4' })).toMatchObject({ definitions: 'of the site' });
    expect((await run('setup', '--yes', '--replace')).stderr).toBe('');
    expect(await schema.findOne({ _id: 'timeseries-4' })).toEqual(ours);
    expect((await jobsum(['setup', '--config', 'absent', '--yes'], { cwd: dir })).code).toBe(78);
  });

  it('explain and status know what the warehouse and MongoDB know', async () => {
    const job = { resourceId: 1, start: START, end: START + 600, hosts: ['n1'] };
    const ids = await addJobs(warehouse, [
      { ...job, localId: 71 },
      { ...job, localId: 72, end: START + 700 },
      { ...job, localId: 73, end: START + 800 },
    ]);
    const fresh = JSON.parse((await run('explain', '72', '--json')).stdout).runs;
    expect(fresh).toMatchObject([
      { accounting: { from: 'the warehouse, resource main', nodes: ['n1'] }, document: null },
    ]);
    const ledger = new WarehouseLedger(warehouse, { resourceId: 1, run: 'r1' });
    const entry = (i: number, end: number) => ({
      id: `7${i + 1}-${end}`,
      warehouseId: ids[i]!,
      ended: end,
      seconds: 1,
    });
    const problem = { code: 'E_WORKER', message: 'died' } as const;
    await ledger.record([
      { ...entry(0, START + 600), result: 'failed', problem },
      { ...entry(1, START + 700), result: 'missing', error: 15, ended: Date.now() / 1000 },
    ]);
    await mongo.db.collection<{ _id: string; [key: string]: unknown }>('resource_1').insertOne({
      ...{ _id: `72-${START + 700}`, acct: { id: '72', start_time: START, end_time: START + 700 }, cpu: { error: 2 } },
      summarization: { complete: false, skipped_noarchives: true, created: START },
    });
    const [explained] = JSON.parse((await run('explain', '72', '--json')).stdout).runs;
    expect(explained).toMatchObject({
      document: { flag: 'skipped_noarchives', without: { cpu: 2 } },
      ledger: [{ of: 'main', state: 'waiting', error: 15 }],
      archives: { root: join(dir, 'tree'), withArchives: 0 },
    });
    const status = JSON.parse((await run('status', '--json')).stdout);
    expect(status.ledgers).toMatchObject([
      {
        ...{ of: 'main', jobs: { done: 0, waiting: 1, failed: 1, poison: 0 } },
        backlog: { jobs: 3, untried: 1, oldestEnd: START + 600 },
      },
    ]);
    expect((await run('status')).stdout).toContain('JOBS into main');
    expect(status.ledgers[0].reasons).toMatchObject([
      { state: 'failed', code: 'E_WORKER', ids: [`71-${START + 600}`] },
      { state: 'waiting', error: 15, ids: [`72-${START + 700}`] },
    ]);
    // The same of all jobs that accounting has, and a document of one that it has lost.
    const listed = async (...args: string[]) =>
      (await run('list', '--json', ...args)).stdout
        .split('\n')
        .filter((l) => l !== '')
        .map((l) => JSON.parse(l));
    expect(await listed()).toMatchObject([
      { job: '73', state: 'untried', user: 'user1', resource: 'main', data: null },
      { job: '72', state: 'waiting', error: 15, data: 'no data: no archives' },
      { job: '71', state: 'failed', problem: { code: 'E_WORKER' } },
    ]);
    expect((await listed('--state', 'untried', '--node', 'n1')).map((j) => j.job)).toEqual(['73']);
    expect(await listed('--node', 'n2')).toEqual([]);
    expect((await listed('--reason', 'E_WORKER')).map((j) => j.job)).toEqual(['71']);
    expect((await listed('--reason', '15', '--user', 'user1')).map((j) => j.job)).toEqual(['72']);
    expect((await listed('--from', `@${START + 700}`, '--limit', '1')).map((j) => j.job)).toEqual(['73']);
    await warehouse.run('INSERT INTO modw_supremm.process (jobid, process_version) VALUES (?, -1015)', [ids[2]!]);
    expect((await listed('--state', 'done')).map((j) => [j.job, j.error])).toEqual([['73', 15]]);
    await warehouse.run('DELETE FROM modw_supremm.process WHERE jobid = ?', [ids[2]!]);
    const lost = { _id: `70-${START}`, acct: { id: '70', end_time: START } };
    await mongo.db.collection<{ _id: string; [key: string]: unknown }>('resource_1').insertOne(lost);
    for (const id of ['70', `70-${START}`])
      expect(JSON.parse((await run('show', id, '--json')).stdout)).toMatchObject(lost);
    expect((await run('show', '72')).stdout).toContain('no node has an archive');
    expect((await run('show')).stdout).toMatch(/^72 /m);
    expect((await run('show', '7')).code).toBe(66);
    const byDocument = JSON.parse((await run('explain', `72-${START + 700}`, '--json')).stdout).runs;
    expect(byDocument).toMatchObject([{ accounting: { id: '72' }, document: { flag: 'skipped_noarchives' } }]);
    // A server that is unavailable: what the others know is shown all the same.
    const config = JSON.parse(readFileSync(join(dir, 'config/config.json'), 'utf8'));
    const without = async (name: string, more: object, ...args: string[]) => {
      mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, 'config.json'), JSON.stringify({ ...config, ...more }));
      return jobsum([...args, '--config', name], { cwd: dir });
    };
    const outputdatabase = { type: 'mongodb', uri: 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300' };
    const noMongo = await without('no-mongo', { outputdatabase }, 'explain', '72');
    expect(noMongo.code).toBe(69);
    expect(noMongo.stdout).toMatch(/DOCUMENT {2}cannot be read: E_SERVICE/);
    expect(noMongo.stdout).toMatch(/LEDGER {2}main: waiting/);
    const noSql = await without('no-sql', { datawarehouse: { host: '127.0.0.1', port: 1 } }, 'status');
    expect(noSql.code).toBe(69);
    expect(noSql.stdout).toMatch(/LAST RUNS.*WAREHOUSE\nE_SERVICE/s);
  });
});
