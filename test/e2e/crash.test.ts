// A configured site between a real MongoDB and a real MariaDB: killed at any instant, two runs at once.
// JOBSUM_CRASH_KILLS=N: so many kills in place of a few.

import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Ran } from '../support/cli.ts';
import { consistent, disturbedSite, siteServers } from '../support/disturbed.ts';
import { cases } from '../support/effort.ts';
import { tempDir } from '../support/temp.ts';

const KILLS = cases(2, 12, 'JOBSUM_CRASH_KILLS');
const JOBS = 120;
const dir = tempDir();
const servers = await siteServers('crashes and two runs at once');

describe.skipIf(!servers)(`a site of ${JOBS} jobs`, () => {
  const site = disturbedSite(servers!, dir, JOBS);

  it(
    `killed with -9 at ${KILLS} instants: marked is only what is stored, and a last run makes all as undisturbed`,
    async () => {
      let killed = 0;
      let { usual } = site;
      let where = site.config();
      for (let tries = 0; killed < KILLS; tries++) {
        // A run that has nothing left to do cannot be killed in the middle of it.
        if ((await site.read()).process.length > JOBS * 0.8) {
          expect((await site.start(where)).code).toBe(0);
          await site.same();
          await site.forget();
          where = site.config();
        }
        // Golden-ratio steps: instants that are spread evenly, however many there are.
        const delay = usual * (0.15 + 0.85 * ((tries * 0.618) % 1));
        const ran = await site.start(where, (child) => void pause(delay).then(() => child.kill('SIGKILL')));
        if (ran.signal === 'SIGKILL') killed++;
        // The machine was busier when the undisturbed run was timed.
        else usual *= 0.9;
        if (tries % 10 === 0) consistent(await site.read());
      }
      consistent(await site.read());
      expect((await site.start(where)).code).toBe(0);
      await site.same();
    },
    60_000 + KILLS * 15_000,
  );

  it('two runs at once: one does every job, the other ends with 75 without a word', async () => {
    // The first is frozen while the second looks, so that it cannot be done before.
    let second: Promise<Ran> | undefined;
    const first = await site.start(
      site.config(),
      (child) => {
        second = site.leased().then(async () => {
          child.kill('SIGSTOP');
          const ran = await site.start(site.config(), undefined, '--quiet');
          child.kill('SIGCONT');
          return ran;
        });
      },
      '--json',
    );
    expect(await second).toMatchObject({ code: 75, stdout: '', stderr: '' });
    expect(JSON.parse(first.stdout)).toMatchObject({ jobs: { done: JOBS } });
    await site.same();
  });

  it('a run that was frozen until another took its lease is refused when it wakes, and marks nothing', async () => {
    let second: Ran | undefined;
    let before = 0;
    const first = await site.disturbed(site.config({ lease: 2 }), async (child) => {
      child.kill('SIGSTOP');
      // From another host, as far as the second can tell: its mark is not one of this machine.
      await site.warehouse.run("UPDATE modw_supremm.jobsum_lease SET host = 'elsewhere', mark = 'elsewhere'");
      await pause(2500);
      second = await site.start(site.config(), undefined, '--json');
      before = (await site.read()).process.length;
      child.kill('SIGCONT');
    });
    expect(second?.code).toBe(0);
    expect(before).toBe(JOBS);
    expect(first.code).toBe(75);
    expect(first.stderr).toContain('E_LEASE_LOST');
    const runs = await site.warehouse.rows('SELECT run, count(*) AS n FROM modw_supremm.jobsum_job GROUP BY run');
    expect(runs).toHaveLength(2);
    await site.same();
  });
});
