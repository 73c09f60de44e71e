// The unattended pipeline: jobs of a MariaDB, documents in MongoDB, equal to those of the file sink; a second run writes nothing.
// JOBSUM_PIPELINE=5000x200 (jobs x nodes, a day each) runs it at the size of a site and prints how long each part took.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobsum, type Ran, settled } from '../support/cli.ts';
import { testMariadb } from '../support/mariadb.ts';
import { testMongo } from '../support/mongo.ts';
import { generateSite, RESOURCE, type Site } from '../support/site.ts';
import { tempDir } from '../support/temp.ts';

const [jobs = 60, nodes = 6] = (process.env.JOBSUM_PIPELINE ?? '60x6').split('x').map(Number);
const dir = tempDir();
const mariadb = await testMariadb('the pipeline from MariaDB to MongoDB');
const mongo =
  mariadb &&
  (await testMongo('the pipeline from MariaDB to MongoDB', { heap: process.env.JOBSUM_PIPELINE ? '3g' : '256m' }));
const LONG = 3_600_000;

/** Seconds of each part, printed when the size was asked for. */
async function timed<T>(what: string, body: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await body();
  if (process.env.JOBSUM_PIPELINE) console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(2)} s`);
  return result;
}

/** JSON has no numbers for these. */
const asJson = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, v) => (typeof v === 'number' && !Number.isFinite(v) ? String(v) : v)));

describe.skipIf(!mongo)(`the pipeline with ${jobs} jobs on ${nodes} node-days`, () => {
  const database = mongo?.database() ?? '';
  let site: Site;
  let client: MongoClient;
  beforeAll(async () => {
    client = await new MongoClient(mongo!.uri).connect();
    const options = {
      root: join(dir, 'site'),
      jobs,
      nodes,
      hours: 24,
      interval: process.env.JOBSUM_PIPELINE ? 30 : 300,
    };
    site = await timed('generate', () => generateSite(options, mariadb!));
  }, LONG);
  afterAll(() => client?.close());

  const run = (config: string, ...args: string[]): Promise<Ran> =>
    jobsum(['summarize', '--config', config, '--json', ...args], { cwd: dir });
  const stored = () => client.db(database).collection<{ _id: string }>(`resource_${RESOURCE}`);
  const series = () => client.db(database).collection<{ _id: string }>(`timeseries-resource_${RESOURCE}`);
  const created = async () =>
    (
      await stored()
        .find({}, { projection: { created: 1 }, sort: { _id: 1 } })
        .toArray()
    ).map((d) => JSON.stringify(d));

  it(
    'fills MongoDB, each document equal to that of the file sink',
    async () => {
      const config = site.config('mongo', { db_engine: 'MongoDB', uri: mongo!.uri, dbname: database });
      const first = await timed('first run', () => run(config));
      expect(first.stderr).not.toMatch(/"level":"error"/);
      const summary = JSON.parse(first.stdout) as object;
      if (process.env.JOBSUM_PIPELINE) console.log(first.stdout);
      expect(summary).toMatchObject({ jobs: { done: jobs, skipped: 0, failed: 0 } });
      expect(first.code).toBe(0);
      expect(await stored().estimatedDocumentCount()).toBe(jobs);

      const output = { db_engine: 'file', json_format: 'fragment', frag_file: join(site.root, 'all.ndjson') };
      expect(
        (await timed('run into a file', () => run(site.config('file', output), '--from', '2026-01-01'))).code,
      ).toBe(0);
      let compared = 0;
      for await (const line of createInterface({ input: createReadStream(join(site.root, 'all.ndjson')) })) {
        const document = JSON.parse(line) as { _id: string; timeseries?: object };
        const { _id } = document;
        const summaryOf = await stored().findOne({ _id });
        const seriesOf = await series().findOne({ _id });
        const { _id: id, ...timeseries } = seriesOf ?? { _id: '' };
        expect(id === '' ? undefined : id).toBe(document.timeseries ? _id : undefined);
        const whole = { ...summaryOf, ...(seriesOf ? { timeseries } : {}) };
        expect(settled(asJson(whole))).toEqual(settled(document));
        compared++;
      }
      expect(compared).toBe(jobs);
    },
    LONG,
  );

  it(
    'writes nothing the second time',
    async () => {
      const before = await created();
      const config = site.config('mongo', { db_engine: 'MongoDB', uri: mongo!.uri, dbname: database });
      for (const what of ['second run', 'third run', 'fourth run']) {
        const ran = await timed(what, () => run(config));
        expect(JSON.parse(ran.stdout)).toMatchObject({
          jobs: { done: 0, known: 0 },
          archives: { found: 0 },
          bytes: 0,
          exitCode: 0,
        });
      }
      expect(await created()).toEqual(before);
      expect(before.length).toBe(jobs);
    },
    LONG,
  );
});
