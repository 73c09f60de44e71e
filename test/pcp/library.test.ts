// The library jobsum/pcp: one archive, several as one, exact values, copies.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ArchiveWriter,
  canonicalDump,
  checkArchive,
  copyArchive,
  dumpSum,
  globMatcher,
  indomId,
  NO_INDOM,
  openArchive,
  pmid,
  resolveArchives,
  UNITS,
} from '../../src/pcp/index.ts';
import { recordJson, samplesOf } from '../../src/view/index.ts';
import { FIXTURES, jobsum } from '../support/cli.ts';
import { writeRandomArchive } from '../support/random-archive.ts';
import { tempDir } from '../support/temp.ts';

const dir = tempDir();
const RECORDED = `${FIXTURES}cluster/archives/2026/11/cpn-r02/2026-11-24/20261124.09.32`;
const T0 = 1_772_409_600_000_000_000n;
const SECOND = 1_000_000_000n;

/** Two metrics, a value a second; the counter exceeds what a double holds exactly. */
function small(base: string, start: bigint, records: number, host = 'n1'): string {
  const w = new ArchiveWriter(base, { version: 3, host, startNs: start });
  const counter = { name: 'a.count', pmid: pmid(60, 0, 1), type: 'u64' as const, indom: indomId(60, 1) };
  const text = { name: 'a.text', pmid: pmid(60, 0, 2), type: 'string' as const, indom: NO_INDOM };
  w.metric({ ...counter, semantics: 'counter', units: UNITS.byte });
  w.metric({ ...text, semantics: 'discrete', units: UNITS.none });
  w.indom(counter.indom, start, [
    { id: 0, name: 'eth0' },
    { id: 5, name: 'lo' },
  ]);
  for (let i = 0; i < records; i++) {
    w.record(start + BigInt(i) * SECOND, [
      { pmid: counter.pmid, type: 'u64', ids: [0, 5], values: [2n ** 60n + BigInt(i) * 10n, BigInt(i)] },
      { pmid: text.pmid, type: 'string', ids: [-1], values: [`r${i}`] },
    ]);
  }
  w.close();
  return base;
}

describe('an open archive', () => {
  const archive = openArchive(small(join(dir, 'one'), T0, 5));

  it('tells its label and metrics', () => {
    expect(archive.label).toMatchObject({ version: 3, host: 'n1', startNs: T0 });
    expect(archive.metrics.map((m) => m.name)).toEqual(['a.count', 'a.text']);
    expect(archive.problems).toEqual([]);
  });

  it('gives records with exact values and instance names', () => {
    const records = [...archive.records({ bigint: true })];
    expect(records).toHaveLength(5);
    const [count, text] = records[3]!.sets;
    expect(count!.values).toEqual([2n ** 60n + 30n, 3n]);
    expect(records[3]!.names(count!)).toEqual(['eth0', 'lo']);
    expect(text!.values).toEqual(['r3']);
  });

  it('selects metrics and times, both ends included', () => {
    const records = [...archive.records({ metrics: ['a.te*'], from: T0 + SECOND, to: T0 + 3n * SECOND })];
    expect(records.map((r) => r.sets.flatMap((s) => s.values))).toEqual([['r1'], ['r2'], ['r3']]);
    expect(() => archive.records({ metrics: ['b'] })).toThrow(expect.objectContaining({ code: 'E_NAME_UNKNOWN' }));
  });

  it('reduces inside the decoder', () => {
    const lane = { fold: 'each' as const, rows: [{ metric: 0 }] };
    const result = archive.reduce([{ metrics: ['a.count'], mode: 'all', reducers: [{ kind: 'ROLL', lane }] }], {
      from: T0 + SECOND,
    });
    expect(result.coverage).toMatchObject({ records: 4, firstNs: T0 + SECOND, gaps: 0 });
    expect(result.consumers[0]!.reducers[0]).toMatchObject({
      kind: 'ROLL',
      count: 4,
      max: Float64Array.of(2 ** 60, 4),
    });
  });

  it('converts counters to rates, not across gaps', () => {
    const rates = [...samplesOf(archive.records({ metrics: ['a.count'], bigint: true }), true)].filter(
      (s) => s.instance === 'eth0',
    );
    expect(rates.map((r) => r.value)).toEqual([10, 10, 10, 10]);
  });
});

describe('several archives', () => {
  small(join(dir, 'list-b'), T0 + 60n * SECOND, 3);
  small(join(dir, 'list-a'), T0, 3);
  small(join(dir, 'list-x'), T0, 3, 'other');

  it('are one stream in order of time with a mark between', () => {
    const archive = openArchive(['b', 'a'].map((n) => join(dir, `list-${n}`)).join(','));
    const times = [...archive.records({ bigint: true })].map((r) => [Number((r.ns - T0) / 1_000_000n), r.mark]);
    expect(times).toEqual([
      [0, false],
      [1000, false],
      [2000, false],
      [2001, true],
      [60000, false],
      [61000, false],
      [62000, false],
    ]);
  });

  it('of another host are reported and left out', () => {
    const archive = openArchive(['a', 'x'].map((n) => join(dir, `list-${n}`)).join(','));
    expect(archive.problems.map((p) => p.code)).toEqual(['E_ARCHIVE_HOST']);
    expect([...archive.records({ bigint: true })]).toHaveLength(3);
  });

  it('are found in a directory and by globs', () => {
    expect(resolveArchives(dir)).toContain(join(dir, 'list-a'));
    expect(() => resolveArchives(join(dir, 'absent'))).not.toThrow();
    expect(() => openArchive(join(dir, 'absent'))).toThrow(expect.objectContaining({ code: 'E_ARCHIVE_MISSING' }));
    const matches = globMatcher(['mem.util', 'disk.*.read?']);
    expect(['mem.util.free', 'mem.utility', 'disk.dev.reads', 'disk.dev.read'].map(matches)).toEqual([
      ...[true, false, true, false],
    ]);
  });
});

describe('reduce', () => {
  it('refuses what cannot be meant', () => {
    const archive = openArchive(RECORDED);
    const each = (metric: number) => ({ fold: 'each' as const, rows: [{ metric }] });
    const spec = { metrics: ['kernel.all.load'], mode: 'all' as const };
    expect(() => archive.reduce({ ...spec, reducers: [{ kind: 'ROLL', lane: each(1) }] })).toThrow(RangeError);
    expect(() => archive.reduce({ ...spec, reducers: [{ kind: 'TALLY', metrics: [-1] }] })).toThrow(RangeError);
    expect(() => archive.reduce({ ...spec, labels: 7, reducers: [{ kind: 'FIRSTLAST' }] })).toThrow(RangeError);
    const ends = { ...spec, mode: 'firstlast' as const };
    expect(() => archive.reduce({ ...ends, reducers: [{ kind: 'ROLL', lane: each(0) }] })).toThrow(RangeError);
    expect(archive.reduce({ ...ends, reducers: [{ kind: 'FIRSTLAST' }] }).consumers).toHaveLength(1);
  });
});

describe('copies', () => {
  it('of the same version have the same canonical dump', () => {
    for (let seed = 0; seed < 20; seed++) {
      const version = seed % 2 ? 3 : 2;
      const { base } = writeRandomArchive({
        ...{ base: join(dir, `c${seed}`), seed: `copy${seed}`, version, records: 50, volumes: 2, tidy: true },
      });
      copyArchive(base, `${base}-copy`, { whole: true });
      expect([...canonicalDump(`${base}-copy`)]).toEqual([...canonicalDump(base)]);
    }
    copyArchive(RECORDED, join(dir, 'recorded'), { whole: true });
    expect(dumpSum(join(dir, 'recorded')).sha256).toBe(dumpSum(RECORDED).sha256);
  });

  it('of another version differ in the label and the digits of times only', () => {
    copyArchive(RECORDED, join(dir, 'v2'), { whole: true, version: 2 });
    // Version 2 holds microseconds.
    const micro = (line: string): string => line.replace(/"(t|start|last)":"(\d+\.\d{6})\d{3}"/, '"$1":"$2000"');
    const [label, ...rest] = [...canonicalDump(RECORDED)].map(micro);
    expect([...canonicalDump(join(dir, 'v2'))]).toEqual([label!.replace('"version":3', '"version":2'), ...rest]);
  });

  it('never write over an archive, and say when nothing qualifies', () => {
    const base = small(join(dir, 'there'), T0, 2);
    const exists = expect.objectContaining({ code: 'E_EXISTS' });
    expect(() => copyArchive(RECORDED, base)).toThrow(exists);
    rmSync(`${base}.meta`);
    expect(() => copyArchive(RECORDED, base)).toThrow(exists);
    expect(existsSync(`${base}.meta`)).toBe(false);
    expect(() => copyArchive(RECORDED, join(dir, 'none'), { from: 2n ** 62n })).toThrow(
      expect.objectContaining({ code: 'E_USAGE' }),
    );
    expect(existsSync(join(dir, 'none.meta'))).toBe(false);
  });

  it('leave out values that nothing describes, and say how many', async () => {
    const base = join(dir, 'undescribed');
    const w = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: T0 });
    const known = { name: 'a.known', pmid: pmid(60, 0, 1), type: 'u32' as const, indom: NO_INDOM };
    w.metric({ ...known, semantics: 'instant', units: UNITS.none });
    const unknown = { pmid: pmid(70, 1, 1), type: 'u64' as const, ids: [0, 1], values: [1, 2] };
    const values = { pmid: known.pmid, type: 'u32' as const, ids: [-1], values: [7] };
    w.record(T0, [values, unknown]);
    w.record(T0 + SECOND, [unknown]);
    w.record(T0 + 2n * SECOND, [values]);
    w.close();
    const undescribed = { values: 4, records: 1, metrics: ['70.1.1'] };
    const result = copyArchive(base, `${base}-copy`, { whole: true });
    expect(result).toMatchObject({ records: 2, values: 2, undescribed, problems: [{ code: 'E_ARCHIVE_META' }] });
    expect(result.problems[0]!.found).toContain('70.1.1');
    // Whoever asks for some metrics asks for none of these.
    expect(copyArchive(base, `${base}-some`, { metrics: ['a'] }).problems).toEqual([]);
    const ran = await jobsum(['archive', 'extract', base, `${base}-cli`, '--json'], { cwd: dir });
    expect(ran.code).toBe(65);
    expect(JSON.parse(ran.stdout)).toMatchObject({ output: `${base}-cli`, records: 2, values: 2, undescribed });
    expect(ran.stderr).toContain('4 values of metrics that are not described were left out');
  });
});

describe('check', () => {
  it('finds nothing in a good archive', () => {
    expect(checkArchive(RECORDED)).toMatchObject({ opened: true, records: 62, findings: [] });
  });

  it('says where, what was lost and what can be done', () => {
    const base = small(join(dir, 'cut'), T0, 50);
    const whole = readFileSync(`${base}.0`);
    writeFileSync(`${base}.0`, whole.subarray(0, whole.length - 10));
    const { findings, records } = checkArchive(base);
    expect(records).toBe(49);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ code: 'E_ARCHIVE_TRUNCATED', severity: 'error', volume: 0 });
    expect(findings[0]!.lost).toContain('incomplete record');
  });

  it.each([
    ['a missing index', 'index', 'E_ARCHIVE_INDEX', 'warning'],
    ['missing metadata', 'meta', 'E_ARCHIVE_MISSING', 'error'],
  ])('reports %s', (name, member, code, severity) => {
    const base = small(join(dir, `without ${name}`), T0, 3);
    rmSync(`${base}.${member}`);
    expect(checkArchive(base).findings).toMatchObject([{ code, severity }]);
  });
});

describe('instances that share a text', () => {
  const indom = indomId(60, 1);
  const counter = { name: 'd.read', pmid: pmid(60, 0, 1), type: 'u64', indom, semantics: 'counter' } as const;
  /** Twins 0 and 1, a nameless 5 and one that is named so, and a number twice in a record. */
  const base = join(dir, 'twins');
  const writer = new ArchiveWriter(base, { version: 3, host: 'n1', startNs: T0 });
  writer.metric({ ...counter, units: UNITS.count });
  const names = { 0: 'sda', 1: 'sda', 7: '5', 8: 'sdb' };
  writer.indom(
    indom,
    T0,
    Object.entries(names).map(([id, name]) => ({ id: Number(id), name })),
  );
  for (const i of [0n, 1n]) {
    const values = [10n, 2000n, 50_000n, 700n, 8n, 9n].map((x) => x + i * x);
    writer.record(T0 + 10n * i * SECOND, [{ ...counter, ids: [0, 1, 5, 7, 8, 8], values }]);
  }
  writer.close();
  const records = [...openArchive(base).records({ bigint: true })];

  it('are known by who they are', () => {
    const [first] = records;
    expect(first!.names(first!.sets[0]!)).toEqual(['sda', 'sda', '5', '5', 'sdb', 'sdb']);
    expect(first!.identities(first!.sets[0]!)).toEqual(['sda\x000', 'sda\x001', '\x005', '5', 'sdb', 'sdb']);
  });

  it('are all in a record as JSON', () => {
    expect(JSON.parse(recordJson(records[0]!, records[0]!.sets)).metrics['d.read']).toEqual({
      'sda#0': '10',
      'sda#1': '2000',
      '#5': '50000',
      5: '700',
      sdb: '8',
      'sdb#2': '9',
    });
  });

  it('have rates of their own', () => {
    const rates = [...samplesOf(records, true)].map((s) => [s.instance, s.value]);
    expect(rates.slice(0, 4)).toEqual([
      ['sda#0', 1],
      ['sda#1', 200],
      ['#5', 5000],
      ['5', 70],
    ]);
  });
});
