// `jobsum compare` of two stores of documents as a user runs it: files of lines, embedded stores, databases.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIXTURES, jobsum } from '../support/cli.ts';
import { testMongo } from '../support/mongo.ts';
import { tempDir } from '../support/temp.ts';

const cwd = tempDir();
const server = await testMongo('comparison of databases');

// biome-ignore lint/suspicious/noExplicitAny: documents are changed here as only their schema knows them
type Doc = Record<string, any>;

let documents: Doc[] = [];
let env: NodeJS.ProcessEnv = {};
const database = { of: server?.database() ?? '', against: server?.database() ?? '' };

const compare = (...args: string[]) => jobsum(['compare', ...args], { cwd, env });
const list = (name: string, of: readonly Doc[]): string => {
  writeFileSync(join(cwd, name), of.map((d) => `${JSON.stringify(d)}\n`).join(''));
  return name;
};
const read = (name: string): Doc[] =>
  readFileSync(join(cwd, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Doc);
const copies = (): Doc[] => structuredClone(documents);

beforeAll(async () => {
  if (server) env = { JOBSUM_MONGODB_URI: server.uri };
  const cluster = join(FIXTURES, 'cluster');
  const summarize = (jobs: string, ...outputs: string[]) => {
    const args = ['--jobs', jobs, '--archives', join(cluster, 'archives'), ...outputs.flatMap((o) => ['--output', o])];
    return jobsum(['summarize', ...args], { cwd, env });
  };
  await summarize(join(cluster, 'jobs.sacct'), 'ndjson:of-no-resource.nd');
  // Jobs of a resource, which databases are divided by.
  const jobs = read('of-no-resource.nd').map(
    ({ acct: { id, start_time: start, end_time: end, host_list: nodes } }) => ({
      ...{ job_id: id, start, end, nodes, acct: { resource_id: 2 } },
    }),
  );
  list('jobs.ndjson', jobs);
  await summarize('jobs.ndjson', 'ndjson:all.nd', 'sqlite:all.db', ...(server ? [`mongodb:${database.of}`] : []));
  if (server) await summarize('jobs.ndjson', `mongodb:${database.against}`);
  documents = read('all.nd');
});

describe('two stores', () => {
  it('are equal whatever holds them, in whatever order', async () => {
    expect(documents.length).toBeGreaterThan(5);
    const ours = list('reversed.nd', copies().reverse());
    for (const other of [ours, 'sqlite:all.db', `ndjson:${ours}`]) {
      const { code, stdout } = await compare('all.nd', other);
      expect(stdout).toContain(`${documents.length} documents and `);
      expect([other, code, stdout.trim().split('\n').at(-1)]).toEqual([
        other,
        0,
        expect.stringMatching(/ values compared, 0 documents different$/),
      ]);
    }
  });

  it.skipIf(!server)('are equal in databases', async () => {
    for (const args of [
      ['--mongodb', database.of, '--against', database.against],
      [`mongodb:${database.against}`, 'sqlite:all.db'],
    ]) {
      const { code, stdout, stderr } = await compare(...args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(
        new RegExp(`^${documents.length} documents and \\d{4,} values compared, 0 documents`, 'm'),
      );
    }
  });

  it('differ by path, with how many documents and values, and by what is in one alone', async () => {
    const changed = copies().slice(1);
    const loads = changed.filter((d) => d.load1?.mean);
    for (const d of loads) d.load1.mean.avg *= 1.5;
    changed[0]!._id = 'another-1';
    const ours = list('changed.nd', changed);
    const { code, stdout } = await compare('all.nd', ours, '--json');
    expect(code).toBe(1);
    const found = JSON.parse(stdout);
    const inBoth = loads.filter((d) => d._id !== 'another-1').length;
    expect(found).toMatchObject({ compared: documents.length - 2, differing: inBoth, missing: 2, surplus: 1 });
    expect(found.surplusIds).toEqual(['another-1']);
    expect(found.paths).toEqual([
      expect.objectContaining({ path: '/load1/mean/avg', documents: inBoth, values: inBoth }),
    ]);
    const text = (await compare('all.nd', ours)).stdout;
    expect(text).toMatch(
      new RegExp(`^/load1/mean/avg +${inBoth} +${inBoth} +\\S+: golden [\\d.]+, ours [\\d.]+ `, 'm'),
    );
    expect(text).toContain('2 documents only in all.nd:');
    expect((await compare('all.nd', list('same.nd', copies()), '--rel', '0')).code).toBe(0);
  });

  it('are joined within a resource, and differ on purpose by cause', async () => {
    const [one] = copies();
    const other = { ...one!, acct: { ...one!.acct, resource_id: 77 } };
    const network = documents.filter((d) => Object.keys(d.network ?? {}).length > 0).length;
    const reference = copies();
    for (const d of reference) for (const device of Object.values<Doc>(d.network ?? {})) delete device['in-packets'];
    const { code, stdout } = await compare(list('a.nd', [...reference, other]), list('b.nd', documents), '--json');
    expect(code).toBe(1);
    const { missing, differing, causes } = JSON.parse(stdout);
    expect({ missing, differing }).toEqual({ missing: 1, differing: 0 });
    expect(causes).toContainEqual(expect.objectContaining({ what: 'packets are collected', documents: network }));
    expect((await compare('a.nd', 'b.nd', '--no-deviations', '--json')).stdout).toContain('/network/eth0/in-packets');
  });

  it('are no more than what can be read', async () => {
    writeFileSync(join(cwd, 'broken.nd'), `${JSON.stringify(documents[0])}\n{"_id":\n`);
    const broken = await compare('all.nd', 'broken.nd');
    expect(broken).toMatchObject({ code: 65, stderr: expect.stringContaining('E_NO_DOCUMENT') });
    for (const absent of ['sqlite:absent.db', 'ndjson:absent.nd', 'absent.json'])
      expect([absent, (await compare('all.nd', absent)).code]).toEqual([absent, 66]);
    const blank = list('blank.nd', []);
    expect((await compare(`ndjson:${blank}`, `ndjson:${blank}`)).stderr).toContain('neither store has a document');
    for (const args of [['--mongodb', 'a'], ['--against', 'a'], ['all.nd'], ['all.nd', 'ndjson:-']])
      expect([args, (await compare(...args)).code]).toEqual([args, 64]);
  });
});
