// Metrics of the agents that current PCP has beside those that sites patched in, and what an archive can feed.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ANALYTICS, feedsOf, PREPROCESSORS } from '../../src/analytics/index.ts';
import { ArchiveWriter, pmid, UNITS } from '../../src/pcp/index.ts';
import { feedLines } from '../../src/view/index.ts';
import { documents } from '../support/field.ts';
import { jobOf, type Sample, START, STEP, summarize, times } from '../support/nodes.ts';
import { tempDir } from '../support/temp.ts';

const N = 8;
const job = jobOf(1, (N - 1) * STEP);
const gpus = (metric: string, values: readonly number[]): Sample => ({
  [metric]: Object.fromEntries(values.map((v, i) => [`gpu${i}`, v])),
});

describe('GPUs', () => {
  it.each(['nvidia.powerused', 'nvidia.power'])('have watts and joules from %s, in milliwatts', (metric) => {
    const { summary } = summarize(job, [times(N, () => gpus(metric, [250_000, 100_000]))]);
    expect(summary.gpupower).toMatchObject({
      gpu0: { power: { mean: { avg: 250 } }, energy: { total: 250 * (N - 1) * STEP } },
      gpu1: { power: { max: { avg: 100 } } },
    });
  });

  it('have the energy that their own counter counted, unless it began again', () => {
    // A burst between samples that readings of power do not see; the third card has no counter.
    const counter = (i: number): number[] => [1e9 + i * 9e6, i < 4 ? 7e9 + i : i];
    const records = times(N, (i) => ({
      ...gpus('nvidia.power', [250_000, 100_000, 50_000]),
      ...gpus('nvidia.energy', counter(i)),
    }));
    const energy = { gpu0: 9000 * (N - 1), gpu1: 100 * (N - 1) * STEP, gpu2: 50 * (N - 1) * STEP };
    for (const [gpu, total] of Object.entries(energy))
      expect(summarize(job, [records]).summary.gpupower).toMatchObject({ [gpu]: { energy: { total } } });
  });

  it('of AMD have power in microwatts', () => {
    const { summary } = summarize(job, [times(N, () => gpus('amdgpu.gpu.average_power', [2_800_000, 300_000_000]))]);
    expect(summary.gpupower).toMatchObject({
      gpu0: { power: { mean: { avg: 2.8 } } },
      gpu1: { energy: { total: 300 * (N - 1) * STEP } },
    });
  });

  it('of AMD have activity and memory', () => {
    const records = times(N, () => ({ ...gpus('amdgpu.gpu.load', [40, 60]), ...gpus('amdgpu.memory.used', [7, 9]) }));
    const { summary, timeseries } = summarize(job, [records]);
    expect(summary.gpu).toMatchObject({
      gpu0: { gpuactive: { avg: 40 }, memused: { avg: 7 } },
      gpu1: { memusedmax: { avg: 9 } },
    });
    expect(timeseries.gpu_usage).toMatchObject({ hosts: { 0: { all: times(N, () => 50), names: { 1: 'gpu1' } } } });
  });
});

describe('power from RAPL', () => {
  const name = (socket: number, component: string): string => `${socket}-${component}`;
  const LONG = 60;
  const long = jobOf(1, (LONG - 1) * STEP);
  const seconds = (LONG - 1) * STEP;
  /** Counters of these watts, which begin again at `range` joules. */
  const rapl = (metric: string, watts: Readonly<Record<string, number>>, range: number): Sample[] =>
    times(LONG, (i) => ({
      [metric]: Object.fromEntries(Object.entries(watts).map(([n, w], k) => [n, (60_000 + k + w * i * STEP) % range])),
    }));
  const powerOf = (records: readonly Sample[]): unknown => summarize(long, [records]).summary.ipmi;

  const twoSockets = {
    [name(0, 'package-0')]: 200,
    [name(0, 'core')]: 150,
    [name(0, 'dram')]: 20,
    [name(1, 'package-1')]: 100,
    [name(1, 'core')]: 60,
    [name(1, 'dram')]: 10,
  };

  it.each([
    ['denki.rapl.raw', 2 ** 16],
    ['denki.rapl.raw', 2 ** 18],
    ['denki.rapl.rate', 2 ** 16],
    ['denki.rapl.rate', 2 ** 32],
    ['denki.rapl.sysfs', 2 ** 18],
    ['denki.rapl.msr', 2 ** 16],
  ])('is that of packages and their memory: %s, wrapping at %d J', (metric, range) => {
    expect(powerOf(rapl(metric, twoSockets, range))).toEqual({
      power: { mean: { avg: 330, cnt: 1 }, max: { avg: 330, cnt: 1 } },
      energy: { avg: 330 * seconds, cnt: 1, total: 330 * seconds },
    });
  });

  it.each<[string, number, Readonly<Record<string, number>>]>([
    ['on clients that of packages alone', 15, { 'package-0': 15, core: 9, uncore: 3, dram: 2 }],
    ['on servers of one socket with the memory', 90, { 'package-0': 80, dram: 10 }],
    ['of dies', 190, { 'package-0-die-0': 90, 'package-0-die-1': 100, core: 100 }],
    ['of the platform where it is counted', 300, { 'package-0': 200, dram: 20, psys: 300 }],
    ['not of a platform that is not wired', 220, { 'package-0': 200, dram: 20, psys: 1 }],
  ])('is %s', (_, watts, counters) => {
    expect(powerOf(rapl('denki.rapl.raw', counters, 2 ** 18))).toMatchObject({ power: { mean: { avg: watts } } });
  });

  it.each<[number, Readonly<Record<string, number>>]>([
    [210, { package_energy: 200, cores_energy: 150, dram_energy: 10 }],
    [15, { package_energy: 15, cores_energy: 9, uncore_energy: 3, dram_energy: 2 }],
    [300, { package_energy: 200, dram_energy: 20, psys_energy: 300 }],
    [330, { '0-package_energy': 200, '0-dram_energy': 20, '1-package_energy': 100, '1-dram_energy': 10 }],
  ])('is that of the registers by their names: %d W', (watts, counters) => {
    expect(powerOf(rapl('denki.rapl.msr', counters, 2 ** 18))).toMatchObject({ power: { mean: { avg: watts } } });
  });

  it('makes the series of power, from a clock of any range, however far its points are from each other', () => {
    // A counter of 65,536 J wraps every 3 records; points of so long a job are 7 or 8 records apart.
    const n = 800;
    const whole = jobOf(1, (n - 1) * STEP);
    const watts = (i: number): number => (i < n / 2 ? 600 : 900);
    let joules = 60_000;
    const records = times(n, (i) => {
      joules += i === 0 ? 0 : watts(i) * STEP;
      return { 'denki.rapl.raw': { 'package-0': joules % 2 ** 16, core: 5 } };
    });
    const { summary, timeseries, errors } = summarize(whole, [records]);
    const { times: at, hosts } = timeseries.power as { times: number[]; hosts: Record<string, { all: number[] }> };
    const all = hosts['0']!.all;
    expect(all).toHaveLength(at.length);
    expect(at.length).toBeGreaterThan(80);
    const middle = START + (n / 2) * STEP;
    at.forEach((t, k) => {
      if (t < middle) expect(all[k]).toBe(600);
      else if (k > 0 && at[k - 1]! >= middle) expect(all[k]).toBe(900);
    });
    expect(summary.ipmi).toMatchObject({ power: { max: { avg: 900 } } });
    expect(errors.archive).toContain('n0 power watts are those of processors and memory (RAPL), not of the whole node');
  });

  it('joins nodes of both in one series', () => {
    const dcmi = times(LONG, () => ({ 'ipmi.dcmi.power': [500] }));
    const two = { ...long, nodeCount: 2 };
    const { timeseries } = summarize(two, [dcmi, rapl('denki.rapl.sysfs', twoSockets, 2 ** 18)]);
    const { times: at, hosts } = timeseries.power as { times: number[]; hosts: Record<string, { all: number[] }> };
    expect(hosts['0']!.all).toEqual(at.map(() => 500));
    expect(hosts['1']!.all).toEqual(at.map(() => 330));
    expect(at).toHaveLength(LONG - 1);
  });

  it('stands behind IPMI DCMI, and is said to be of a part of the node', () => {
    const records = rapl('denki.rapl.raw', twoSockets, 2 ** 18);
    expect(summarize(long, [records]).errors.archive).toEqual([
      'n0 ipmi power and energy are those of processors and memory (RAPL), not of the whole node',
      'n0 power watts are those of processors and memory (RAPL), not of the whole node',
    ]);
    const both = summarize(long, [records.map((r) => ({ ...r, 'ipmi.dcmi.power': [500] }))]);
    expect(both.summary.ipmi).toMatchObject({ power: { mean: { avg: 500 } } });
    expect(both.errors).toEqual({});
  });

  it('does not take a restart for a wrap, and says so', () => {
    const joules = times(LONG, (i) => (i < 30 ? 20_000 + 3000 * i : 3000 * (i - 29)) % 2 ** 18);
    const { summary, errors } = summarize(long, [joules.map((j) => ({ 'denki.rapl.raw': { 'package-0': j } }))]);
    expect(summary.ipmi).toMatchObject({ energy: { total: 29 * 3000 + 30 * 3000 } });
    expect(errors.archive).toContainEqual(expect.stringMatching(/^n0 ipmi a counter of RAPL was restarted/));
  });

  it('has the highest mean between stored points as its maximum', () => {
    const joules = times(LONG, (i) => 60_000 + 100 * STEP * i + (i >= 30 ? 200 * STEP : 0));
    expect(powerOf(joules.map((j) => ({ 'denki.rapl.raw': { 'package-0': j } })))).toMatchObject({
      power: { max: { avg: 300 } },
    });
  });
});

/** As PCP 6 records it: RAPL as a 32-bit counter, energy of GPUs as a level, which an old card answers with an error. */
function powerArchive(path: string, records: number): void {
  const ns = (i: number): bigint => BigInt(START + i * STEP) * 1_000_000_000n;
  const w = new ArchiveWriter(path, { version: 2, host: 'n0', startNs: ns(0) });
  const [rapl, gpu] = [156 << 22, 120 << 22];
  const metrics = {
    rate: { name: 'denki.rapl.rate', pmid: pmid(156, 0, 0), type: 'u32', indom: rapl, semantics: 'counter' },
    power: { name: 'nvidia.power', pmid: pmid(120, 0, 21), type: 'u32', indom: gpu, semantics: 'instant' },
    energy: { name: 'nvidia.energy', pmid: pmid(120, 0, 20), type: 'u64', indom: gpu, semantics: 'instant' },
  } as const;
  for (const m of Object.values(metrics)) w.metric({ ...m, units: UNITS.none });
  const named = (...names: string[]) => names.map((name, id) => ({ id, name }));
  w.indom(rapl, ns(0), named('0-package-0', '0-core', '0-dram', '1-package-1'));
  w.indom(gpu, ns(0), named('gpu0'));
  const { rate, power, energy } = metrics;
  for (let i = 0; i < records; i++) {
    const joules = [100, 70, 10, 200].map((watts) => (50_000 + watts * STEP * i) % 2 ** 16);
    const counted = { pmid: energy.pmid, type: energy.type, ids: [0], values: [BigInt(10 ** 9 + 9_000_000 * i)] };
    w.record(ns(i), [
      { pmid: rate.pmid, type: rate.type, ids: [0, 1, 2, 3], values: joules },
      { pmid: power.pmid, type: power.type, ids: [0], values: [250_000] },
      path.endsWith('old') ? { ...counted, ids: [], values: [], error: -12350 } : counted,
    ]);
  }
  w.close();
}

describe.each(['new', 'old'])('an archive of a node with %s GPUs', (card) => {
  const cwd = tempDir();
  const records = 40;
  const seconds = (records - 1) * STEP;
  powerArchive(join(cwd, card), records);

  it.each(['wasm', 'ts'] as const)('has energy of RAPL and GPUs, by the engine %s', async (engine) => {
    const acct = { user: 'u1', resource_manager: 'slurm' };
    const one = JSON.stringify({ job_id: '7', start: START, end: START + seconds, nodes: ['n0'], acct });
    const [document] = (await documents(`${one}\n`, cwd, { cwd, engine })).values();
    expect(document).toMatchObject({
      ipmi: { power: { mean: { avg: 310 }, max: { avg: 310 } }, energy: { total: 310 * seconds } },
      gpupower: { gpu0: { power: { mean: { avg: 250 } }, energy: { total: (card === 'new' ? 300 : 250) * seconds } } },
    });
    // That it is RAPL's, of the numbers and of the series.
    expect(document!.errors?.archive).toHaveLength(2);
  });
});

describe('networks', () => {
  it("have InfiniBand from the adapter's counters where the switch's are not recorded", () => {
    const counters = ['in.bytes', 'in.packets', 'out.bytes', 'out.packets'];
    const records = times(N, (i) =>
      Object.fromEntries(
        counters.map((c, k) => [`infiniband.port.${c}`, { 'mlx5_0:1': 2 ** 20 * STEP * i * (k + 1) }]),
      ),
    );
    const { summary, timeseries } = summarize(job, [records]);
    expect(summary.infiniband).toMatchObject({
      'mlx5_0:1': { 'switch-in-bytes': { avg: 2 ** 20 * STEP * (N - 1) }, 'switch-out-packets': { cnt: 1 } },
    });
    expect(timeseries.ib_lnet).toMatchObject({ hosts: { 0: { all: times(N - 1, () => 4) } } });
  });

  it('have LNet from lustrecomm', () => {
    const records = times(N, (i) =>
      Object.fromEntries(
        ['length', 'count'].flatMap((what) =>
          ['drop', 'recv', 'send'].map((way, k) => [`lustrecomm.stats.${way}_${what}`, [k * 10 * i]]),
        ),
      ),
    );
    expect(summarize(job, [records]).summary.lnet).toMatchObject({ recv: { avg: 70 }, send_count: { avg: 140 } });
  });
});

describe('what an archive can feed', () => {
  it('is not what is left out because of its units, and says so', () => {
    const names = new Set(['amdgpu.gpu.average_power', 'amdgpu.gpu.load', 'amdgpu.memory.used']);
    const misfits = { 'amdgpu.gpu.average_power': { expected: 'microwatt', found: '/ microsec' } };
    const feeds = new Map(feedsOf((name) => names.has(name), { misfits }).map((f) => [f.cls, f]));
    const metric = 'amdgpu.gpu.average_power';
    expect(feeds.get('GpuPower')).toMatchObject({ metrics: [], misfits: [{ metric, ...misfits[metric] }] });
    expect(feeds.get('GpuUsage')).not.toHaveProperty('misfits');
    expect([...feedLines('a', [feeds.get('GpuPower')!])][1]).toMatch(
      /^ {2}no {2}GpuPower \(gpupower\): .*; amdgpu\.gpu\.average_power is in \/ microsec, not in microwatt$/,
    );
  });

  it('is what each analytic would read there, or what it lacks', () => {
    const names = new Set(['nvidia.power', 'kernel.all.load', 'network.interface.in.bytes', 'hinv.ncpu']);
    const feeds = new Map(feedsOf((name) => names.has(name)).map((f) => [f.cls, f]));
    expect(feeds.size).toBe(ANALYTICS.length + PREPROCESSORS.length);
    expect(feeds.get('GpuPower')).toEqual({ cls: 'GpuPower', key: 'gpupower', metrics: ['nvidia.power'], missing: [] });
    expect(feeds.get('HardwareInventory')).toMatchObject({ key: null, metrics: ['hinv.ncpu'] });
    expect(feeds.get('Network')).toMatchObject({ metrics: [], missing: [['network.interface.out.bytes']] });
    expect(feeds.get('PowerUsageTimeseries')).toMatchObject({
      key: 'timeseries.power',
      missing: expect.arrayContaining([['ipmi.dcmi.power'], ['denki.rapl.sysfs']]),
    });
  });
});

/** PCP agents by the first component of their metrics; those not named are called like their metrics. */
const AGENTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['disk', 'hinv', 'kernel', 'mem', 'network'].map((root) => [root, 'linux'])),
  ...Object.fromEntries(['cgroup', 'hotproc'].map((root) => [root, 'proc'])),
};

const agentOf = (metric: string): string => {
  const root = metric.split('.')[0]!;
  return AGENTS[root] ?? root;
};

/** One line an agent: what it feeds, alone or with others. */
function agentTable(): string[] {
  const fed = new Map<string, string[]>();
  for (const a of [...PREPROCESSORS, ...ANALYTICS]) {
    for (const agent of new Set([...a.alternatives.flat(), ...(a.optional ?? [])].map(agentOf)))
      fed.set(agent, [...(fed.get(agent) ?? []), a.cls]);
  }
  return [...fed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([agent, list]) => `- \`${agent}\`: ${list.sort().join(', ')}`);
}

it('the manual lists which agent feeds which analytic', () => {
  const lines = readFileSync(new URL('../../src/manual/documents.md', import.meta.url), 'utf8').split('\n');
  expect(lines.filter((line) => agentTable().some((entry) => line.startsWith(entry.split(':')[0]!)))).toEqual(
    agentTable(),
  );
});
