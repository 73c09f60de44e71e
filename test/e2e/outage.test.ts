// A configured site between a real MongoDB and a real MariaDB that go away in the middle of a run: for a while, or for good.
// JOBSUM_RESETS=N: the run under TCP resets is made so many times. The short form has one reset run, and one loss for good of each server.

import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { consistent, disturbedSite, siteServers } from '../support/disturbed.ts';
import { cases } from '../support/effort.ts';
import { tempDir } from '../support/temp.ts';

const RESETS = cases(1, 2, 'JOBSUM_RESETS');
/** So many that there is more to write when the first are marked. */
const JOBS = 250;
const dir = tempDir();
const servers = await siteServers('outages');

/** When a run has said that a server is unavailable; or it has ended. */
const missed = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    let text = '';
    child.stderr!.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('"event":"service.away"')) resolve();
    });
    child.on('exit', () => resolve());
    if (child.exitCode !== null) resolve();
  });

describe.skipIf(!servers)(`a site of ${JOBS} jobs`, () => {
  const site = disturbedSite(servers!, dir, JOBS);
  const { mariadb, mongodb } = servers ?? ({} as NonNullable<typeof servers>);

  it('MongoDB is stopped and started, MariaDB frozen and thawed while a run is on: it waits, nothing differs', async () => {
    const ran = await site.disturbed(site.config(), async () => {
      await mongodb.stop();
      await mariadb.kill('SIGSTOP');
      await pause(1500);
      await mariadb.kill('SIGCONT');
      await mongodb.start();
    });
    expect(ran.code).toBe(0);
    await site.same();
  });

  it('MariaDB is stopped and started while a run is on: it waits, nothing differs', async () => {
    const ran = await site.disturbed(site.config(), async (child) => {
      await mariadb.stop();
      // On a busy machine a run does without it for seconds.
      await missed(child);
      await mariadb.start();
    });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('"event":"service.away"');
    await site.same();
  });

  it.each(Array.from({ length: RESETS }, (_, n) => n + 1))(
    'connections to both are reset again and again: the run ends well, nothing differs (%i)',
    async () => {
      let resets = 0;
      const ran = await site.disturbed(
        site.config(),
        async (child) => {
          for (; child.exitCode === null && resets < 8; resets++) {
            site.toMongo.reset();
            site.toMariadb.reset();
            await pause(100 + 40 * resets);
          }
        },
        '--json',
      );
      expect(resets).toBeGreaterThan(0);
      expect(ran.code).toBe(0);
      expect(JSON.parse(ran.stdout)).toMatchObject({ jobs: { done: JOBS } });
      await site.same();
    },
  );

  const forGood: [string, { away(): unknown; back(): unknown }][] = [
    ['MongoDB is frozen', { away: () => mongodb.kill('SIGSTOP'), back: () => mongodb.kill('SIGCONT') }],
    ['MariaDB is unreachable', { away: () => site.toMariadb.cut(), back: () => site.toMariadb.restore() }],
    ['MongoDB is unreachable', { away: () => site.toMongo.cut(), back: () => site.toMongo.restore() }],
    ['MariaDB is frozen', { away: () => mariadb.kill('SIGSTOP'), back: () => mariadb.kill('SIGCONT') }],
  ];
  it.each(forGood.slice(0, cases(2, 4)))(
    '%s for good: after its patience the run ends with 69, and nothing is marked that is not stored',
    async (_, server) => {
      const where = site.config({ patience: 2 });
      const ran = await site.disturbed(where, async () => void (await server.away()));
      await server.back();
      expect(ran.code).toBe(69);
      expect(ran.stderr).toContain('"event":"service.away"');
      const half = await site.read();
      expect(half.process.length).toBeGreaterThan(0);
      expect(half.process.length).toBeLessThan(JOBS);
      consistent(half);
      expect((await site.start(where)).code).toBe(0);
      await site.same();
    },
  );

  /** How many rows each command leaves. */
  const counted = async (): Promise<unknown> =>
    Promise.all(
      ['archive_paths', 'archives_nodelevel', 'job_scripts', 'process', 'jobsum_job'].map(async (table) => {
        const [row] = await site.warehouse.rows(`SELECT count(*) AS n FROM modw_supremm.${table}`);
        return row!.n;
      }),
    );

  const others: [string, { args: string[]; left: number[] }][] = [
    ['index', { args: [], left: [10, 10, 0, 0, 0] }],
    ['jobscripts', { args: [], left: [10, 10, 1, 0, 0] }],
    ['summarize', { args: ['--dry-run'], left: [10, 10, 1, 0, 0] }],
  ];
  it.each(others)(
    '%s waits for a MariaDB that comes back, and ends with 69 if it stays away',
    async (name, { args, left }) => {
      const [job] = await site.warehouse.rows<{ id: string; day: string }>(
        `SELECT local_job_id_raw AS id, DATE_FORMAT(FROM_UNIXTIME(start_time_ts), '%Y%m%d') AS day FROM modw.job_tasks LIMIT 1`,
      );
      const scripts = join(dir, 'scripts');
      mkdirSync(join(scripts, job!.day), { recursive: true });
      writeFileSync(join(scripts, job!.day, `${job!.id}.savescript`), '#!/bin/sh\n');
      const textfile = join(dir, 'jobsum.prom');
      const batchscript = { path: scripts, timestamp_mode: 'start' };
      const run = (patience: number, started?: (child: ChildProcess) => void) =>
        site.command(name, site.config({ patience, textfile }, { batchscript }), started, '--json', ...args);
      const before = await counted();
      site.toMariadb.cut();
      const vain = await run(1);
      expect(vain.code).toBe(69);
      expect(vain.stderr).toContain('"event":"service.away"');
      expect(await counted()).toEqual(before);
      const ran = await run(60, (child) => void missed(child).then(() => site.toMariadb.restore()));
      expect(ran.stderr).toContain('"event":"service.away"');
      expect(ran.code).toBe(0);
      expect(await counted()).toEqual(left);
      // A dry run leaves nothing, no figures either.
      if (args.length > 0) expect(existsSync(textfile)).toBe(false);
      else expect(readFileSync(join(dir, `jobsum-${name}.prom`), 'utf8')).toContain(`{command="${name}"} 0\n`);
    },
  );
});
