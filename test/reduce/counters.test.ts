// Counters that go back: wraps are undone, restarts split the interval and are said, in both engines and in documents.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { indomId, pmid, Wasm } from '../../src/pcp/index.ts';
import type { ConsumerSpec, SubsampleResult } from '../../src/reduce/index.ts';
import { haveShared, shared } from '../oracle/shared.ts';
import { jobsum } from '../support/cli.ts';
import { archive, deltas, ENGINES, ends, metric, type Record, readBy, said } from '../support/counters.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();

describe.each(ENGINES)('the %s engine', (_, decode) => {
  const read = (archives: readonly string[], specs: readonly ConsumerSpec[], span?: readonly [number, number]) =>
    readBy(decode, archives, specs, span);

  it('adds the parts of a counter that was restarted, and says so', () => {
    const m = metric(0, { indom: indomId(60, 0) });
    const base = archive([m], [[[100n, 7n]], [[150n, 8n]], [[3n, 9n]], [[13n, 10n]]]);
    const window = read([base], [ends([m])]);
    expect(deltas(window)).toEqual([[60, 3]]);
    expect(said(window)).toEqual([
      'E_COUNTER_RESET: counters were restarted at 2026-03-02 00:01:00 UTC, the parts before and after are added: c.m0[i0]',
    ]);
  });

  it('sees one between the first and the last record, though the last is above the first', () => {
    const m = metric(0);
    const window = read([archive([m], [[10n], [100n], [0n], [50n]])], [ends([m])]);
    expect(deltas(window)).toEqual([[140]]);
    expect(said(window)).toHaveLength(1);
  });

  it.each([
    ['u32', 2 ** 32 - 10, 5, 15],
    ['i32', 2 ** 31 - 10, -(2 ** 31) + 5, 15],
    ['u64', 2n ** 64n - 10n, 5n, 15],
  ] as const)('undoes the wrap of %s without a word', (type, before, after, counted) => {
    const m = metric(0, { type });
    const window = read([archive([m], [[before], [after], [after]])], [ends([m])]);
    expect(deltas(window)).toEqual([[counted]]);
    expect(said(window)).toEqual([]);
  });

  it('takes a fall that cannot be a wrap for a restart, also of 32 bits', () => {
    const m = metric(0, { type: 'u32' });
    const window = read([archive([m], [[1000], [2000], [0], [5]])], [ends([m])]);
    expect(deltas(window)).toEqual([[1005]]);
    expect(said(window)).toHaveLength(1);
  });

  describe('of 32 bits', () => {
    const m = metric(0, { type: 'u32', indom: indomId(60, 0) });
    const other = metric(1);
    /** Instances by what they start from and what they count in each record, and a counter that only rises. */
    const counted = (starts: readonly number[], each: (i: number) => number, n = 60): Record[] => {
      const at = [...starts];
      return Array.from({ length: n }, (__, i) => {
        if (i > 0) for (const k of at.keys()) at[k] = (at[k]! + each(i)) % 2 ** 32;
        return [[...at], BigInt(i)];
      });
    };

    it.each([
      ['3/4 of the width', 3e9],
      ['just over half of it', 2.2e9],
      ['nearly all of it', 4.2e9],
    ])('wraps in most records when it counts %s in each, from the first on', (__, step) => {
      // The second instance falls before its pace is known.
      const window = read(
        [
          archive(
            [m, other],
            counted([0, 4e9], () => step),
          ),
        ],
        [ends([m])],
      );
      expect(deltas(window)).toEqual([[59 * step, 59 * step]]);
      expect(said(window)).toEqual([]);
    });

    it('may count a third more or less than before', () => {
      const step = (i: number): number => (i % 2 ? 2.6e9 : 3.2e9);
      const sum = Array.from({ length: 59 }, (__, i) => step(i + 1)).reduce((a, b) => a + b);
      const window = read([archive([m, other], counted([0, 1], step))], [ends([m])]);
      expect(deltas(window)).toEqual([[sum, sum]]);
      expect(said(window)).toEqual([]);
    });

    it('was restarted if it falls to what it counts by far, whatever its width holds', () => {
      const slow = counted([3e9, 7], () => 1000);
      const after = counted([200, 60_007], () => 1000).map((r) => [r[0]!, 60n]);
      const window = read([archive([m, other], [...slow, ...after])], [ends([m])]);
      expect(deltas(window)[0]![0]).toBe(118_000);
      expect(said(window)).toHaveLength(1);
    });

    it('was restarted once, be it as fast as it may', () => {
      const before = counted([0, 1e9], () => 1e8, 20);
      const after = counted([3e7, 3e7], () => 1e8, 20);
      const window = read([archive([m, other], [...before, ...after])], [ends([m])]);
      expect(deltas(window)).toEqual([[3.8e9, 3.8e9]]);
      expect(said(window)).toHaveLength(1);
    });

    it('wraps where it was idle before', () => {
      const records: Record[] = [4e9, 4e9, 4e9, 1e9, 1e9].map((x, i) => [[x], BigInt(i)]);
      expect(deltas(read([archive([m, other], records)], [ends([m])]))).toEqual([[1e9 + 2 ** 32 - 4e9]]);
    });
  });

  it.each([
    ['a mark between', 'mark' as const, 1_000_000n],
    ['another counter of the agent restarted in the same record', null, 0n],
  ])('takes what could be a wrap for a restart: %s', (__, between, other) => {
    const metrics = [metric(0, { type: 'u32' }), metric(1)];
    const records: Record[] = [
      [2 ** 32 - 20, 500_000n],
      [2 ** 32 - 10, 900_000n],
      [5, other],
      [25, other + 10n],
    ];
    if (between) records.splice(2, 0, between);
    const window = read([archive(metrics, records)], [ends(metrics)]);
    expect(deltas(window)[0]).toEqual([30]);
    expect(said(window)[0]).toContain('c.m0');
  });

  it('takes all counters of an agent for restarted by a boot between two archives, those too that came further', () => {
    const metrics = [metric(0), metric(1), metric(2, { pmid: pmid(61, 1, 0) })];
    const before = archive(metrics, [
      [1000n, 10n, 5n],
      [2000n, 20n, 10n],
    ]);
    const after = archive(
      metrics,
      [
        [100n, 500n, 30n],
        [150n, 600n, 40n],
      ],
      40,
    );
    const window = read([before, after], [ends(metrics)]);
    // The third is another agent's, and went on.
    expect(deltas(window)).toEqual([[1050], [110], [35]]);
    expect(said(window)[0]).toContain('c.m0, c.m1');
  });

  it('says how many instances and times there were', () => {
    const m = metric(0, { indom: indomId(60, 0) });
    const records: Record[] = [[[9n, 9n, 90n, 1n]], [[9n, 1n, 1n, 2n]], [[9n, 2n, 2n, 3n]], [[2n, 1n, 3n, 4n]]];
    expect(said(read([archive([m], records)], [ends([m])]))[0]).toMatch(
      /: c\.m0\[i1 and 2 others\] \(first time of 2\)$/,
    );
  });

  it('knows the width that is configured', () => {
    const m = metric(0);
    const records: Record[] = [[4_000_000_000n], [100n], [200n]];
    expect(deltas(read([archive([m], records)], [ends([m], [32])]))).toEqual([[2 ** 32 - 4e9 + 200]]);
    expect(deltas(read([archive([m], records)], [ends([m])]))).toEqual([[100]]);
  });

  it('looks at no record before the window, and leaves what is no counter, or not asked for, as it is', () => {
    const metrics = [metric(0), metric(1, { semantics: 'instant' })];
    const base = archive(metrics, [
      [1000n, 50n],
      [10n, 40n],
      [20n, 30n],
    ]);
    const late = read([base], [ends(metrics)], [1, 9]);
    expect(deltas(late)).toEqual([[10], [-10]]);
    expect(said(late)).toEqual([]);
    const { counters: __, ...plain } = ends(metrics);
    const both = read([base], [plain, ends(metrics)]);
    expect(deltas(both, 0)).toEqual([[-980], [-20]]);
    expect(deltas(both, 1)).toEqual([[10], [-20]]);
  });

  it('gives series without a fall', () => {
    const m = metric(0, { type: 'double' });
    const records = [0.1, 0.7, 0.2, 0.3, 1.3, 0.1, 0.2].map((x): Record => [x]);
    const value = { fold: 'first' as const, rows: [{ metric: 0 }] };
    const spec: ConsumerSpec = {
      ...{ metrics: [m.name], mode: 'all', counters: [0] },
      reducers: [{ kind: 'SUBSAMPLE', value, monotonic: 'value' }],
    };
    const window = read([archive([m], records)], [spec]);
    const { v } = window.consumers[0]!.reducers[0] as SubsampleResult;
    expect(v).toHaveLength(7);
    const steps = Array.from(v.subarray(1), (x, i) => x - v[i]!);
    [0.6, 0, 0.1, 1, 0, 0.1].forEach((step, i) => {
      expect(steps[i]).toBeGreaterThanOrEqual(0);
      expect(steps[i]).toBeCloseTo(step, 12);
    });
  });

  it.runIf(haveShared('counters of ../shared/archives that wrap')).each([
    ['wrap', 'sample.wrap.long', 2 ** 30 - 2],
    ['uwrap', 'sample.wrap.ulong', 2 ** 31 - 2],
  ])('undoes the wraps of %s', (name, wanted, step) => {
    const spec: ConsumerSpec = {
      ...{ metrics: [wanted], mode: 'firstlast', counters: [0], reducers: [{ kind: 'FIRSTLAST' }] },
    };
    const span = { startNs: -(2n ** 62n), endNs: 2n ** 62n, walltime: 600, archives: [0], declare: () => [spec] };
    const archives = [shared('archives', name, name)];
    const [window] = decode(new Wasm(), { archives, wanted: [wanted], windows: [span] }).windows;
    const total = deltas(window!)[0]![0]!;
    const { records } = window!.consumers[0]!;
    expect(records).toBeGreaterThan(9);
    expect(Math.abs(total / (records - 1) - step)).toBeLessThan(2);
    expect(said(window!)).toEqual([]);
  });
});

describe.runIf(haveShared('../shared/field/counter-reset'))('a job whose counters restart in the middle', () => {
  const field = shared('field', 'counter-reset');
  const run = async (...more: string[]) => {
    const args = ['--jobs', join(field, 'jobs.ndjson'), '--archives', field, '--output', 'ndjson:-', '--again'];
    const ran = await jobsum(['summarize', ...args, ...more], { cwd: dir });
    return { ...ran, document: JSON.parse(ran.stdout) };
  };
  const anyNegative = (x: unknown): boolean =>
    typeof x === 'number' ? x < 0 : typeof x === 'object' && x !== null && Object.values(x).some(anyNegative);

  it.each(['wasm', 'ts'])('has the sums of both parts, nothing negative, and says so (%s)', async (engine) => {
    const { code, document, stderr } = await run('--engine', engine);
    expect(code).toBe(0);
    expect(document.block.sda.read_bytes).toEqual({ avg: 79 * 3000, cnt: 1 });
    expect(document.network.eth0['in-bytes']).toEqual({ avg: 79 * 30_000, cnt: 1 });
    expect(document.cpu.nodecpus.user).toEqual({ avg: 0.8, cnt: 2 });
    const { errors, acct: _, ...rest } = document;
    expect(anyNegative(rest)).toBe(false);
    expect(errors.job).toHaveLength(1);
    for (const part of ['E_COUNTER_RESET', 'disk.dev.read_bytes[sda]', 'network.interface.in.bytes[eth0]', 'node n1'])
      expect(errors.job[0]).toContain(part);
    expect(stderr).toContain('E_COUNTER_RESET');
  });

  it('is as the reference has it with --as-reference', async () => {
    const { document } = await run('--as-reference');
    expect(document.block.sda.read_bytes).toEqual({ avg: -940_000, cnt: 1 });
    expect(document.errors).toBeUndefined();
  });

  it('has no negative rate in archive values --rate, and says where there is none', async () => {
    const base = join(field, 'n1', '20261125');
    const ran = await jobsum(['archive', 'values', base, 'disk.dev.read_bytes', '--rate', '--json'], { cwd: dir });
    const rates = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).value as number);
    expect(rates).toHaveLength(119);
    expect(rates.every((rate) => rate === 100)).toBe(true);
    expect(ran.stderr).toContain('disk.dev.read_bytes[sda] went back');
  });
});
