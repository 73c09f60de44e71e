// Metrics of the agents that current PCP has beside those that sites patched in, and what an archive can feed.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ANALYTICS, feedsOf, PREPROCESSORS } from '../../src/analytics/index.ts';
import { jobOf, type Sample, STEP, summarize, times } from '../support/nodes.ts';

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

describe('what an archive can feed', () => {
  it('is what each analytic would read there, or what it lacks', () => {
    const names = new Set(['nvidia.power', 'kernel.all.load', 'network.interface.in.bytes', 'hinv.ncpu']);
    const feeds = new Map(feedsOf((name) => names.has(name)).map((f) => [f.cls, f]));
    expect(feeds.size).toBe(ANALYTICS.length + 3);
    expect(feeds.get('GpuPower')).toEqual({ cls: 'GpuPower', key: 'gpupower', metrics: ['nvidia.power'], missing: [] });
    expect(feeds.get('HardwareInventory')).toMatchObject({ key: null, metrics: ['hinv.ncpu'] });
    expect(feeds.get('Network')).toMatchObject({ metrics: [], missing: [['network.interface.out.bytes']] });
    expect(feeds.get('PowerUsageTimeseries')).toMatchObject({
      key: 'timeseries.power',
      missing: [['ipmi.dcmi.power']],
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
  const lines = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').split('\n');
  expect(lines.filter((line) => agentTable().some((entry) => line.startsWith(entry.split(':')[0]!)))).toEqual(
    agentTable(),
  );
});
