// A configured site between a real MongoDB and a real MariaDB: killed at any instant, servers that go and come back, two runs at once.
// JOBSUM_CRASH_KILLS=N: so many kills in place of a few.

import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Mongo, Warehouse } from '../../src/store/index.ts';
import { jobsum, type Ran, settled } from '../support/cli.ts';
import { testMariadb } from '../support/mariadb.ts';
import { testMongo } from '../support/mongo.ts';
import { proxyTo, type TcpProxy } from '../support/proxy.ts';
import { generateSite, type Site } from '../support/site.ts';
import { tempDir } from '../support/temp.ts';

const JOBS = 120;
const KILLS = Number(process.env.JOBSUM_CRASH_KILLS ?? 12);
const dir = tempDir();
const mariadb = await testMariadb('crashes and outages');
const mongodb = await testMongo('crashes and outages');

interface Databases {
  readonly summaries: Map<string, unknown>;
  readonly series: Map<string, unknown>;
  readonly process: unknown[];
  readonly states: unknown[];
}

describe.skipIf(!mariadb?.own || !mongodb || mongodb.kind === 'given')(`a site of ${JOBS} jobs`, () => {
  let site: Site;
  let warehouse: Warehouse;
  let toMongo: TcpProxy;
  let toMariadb: TcpProxy;
  let database: string;
  let undisturbed: Databases;
  let runs = 0;
  /** Milliseconds of the undisturbed run. */
  let usual: number;

  beforeAll(async () => {
    site = await generateSite({ root: join(dir, 'site'), jobs: JOBS, nodes: 10, hours: 12, interval: 60 }, mariadb!);
    warehouse = await Warehouse.connect(mariadb!.settings);
    toMongo = await proxyTo(mongodb!.port);
    toMariadb = await proxyTo(mariadb!.settings.port);
    await site.forget();
    database = mongodb!.database();
    const began = Date.now();
    expect((await start(config())).code).toBe(0);
    usual = Date.now() - began;
    undisturbed = await read();
    expect(undisturbed.summaries.size).toBe(JOBS);
    expect(undisturbed.series.size).toBe(JOBS);
    expect(undisturbed.process).toHaveLength(JOBS);
  }, 120_000);
  beforeEach(async () => {
    await site.forget();
    database = mongodb!.database();
  });
  afterAll(async () => {
    await toMongo?.close();
    await toMariadb?.close();
    await warehouse?.close();
  });

  /** A configuration of its own, with its own embedded state, on the database of the test. */
  function config(more: object = {}): string {
    const name = `run${runs++}`;
    const { host, user, password: pass } = mariadb!.settings;
    const options = 'serverSelectionTimeoutMS=500&socketTimeoutMS=2000&connectTimeoutMS=1000';
    const output = { db_engine: 'mongodb', uri: `mongodb://127.0.0.1:${toMongo.port}/?${options}`, dbname: database };
    return site.config(name, output, {
      ...{ state: `${join(dir, name)}.db`, patience: 60, datawarehouse: { host, port: toMariadb.port, user, pass } },
      ...more,
    });
  }

  const start = (where: string, started?: (child: ChildProcess) => void, ...args: string[]): Promise<Ran> =>
    jobsum(['summarize', '--config', where, '--workers', '2', ...args], { cwd: dir, ...(started ? { started } : {}) });

  async function read(): Promise<Databases> {
    const mongo = await Mongo.connect({ uri: mongodb!.uri, database });
    const all = async (name: string): Promise<Map<string, unknown>> => {
      const found = await mongo.db.collection<{ _id: string }>(name).find().toArray();
      return new Map(found.map((d) => [d._id, settled(JSON.parse(JSON.stringify(d)))]));
    };
    try {
      return {
        summaries: await all('resource_7'),
        series: await all('timeseries-resource_7'),
        process: await warehouse.rows('SELECT jobid, process_version FROM modw_supremm.process ORDER BY jobid'),
        states: await warehouse.rows(
          'SELECT document_id, job_id, state, error FROM modw_supremm.jobsum_job ORDER BY document_id',
        ),
      };
    } finally {
      await mongo.close();
    }
  }

  /** What is marked is stored, series and summary; no summary is without its series. */
  function consistent({ summaries, series, process, states }: Databases): void {
    for (const { document_id: id } of states as { document_id: string }[]) expect(summaries.has(id)).toBe(true);
    expect(process.length).toBe(states.length);
    for (const id of summaries.keys()) expect(series.has(id)).toBe(true);
  }

  async function same(): Promise<void> {
    const now = await read();
    expect(now.summaries).toEqual(undisturbed.summaries);
    expect(now.series).toEqual(undisturbed.series);
    expect(now.process).toEqual(undisturbed.process);
    expect(now.states).toEqual(undisturbed.states);
  }

  /** When so many jobs are marked. */
  async function marked(jobs: number): Promise<void> {
    for (;;) {
      const [row] = await warehouse.rows<{ n: number }>('SELECT count(*) AS n FROM modw_supremm.process');
      if (row!.n >= jobs) return;
      await pause(10);
    }
  }

  /** When a run is at work. */
  async function leased(): Promise<void> {
    while ((await warehouse.rows('SELECT 1 FROM modw_supremm.jobsum_lease WHERE expires > 0')).length === 0)
      await pause(10);
  }

  it(
    `killed with -9 at ${KILLS} instants: marked is only what is stored, and a last run makes all as undisturbed`,
    async () => {
      let killed = 0;
      let where = config();
      for (let tries = 0; killed < KILLS; tries++) {
        // A run that has nothing left to do cannot be killed in the middle of it.
        if ((await read()).process.length > JOBS * 0.8) {
          expect((await start(where)).code).toBe(0);
          await same();
          await site.forget();
          database = mongodb!.database();
          where = config();
        }
        const delay = usual * (0.15 + 0.85 * Math.random());
        const ran = await start(where, (child) => void pause(delay).then(() => child.kill('SIGKILL')));
        if (ran.signal === 'SIGKILL') killed++;
        if (tries % 10 === 0) consistent(await read());
      }
      consistent(await read());
      expect((await start(where)).code).toBe(0);
      await same();
    },
    60_000 + KILLS * 15_000,
  );

  const summaryOf = (ran: Ran) =>
    JSON.parse(ran.stdout) as { jobs: { done: number }; resources: { problem?: object }[] };

  it('MongoDB is stopped and started, MariaDB frozen and thawed while a run is on: it waits, nothing differs', async () => {
    const outage = async (): Promise<void> => {
      await marked(1);
      await mongodb!.stop();
      await mariadb!.kill('SIGSTOP');
      await pause(1500);
      await mariadb!.kill('SIGCONT');
      await mongodb!.start();
    };
    let mended: Promise<void> | undefined;
    const ran = await start(config(), () => {
      mended = outage();
    });
    await mended;
    expect(ran.code).toBe(0);
    await same();
  }, 120_000);

  it('MongoDB stays away: after its patience the run ends with 69, and nothing is marked that is not stored', async () => {
    const where = config({ patience: 2 });
    const cutting = async (): Promise<void> => {
      await marked(1);
      toMongo.cut();
    };
    let cut: Promise<void> | undefined;
    const ran = await start(where, () => {
      cut = cutting();
    });
    await cut;
    toMongo.mend();
    expect(ran.code).toBe(69);
    expect(ran.stderr).toContain('"event":"service.away"');
    const half = await read();
    expect(half.process.length).toBeGreaterThan(0);
    expect(half.process.length).toBeLessThan(JOBS);
    consistent(half);
    expect((await start(where)).code).toBe(0);
    await same();
  }, 120_000);

  it('two runs at once: one does every job, the other ends with 75 without a word', async () => {
    // The first is frozen while the second looks, so that it cannot be done before.
    let second: Promise<Ran> | undefined;
    const first = await start(
      config(),
      (child) => {
        second = leased().then(async () => {
          child.kill('SIGSTOP');
          const ran = await start(config(), undefined, '--quiet');
          child.kill('SIGCONT');
          return ran;
        });
      },
      '--json',
    );
    expect(await second).toMatchObject({ code: 75, stdout: '', stderr: '' });
    expect(summaryOf(first)).toMatchObject({ jobs: { done: JOBS } });
    await same();
  }, 120_000);

  it('a run that was frozen until another took its lease is refused when it wakes, and marks nothing', async () => {
    // From another host, as far as the second can tell: its mark is not one of this machine.
    let second: Ran | undefined;
    let before = 0;
    const first = await start(
      config({ lease: 2 }),
      (child) =>
        void (async () => {
          await marked(1);
          child.kill('SIGSTOP');
          await warehouse.run("UPDATE modw_supremm.jobsum_lease SET host = 'elsewhere', mark = 'elsewhere'");
          await pause(2500);
          second = await start(config(), undefined, '--json');
          before = (await read()).process.length;
          child.kill('SIGCONT');
        })(),
    );
    expect(second?.code).toBe(0);
    expect(before).toBe(JOBS);
    expect(first.code).toBe(75);
    expect(first.stderr).toContain('E_LEASE_LOST');
    const runs = await warehouse.rows('SELECT run, count(*) AS n FROM modw_supremm.jobsum_job GROUP BY run');
    expect(runs).toHaveLength(2);
    await same();
  }, 120_000);
});
