// A metric's second name gives its values wherever a name is asked for; a name that means nothing is an error, also beside one that does.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  copyArchive,
  decodeNodeByRows,
  indomId,
  openArchive,
  pmid,
  UNITS,
  Wasm,
} from '../../src/pcp/index.ts';
import type { ConsumerSpec, RollResult } from '../../src/reduce/index.ts';
import { haveShared, shared } from '../oracle/shared.ts';
import { jobsum } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const BASE = join(dir, 'a');
const NS = 1_000_000_000n;
const T0 = 1_772_409_600n * NS;
const TICKS = { pmid: pmid(129, 1, 6), type: 'u64' } as const;
const OTHER = { pmid: pmid(129, 1, 7), type: 'u64' } as const;
{
  const indom = indomId(129, 1);
  const w = new ArchiveWriter(BASE, { version: 3, host: 'n1', startNs: T0 });
  const form = { indom, semantics: 'counter', units: UNITS.count } as const;
  for (const name of ['dm.ticks', 'dmstats.ticks']) w.metric({ ...TICKS, ...form, name });
  w.metric({ ...OTHER, ...form, name: 'dm.other' });
  w.indom(indom, T0, [{ id: 0, name: 'root' }]);
  // Enough of them for a plan that takes all values in one go.
  for (let i = 0; i < 60; i++) {
    const set = { ids: [0], values: [BigInt(10 * i)] };
    w.record(T0 + BigInt(i) * NS, [
      { ...TICKS, ...set },
      { ...OTHER, ...set },
    ]);
  }
  w.close();
}

const missing = expect.objectContaining({
  code: 'E_NAME_UNKNOWN',
  detail: expect.objectContaining({ expected: 'nothing.here' }),
});
const counts = (metrics?: readonly string[]): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const record of openArchive(BASE).records(metrics ? { metrics } : {}))
    for (const set of record.sets) found[set.metric.name] = (found[set.metric.name] ?? 0) + set.values.length;
  return found;
};

describe('a second name', () => {
  it('has records of its own when it is asked for', () => {
    expect(counts(['dmstats.ticks'])).toEqual({ 'dmstats.ticks': 60 });
    expect(counts(['dmstats'])).toEqual({ 'dmstats.ticks': 60 });
    expect(counts(['dm*.ticks'])).toEqual({ 'dm.ticks': 60, 'dmstats.ticks': 60 });
    // What is in the archive once comes once.
    expect(counts()).toEqual({ 'dm.ticks': 60, 'dm.other': 60 });
  });

  it('gives values in both engines, also beside the first', () => {
    const roll = { kind: 'ROLL', lane: { fold: 'each', rows: [{ metric: 0 }] } } as const;
    const spec = (...metrics: string[]): ConsumerSpec => ({ metrics, mode: 'all', reducers: [roll] });
    const names = ['dm.ticks', 'dmstats.ticks', 'dm.other'];
    const specs = [...names.map((n) => spec(n)), spec('dmstats.ticks', 'dm.ticks')];
    const span = { startNs: 0n, endNs: 2n ** 62n, walltime: 60, archives: [0], declare: () => specs };
    const { consumers } = openArchive(BASE).reduce(specs);
    expect(consumers.map((c) => (c.reducers[0] as RollResult).count)).toEqual([60, 60, 60, 60]);
    expect(consumers.map((c) => [...(c.reducers[0] as RollResult).mean])).toEqual([[295], [295], [295], [295]]);
    const task = { archives: [BASE], wanted: names, windows: [span] };
    expect(decodeNodeByRows(new Wasm(), task).windows[0]!.consumers).toEqual(consumers);
  });

  it('extracts the metric, with all its names', () => {
    const target = join(dir, 'extract');
    expect(copyArchive(BASE, target, { metrics: ['dmstats.ticks'] }).values).toBe(60);
    expect(
      openArchive(target)
        .metrics.map((m) => m.name)
        .sort(),
    ).toEqual(['dm.ticks', 'dmstats.ticks']);
  });

  it('is known to the commands', async () => {
    const values = await jobsum(['archive', 'values', BASE, 'dmstats.ticks', '--csv'], { cwd: dir });
    expect([values.code, values.stdout.trimEnd().split('\n').length]).toEqual([0, 61]);
    expect(values.stdout).toContain('dmstats.ticks,root,590');
    const dump = await jobsum(['archive', 'dump', BASE, '--metric', 'dmstats.ticks'], { cwd: dir });
    expect([dump.code, dump.stdout.match(/dmstats\.ticks/g)?.length]).toEqual([0, 60]);
  });

  it('gives what the first one does, in archives of PCP', () => {
    if (!haveShared('second names of dm-stats')) return;
    const archive = openArchive(shared('archives', 'dm-stats'));
    const values = (name: string) =>
      [...archive.records({ metrics: [name] })].flatMap((r) => r.sets.map((s) => s.values));
    expect(values('dmstats.io_ticks').length).toBeGreaterThan(0);
    expect(values('dmstats.io_ticks')).toEqual(values('dm.io_ticks'));
    expect(values('dm.read_sector')).toEqual(values('dm.read_bytes'));
  });
});

describe('a name that matches nothing', () => {
  it('is an error, also beside one that does', () => {
    for (const names of [['nothing.here'], ['dm.ticks', 'nothing.here']]) {
      expect(() => openArchive(BASE).records({ metrics: names })).toThrow(missing);
      expect(() => copyArchive(BASE, join(dir, 'none'), { metrics: names })).toThrow(missing);
      const spec = { metrics: names, mode: 'all' as const, reducers: [{ kind: 'FIRSTLAST' as const }] };
      expect(() => openArchive(BASE).reduce(spec)).toThrow(missing);
    }
  });

  it('is one for the commands, and for instances', async () => {
    for (const args of [
      ['values', BASE, 'dm.ticks', 'nothing*'],
      ['dump', BASE, '--metric', 'dm.ticks', '--metric', 'nothing*'],
      ['extract', BASE, join(dir, 'never'), '--metric', 'nothing*'],
      ['dump', BASE, '--instance', 'root', '--instance', 'nothing*'],
    ]) {
      const { code, stderr } = await jobsum(['archive', ...args], { cwd: dir });
      expect([args[0], code, stderr]).toEqual([args[0], 66, expect.stringContaining('nothing*')]);
    }
  });
});
