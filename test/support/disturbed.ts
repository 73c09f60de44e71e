// Owns a site that tests disturb: jobs in a real MariaDB, documents in a real MongoDB, both reached through proxies, and what an
// undisturbed run makes of it.
//
//   const servers = await siteServers('what would be skipped');       // at the top of the file
//   describe.skipIf(!servers)(…, () => { const site = disturbedSite(servers!, dir, 120); it(…, () => … await site.same()) });

import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { Mongo, Mysql } from '../../src/databases/index.ts';
import { jobsum, type Ran, settled } from './cli.ts';
import { type TestServer, testMariadb } from './mariadb.ts';
import { type MongoServer, testMongo } from './mongo.ts';
import { proxyTo, type TcpProxy } from './proxy.ts';
import { generateSite, type Site } from './site.ts';

export interface SiteServers {
  readonly mariadb: TestServer;
  readonly mongodb: MongoServer;
}

/** Null: one of them is missing, or is not ours to stop. */
export async function siteServers(what: string): Promise<SiteServers | null> {
  const mariadb = await testMariadb(what);
  const mongodb = await testMongo(what);
  return mariadb?.own && mongodb && mongodb.kind !== 'given' ? { mariadb, mongodb } : null;
}

export interface Databases {
  readonly summaries: Map<string, unknown>;
  readonly series: Map<string, unknown>;
  readonly process: unknown[];
  readonly states: unknown[];
}

export class DisturbedSite {
  readonly #servers: SiteServers;
  readonly #dir: string;
  #site!: Site;
  #database = '';
  #undisturbed!: Databases;
  #runs = 0;
  readonly jobs: number;
  warehouse!: Mysql;
  toMongo!: TcpProxy;
  toMariadb!: TcpProxy;
  /** Milliseconds of the undisturbed run. */
  usual = 0;

  constructor(servers: SiteServers, dir: string, jobs: number) {
    this.#servers = servers;
    this.jobs = jobs;
    this.#dir = dir;
  }

  async make(): Promise<void> {
    const { mariadb, mongodb } = this.#servers;
    const size = { jobs: this.jobs, nodes: 10, hours: 12, interval: 60 };
    this.#site = await generateSite({ root: join(this.#dir, 'site'), ...size }, mariadb);
    this.warehouse = await Mysql.connect(mariadb.settings);
    this.toMongo = await proxyTo(mongodb.port);
    this.toMariadb = await proxyTo(mariadb.settings.port);
    await this.forget();
    const began = Date.now();
    expect((await this.start(this.config())).code).toBe(0);
    this.usual = Date.now() - began;
    const made = await this.read();
    expect(made.summaries.size).toBe(this.jobs);
    expect(made.series.size).toBe(this.jobs);
    expect(made.process).toHaveLength(this.jobs);
    this.#undisturbed = made;
  }

  async close(): Promise<void> {
    await this.toMongo?.close();
    await this.toMariadb?.close();
    await this.warehouse?.close();
  }

  /** Nothing was ever processed. */
  async forget(): Promise<void> {
    await this.#site.forget();
    this.#database = this.#servers.mongodb.database();
  }

  /** A configuration of its own, with its own embedded state, on the database of the test. */
  config(more: object = {}, ofResource: object = {}): string {
    const name = `run${this.#runs++}`;
    const { host, user, password: pass } = this.#servers.mariadb.settings;
    const options = 'serverSelectionTimeoutMS=500&socketTimeoutMS=2000&connectTimeoutMS=1000';
    const uri = `mongodb://127.0.0.1:${this.toMongo.port}/?${options}`;
    const output = { db_engine: 'mongodb', uri, dbname: this.#database };
    const datawarehouse = { host, port: this.toMariadb.port, user, pass, connect_timeout: 1 };
    const ours = { state: `${join(this.#dir, name)}.db`, patience: 60, datawarehouse };
    return this.#site.config(name, output, { ...ours, ...more }, ofResource);
  }

  start(where: string, started?: (child: ChildProcess) => void, ...args: string[]): Promise<Ran> {
    return this.command('summarize', where, started, '--workers', '2', ...args);
  }

  command(name: string, where: string, started?: (child: ChildProcess) => void, ...args: string[]): Promise<Ran> {
    return jobsum([name, '--config', where, ...args], { cwd: this.#dir, ...(started ? { started } : {}) });
  }

  /** A run, and beside it what is done to it, which begins with the first jobs marked. */
  async disturbed(where: string, disturb: (child: ChildProcess) => Promise<void>, ...args: string[]): Promise<Ran> {
    let disturbing: Promise<void> | undefined;
    const ran = await this.start(
      where,
      (child) => {
        disturbing = this.marked(1).then(() => disturb(child));
      },
      ...args,
    );
    await disturbing;
    return ran;
  }

  async read(): Promise<Databases> {
    const mongo = await Mongo.connect({ uri: this.#servers.mongodb.uri, database: this.#database });
    const all = async (name: string): Promise<Map<string, unknown>> => {
      const found = await mongo.db.collection<{ _id: string }>(name).find().toArray();
      return new Map(found.map((d) => [d._id, settled(JSON.parse(JSON.stringify(d)))]));
    };
    const rows = (sql: string) => this.warehouse.rows(sql);
    try {
      return {
        summaries: await all('resource_7'),
        series: await all('timeseries-resource_7'),
        process: await rows('SELECT jobid, process_version FROM modw_supremm.process ORDER BY jobid'),
        states: await rows(
          'SELECT document_id, job_id, state, error FROM modw_supremm.jobsum_job ORDER BY document_id',
        ),
      };
    } finally {
      await mongo.close();
    }
  }

  /** As after the undisturbed run. */
  async same(): Promise<void> {
    const now = await this.read();
    expect(now.summaries).toEqual(this.#undisturbed.summaries);
    expect(now.series).toEqual(this.#undisturbed.series);
    expect(now.process).toEqual(this.#undisturbed.process);
    expect(now.states).toEqual(this.#undisturbed.states);
  }

  /** When so many jobs are marked. */
  async marked(jobs: number): Promise<void> {
    for (;;) {
      const [row] = await this.warehouse.rows<{ n: number }>('SELECT count(*) AS n FROM modw_supremm.process');
      if (row!.n >= jobs) return;
      await pause(10);
    }
  }

  /** When a run is at work. */
  async leased(): Promise<void> {
    const sql = 'SELECT 1 FROM modw_supremm.jobsum_lease WHERE expires > 0';
    while ((await this.warehouse.rows(sql)).length === 0) await pause(10);
  }
}

/** What is marked is stored, series and summary; no summary is without its series. */
export function consistent({ summaries, series, process, states }: Databases): void {
  for (const { document_id: id } of states as { document_id: string }[]) expect(summaries.has(id)).toBe(true);
  expect(process.length).toBe(states.length);
  for (const id of summaries.keys()) expect(series.has(id)).toBe(true);
}

/** For the tests of one `describe`, each of which finds nothing processed. */
export function disturbedSite(servers: SiteServers, dir: string, jobs: number): DisturbedSite {
  const site = new DisturbedSite(servers, dir, jobs);
  beforeAll(() => site.make(), 120_000);
  beforeEach(() => site.forget());
  afterAll(() => site.close());
  return site;
}
