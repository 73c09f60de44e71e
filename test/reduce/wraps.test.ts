// Counters of 32 bits that wrap where they could have been restarted: across a mark, beside a device that was.

import { describe, expect, it } from 'vitest';
import { seeded } from '../../fixtures/generate/random.ts';
import type { NodeWindowResult } from '../../src/pcp/index.ts';
import { indomId, pmid, UNITS } from '../../src/pcp/index.ts';
import { archive, deltas, ENGINES, ends, metric, type Record, readBy, said } from '../support/counters.ts';
import { cases } from '../support/effort.ts';

const WIDTH = 2 ** 32;
const net = metric(0, { type: 'u32', indom: indomId(60, 0) });
const disk = metric(1, { indom: indomId(60, 1) });
const uptime = metric(2, { name: 'kernel.all.uptime', type: 'u32', semantics: 'instant', units: UNITS.second });
const specs = [net, disk].map((m) => ends([m]));
const sums = (window: NodeWindowResult): number[][] => specs.map((_, i) => deltas(window, i)[0]!);

describe.each(ENGINES)('the %s engine', (_, decode) => {
  const read = (metrics: Parameters<typeof archive>[0], ...parts: (readonly Record[])[]) => {
    let from = 0;
    const archives = parts.map((records) => {
      const base = archive(metrics, records, from);
      from += records.length;
      return base;
    });
    return readBy(decode, archives, specs);
  };
  const metrics = [net, disk, uptime];

  describe('across a mark', () => {
    const before: Record[] = [
      [[WIDTH - 30], [7n, 5n], 500],
      [[WIDTH - 10], [8n, 6n], 530],
    ];
    const later = (up: number | null): Record[] => [
      [[20], [10n, 8n], up],
      [[40], [11n, 9n], up && up + 30],
    ];

    it('undoes a wrap where the uptime goes on, as between two archives', () => {
      const merged = read(metrics, [...before, 'mark', ...later(590)]);
      expect([sums(merged), said(merged)]).toEqual([[[70], [4, 4]], []]);
      const apart = read(metrics, before, ['mark', ...later(590)]);
      expect([sums(apart), said(apart)]).toEqual([[[70], [4, 4]], []]);
    });

    it.each([
      ['there is no uptime', null],
      ['it says that the host was started', 20],
    ])('takes it for a restart where %s', (__, up) => {
      const window = read(metrics, [...before, 'mark', ...later(up)]);
      expect(sums(window)[0]).toEqual([40]);
      expect(said(window)[0]).toContain('c.m0[i0]');
    });

    it('takes it for a restart where the uptime ends before', () => {
      const records: Record[] = [...before, [[WIDTH - 10], [9n, 7n], 560], 'mark', ...later(null)];
      expect(sums(read(metrics, records))[0]).toEqual([40]);
    });

    it('takes what cannot have wrapped, or is of another agent, for restarted whatever the uptime says', () => {
      const fell: Record[] = [[[1000], [1n, 1n], 500], [[2000], [2n, 2n], 530], 'mark', [[5], [3n, 3n], 590]];
      expect(sums(read(metrics, fell))).toEqual([[1000], [2, 2]]);
      const foreign = { ...net, pmid: pmid(91, 1, 0), indom: indomId(91, 0) };
      expect(sums(read([foreign, disk, uptime], [...before, 'mark', ...later(590)]))[0]).toEqual([40]);
    });
  });

  describe('in the record in which a disk was replaced', () => {
    const records = (idle: bigint): Record[] => [
      [[WIDTH - 30], [1000n, 500n], 500],
      [[WIDTH - 10], [1000n + idle, 600n], 530],
      [[10], [1000n + 2n * idle, 3n], 560],
      [[30], [1000n + 3n * idle, 4n], 590],
    ];

    it.each([
      ['counts', 1n],
      ['is idle', 0n],
    ])('undoes a wrap where another one %s', (__, idle) => {
      const window = read([net, disk], records(idle));
      expect(sums(window)).toEqual([[60], [Number(3n * idle), 101]]);
      expect(said(window)).toHaveLength(1);
      expect(said(window)[0]).toMatch(/: c\.m1\[i1\]$/);
    });

    it('undoes it where there is no other one, if the uptime goes on, and else not', () => {
      const alone = records(0n).map((r): Record => [r[0]!, [null, (r[1] as bigint[])[1]!], r[2]!]);
      expect(sums(read(metrics, alone))).toEqual([[60], [101]]);
      expect(sums(read([net, disk], alone))).toEqual([[40], [101]]);
    });
  });

  it('finds what was counted, whatever ends and is replaced when, as long as the host runs on', () => {
    for (let seed = 0; seed < cases(20, 200); seed++) {
      const random = seeded(`wraps${seed}`);
      const chance = (p: number): boolean => random() < p;
      const steps = [2 ** 26, 2 ** 28, 2 ** 30].map((most) => Math.floor((0.5 + random() / 2) * most));
      const at = steps.map(() => Math.floor(WIDTH * random()));
      const disks = [100, 200];
      const parts: Record[][] = [[]];
      const counted = [0, 0, 0];
      const whole = [0, 0];
      for (let i = 0; i < 40; i++) {
        if (i > 0 && i < 39 && chance(0.15)) {
          parts.at(-1)!.push('mark');
          if (chance(0.4)) parts.push([]);
          // While the logger was away nothing moved.
          continue;
        }
        const first = i === 0;
        for (const k of at.keys()) {
          if (!first) counted[k]! += steps[k]!;
          at[k] = (at[k]! + (first ? 0 : steps[k]!)) % WIDTH;
        }
        for (const k of disks.keys()) {
          const replaced = !first && chance(0.1);
          whole[k]! += first || replaced ? 0 : 10;
          disks[k] = replaced ? 1 : disks[k]! + 10;
        }
        parts.at(-1)!.push([[...at], disks.map((x) => BigInt(x)), 500 + 30 * i]);
      }
      expect(sums(read(metrics, ...parts)), `seed ${seed}`).toEqual([counted, whole]);
    }
  });
});
