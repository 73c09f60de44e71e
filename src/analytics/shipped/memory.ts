// Owns the memory analytics: per core from the numa nodes (§2.17) and per node (§2.18). KiB.

import { type Analytic, acceptedRecords, E, failure, type Note, type Share, unitsOf } from '../analytic.ts';
import { reducer } from '../collect.ts';
import { stats } from '../stats.ts';

/** Records without memory values are ignored: the means are those of real readings. The first and the last record never count. */
function noteIgnored(share: Share, count: number, note: Note): void {
  if (acceptedRecords(share.result) - 2 > count) note('records without memory values do not count', share.node);
}

export const memoryUsage: Analytic = {
  cls: 'MemoryUsage',
  key: 'memory',
  section: 'summary',
  alternatives: [['mem.numa.util.used', 'mem.numa.util.filePages', 'mem.numa.util.slab', 'kernel.percpu.cpu.user']],
  units: unitsOf('kbyte', ['mem.numa.util.used', 'mem.numa.util.filePages', 'mem.numa.util.slab']),
  declare: () => ({
    mode: 'all',
    reducers: [
      { kind: 'ROLL', lane: { fold: 'sum', rows: [{ metric: 0 }] }, skipFirst: true, dropLast: true },
      {
        kind: 'ROLL',
        lane: { fold: 'sum', rows: [{ metric: 0 }, { metric: 1, weight: -1 }, { metric: 2, weight: -1 }] },
        skipFirst: true,
        dropLast: true,
      },
      { kind: 'LATCH', lane: { fold: 'count', rows: [{ metric: 3 }] }, skipFirst: true },
    ],
  }),
  finish(shares, _job, _data, note) {
    const used: number[] = [];
    const minusCache: number[] = [];
    for (const share of shares) {
      if (acceptedRecords(share.result) === 0) continue;
      const cpus = reducer(share, 2, 'LATCH').value;
      if (cpus === null) return failure(E.notAllNodes);
      const all = reducer(share, 0, 'ROLL');
      const own = reducer(share, 1, 'ROLL');
      noteIgnored(share, Math.min(all.count, own.count), note);
      if (all.count > 0) used.push(all.mean[0]! / cpus);
      if (own.count > 0) minusCache.push(own.mean[0]! / cpus);
    }
    if (used.length === 0) return failure(E.tooFewPoints);
    return { used: stats(used), used_minus_cache: stats(minusCache) };
  },
};

const KIB_PER_MIB = 1024;

export const nodeMemoryUsage: Analytic = {
  cls: 'NodeMemoryUsage',
  key: 'nodememory',
  section: 'summary',
  alternatives: [
    ['mem.freemem', 'mem.physmem'],
    ['mem.util.free', 'hinv.physmem', 'mem.util.cached'],
  ],
  units: {
    ...unitsOf('kbyte', ['mem.freemem', 'mem.physmem', 'mem.util.free', 'mem.util.cached']),
    'hinv.physmem': 'mbyte',
  },
  declare: (metrics) => ({
    mode: 'all',
    reducers: [
      { kind: 'ROLL', lane: { fold: 'first', rows: [{ metric: 0 }] }, skipFirst: true, dropLast: true },
      { kind: 'LATCH', lane: { fold: 'first', rows: [{ metric: 1 }] } },
      ...(metrics.length === 3
        ? [
            {
              kind: 'ROLL' as const,
              lane: { fold: 'first' as const, rows: [{ metric: 0 }, { metric: 2 }] },
              skipFirst: true,
            },
          ]
        : []),
    ],
  }),
  finish(shares, _job, _data, note) {
    const lists: Record<string, number[]> = { used: [], maxused: [], free: [], physmem: [], maxfree: [] };
    const cacheLists: Record<string, number[]> = { used_minus_cache: [], maxused_minus_cache: [] };
    let withCache = false;
    for (const share of shares) {
      const free = reducer(share, 0, 'ROLL');
      if (free.count === 0) continue;
      noteIgnored(share, free.count, note);
      lists.free!.push(free.mean[0]!);
      lists.maxfree!.push(free.max[0]!);
      const latched = reducer(share, 1, 'LATCH').value;
      if (latched === null) continue;
      // hinv.physmem, the second alternative's, is in MiB.
      const physmem = share.metrics.length === 3 ? latched * KIB_PER_MIB : latched;
      lists.physmem!.push(physmem);
      lists.used!.push(physmem - free.mean[0]!);
      lists.maxused!.push(physmem - free.min[0]!);
      if (share.metrics.length !== 3) continue;
      withCache = true;
      const cached = reducer(share, 2, 'ROLL');
      if (cached.count === 0) continue;
      cacheLists.used_minus_cache!.push(physmem - cached.mean[0]!);
      cacheLists.maxused_minus_cache!.push(physmem - cached.min[0]!);
    }
    if (lists.used!.length === 0) return failure(E.tooFewPoints);
    return Object.fromEntries(
      Object.entries(withCache ? { ...lists, ...cacheLists } : lists).map(([key, list]) => [key, stats(list)]),
    );
  },
};
