// Saved job scripts into the warehouse, on a real MariaDB: whose they are, what the table can hold, and nothing twice.

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Mysql } from '../../src/databases/index.ts';
import { fitScript, MAX_BYTES, matchScript } from '../../src/jobscripts/index.ts';
import { jobsum } from '../support/cli.ts';
import { testMariadb } from '../support/mariadb.ts';
import { tempDir } from '../support/temp.ts';
import { addJobs, createWarehouse, type WarehouseJob } from '../support/warehouse.ts';

const dir = tempDir();
const root = join(dir, 'scripts');
const server = await testMariadb('job scripts');
const at = (text: string): number => Date.parse(`${text}Z`) / 1000;

function save(name: string, text: string | Buffer): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}

describe('text of a script', () => {
  it('is cut to what the table holds, between characters, without four-byte ones', () => {
    expect(fitScript('#!/bin/sh\n')).toBe('#!/bin/sh\n');
    expect(fitScript('a😀b')).toBe('a\ufffdb');
    const long = fitScript('é'.repeat(40_000));
    expect([Buffer.byteLength(long), long.endsWith('é')]).toEqual([MAX_BYTES - 1, true]);
  });
});

describe('whose a script is', () => {
  const file = (base: number, element: number | 'all' | null) => ({ path: '', day: 0, base, element, signature: '' });
  const job = (id: number, local: number, index: number, raw: number | null, time: number) => ({
    ...{ id, local, index, raw, start: time, time },
  });
  const ids = (f: ReturnType<typeof file>, ...candidates: ReturnType<typeof job>[]) =>
    matchScript(f, candidates)
      .map((c) => c.id)
      .sort();

  it('of jobs with the same id the one closest to the day', () => {
    expect(ids(file(5, null), job(1, 5, -1, 5, -80_000), job(2, 5, -1, 5, 50_000), job(3, 5, -1, 5, 170_000))).toEqual([
      2,
    ]);
  });
  it('an element of an array, all of them, or those of a leader', () => {
    const array = [job(1, 7, 0, 20, 0), job(2, 7, 1, 21, 0), job(3, 8, 1, 7, 0)];
    expect(ids(file(7, 1), ...array)).toEqual([2]);
    expect(ids(file(7, 'all'), ...array)).toEqual([1, 2]);
    // A job's own id comes before an array's.
    expect(ids(file(7, null), ...array)).toEqual([3]);
    expect(ids(file(7, null), ...array.slice(0, 2))).toEqual([1, 2]);
    expect(ids(file(21, null), ...array)).toEqual([2]);
    // PBS: every element has the leader's number.
    expect(ids(file(9, null), job(1, 9, 0, 9, 0), job(2, 9, 1, 9, 90_000))).toEqual([1, 2]);
    expect(ids(file(7, 5), ...array)).toEqual([]);
  });
});

describe.skipIf(!server)('jobsum jobscripts', () => {
  let warehouse: Mysql;
  const config = (mode: string, path = root): void => {
    const { user, password, ...place } = server!.settings;
    mkdirSync(join(dir, 'config'), { recursive: true });
    const resource = { resource_id: 1, batch_system: 'XDMoD', datasource: 'pcp', hostname_mode: 'hostname' };
    writeFileSync(
      join(dir, 'config/config.json'),
      JSON.stringify({
        datawarehouse: { ...place, user, ...(password === '' ? {} : { pass: password }) },
        outputdatabase: { type: 'stdout' },
        state: join(dir, 'state.db'),
        resources: { main: { enabled: true, ...resource, batchscript: { path, timestamp_mode: mode } } },
      }),
    );
  };
  const ingest = async (...args: string[]) => {
    const ran = await jobsum(['jobscripts', '--config', 'config', '--json', ...args], { cwd: dir });
    const summary = ran.stdout === '' ? null : JSON.parse(ran.stdout);
    return { ...ran, counts: summary?.resources?.[0] ?? null };
  };
  const stored = () =>
    warehouse.rows(
      `SELECT t.local_job_id_raw AS raw, s.resource_id AS resource, s.start_date AS day, s.script FROM modw_supremm.job_scripts s
       JOIN modw.job_tasks t ON t.job_id = s.tg_job_id ORDER BY 1, t.local_job_array_index`,
    );
  const job = (localId: number, day: string, more: Partial<WarehouseJob> = {}): WarehouseJob => {
    const start = at(`${day}T12:00:00`);
    return { resourceId: 1, localId, start, end: start + 600, submit: start - 60, hosts: ['n1'], ...more };
  };

  beforeAll(async () => {
    warehouse = await Mysql.connect(server!.settings);
    await createWarehouse(warehouse);
    return () => warehouse.close();
  });

  it('stores scripts of jobs by start, submit and end day', async () => {
    const days = { submit: at('2016-12-12T08:00:00'), end: at('2016-12-30T23:00:00') };
    await addJobs(warehouse, [
      ...[197155, 197182, 197186, 197199].map((id) => job(id, '2017-01-01')),
      job(6066098, '2016-12-20', { submit: days.submit }),
      job(983936, '2016-12-20', { end: days.end }),
      job(197155, '2017-01-01', { resourceId: 2 }),
    ]);
    for (const id of [197155, 197182, 197186, 197199]) save(`20170101/${id}.savescript`, `#!/bin/sh\n# ${id}\n`);
    save('20170101/1234234[21].savescript', 'x');
    save('20170101/123424[].savescript', 'x');
    config('start');
    expect((await ingest()).counts).toMatchObject({ files: 6, matched: 4, unmatched: 2, written: 4, failed: 0 });
    save('20161212/6066098.savescript', 'submitted');
    config('submit');
    expect((await ingest('--all')).counts.written).toBe(1);
    save('20161230/983936.savescript', 'ended');
    config('end');
    expect((await ingest('--all')).counts.written).toBe(1);
    const rows = await stored();
    expect(rows).toHaveLength(6);
    expect(rows[0]).toEqual({ raw: 197155, resource: 1, day: '2017-01-01', script: '#!/bin/sh\n# 197155\n' });
    expect(rows.at(-1)).toMatchObject({ raw: 6066098, day: '2016-12-20', script: 'submitted' });
  });

  it('writes nothing the second time, and takes what has changed or found its job', async () => {
    // Days of another meaning.
    for (const day of ['20161212', '20161230']) rmSync(join(root, day), { recursive: true });
    config('start');
    await ingest('--all');
    const again = (await ingest()).counts;
    expect(again).toMatchObject({ matched: 0, unmatched: 2, written: 0 });
    expect((await ingest('--all')).counts.written).toBe(0);
    save('20170101/197155.savescript', 'changed');
    await addJobs(warehouse, [job(1234234, '2017-01-01', { arrayIndex: 21, raw: 1234255 })]);
    expect((await ingest()).counts).toMatchObject({ matched: 2, unmatched: 1, written: 2 });
    expect((await stored()).filter((r) => ['changed', 'x'].includes(String(r.script)))).toHaveLength(2);
  });

  it('looks at old days again only for what found no job', async () => {
    await addJobs(warehouse, [job(900, '2020-01-05'), job(800, '2016-01-01')]);
    save('20200105/900.savescript', 'new');
    save('20160101/800.savescript', 'old');
    // The latest stored day is in 2017: the one of 2016 is beyond the limit.
    expect((await ingest()).counts).toMatchObject({ written: 1 });
    expect((await ingest('--daydelta', '9999')).counts).toMatchObject({ written: 1 });
    await addJobs(warehouse, [job(123424, '2017-01-01', { arrayIndex: 1, raw: 123430 })]);
    expect((await ingest()).counts).toMatchObject({ written: 1 });
  });

  it('is not hurt by names, links, bytes and sizes', async () => {
    await addJobs(warehouse, [job(1, '2021-05-01'), job(2, '2021-05-01'), job(3, '2021-05-01'), job(4, '2021-05-01')]);
    save('20210501/1.savescript', Buffer.concat([Buffer.from("'; DROP TABLE x; -- \\ 😀"), Buffer.from([0xff, 0xfe])]));
    save('20210501/deep/er/2.savescript', Buffer.alloc(200_000, 0xff));
    save('20210501/3.savescript', '');
    save('20210501/.savescript', 'x');
    save('20210501/[3].savescript', 'x');
    save('20210501/4_1.savescript', 'x');
    save('20210501/99999999999999999999.savescript', 'x');
    save('20210532/5.savescript', 'x');
    symlinkSync('/etc/hostname', join(root, '20210501/4.savescript'));
    const ran = await ingest();
    expect([ran.code, ran.counts]).toEqual([
      0,
      expect.objectContaining({ matched: 3, rejected: 3, failed: 0, written: 3 }),
    ]);
    const rows = (await stored()).filter((r) => String(r.day) === '2021-05-01');
    expect(rows.map((r) => [r.raw, Buffer.byteLength(String(r.script))])).toEqual([
      [1, expect.any(Number)],
      [2, MAX_BYTES],
      [3, 0],
    ]);
    expect(rows[0]!.script).toBe("'; DROP TABLE x; -- \\ \ufffd\ufffd\ufffd");
  });

  it('go into the old table of schema 7, by the id of the file', async () => {
    const old = join(dir, 'old');
    for (const [name, text] of [
      ['197155', 'a'],
      ['1234234[21]', 'b'],
      ['123424[]', 'c'],
    ] as const) {
      mkdirSync(join(old, '20170101'), { recursive: true });
      writeFileSync(join(old, '20170101', `${name}.savescript`), text);
    }
    await createWarehouse(warehouse, 7);
    config('start', old);
    expect((await ingest()).counts).toMatchObject({ files: 3, matched: 3, written: 3 });
    const rows = () => warehouse.rows('SELECT local_job_id AS id, script FROM modw_supremm.batchscripts ORDER BY id');
    const first = [
      { id: '1234234[21]', script: 'b' },
      { id: '123424[]', script: 'c' },
      { id: '197155', script: 'a' },
    ];
    expect(await rows()).toEqual(first);
    expect((await ingest()).counts).toMatchObject({ files: 0 });
    expect((await ingest('--all')).counts).toMatchObject({ matched: 3, written: 0 });
    writeFileSync(join(old, '20170101/197155.savescript'), 'changed');
    expect((await ingest('--all')).counts).toMatchObject({ written: 1 });
    expect(await rows()).toEqual([...first.slice(0, 2), { id: '197155', script: 'changed' }]);
    await warehouse.run('DROP TABLE modw_supremm.batchscripts');
    const none = await ingest();
    expect([none.code, none.stderr.includes('job_scripts')]).toEqual([78, true]);
    await createWarehouse(warehouse);
  });

  it('says when there is no such directory, or no server', async () => {
    config('start', join(dir, 'absent'));
    expect((await ingest()).code).toBe(66);
    rmSync(join(dir, 'config'), { recursive: true });
    expect((await ingest()).code).toBe(78);
  });
});
