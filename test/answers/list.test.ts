// The list of jobs: of a store by its ledgers and documents, of a file of documents; filters, order, pages, forms.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileJobs, latestDocuments, listJobs } from '../../src/answers/index.ts';
import { SCHEMAS } from '../../src/catalog/embedded-store.ts';
import { Store } from '../../src/databases/index.ts';
import { reasonsOf } from '../../src/document/index.ts';
import { StoreLedger } from '../../src/ledger/index.ts';
import type { JobQuery } from '../../src/ledger/query.ts';
import { findDocuments, findInFile, SqliteSink, storeSummaries } from '../../src/sinks/index.ts';
import { storedJobs } from '../../src/sinks/stored-jobs.ts';
import { listCsv, listTable } from '../../src/view/index.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const END = 1_772_409_600;
const MANY = 450;

const document = (id: string, end: number, more: object = {}, acct: object = {}) => ({
  _id: `${id}-${end}`,
  acct: {
    id,
    local_job_id: id,
    start_time: end - 600,
    end_time: end,
    nodes: 1,
    host_list: ['n1.site'],
    user: 'ann',
    ...acct,
  },
  summarization: { complete: true },
  cpu: { nodecpus: { user: { avg: 0.5 } } },
  nodememory: { maxused: { avg: 1024, max: 2048 } },
  ...more,
});

const bare = document('3', END + 3, { summarization: { skipped_noarchives: true }, cpu: undefined }, { user: 'bob' });
const array = [0, 1, 2].map((i) =>
  document(
    String(21 - i),
    END + 10 + i,
    {},
    { local_job_id: '21', local_job_array_index: i, user: 'cy', host_list: ['n2'] },
  ),
);
const all = [document('1', END + 1), document('2', END + 2, {}, { jobname: 'a\n\u202e"b",' }), bare, ...array];

describe('the list of jobs', () => {
  let store: Store;
  beforeAll(async () => {
    store = new Store(join(dir, 'jobsum.db'), SCHEMAS);
    await new SqliteSink(store).write(all);
    const entry = (id: string, end: number) => ({ id: `${id}-${end}`, ended: end, seconds: 1 });
    const problem = { code: 'E_WORKER', message: 'died\nof it' } as const;
    await new StoreLedger(store, { sinks: 'a', run: 'r1' }).record([
      { ...entry('1', END + 1), result: 'done' },
      { ...entry('3', END + 3), result: 'missing', error: 15, unread: true },
      { ...entry('9', END + 9), result: 'failed', problem },
    ]);
    writeFileSync(join(dir, 'documents'), all.map((d) => `${JSON.stringify(d)}\n`).join(''));
  });

  const ofStore = async (filter: JobQuery, limit = 50) =>
    listJobs([storedJobs(store, { filter, summaries: storeSummaries(store), own: true })], filter, limit);
  const ids = async (filter: JobQuery) => (await ofStore(filter)).jobs.map((j) => j.job);

  it('has what the ledgers know, and documents that they do not, latest end first', async () => {
    const { jobs, more } = await ofStore({});
    expect(jobs.map((j) => [j.job, j.state])).toEqual([
      ['21_2', 'done'],
      ['21_1', 'done'],
      ['21_0', 'done'],
      ['9', 'failed'],
      ['3', 'waiting'],
      ['2', 'done'],
      ['1', 'done'],
    ]);
    expect(more).toBe(false);
    expect(jobs[4]).toMatchObject({
      ...{
        id: `3-${END + 3}`,
        user: 'bob',
        error: 15,
        reason: 'none of its nodes has an archive of its time',
        attempts: 1,
        cpu: null,
      },
      ...{ run: 'r1', data: 'no data: no archives' },
    });
    expect(jobs[6]).toMatchObject({ cpu: 0.5, memory: 2048 * 1024, reason: null, start: END - 599, end: END + 1 });
    const some = await ofStore({}, 2);
    expect([some.jobs.length, some.more]).toEqual([2, true]);
  });

  it('is filtered by state, reason, user, node, time and last try', async () => {
    expect(await ids({ states: ['waiting', 'failed'] })).toEqual(['9', '3']);
    expect(await ids({ reasons: reasonsOf('15') })).toEqual(['3']);
    expect(await ids({ reasons: reasonsOf('-1015') })).toEqual(['3']);
    expect(await ids({ reasons: reasonsOf('has an Archive') })).toEqual(['3']);
    expect(await ids({ reasons: reasonsOf('e_worker') })).toEqual(['9']);
    expect(reasonsOf('nonsense')).toEqual({ errors: [], codes: [] });
    expect(await ids({ user: 'cy' })).toEqual(['21_2', '21_1', '21_0']);
    expect(await ids({ node: 'n1' })).toEqual(['3', '2', '1']);
    expect(await ids({ node: 'n1.site' })).toEqual(['3', '2', '1']);
    expect(await ids({ node: 'n1.other' })).toEqual([]);
    expect(await ids({ from: END + 2, to: END + 9 })).toEqual(['9', '3', '2']);
    expect(await ids({ since: Date.now() / 1000 - 3600 })).toEqual(['9', '3', '1']);
    expect(await ids({ since: Date.now() / 1000 + 3600 })).toEqual([]);
  });

  it('goes page by page and leaves nothing out, whatever ends at once', async () => {
    const big = new Store(join(dir, 'big.db'), SCHEMAS);
    const ledger = (sinks: string) => new StoreLedger(big, { sinks, run: 'r' });
    const entries = Array.from({ length: MANY }, (_, i) => ({
      ...{ id: `${i}-${END + (i % 3)}`, ended: END, seconds: 1, result: 'done' as const },
    }));
    await ledger('a').record(entries);
    const problem = { code: 'E_WORKER', message: 'died' } as const;
    await ledger('b').record(entries.slice(0, 10).map((entry) => ({ ...entry, result: 'failed' as const, problem })));
    const listed = async (filter: JobQuery) =>
      (await listJobs([storedJobs(big, { filter, summaries: storeSummaries(big), own: true })], filter, 1000)).jobs;
    const jobs = await listed({});
    // A job is listed once, by the gravest of what became of it in its outputs, of that which is asked for.
    expect(jobs).toHaveLength(MANY);
    expect(jobs.filter((job) => job.state === 'failed')).toHaveLength(10);
    expect(await listed({ states: ['done'] })).toHaveLength(MANY);
    expect(await listed({ states: ['failed'] })).toHaveLength(10);
    big.close();
    expect(new Set(jobs.map((j) => j.id)).size).toBe(MANY);
    expect(jobs.map((j) => j.end)).toEqual(jobs.map((j) => j.end!).sort((a, b) => b - a));
  });

  it('is the same of a file of documents, by what they say themselves', async () => {
    const file = join(dir, 'documents');
    const { jobs } = await listJobs([fileJobs(file, {})], {}, 50);
    expect(jobs.map((j) => [j.job, j.state, j.error])).toEqual([
      ...[2, 1, 0].map((i) => [`21_${i}`, 'done', null]),
      ...[
        ['3', 'done', 15],
        ['2', 'done', null],
        ['1', 'done', null],
      ],
    ]);
    const { jobs: one } = await listJobs([fileJobs(file, { node: 'n2' })], { reasons: reasonsOf('15') }, 50);
    expect(one).toEqual([]);
    const { documents, more } = await latestDocuments([fileJobs(file, {})], 2);
    expect([documents.map((d) => d._id), more]).toEqual([[`19-${END + 12}`, `20-${END + 11}`], true]);
  });

  it('prints one line a job, whatever is in a name', async () => {
    const { jobs } = await ofStore({});
    const csv = listCsv(jobs);
    expect(csv).toHaveLength(8);
    for (const line of [...csv, ...listTable(jobs)]) expect(line).not.toMatch(/[\n\r\u202e]/);
    expect(csv.find((line) => line.startsWith('2-'))).toContain('"a??""b"","');
    expect(csv.find((line) => line.startsWith('9-'))).toContain('E_WORKER,died?of it');
    expect(listTable(jobs).find((line) => line.startsWith('9 '))).toContain('E_WORKER: died?of it');
  });

  it('finds a job by its own id before those of its array', async () => {
    const found = (id: string) => findDocuments(store, id).map((d) => d._id);
    expect(found('21')).toEqual([`21-${END + 10}`]);
    expect(found('21[]')).toHaveLength(3);
    expect(found('21_2')).toEqual([`19-${END + 12}`]);
    expect(found('21[2]')).toEqual([`19-${END + 12}`]);
    expect(found(`20-${END + 11}`)).toEqual([`20-${END + 11}`]);
    for (const id of ['21', '21[]', '21_2', '21[2]', `20-${END + 11}`, '99'])
      expect((await findInFile(join(dir, 'documents'), id)).map((d) => d._id).sort()).toEqual(found(id).sort());
  });
});
