// The section `coverage`: what it says of whole, broken and absent nodes; that it stays small; how the report reads.

import { describe, expect, it } from 'vitest';
import { coverageSection, type NodeCoverage } from '../../src/document/index.ts';
import { stateOf } from '../../src/document/wholeness.ts';
import { CoverageCounter } from '../../src/reduce/index.ts';
import { jobTable, reportLines } from '../../src/view/index.ts';

const NS = 1_000_000_000n;
const START = 1000;
const END = 4600;

/** A node with records at these seconds. */
function node(index: number, times: readonly number[] | null): NodeCoverage {
  const span = { startNs: BigInt(START) * NS, endNs: BigInt(END + 1) * NS };
  const about = { index, node: `n${index}`, ...span };
  if (times === null) return about;
  const counter = new CoverageCounter();
  for (const t of times) counter.add(BigInt(t) * NS);
  return { ...about, data: { coverage: counter.finish(), archives: 1, bytes: 1000 } };
}

const every30 = (from: number, to: number): number[] =>
  Array.from({ length: Math.floor((to - from) / 30) + 1 }, (_, i) => from + 30 * i);
const whole = every30(START + 5, END);
const broken = [...every30(START + 5, 2000), ...every30(3000, END)];
const late = every30(2000, END);

const report = (coverage: unknown): string =>
  reportLines(
    { acct: { id: '1', start_time: START, end_time: END }, summarization: { complete: false }, coverage },
    { width: 200, color: false, series: false },
  ).join('\n');

describe('coverage of a job', () => {
  const nodes = [node(0, whole), node(1, broken), node(2, late), node(3, []), node(4, null)];
  const analytics = {
    CpuUsage: { nodes: 3, partial: [], missing: [] },
    GpuUsage: { nodes: 2, partial: [1], missing: [0] },
  };
  const section = coverageSection({ expected: 5, nodes, analytics });

  it('tells whole nodes from those with gaps, begun late, or without data', () => {
    expect(section).toMatchObject({ expected: 5, reporting: 3, full: 1, window: 3601, archives: 4, bytes: 4000 });
    const [a, b, c, d, e] = section.nodes as Record<string, unknown>[];
    expect(a).toMatchObject({ node: 'n0', first: 1005, interval: 30, gaps: 0, gap_seconds: 0, covered: 3601 });
    expect(b).toMatchObject({ gaps: 1, gap_seconds: 1005, covered: 2596 });
    expect(c).toMatchObject({ first: 2000, last: 4580, gaps: 0, covered: 2631 });
    expect(d).toEqual({ index: 3, node: 'n3', records: 0, archives: 1, bytes: 1000, covered: 0 });
    expect(e).toEqual({ index: 4, node: 'n4', records: 0, archives: 0, bytes: 0, covered: 0 });
    // Over all nodes that accounting names.
    expect(section.covered).toBe((3601 + 2596 + 2631) / 5);
  });

  it('names the nodes that an analytic had nothing from', () => {
    expect(section.analytics).toEqual({ CpuUsage: { nodes: 3 }, GpuUsage: { nodes: 2, partial: [1], missing: [0] } });
  });

  it('is read in the report', () => {
    const text = report(section);
    expect(text).toContain('49.0 % of the time of 5 nodes');
    expect(text).toContain('n1: 72.1 % of the time: 1 gap, 16m45s');
    expect(text).toContain('n2: 73.1 % of the time: begins 16m40s late');
    expect(text).toContain('n3: no data in the time of the job');
    expect(text).toContain('n4: no data, no archive');
    expect(text).not.toContain('n0:');
    expect(text).toContain('GpuUsage: 2 of 3 nodes, 1 of them in part');
    expect(text).not.toContain('CpuUsage');
  });

  it('lists of thousands of nodes those that lack most, and says how many it does not list', () => {
    const many = Array.from({ length: 4096 }, (_, i) => node(i, i % 40 === 7 ? broken : i === 99 ? null : whole));
    const large = coverageSection({
      expected: 4096,
      nodes: many,
      analytics: { Gpfs: { nodes: 0, partial: [], missing: many.map((n) => n.index) } },
    });
    const listed = large.nodes as { index: number }[];
    expect(listed).toHaveLength(64);
    expect(listed[0]!.index).toBe(99);
    expect(listed.slice(1, 4).map((n) => n.index)).toEqual([7, 47, 87]);
    expect(large).toMatchObject({ reporting: 4095, omitted: 4032, full: 4096 - 103 - 1 });
    expect(JSON.stringify(large).length).toBeLessThan(20_000);
    expect(report(large)).toContain('… and 94 more');
  });

  it('of a short job with begin and end archives is whole', () => {
    for (const [length, times] of [
      [8, [0.3, 8.2]],
      [70, [0.3, 7, 10.3, 20.3, 30.3, 37, 67, 70.4]],
    ] as const) {
      const counter = new CoverageCounter();
      // Two groups a sample.
      for (const t of times) for (const ms of [0, 6]) counter.add(BigInt((START + t) * 1000 + ms) * 1_000_000n);
      const data = { coverage: counter.finish(), archives: 3, bytes: 10 };
      const span = { startNs: BigInt(START) * NS, endNs: BigInt(START + length + 1) * NS };
      const short = coverageSection({ expected: 1, nodes: [{ index: 0, node: 'n', ...span, data }], analytics: {} });
      expect(short).toMatchObject({ full: 1, covered: length + 1, window: length + 1, nodes: [{ gaps: 0 }] });
    }
  });

  it('of one record, or of two far from each other and from the ends, is not whole', () => {
    for (const [times, most] of [
      [[2000], 0],
      [[1900, 3700], 1920],
    ] as const) {
      const one = coverageSection({ expected: 1, nodes: [node(0, times)], analytics: {} });
      expect(one).toMatchObject({ full: 0, covered: most });
      expect(stateOf({ summarization: { complete: true }, coverage: one })).toMatch(
        /^incomplete: .* of the time, no CPU data/,
      );
    }
  });

  it('is in the headline of the report and of the list', () => {
    const doc = (coverage: object, cpu: object) => ({ summarization: { complete: true }, coverage, cpu });
    const cpu = { nodecpus: { user: { avg: 0.5, cnt: 1 } } };
    const full = coverageSection({ expected: 1, nodes: [node(0, whole)], analytics: {} });
    const part = coverageSection({ expected: 1, nodes: [node(0, late)], analytics: {} });
    expect(stateOf(doc(full, cpu))).toBe('complete');
    expect(stateOf(doc(full, { nodecpus: { error: 3 } }))).toBe('incomplete: no CPU data');
    expect(jobTable([doc(part, cpu)]).at(-1)).toContain('incomplete: 73.0 % of the time');
    expect(report(part)).toContain('data  incomplete: 73.0 % of the time, no CPU data');
  });

  it('of a job that was not read says that', () => {
    const nothing = coverageSection({ expected: 2, nodes: [], analytics: {} });
    expect(nothing).toMatchObject({ expected: 2, reporting: 0, covered: 0, nodes: [], analytics: {} });
    expect(report(nothing)).not.toContain('undefined');
  });
});
