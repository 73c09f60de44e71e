// Counters that were restarted and show it not themselves, because they have come further than before meanwhile.

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NodeWindowResult } from '../../src/pcp/index.ts';
import { type Datum, indomId, pmid, UNITS } from '../../src/pcp/index.ts';
import type { ConsumerSpec } from '../../src/reduce/index.ts';
import { archive, deltas, ENGINES, ends, metric, type Record, readBy, said, T0 } from '../support/counters.ts';
import { cases } from '../support/effort.ts';
import { randomBoots } from '../support/random-boots.ts';

describe.each(ENGINES)('the %s engine', (_, decode) => {
  const read = (archives: readonly string[], specs: readonly ConsumerSpec[]) => readBy(decode, archives, specs);

  describe('where counters have come further than before meanwhile', () => {
    const [disk, net, other] = [
      metric(0, { indom: indomId(60, 0) }),
      metric(1),
      metric(2, { pmid: pmid(91, 1, 0) }),
    ] as const;
    const uptime = metric(3, { name: 'kernel.all.uptime', type: 'double', semantics: 'instant', units: UNITS.second });
    const boottime = metric(4, {
      name: 'kernel.all.boottime',
      type: 'i64',
      semantics: 'discrete',
      units: UNITS.second,
    });
    const specs = [disk, net, other].map((m) => ends([m]));
    const sums = (window: NodeWindowResult): number[][] => specs.map((_, i) => deltas(window, i)[0]!);

    it('counts what they rose by across a mark or another archive alone', () => {
      const records: Record[] = [
        [[5n], 10n, 1n],
        [[6n], 20n, 2n],
        'mark',
        [[7n], 1_000_020n, 3n],
        [[8n], 1_000_030n, 4n],
      ];
      const window = read([archive([disk, net, other], records)], specs);
      expect(sums(window)).toEqual([[3], [1_000_020], [3]]);
      expect(said(window)).toEqual([]);
      const parts = [
        archive([disk, net, other], records.slice(0, 2)),
        archive([disk, net, other], records.slice(3), 3),
      ];
      const next = read(parts, specs);
      expect([sums(next), said(next)]).toEqual([sums(window), []]);
    });

    it.each([
      ['a mark', 'mark' as const],
      ['another archive', null],
    ])('splits all of an agent by any that fell across %s, in whatever record of the sample', (_, between) => {
      const first: Record[] = [
        [null, 10n, 1n],
        [[500n, 5n], null, null],
        [null, 20n, 2n],
        [[600n, 6n], null, null],
      ];
      const second: Record[] = [
        [null, 1_000_000n, 3n],
        [[7n, 6n], null, null],
        [null, 1_000_010n, 4n],
        [[9n, 9n], null, null],
      ];
      const metrics = [disk, net, other];
      const archives = between
        ? [archive(metrics, [...first, between, ...second])]
        : [archive(metrics, first), archive(metrics, second, 5)];
      const window = read(archives, specs);
      // The agent of the third has no part in it.
      expect(sums(window)).toEqual([[102, 4], [20], [3]]);
      const text = said(window).join();
      expect(text).toContain('c.m0[i0]');
      expect(text).toContain('c.m1');
      expect(text).not.toContain('c.m2');
    });

    it.each([
      ['kernel.all.uptime', uptime, [5000, 5030, 12, 42]],
      ['kernel.all.uptime that is longer than before', uptime, [2, 5, 12, 42]],
      ['kernel.all.boottime', boottime, [T0 - 5000n, T0 - 5000n, T0 + 70n, T0 + 70n]],
    ] as const)('splits all of the node by %s', (_, boot, seconds) => {
      const [a, b, c, d] = seconds as readonly [Datum, Datum, Datum, Datum];
      const metrics = [disk, net, other, boot];
      const records: Record[] = [
        [[5n], 10n, 1n, a],
        [[6n], 20n, 2n, b],
        'mark',
        [[7n], 1_000_000n, 100n, c],
        [[8n], 1_000_010n, 101n, d],
      ];
      const window = read([archive(metrics, records)], specs);
      expect(sums(window)).toEqual([[2], [20], [2]]);
      expect(said(window)).toEqual([
        'E_COUNTER_RESET: counters were restarted at 2026-03-02 00:01:30 UTC, the parts before and after are added: c.m0[i0], c.m1, c.m2',
      ]);
    });

    it('splits them without a mark too where the uptime is shorter', () => {
      const records: Record[] = [
        [[5n], 10n, 1n, 500],
        [[6n], 20n, 2n, 530],
        [[7n], 1_000_000n, 100n, 12],
      ];
      expect(sums(read([archive([disk, net, other, uptime], records)], specs))).toEqual([[1], [10], [1]]);
    });

    it('lets those of the kernel go on where the uptime does, but for the device that fell', () => {
      const records: Record[] = [
        [[500n, 5n], 10n, 1n, 500],
        [[600n, 6n], 20n, 2n, 530],
        'mark',
        [[7n, 7n], 1_000_000n, 3n, 590],
      ];
      const window = read([archive([disk, net, other, uptime], records)], specs);
      expect(sums(window)).toEqual([[100, 2], [999_990], [2]]);
      expect(said(window)).toHaveLength(1);
    });

    it('takes a boot without uptime for what it is if most of the kernel shows it', () => {
      const records: Record[] = [[[500n, 5n], 10n, 1n], 'mark', [[7n, 1n], 1_000_000n, 3n], [[8n, 2n], 1_000_001n, 4n]];
      expect(sums(read([archive([disk, net, other], records)], specs))).toEqual([[1, 1], [1], [1]]);
    });

    it('knows it of an instance that was not there at the time', () => {
      const records: Record[] = [
        [[5n, 5n], 10n, 1n, 500],
        'mark',
        [[6n], 100n, 2n, 12],
        [[7n, 1_000_000n], 101n, 3n, 42],
        [[8n, 1_000_001n], 102n, 4n, 72],
      ];
      expect(sums(read([archive([disk, net, other, uptime], records)], specs))).toEqual([[2, 1], [2], [2]]);
    });
  });

  describe('where an uptime speaks for records that have none', () => {
    const [disk, other] = [metric(0, { indom: indomId(60, 0) }), metric(1, { pmid: pmid(91, 1, 0) })] as const;
    const uptime = metric(2, { name: 'kernel.all.uptime', type: 'u32', semantics: 'instant', units: UNITS.second });
    const boottime = metric(3, {
      ...{ name: 'kernel.all.boottime', type: 'i64', semantics: 'discrete', units: UNITS.second },
    });
    const specs = [disk, other].map((m) => ends([m]));
    const sums = (window: NodeWindowResult): number[][] => specs.map((_, i) => deltas(window, i)[0]!);
    const MILLION = 1_000_000n;
    /** Of 100 records; the driver of most of the kernel's counters is loaded again before the 51st. */
    const reloaded = (i: number): [bigint[], bigint] => [
      i < 50 ? [500n + BigInt(i), 5000n + BigInt(i), 9n] : [BigInt(i - 50), BigInt(i - 50), 9n],
      MILLION * BigInt(i),
    ];
    const hundred = Array.from({ length: 100 }, (_, i) => i);

    it.each([
      ['in each record', (i: number) => 5000 + 30 * i],
      ['in few records', (i: number) => (i % 20 === 3 ? 5000 + 30 * i : null)],
      ['in a later record alone', (i: number) => (i === 97 ? 5000 + 30 * i : null)],
    ])('takes a driver that was loaded again for no boot: uptime %s', (_, up) => {
      const records = hundred.map((i): Record => [...reloaded(i), up(i)]);
      const window = read([archive([disk, other, uptime], records)], specs);
      expect(sums(window)).toEqual([[98, 98, 0], [99_000_000]]);
      expect(said(window)[0]).toMatch(/: c\.m0\[i0 and 1 other\]$/);
    });

    it('takes it for no boot by the time of the boot too, in another archive of the node', () => {
      const boots = hundred.filter((i) => i % 25 === 0 || i === 99).map((i): [number, Record] => [i, [T0 - 5000n]]);
      const records = hundred.map((i): Record => reloaded(i));
      const parts = boots.map(([i, record]) => archive([boottime], [record], i));
      expect(sums(read([archive([disk, other], records), ...parts], specs))).toEqual([[98, 98, 0], [99_000_000]]);
    });

    it('splits the disk alone that was plugged in again between two archives without uptime', () => {
      const records: Record[] = [
        [[500n, 5n, 9n], 1n],
        [[600n, 6n, 19n], 2n],
        [[7n, 700n, 29n], 3n],
        [[17n, 701n, 39n], 4n],
      ];
      const parts = [archive([disk, other], records.slice(0, 2)), archive([disk, other], records.slice(2), 2)];
      const ups = archive(
        [uptime],
        hundred.slice(0, 4).map((i): Record => [9000 + 30 * i]),
      );
      for (const archives of [
        [...parts, ups],
        [ups, ...parts],
      ])
        expect(sums(read(archives, specs))).toEqual([[110, 696, 30], [3]]);
      // Without an uptime all of the agent were.
      expect(sums(read(parts, specs))).toEqual([[110, 2, 20], [3]]);
    });

    it('knows a boot from the first uptime that there is, and counts what rose between records before and after it', () => {
      const records: Record[] = [
        [[5n], 10n, null],
        [[6n], 20n, null],
        'mark',
        [[700n], 1000n, null],
        [[800n], 1010n, null],
        [[900n], 1020n, 80],
      ];
      const window = read([archive([disk, other, uptime], records)], specs);
      expect(sums(window)).toEqual([[201], [30]]);
    });

    it('splits once what a boot restarted, whenever its records are', () => {
      const filler = metric(9, { semantics: 'instant' });
      // A record of the second lies between the middle of those between which the first fell, at 105 s, and the boot, at 150 s.
      const records: Record[] = [
        [[500n, 600n], 10n, 4000],
        [[501n, 601n], 20n, 4030],
        [null, 30n, null],
        [null, 40n, null],
        [null, 50n, null],
        [null, null, null, 1n],
        [[5n, 5n], 1030n, 30],
        [[6n, 6n], 1040n, 60],
      ];
      expect(sums(read([archive([disk, other, uptime, filler], records)], specs))).toEqual([[2, 2], [50]]);
    });

    it('knows nothing from an uptime that is none', () => {
      for (const bad of [-5, 0, 1e300, Number.NaN, Number.POSITIVE_INFINITY]) {
        const seconds = { ...uptime, type: 'double' as const };
        const records = hundred.slice(0, 4).map((i): Record => [[500n + BigInt(i)], BigInt(10 * i), bad]);
        const window = read([archive([disk, other, seconds], records)], specs);
        expect([sums(window), said(window)], String(bad)).toEqual([[[3], [30]], []]);
      }
    });

    it('finds the same in both engines, and what was counted, whatever is recorded when', () => {
      for (let seed = 0; seed < cases(30, 60); seed++) {
        const { archives, counted } = randomBoots(seed, { disk, other, uptime, boottime });
        expect(sums(read(archives, specs)), `seed ${seed}`).toEqual(counted);
      }
    });
  });

  it('splits at each of many restarts, as if each stood alone', () => {
    const [fast, slow] = [metric(0), metric(1, { indom: indomId(60, 0), pmid: pmid(91, 1, 0) })];
    const n = 2001;
    // The first falls at each second record, and is most of what counts there: the host was started, says the evidence.
    const records = Array.from({ length: n }, (_, i): Record => [i % 2 ? 3n : 1000n, [BigInt(7 * i)]]);
    const window = read([archive([fast, slow], records)], [ends([fast]), ends([slow])]);
    expect([deltas(window, 0), deltas(window, 1)]).toEqual([[[997_000]], [[7 * 1000]]]);
  });

  it('lets processes and control groups come and go one by one', () => {
    const group = metric(0, { pmid: pmid(3, 1, 0), indom: indomId(3, 0) });
    const records: Record[] = [
      [[10n, 500n, 7n]],
      [[20n, 600n, 8n]],
      'mark',
      [[1_000_000n, 3n, 9n]],
      [[1_000_001n, 4n, 10n]],
    ];
    const window = read([archive([group], records)], [ends([group])]);
    expect(deltas(window)).toEqual([[999_991, 101, 3]]);
    expect(said(window)).toHaveLength(1);
  });

  it('speaks of the instances that somebody looks at only', () => {
    const group = metric(0, { pmid: pmid(3, 1, 0), indom: indomId(3, 0) });
    const base = archive([group], [[[10n, 500n]], [[20n, 600n]], [[30n, 3n]], [[40n, 4n]]]);
    const sum = (match: string): ConsumerSpec => ({
      ...{ metrics: [group.name], mode: 'all', counters: [0], match },
      reducers: [{ kind: 'LATCH', lane: { fold: 'match', rows: [{ metric: 0 }] } }],
    });
    expect(said(read([base], [sum('i0')]))).toEqual([]);
    expect(said(read([base], [sum('i1')]))[0]).toContain('c.m0[i1]');
    expect(said(read([base], [sum('i0'), sum('i1')]))[0]).toContain('c.m0[i1]');
  });

  it('takes a record that has lost its number of value sets for damage, and for no mark', () => {
    const m = metric(0, { type: 'u32' });
    const base = archive([m], [[2 ** 32 - 20], [2 ** 32 - 10], [2 ** 32 - 5], [5], [6]]);
    const data = readFileSync(`${base}.0`);
    let at = data.readInt32BE(0);
    for (let i = 0; i < 2; i++) at += data.readInt32BE(at);
    data.writeInt32BE(0, at + 16);
    writeFileSync(`${base}.0`, data);
    const window = read([base], [ends([m])]);
    // What comes next has wrapped, which across a mark would not be known.
    expect(deltas(window)).toEqual([[26]]);
    expect(said(window)[0]).toContain('E_ARCHIVE_RECORD');
    expect(said(window)).toHaveLength(1);
  });
});
