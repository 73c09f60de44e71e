// Jobs of a warehouse, on a real MariaDB: schemas 7 to 9, ids, order of nodes, deleted rows, and every mode of selection.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mysql } from '../../src/databases/index.ts';
import {
  type Job,
  type JobRecord,
  parseErrorNumber,
  parseJobId,
  type Selection,
  XdmodSource,
} from '../../src/jobs/index.ts';
import { testMariadb } from '../support/mariadb.ts';
import { addJobs, createWarehouse, type WarehouseJob } from '../support/warehouse.ts';

const server = await testMariadb('jobs of a warehouse');
const resource = { id: 7, hostnameMode: 'hostname', hostNameExt: '' } as const;
const base = { resourceId: 7, localId: 500, start: 1000, end: 2000, hosts: ['n1'] };

async function records(
  warehouse: Mysql,
  selection: Selection = {},
  due: number[] = [],
  r = resource,
): Promise<JobRecord[]> {
  const found: JobRecord[] = [];
  for await (const record of new XdmodSource(warehouse, { resource: r, selection, due }).records()) found.push(record);
  return found;
}
async function jobs(...args: Parameters<typeof records>): Promise<Job[]> {
  return (await records(...args)).flatMap((r) => (r.kind === 'job' ? [r.job] : []));
}
const idsOf = async (...args: Parameters<typeof records>): Promise<string[]> =>
  (await jobs(...args)).map((j) => j.jobId);

describe.skipIf(!server)('jobs of a warehouse', () => {
  let warehouse: Mysql;
  beforeAll(async () => {
    warehouse = await Mysql.connect(server!.settings);
  });
  afterAll(() => warehouse?.close());

  it.each([7, 8, 9] as const)('of schema %i have the accounting record of the reference', async (schema) => {
    await createWarehouse(warehouse, schema);
    await addJobs(warehouse, [
      {
        ...base,
        hosts: ['n3.x.edu', 'n1.x.edu', 'n2.x.edu'],
        gpus: 2,
        user: 'ann',
        account: 'physics',
        queue: 'gpu',
        mem: '3000Mc',
      },
    ]);
    const acct = {
      ...{
        id: '500',
        job_uniq_id: '500',
        resource_id: 7,
        local_job_id: 500,
        local_job_array_index: -1,
        local_job_id_raw: 500,
      },
      ...{
        start_time: 1000,
        end_time: 2000,
        submit: 940,
        eligible: 950,
        partition: 'gpu',
        uid: 1001,
        gid: 100,
        group: 'users',
      },
      ...{
        account: 'physics',
        user: 'ann',
        jobname: 'solver',
        nodes: 3,
        ncpus: 12,
        reqcpus: 12,
        reqmem: '3000Mc',
        timelimit: 7200,
      },
      ...{ exit_code: '0:0', exit_status: 'COMPLETED', resource_manager: 'slurm', host_list: ['n3', 'n1', 'n2'] },
      ...(schema === 9 ? { gpus: 2 } : {}),
    };
    expect(await jobs(warehouse)).toEqual([
      {
        ...{ jobId: '500', start: 1000, end: 2000, walltime: 1000, nodeCount: 3, warehouseId: 1 },
        ...{ nodes: ['n3', 'n1', 'n2'], acct },
      },
    ]);
  });

  it('have the ids of their manager', async () => {
    await createWarehouse(warehouse);
    await addJobs(warehouse, [
      base,
      { ...base, localId: 501, arrayIndex: 3, raw: 777 },
      { ...base, localId: 502, arrayIndex: 4, raw: null },
      { ...base, localId: 503, arrayIndex: 7, raw: 503, format: 'pbs' },
      { ...base, localId: 505, format: null },
    ]);
    expect(await idsOf(warehouse)).toEqual(['500', '777', '502_4', '503_7', '505']);
  });

  it('keep whole host names where the site compares them', async () => {
    await createWarehouse(warehouse);
    await addJobs(warehouse, [{ ...base, hosts: ['n1', 'n2.x.edu', 'n2.y.org'] }]);
    const fqdn = { id: 7, hostnameMode: 'fqdn', hostNameExt: 'x.edu' } as const;
    const [job] = await jobs(warehouse, {}, [], fqdn as never);
    expect(job!.nodes).toEqual(['n1.x.edu', 'n2.x.edu', 'n2.y.org.x.edu']);
  });

  it('are those of the resource, not deleted, ordered by end and id, in the last version of their row', async () => {
    await createWarehouse(warehouse);
    await addJobs(warehouse, [
      { ...base, localId: 1, end: 3000 },
      { ...base, localId: 2, resourceId: 8 },
      { ...base, localId: 3, deleted: true },
      { ...base, localId: 4, end: 1500 },
      { ...base, localId: 5, end: 1500 },
    ]);
    const copy = `INSERT INTO modw.job_tasks (job_id, creation_time, job_record_id, job_id_origin_id, local_jobid, local_job_id_raw,
      resource_id, systemaccount_id, submit_time_ts, start_time_ts, end_time_ts, node_count)
      SELECT job_id, creation_time + INTERVAL ? DAY, job_record_id, job_id_origin_id, local_jobid, local_job_id_raw, resource_id,
      systemaccount_id, submit_time_ts, start_time_ts, ?, node_count FROM modw.job_tasks WHERE job_id = ? AND end_time_ts = ?`;
    await warehouse.run(copy, [1, 2500, 1, 3000]);
    await warehouse.run(copy, [1, 1500, 4, 1500]);
    const found = await jobs(warehouse);
    expect(found.map((j) => [j.jobId, j.end])).toEqual([
      ['4', 1500],
      ['5', 1500],
      ['1', 2500],
    ]);
  });

  it('that make no sense are rejected one by one; a job without account or shredder row is a job', async () => {
    await createWarehouse(warehouse);
    await addJobs(warehouse, [
      { ...base, start: 3000 },
      { ...base, localId: 501 },
      { ...base, localId: 502, hosts: [], nodes: -1 },
    ]);
    await warehouse.run('UPDATE modw.job_tasks SET systemaccount_id = 99, job_record_id = 99 WHERE local_jobid = 501');
    const found = await records(warehouse);
    expect(found.filter((r) => r.kind === 'rejected')).toMatchObject([
      { problem: { code: 'E_JOB_LINE', job: '500 (job_id 1)' } },
    ]);
    expect(await jobs(warehouse)).toMatchObject([
      { jobId: '501', acct: { user: null, account: null, partition: null } },
      { jobId: '502', nodes: [], nodeCount: -1 },
    ]);
  });

  it('come page by page, all of them', async () => {
    await createWarehouse(warehouse);
    const many = Array.from(
      { length: 1203 },
      (_, i): WarehouseJob => ({ ...base, localId: i + 1, end: 2000 + (i % 50), hosts: [`n${i % 9}`] }),
    );
    await addJobs(warehouse, many);
    const found = await jobs(warehouse);
    expect(new Set(found.map((j) => j.jobId)).size).toBe(1203);
    expect(found.every((j, i) => i === 0 || j.end >= found[i - 1]!.end)).toBe(true);
    expect(found.every((j) => j.nodes[0] === `n${(Number(j.jobId) - 1) % 9}`)).toBe(true);
  });

  describe('are selected', () => {
    /** Job → row of the process table. */
    const VERSIONS: Record<number, number | null> = { 1: null, 2: 1, 3: 2, 4: -1, 5: -999, 6: -1011, 7: -1015, 8: 0 };
    beforeAll(async () => {
      await createWarehouse(warehouse);
      const ids = await addJobs(
        warehouse,
        Object.keys(VERSIONS).map((n) => ({ ...base, localId: Number(n), end: 2000 + Number(n) })),
      );
      const rows = Object.values(VERSIONS).flatMap((v, i) => (v === null ? [] : [[ids[i]!, v]]));
      await warehouse.run('INSERT INTO modw_supremm.process (jobid, process_version) VALUES ?', [rows]);
      await addJobs(warehouse, [
        { ...base, localId: 20, raw: 900, arrayIndex: 3, end: 3000 },
        { ...base, localId: 20, raw: 901, arrayIndex: 4, end: 3000 },
        { ...base, localId: 21, raw: null, end: 3000 },
      ]);
      await warehouse.run(
        'INSERT INTO modw_supremm.process (jobid, process_version) SELECT job_id, 1 FROM modw.job_tasks WHERE end_time_ts = 3000',
      );
    });

    it.each<[string, Selection, string[]]>([
      ['what is new', {}, ['1']],
      ['new ones by name', { states: ['new'] }, ['1']],
      ['bad ones', { states: ['bad'] }, ['4', '5']],
      ['old ones', { states: ['old'] }, ['3']],
      ['current ones', { states: ['current'], to: 2999 }, ['2']],
      ['one error', { states: [11] }, ['6']],
      ['another error', { states: [15] }, ['7']],
      ['several states', { states: ['new', 'bad', 15] }, ['1', '4', '5', '7']],
      ['a range of time, both ends inclusive', { from: 2002, to: 2004, states: 'all' }, ['2', '3', '4']],
      ['a range between seconds', { from: 2001.5, to: 2003.5, states: 'all' }, ['2', '3']],
      ['states in a range', { from: 2003, to: 2008, states: ['new', 'bad'] }, ['4', '5']],
      ['a raw id', { ids: ['901'], states: 'all' }, ['901']],
      ['an array by its id', { ids: ['20'], states: 'all' }, ['900', '901']],
      ['an element by its index', { ids: ['20_3'], states: 'all' }, ['900']],
      ['an element as PBS writes it', { ids: ['20[4]'], states: 'all' }, ['901']],
      ['a job without a raw id', { ids: ['21'], states: 'all' }, ['21']],
      ['several ids', { ids: ['2', '3'], states: 'all' }, ['2', '3']],
      ['nothing', { ids: ['4711'], states: 'all' }, []],
    ])('%s', async (_, selection, expected) => {
      expect(await idsOf(warehouse, selection)).toEqual(expected);
    });

    it('and those due for another try with the new ones only', async () => {
      expect(await idsOf(warehouse, {}, [7, 8])).toEqual(['1', '7', '8']);
      expect(await idsOf(warehouse, { states: ['bad'] }, [7])).toEqual(['4', '5']);
    });

    it('never by the number at the beginning of a text', async () => {
      await expect(idsOf(warehouse, { ids: ['2abc'], states: 'all' })).rejects.toMatchObject({ code: 'E_USAGE' });
    });
  });

  it('of no XDMoD at all are refused', async () => {
    await createWarehouse(warehouse);
    await warehouse.run('DROP TABLE modw.job_tasks');
    await expect(records(warehouse)).rejects.toMatchObject({ code: 'E_SCHEMA' });
  });
});

describe('ids and errors on the command line', () => {
  it('are understood or refused', () => {
    // A part of a heterogeneous job has the next raw id.
    expect(parseJobId('46+1')).toEqual({ number: 47 });
    expect([parseJobId('500'), parseJobId('500_3'), parseJobId('500[3]')]).toEqual([
      { number: 500 },
      { number: 500, index: 3 },
      { number: 500, index: 3 },
    ]);
    for (const bad of ['', 'x', '500x', '-1', '500[', '1e3'])
      expect(() => parseJobId(bad)).toThrowError(/not a job id/);
    expect([parseErrorNumber('15'), parseErrorNumber('-1015')]).toEqual([15, 15]);
    for (const bad of ['0', '-1', '1000', 'x', '1.5'])
      expect(() => parseErrorNumber(bad)).toThrowError(/not an error number/);
  });
});
